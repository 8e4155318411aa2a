"""The result page that stands alone, in a real browser: on a phone, by axe, on paper."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from hustings.design.sheet import Source, result_page
from tests.browser.conftest import RULES, axe_source
from tests.design.records import HOSTILE, a_count, one_stage

RECORDS = {
    "twenty": a_count(candidates=20, seats=3, stages=10),
    "hostile": a_count(candidates=12, names=HOSTILE, seats=3),
    "many": a_count(candidates=54, seats=6, stages=18),
    "plain": one_stage(),
}


class Opened:
    """A page opened from a file, and all it said or asked for."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(address)


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path) -> Iterator[Any]:
    """Return a function that opens the page of a record: `opened("twenty", width=360)`."""
    contexts = []

    def open_page(name: str, *, width: int = 1280, scheme: Any = "light") -> Opened:
        file = tmp_path / f"{name}.html"
        source = Source("ward.blt", "ab" * 32)
        file.write_text(result_page(RECORDS[name], source=source), "utf-8")
        context = chromium.new_context(
            viewport={"width": width, "height": 780}, color_scheme=scheme
        )
        contexts.append(context)
        return Opened(context.new_page(), file.as_uri())

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_no_page_is_wider_than_its_window(opened: Any, name: str, width: int) -> None:
    page = opened(name, width=width).page
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0


@pytest.mark.parametrize("name", ["twenty", "hostile", "plain"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_wrong(opened: Any, name: str, scheme: str, width: int) -> None:
    page = opened(name, width=width, scheme=scheme).page
    page.evaluate("for (const e of document.querySelectorAll('details')) e.open = true")
    page.evaluate(axe_source())
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", list(RULES)
    )
    assert [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ] == []


@pytest.mark.parametrize("name", RECORDS)
def test_it_asks_for_nothing_and_its_own_policy_stops_nothing(opened: Any, name: str) -> None:
    found = opened(name)
    assert found.asked == [found.page.url]
    assert found.said == []
    # The style came through the policy: unstyled, the page would have a browser's own margin.
    assert found.page.evaluate("getComputedStyle(document.body).marginTop") == "0px"


def test_a_phone_sees_the_narrow_picture_and_a_desk_the_wide_one(opened: Any) -> None:
    for width, wide in ((360, False), (1280, True)):
        page = opened("twenty", width=width).page
        assert page.locator(".flow-wide").is_visible() is wide
        assert page.locator(".flow-narrow").is_visible() is not wide
    many = opened("many", width=360).page
    assert many.locator(".flow-wide").is_visible()


def test_the_picture_is_scrolled_by_keyboard(opened: Any) -> None:
    page = opened("many", width=360).page
    region = page.locator(".flow-scroll")
    region.focus()
    for _ in range(20):  # each press once the one before has had its effect
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(50)
        if region.evaluate("e => e.scrollLeft") > 0:
            return
    pytest.fail("the arrow keys don't scroll the picture")


def test_numbers_in_the_pictures_do_not_lie_over_each_other(opened: Any) -> None:
    for width in (360, 1280):
        page = opened("twenty", width=width).page
        overlaps = page.evaluate(
            """() => {
              const svg = [...document.querySelectorAll('svg.flow')].find(e => e.checkVisibility());
              const boxes = [...svg.querySelectorAll('text.num, text.name:not([transform])')]
                .map(e => [e.textContent, e.getBoundingClientRect()]);
              const found = [];
              for (const [i, [a, p]] of boxes.entries())
                for (const [b, q] of boxes.slice(i + 1)) {
                  const across = Math.min(p.right, q.right) - Math.max(p.left, q.left);
                  const down = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
                  if (across > 1 && down > 4) found.push([a, b]);
                }
              return found;
            }"""
        )
        assert overlaps == []


def test_on_paper_the_picture_and_every_column_of_the_table_fit(opened: Any) -> None:
    page = opened("twenty").page
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", _plain(pdf))
    assert boxes
    assert any(float(wide) > float(high) for wide, high in boxes), "no sheet lies across"
    # What the paper's width cuts off can be measured at that width, in the paper's own style:
    # A4 laid across, less its margins, is 269 mm.
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1016, "height": 700})
    ends = page.evaluate(
        """() => [...document.querySelectorAll('table, svg.flow')]
             .filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().right)"""
    )
    assert len(ends) >= 2
    assert max(ends) <= 1016.5
    # All that can be folded away on a screen is unfolded on paper.
    assert page.locator(".sheet-moved li").first.is_visible()


def _plain(pdf: bytes) -> bytes:
    """Return a PDF with its packed object streams unpacked, for looking into."""
    found = [pdf]
    for match in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(match[1]))
        except zlib.error:
            continue
    return b"\n".join(found)
