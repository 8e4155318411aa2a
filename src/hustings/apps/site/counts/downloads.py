"""What may be taken away from a finished count: its record, its page and the ballots' paths.

The ballots themselves are not handed out: they may be more than their owner meant to
publish by passing on a link. The paths say what each ballot did, which is what a check of
the count needs.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from hustings.apps.site.counts import store
from hustings.apps.site.models import Count
from hustings.design.sheet import Download

BLOCK: Final = 64 * 1024


def record(count: Count) -> HttpResponseBase:
    """Return the count record, exactly as it was written."""
    path = store.path(count.folder, store.record_name(count.lease))
    return _named(
        FileResponse(path.open("rb"), content_type="application/json"), count, "count", "json"
    )


def page(count: Count, html: str) -> HttpResponseBase:
    """Return the page that stands alone."""
    return _named(
        HttpResponse(html, content_type="text/html; charset=utf-8"), count, "count", "html"
    )


def paths(count: Count, *, accepts_gzip: bool) -> HttpResponseBase:
    """Return every ballot's path as CSV, block by block; compressed on the way if possible."""
    path = store.path(count.folder, store.paths_name(count.lease))
    kind = "text/csv; charset=utf-8"
    response: HttpResponseBase
    if accepts_gzip:
        response = FileResponse(path.open("rb"), content_type=kind)
        response["Content-Encoding"] = "gzip"
    else:
        response = StreamingHttpResponse(_unpacked(path), content_type=kind)
    response["Vary"] = "Accept-Encoding"
    return _named(response, count, "paths", "csv")


def offers(count: Count) -> list[Download]:
    """Return what can be taken away, for the page's list: label, address, and what it is."""
    link = [count.public_id]
    found = [
        Download("The result as a page", reverse("count-page", args=link), "HTML, stands alone"),
        Download(
            "The count record",
            reverse("count-record", args=link),
            f"JSON, {_size(count, store.record_name(count.lease))}: every number of every stage",
        ),
    ]
    if count.has_paths:
        size = _size(count, store.paths_name(count.lease))
        found.append(
            Download(
                "Every ballot’s path",
                reverse("count-paths", args=link),
                f"CSV, {size} compressed: for whom each counted, stage by stage",
            )
        )
    return found


def file_stem(count: Count) -> str:
    """Return a name for downloads, from the election's title or the file's name."""
    name = count.title or re.sub(r"\.[A-Za-z0-9]{1,8}\Z", "", count.file_name)
    return " ".join(re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]', " ", name).split())[:80] or "ballots"


def disposition(stem: str, kind: str, ending: str) -> str:
    """Return a Content-Disposition with a name in ASCII and the same in UTF-8 (RFC 6266)."""
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.") or "ballots"
    full = quote(f"{stem} {kind}.{ending}", safe="")
    return f"attachment; filename=\"{plain}-{kind}.{ending}\"; filename*=UTF-8''{full}"


def _named(response: HttpResponseBase, count: Count, kind: str, ending: str) -> HttpResponseBase:
    response["Content-Disposition"] = disposition(file_stem(count), kind, ending)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _size(count: Count, name: str) -> str:
    return filesizeformat(store.path(count.folder, name).stat().st_size).replace("\xa0", " ")


def _unpacked(path: Path) -> Iterator[bytes]:
    with gzip.open(path, "rb") as source:
        while block := source.read(BLOCK):
            yield block
