"""The count pages in a browser that runs no script: the whole way, and what it looks like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.apps.site.counts import samples
from tests.apps.site.counts.live import Site, running_site
from tests.browser.conftest import Visit

ELECTION = Path(__file__).parents[2] / "demo" / "elections" / "ferry_secretary.blt"
LOOKS = [(width, scheme) for width in (360, 1280) for scheme in ("light", "dark")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site"), per_hour=1000) as found:
        found.run(
            "from pathlib import Path; from django.utils import timezone\n"
            "from hustings.apps.site.counts import demonstrations\n"
            f"demonstrations.keep(title='A demonstration', source=Path({str(ELECTION)!r}), "
            "rule='av', now=timezone.now())"
        )
        yield found


@pytest.fixture
def window(site: Site, chromium: Browser) -> Iterator[Callable[..., Visit]]:
    """Open a window on the site; without scripts unless asked."""
    contexts = []

    def open_window(*, width: int = 1280, scheme: str = "light", scripts: bool = False) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        return Visit(context, f"http://127.0.0.1:{site.port}")

    yield open_window
    for context in contexts:
        context.close()


def upload(page: Page, folder: Path, ballots: bytes, rule: str, name: str = "crew.blt") -> None:
    (folder / name).write_bytes(ballots)
    page.get_by_label("File of ballots").set_input_files(folder / name)
    page.get_by_label(rule).check()


def seats(page: Page) -> Locator:
    return page.get_by_label("Seats to fill").filter(visible=True)


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def test_from_upload_to_result_to_deletion_without_a_script(window, tmp_path):
    visit = window()
    page = visit.goto("/")
    page.get_by_role("link", name="Count an election").first.click()
    upload(page, tmp_path, samples.BLT, "Single transferable vote")
    seats(page).fill("2")
    press(page, "Count")
    # The page comes back by itself until there is a result.
    expect(page.get_by_role("heading", level=1)).to_have_text("Ferry crew", timeout=20_000)
    elected = page.get_by_role("list", name="Elected").get_by_role("listitem")
    expect(elected).to_have_count(2)
    expect(elected.first).to_contain_text("Ann")
    link = page.url

    with page.expect_download() as download:
        page.get_by_role("link", name="The count record").click()
    assert download.value.suggested_filename == "Ferry crew count.json"

    page.get_by_role("link", name="Delete now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete this count?")
    press(page, "Delete now")
    expect(page.get_by_role("heading", level=1)).to_have_text("It has been deleted")
    answer = page.goto(link)
    assert answer is not None
    assert answer.status == 404
    assert visit.elsewhere == []


def test_a_mistake_costs_nothing_but_its_own_answer(window, tmp_path):
    visit = window()
    page = visit.goto("/counts/")
    upload(page, tmp_path, samples.BLT, "Single transferable vote")
    seats(page).fill("two")
    press(page, "Count")
    page.get_by_role("link", name="Seats to fill: Give a whole number from 1 to 1000.").click()
    assert page.url.endswith("#stv-scottish-seats")
    expect(seats(page)).to_have_value("two")
    expect(page.get_by_text("It need not be sent again")).to_be_visible()
    seats(page).fill("2")
    press(page, "Count")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ferry crew", timeout=20_000)


def test_the_bullet_of_a_mistake_that_wraps_stands_beside_its_first_line(window, tmp_path):
    page = window(width=360, scripts=True).goto("/counts/")
    upload(page, tmp_path, samples.BLT, "Single transferable vote")
    seats(page).fill("two")
    press(page, "Count")
    link = page.get_by_role("alert").get_by_role("link")
    # A box round the lines would be one rectangle, with the bullet beside its last line.
    assert link.evaluate("a => a.getClientRects().length") > 1
    assert link.evaluate("a => a.getClientRects()[0].height") >= 24


def test_a_tie_is_asked_about_and_answered_on_the_spot(window):
    visit = window()
    page = visit.goto("/counts/")
    page.get_by_label("Paste them").check()
    page.get_by_label("Ballots", exact=True).fill(samples.TIED.decode())
    page.get_by_label("Plurality").check()
    press(page, "Count")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("There is a tie to be broken", timeout=20_000)
    page.get_by_label("Order for ties").fill("Bea\nAnn")
    press(page, "Count again")
    expect(page.get_by_text("Bea stands first in the stated order").first).to_be_visible(
        timeout=20_000
    )


def test_only_the_chosen_rules_questions_are_in_sight(window):
    page = window().goto("/counts/")
    expect(seats(page)).to_have_count(0)
    page.get_by_label("Single transferable vote").check()
    expect(seats(page)).to_have_count(1)
    page.get_by_label("Alternative vote").check()
    expect(seats(page)).to_have_count(0)


def test_reloading_by_itself_can_be_stopped(window, tmp_path):
    visit = window()
    page = visit.goto("/counts/")
    rows = "\n".join(f"{'Ann,Bea' if n % 3 else 'Bea,Cy'}" for n in range(400_000))
    upload(page, tmp_path, f"rank1,rank2\n{rows}\n".encode(), "Alternative vote", "large.csv")
    press(page, "Count")
    page.get_by_role("link", name="Stop that").click()
    expect(page.get_by_text("This page stands still")).to_be_visible()


PAGES = ("start", "chosen", "mistakes", "progress", "unreadable", "tie", "result", "delete", "gone")


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("kind", PAGES)
def test_every_page_is_sound_for_everyone(window, tmp_path, width, scheme, kind):
    """axe finds nothing, nothing hangs over the edge, nothing is asked of anyone else."""
    # Scripts are on for axe alone; the pages have none.
    visit = window(width=width, scheme=scheme, scripts=True)
    page = visit.goto("/counts/")
    heading = page.get_by_role("heading", level=1)
    if kind == "chosen":
        page.get_by_label("Alternative vote").check()
        for closed in page.locator("summary:visible").all():
            closed.click()
    elif kind == "mistakes":
        page.get_by_label("Plurality").check()
        seats(page).fill("none")
        press(page, "Count")
        expect(page.get_by_role("alert")).to_be_visible()
    elif kind == "gone":
        visit.page.goto(f"{visit.origin}/counts/{'x' * 24}/")
    elif kind != "start":
        ballots = {
            "progress": b"rank1,rank2\n" + b"Ann,Bea\n" * 600_000,
            "unreadable": samples.BLT.replace(b"3 3 2", b"3 3 9"),
            "tie": samples.TIED,
        }.get(kind, samples.BLT)
        name = "large.csv" if kind == "progress" else "ballots"
        upload(page, tmp_path, ballots, "Plurality", name)
        press(page, "Count")
        said = {
            "unreadable": "The ballots can’t be read",
            "tie": "There is a tie to be broken",
            "result": "Ferry crew",
            "delete": "Ferry crew",
        }
        if kind in said:
            expect(heading).to_have_text(said[kind], timeout=20_000)
        else:
            page.goto(page.url + "?still=1")
        if kind == "delete":
            page.get_by_role("link", name="Delete now").click()
            expect(heading).to_have_text("Delete this count?")
    assert visit.violations() == []
    assert visit.overhang() <= 0
    assert visit.elsewhere == []
    # A page with its status says so in the console too; that is no fault of the page.
    assert [line for line in visit.console if "Failed to load resource" not in line] == []
