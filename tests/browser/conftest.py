"""A real browser in front of the real site: Debian's Chromium, watched for what it must not do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(
    os.environ.get("AXE_PATH")
    or Path(__file__).parents[2] / "booth" / "node_modules" / "axe-core" / "axe.min.js"
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

# Playwright's loop runs in this thread, and Django would refuse to touch its database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests."""
    if not CHROMIUM.exists():
        pytest.fail("Chromium is not here. Install it: apt-get install --yes chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Visit:
    """A page in the browser, and what went wrong while it was open."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.origin = origin
        self.console: list[str] = []
        self.elsewhere: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self._heard(message.type, message.text))
        self.page.on("pageerror", lambda error: self.console.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))

    def _heard(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.console.append(text)

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "data" and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.elsewhere.append(url)

    def goto(self, address: str) -> Page:
        """Open an address of the site."""
        self.page.goto(self.origin + address)
        return self.page

    def violations(self) -> list[str]:
        """Return what axe finds, one line an element."""
        # Evaluated, not added as a script: the site's own policy would rightly stop that.
        self.page.evaluate(axe_source())
        found: dict[str, Any] = self.page.evaluate(
            "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})",
            list(RULES),
        )
        return [
            f"{violation['id']}: {node['target']} {node['failureSummary']}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    def overhang(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        width: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return width


def axe_source() -> str:
    """Return axe-core's source."""
    if not AXE.exists():
        pytest.fail("axe-core is not here. Install it: cd booth && npm ci --ignore-scripts")
    return AXE.read_text("utf-8")


@pytest.fixture
def visit(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Visit]]:
    """Return a function that opens a window on the site: `visit(width=360, scheme="dark")`."""
    contexts = []

    def open_window(*, width: int = 1280, scheme: str = "light", **options: Any) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, **options
        )
        contexts.append(context)
        return Visit(context, live_server.url)

    yield open_window
    for context in contexts:
        context.close()
