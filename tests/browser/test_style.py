"""The design in a real browser: by day and by night, on a phone and on a desk, and on paper."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from tests.browser.conftest import Visit

Window = Callable[..., Visit]

WINDOWS = list(product([360, 1280], ["light", "dark"]))
PAGES = ["/", "/style/", "/no/such/page/"]


@pytest.fixture(autouse=True)
def _developer(settings) -> None:
    """Let /style/ be seen."""
    settings.DEBUG = True


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize(("width", "scheme"), WINDOWS)
def test_a_page_is_accessible_whole_and_keeps_to_itself(
    visit: Window, settings, address: str, width: int, scheme: str
):
    # With DEBUG a page that is not there would be Django's own for developers.
    settings.DEBUG = address == "/style/"
    window = visit(width=width, scheme=scheme)
    window.goto(address)
    assert window.violations() == []
    assert window.overhang() == 0
    assert window.elsewhere == []
    # A page that is not there says so in the console, and nothing else.
    assert [line for line in window.console if "404" not in line] == []


def test_axe_would_notice(visit: Window):
    window = visit()
    page = window.goto("/")
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert any(line.startswith("image-alt") for line in window.violations())


def test_the_policy_stops_inline_code_and_other_origins(visit: Window):
    """A page that had been tampered with could not run, style or fetch."""
    window = visit()
    page = window.goto("/")
    page.evaluate(
        """() => {
            const script = document.createElement('script');
            script.textContent = 'window.ran = true';
            document.body.append(script);
            const image = document.createElement('img');
            image.src = 'https://elsewhere.invalid/x.png';
            document.body.append(image);
            document.body.setAttribute('style', 'outline: 9px solid');
        }"""
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran") is None
    assert page.evaluate("getComputedStyle(document.body).outlineWidth") != "9px"
    assert sum("Content Security Policy" in line for line in window.console) >= 3


def test_the_skip_link_comes_first_and_leads_to_the_main_part(visit: Window):
    page = visit(width=360).goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the main part"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_has_the_focus_is_seen(visit: Window, scheme: str):
    page = visit(scheme=scheme).goto("/style/")
    page.keyboard.press("Tab")
    for _ in range(12):
        page.keyboard.press("Tab")
        width, style = page.evaluate(
            "(s => [parseFloat(s.outlineWidth), s.outlineStyle])"
            "(getComputedStyle(document.activeElement))"
        )
        assert style == "solid"
        assert width >= 2


def test_what_is_touched_is_big_enough(visit: Window):
    """44 by 44 CSS pixels (WCAG 2.2, 2.5.5), links in running text apart."""
    page = visit(width=360).goto("/style/")
    small = page.evaluate(
        """() => [...document.querySelectorAll(
            'button, .button, .input, .nav a, .brand, .breadcrumb a, .strip a, .download')]
            .map(e => [e.className, e.textContent.trim(), e.getBoundingClientRect()])
            .filter(([, , box]) => box.height < 44)
            .map(([name, text, box]) => `${name} ${text} ${box.height}`)"""
    )
    assert small == []


def test_names_stay_in_sight_while_stages_scroll(visit: Window):
    window = visit(width=360)
    page = window.goto("/style/")
    region = page.locator(".scroll:has(#light-stages)")
    region.evaluate("e => { e.scrollLeft = 240 }")
    name = page.locator("#light-stages tbody th").first
    assert region.evaluate("e => e.scrollLeft") > 100
    inside = """e => e.getBoundingClientRect().left
        - e.closest('.scroll').getBoundingClientRect().left"""
    assert abs(name.evaluate(inside)) < 1
    assert window.overhang() == 0


def test_night_is_dark_and_day_is_light(visit: Window):
    grounds = {
        scheme: visit(scheme=scheme)
        .goto("/")
        .evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    }
    assert grounds == {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 20, 18)"}


def test_nothing_moves_for_those_who_asked_for_stillness(visit: Window):
    moving = "getComputedStyle(document.querySelector('#light-unknown')).animationName"
    assert visit(reduced_motion="no-preference").goto("/style/").evaluate(moving) == "walk"
    assert visit(reduced_motion="reduce").goto("/style/").evaluate(moving) == "none"


def test_paper_is_black_on_white_without_navigation(visit: Window):
    page = visit(scheme="dark").goto("/style/")
    page.emulate_media(media="print")
    assert page.locator(".nav").is_hidden()
    assert page.locator(".skip").is_hidden()
    for selector in ("body", ".panel >> nth=1"):
        colour = page.locator(selector).evaluate("e => getComputedStyle(e).color")
        assert colour == "rgb(0, 0, 0)"
        ground = page.locator(selector).evaluate("e => getComputedStyle(e).backgroundColor")
        assert ground == "rgb(255, 255, 255)"
    assert page.locator("thead").first.evaluate("e => getComputedStyle(e).display") == (
        "table-header-group"
    )


def test_a_name_in_a_stage_table_is_not_squeezed_on_paper(visit: Window):
    page = visit(width=480).goto("/style/")
    page.emulate_media(media="print")
    name = page.locator("#light-stages tbody th").first
    assert name.evaluate("e => e.getBoundingClientRect().width") >= 100


def test_forced_colours_leave_every_state_to_be_told(visit: Window):
    page = visit(forced_colors="active").goto("/style/")
    assert page.locator("#light-stages .badge", has_text="Elected").first.is_visible()
    border = "e => getComputedStyle(e).borderTopStyle"
    assert page.locator(".button").first.evaluate(border) == "solid"


def test_the_home_page_works_without_javascript(visit: Window):
    page = visit(java_script_enabled=False).goto("/")
    assert page.locator("h1").is_visible()
    assert page.locator(".picture svg").is_visible()
