"""Visitors for the count pages, and a way to let waiting counts have their turn in this process."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from hustings.apps.site.counts import counting, queue
from hustings.apps.site.models import Count
from tests.apps.site.counts import samples

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """A data folder of this test's own."""
    settings.HUSTINGS_DATA = tmp_path
    return tmp_path / "counts"


class Visitor:
    """Somebody with a browser: cookies of their own, and forms filled in as pages give them."""

    def __init__(self, **options: Any) -> None:
        self.client = Client(**options)

    def get(self, address: str, **extra: Any) -> Any:
        return self.client.get(address, **extra)

    def form(self) -> dict[str, str]:
        """What stands in the form's hidden fields when the page is opened."""
        page = self.client.get("/counts/").content.decode()
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))

    def send(
        self,
        ballots: bytes | None = samples.ABIF,
        rule: str = "av",
        *,
        name: str = "crew.abif",
        form: dict[str, str] | None = None,
        **fields: Any,
    ) -> Any:
        """Send the form with a file."""
        answers: dict[str, Any] = {"source": "file", "rule": rule, "tie": "earlier"}
        answers |= {key.replace("__", "."): value for key, value in fields.items()}
        if ballots is not None:
            answers["file"] = SimpleUploadedFile(name, ballots)
        answers |= form or self.form()
        return self.client.post("/counts/", answers)

    def count(self, *args: Any, **fields: Any) -> Count:
        """Send the form, let the count have its turn, return how it stands."""
        response = self.send(*args, **fields)
        assert response.status_code == 303, response.content.decode()
        work_off()
        return of(response)


def of(response: HttpResponse) -> Count:
    """The count that an answer leads to."""
    return Count.objects.get(public_id=response["Location"].split("/")[2])


def work_off() -> None:
    """Do everything that has, or gets, a turn: what worker processes do on a real site."""
    while True:
        running = Count.objects.filter(state__in=Count.RUNNING)
        for count in running:
            counting.do(queue.Turn(count.pk, count.lease))
        if not queue.start_waiting(now=datetime.now(UTC)) and not running.exists():
            return


@pytest.fixture
def visitor(db: None) -> Visitor:
    return Visitor()


@pytest.fixture
def stranger(db: None) -> Visitor:
    return Visitor()


@pytest.fixture
def make(visitor: Visitor) -> Callable[..., Count]:
    return visitor.count


def left_behind(folder: Path) -> list[str]:
    """Every file under the data folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
