"""The pages that belong to no room: home, style, the sign of life, and what they weigh."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from tests.apps.site.test_style import COMPONENTS, Elements

pytestmark = pytest.mark.django_db

BUDGET = 100_000
"""Bytes of the first page over the wire, with all it needs (DESIGN, budgets)."""


@pytest.fixture
def collected(settings, tmp_path: Path) -> Path:
    """The static files as `serve` collects them: hashed and compressed."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    settings.WHITENOISE_AUTOREFRESH = False
    settings.WHITENOISE_USE_FINDERS = False
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def test_the_home_page_says_what_this_is(client):
    page = client.get("/").content.decode()
    assert page.count("<h1") == 1
    assert '<main id="main"' in page
    assert 'href="#main"' in page
    assert '<html lang="en-GB">' in page


def test_the_home_page_has_no_dead_links(client):
    found = Elements(client.get("/").content.decode()).found
    links = {a["href"] for tag, a in found if tag == "a"}
    assert "/counts/" in links
    for link in links:
        assert link
        if link.startswith("#"):
            assert link[1:] in {a.get("id") for _, a in found}
        else:
            assert client.get(link).status_code == 200, link


def test_the_first_page_with_all_it_needs_is_within_its_budget(collected):
    client = Client(headers={"accept-encoding": "gzip"})
    wire = client.get("/").content
    total = len(wire)
    needed = [
        a["href"] or ""
        for tag, a in Elements(gzip.decompress(wire).decode()).found
        if tag == "link" and a.get("href")
    ]
    assert needed
    for address in needed:
        file = client.get(address)
        assert file.status_code == 200, address
        total += len(b"".join(file.streaming_content))
        file.close()
    assert total <= BUDGET


def test_static_files_have_names_that_never_change_and_come_compressed(collected):
    client = Client(headers={"accept-encoding": "gzip"})
    page = gzip.decompress(client.get("/").content).decode()
    [sheet] = re.findall(r'"(/static/design/base\.[0-9a-f]{12}\.css)"', page)
    file = client.get(sheet)
    assert "immutable" in file["Cache-Control"]
    assert file["Content-Encoding"] == "gzip"
    plain = (collected / "design" / "base.css").read_bytes()
    assert gzip.decompress(b"".join(file.streaming_content)) == plain
    file.close()


def test_the_style_page_is_for_developers_only(client, settings):
    assert client.get("/style/").status_code == 404
    settings.DEBUG = True
    assert client.get("/style/").status_code == 200


def test_the_style_page_shows_every_component(client, settings):
    settings.DEBUG = True
    template = Path(__file__).parents[3] / "src/hustings/apps/site/jinja2/site/style.html"
    source = template.read_text("utf-8")
    for name in COMPONENTS:
        if name != "wordmark":  # it is in the head of every page
            assert f"import {name}" in source
            assert re.search(rf"\b{name}\(", source), name


def test_ids_on_the_style_page_are_unique(client, settings):
    settings.DEBUG = True
    found = Elements(client.get("/style/").content.decode()).found
    ids = [a["id"] for _, a in found if "id" in a]
    assert sorted(ids) == sorted(set(ids))


def test_the_sign_of_life(client):
    assert client.get("/healthz").content == b"ok\n"
