"""The result page: everything the record says, nothing a name could smuggle in, by itself."""

from __future__ import annotations

import base64
import hashlib
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hustings.core.count import Ballots, CountRecord, Tie, count, reading
from hustings.design import words
from hustings.design.sheet import Download, Source, result_body, result_page
from tests.design.pages import Element, read
from tests.design.records import HOSTILE, a_count, one_stage
from tests.shared import shared

SVG = "{http://www.w3.org/2000/svg}"
SAMPLES = {
    "nine candidates, four seats": a_count(),
    "twenty candidates, ten stages": a_count(candidates=20, seats=3, stages=10),
    "two candidates, one stage": one_stage(),
    "one seat in whole votes": a_count(candidates=6, seats=1, places=0, rule="av", seed=4),
    "names that mean harm": a_count(candidates=12, names=HOSTILE, seats=3),
    "fifty-four candidates": a_count(candidates=54, seats=6, ballots=60_000, stages=18),
}


@pytest.fixture(params=SAMPLES.values(), ids=SAMPLES.keys())
def record(request: pytest.FixtureRequest) -> CountRecord:
    found: CountRecord = request.param
    return found


PAGES: dict[int, Element] = {}


def page_of(record: CountRecord) -> Element:
    if id(record) not in PAGES or record not in SAMPLES.values():
        source = Source("ward.blt", "ab" * 32)
        PAGES[id(record)] = read(result_page(record, source=source, made_by="Hustings 0"))
    return PAGES[id(record)]


def section(page: Element, heading: str) -> Element:
    [found] = [s for s in page.all("section") if s.all("h2")[0].text == heading]
    return found


# --- It stands alone, and safely ------------------------------------------------------------


def test_the_page_asks_nobody_for_anything_and_runs_nothing(record: CountRecord) -> None:
    html = result_page(record)
    page = read(html)
    assert not page.all("script")
    assert not page.all("img")
    assert not page.all("link")
    for element in page.all():
        assert "style" not in element.attrs
        assert not [name for name in element.attrs if name.startswith("on")]
        for name in ("href", "src", "xlink:href"):
            assert element.attrs.get(name, "#").startswith("#")
        for value in element.attrs.values():
            assert "url(" not in value or value.startswith("url(#")
    [style] = page.all("style")
    assert "url(" not in "".join(style.pieces)
    assert "@import" not in "".join(style.pieces)


def test_its_policy_lets_in_exactly_its_own_style(record: CountRecord) -> None:
    page = read(result_page(record))
    [policy] = [
        meta.attrs["content"]
        for meta in page.all("meta")
        if meta.attrs.get("http-equiv") == "Content-Security-Policy"
    ]
    [style] = page.all("style")
    digest = base64.b64encode(hashlib.sha256("".join(style.pieces).encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'"


def test_the_same_record_gives_the_same_bytes(record: CountRecord) -> None:
    assert result_page(record) == result_page(record)


def test_every_name_is_kept_to_itself() -> None:
    page = page_of(SAMPLES["names that mean harm"])
    for name in HOSTILE:
        short = words.short_names(HOSTILE)[name]
        holders = [e for e in page.all("bdi") if e.text == " ".join(short.split())]
        assert holders, f"{name!r} is nowhere in a <bdi>"
    assert "\u202e" not in page.text
    assert not [e for e in page.all() if e.tag == "img" or "onerror" in e.attrs]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=40), unique=True, min_size=4, max_size=4), st.integers(0, 999))
def test_no_name_can_break_the_page(names: list[str], seed: int) -> None:
    record = a_count(seed=seed, candidates=4, seats=1, names=tuple(names))
    record = replace(record, title=names[0], notes=(names[1],), withdrawn=())
    html = result_page(record, source=Source(names[2]))
    read(html)
    html.encode()  # no lone surrogate, which could not be written to a file
    for svg in re.findall(r"<svg class=\"flow.*?</svg>", html, re.DOTALL):
        ET.fromstring(svg)


# --- It is a well-made page -----------------------------------------------------------------


def test_headings_go_down_one_step_at_a_time(record: CountRecord) -> None:
    levels = [int(e.tag[1]) for e in page_of(record).all() if re.fullmatch("h[1-6]", e.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    for before, after in pairwise(levels):
        assert after <= before + 1


def test_every_id_is_said_once_and_every_reference_leads_somewhere(record: CountRecord) -> None:
    page = page_of(record)
    ids = [e.attrs["id"] for e in page.all() if "id" in e.attrs]
    assert len(ids) == len(set(ids))
    for element in page.all():
        for name in ("aria-labelledby", "aria-describedby"):
            for target in element.attrs.get(name, "").split():
                assert target in ids
        for value in element.attrs.values():
            for target in re.findall(r"^url\(#(.+)\)$", value) + re.findall(r"^#(.+)$", value):
                assert target in ids


def test_two_results_stand_on_one_page_without_an_id_in_common() -> None:
    record = SAMPLES["nine candidates, four seats"]
    both = result_body(record, prefix="a") + result_body(record, prefix="b")
    ids = [e.attrs["id"] for e in read(both).all() if "id" in e.attrs]
    assert len(ids) == len(set(ids))


def test_every_table_has_a_caption_and_says_what_its_heads_are_for(record: CountRecord) -> None:
    for table in page_of(record).all("table"):
        assert table.all("caption")[0].text
        for head in table.all("th"):
            assert head.attrs["scope"] in {"row", "col"}


def test_every_picture_is_named_or_hidden_and_well_formed(record: CountRecord) -> None:
    html = result_page(record)
    for svg in read(html).all("svg"):
        if svg.attrs.get("aria-hidden") != "true":
            assert svg.attrs["role"] == "img"
            assert svg.all("title")[0].attrs["id"] == svg.attrs["aria-labelledby"]
            assert svg.all("desc")[0].attrs["id"] == svg.attrs["aria-describedby"]
    for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL):
        ET.fromstring(svg)


def test_what_scrolls_is_named_and_reached_by_keyboard(record: CountRecord) -> None:
    for region in page_of(record).all(look="scroll"):
        assert region.attrs["tabindex"] == "0"
        assert region.attrs["role"] == "region"
        assert "aria-label" in region.attrs or "aria-labelledby" in region.attrs


def test_a_result_of_twelve_stages_and_twenty_candidates_is_under_300_kilobytes() -> None:
    record = a_count(candidates=20, seats=3, stages=12)
    assert len(record.stages) == 12
    assert len(result_page(record).encode()) < 300_000


# --- It says all that the record says ---------------------------------------------------------


def test_every_tally_stands_in_the_stage_table(record: CountRecord) -> None:
    if len(record.stages) == 1:
        return
    page = page_of(record)
    short = words.short_names(record.candidates)
    cells: dict[str, list[str]] = {}
    for row in page.all("tr"):
        if row.inside("thead"):
            continue
        name = row.all("th")[0].all("bdi")[0].text if row.all("bdi") else row.all("th")[0].text
        cells.setdefault(name, []).extend(
            td.all(look="stage-votes")[0].text if td.all(look="stage-votes") else ""
            for td in row.all("td")
        )
    for name in record.candidates:
        found = cells[" ".join(short[name].split())]
        assert len(found) == len(record.stages)
        for cell, stage in zip(found, record.stages, strict=True):
            tally = stage.tallies[name]
            assert cell == words.grouped(tally) or (cell == "" and not Fraction(tally))
    lost = [words.grouped(stage.non_transferable) for stage in record.stages]
    assert cells["Non-transferable"] == lost


def test_every_movement_stands_in_the_words_beside_the_picture(record: CountRecord) -> None:
    if len(record.stages) == 1:
        return
    short = words.short_names(record.candidates)
    [moved] = page_of(record).all("details", look="sheet-moved")
    lines = [line.text for line in moved.all("li")]
    for stage in record.stages:
        for transfer in stage.transfers:
            whose = f"of {' '.join(short[transfer.source].split())} moved"
            [line] = [x for x in lines if x.startswith(f"Stage {stage.number}:") and whose in x]
            for name, votes in transfer.to.items():
                assert f"{words.prose(votes)} to {' '.join(short[name].split())}" in line
            if Fraction(transfer.non_transferable):
                assert f"{words.prose(transfer.non_transferable)} non-transferable" in line
            if Fraction(transfer.rounding_loss):
                assert f"{words.prose(transfer.rounding_loss)} lost in rounding" in line


def test_every_stage_says_what_was_done_why_and_by_which_paragraph(record: CountRecord) -> None:
    stages = page_of(record).all("article")
    assert len(stages) == len(record.stages)
    for article, stage in zip(stages, record.stages, strict=True):
        assert f"Stage {stage.number}" in article.all("h3")[0].text
        assert words.shown(stage.why) in article.text
        assert words.shown(stage.paragraph) in article.text
        held = [e.text for e in article.all(look="bar-votes")]
        for name, votes in stage.tallies.items():
            assert words.grouped(votes) in held or not Fraction(votes), name


def test_those_elected_head_the_page_in_order(record: CountRecord) -> None:
    [listed] = page_of(record).all("ol", look="sheet-elected")
    names = [e.text for e in listed.all(look="sheet-winner")]
    assert names == [" ".join(words.shown(name).split()) for name in record.elected]


def test_elected_and_excluded_are_said_in_words_where_it_happens() -> None:
    record = SAMPLES["nine candidates, four seats"]
    for article, stage in zip(page_of(record).all("article"), record.stages, strict=True):
        badges = [badge.text for badge in article.all(look="badge")]
        assert badges == ["Elected"] * len(stage.elected) + ["Excluded"] * len(stage.excluded)


def test_the_stage_table_marks_the_stage_where_each_fate_fell() -> None:
    record = SAMPLES["nine candidates, four seats"]
    rows = {
        row.all("bdi")[0].text: row.all("td") for row in page_of(record).all("tr") if row.all("bdi")
    }
    for stage in record.stages:
        for names, said in ((stage.elected, "Elected"), (stage.excluded, "Excluded")):
            for name in names:
                marks = [[badge.text for badge in td.all(look="badge")] for td in rows[name]]
                expected: list[list[str]] = [[] for _ in record.stages]
                expected[stage.number - 1] = [said]
                assert marks == expected


def test_one_stage_has_bars_and_no_flow() -> None:
    page = page_of(SAMPLES["two candidates, one stage"])
    assert not page.all("svg", look="flow")
    assert page.all("ul", look="bars")
    assert not [h for h in page.all("h2") if h.text == "How the votes moved"]


def test_ties_are_told_with_how_they_fell() -> None:
    tie = one_stage().stages[0].ties[0]
    assert tie.sentence in section(page_of(one_stage()), "Ties, and how they fell").text
    assert isinstance(tie, Tie)


def test_no_ties_is_said_too() -> None:
    page = page_of(SAMPLES["nine candidates, four seats"])
    assert "There were no ties." in section(page, "Ties, and how they fell").text


def test_a_stage_after_the_last_seat_is_marked_as_changing_nothing() -> None:
    record = a_count()
    last = replace(record.stages[-1], after_last=True, elected=())
    record = replace(record, stages=(*record.stages[:-1], last))
    articles = page_of(record).all("article")
    assert "Shown for completeness" in articles[-1].text
    assert not [a for a in articles[:-1] if "Shown for completeness" in a.text]
    heads = [text.text for text in page_of(record).all("svg", look="flow-wide")[0].all("text")]
    assert f"(Stage {len(record.stages)})" in heads


def test_a_count_stopped_early_says_that_nobody_is_elected_and_why() -> None:
    record = a_count(candidates=20, seats=1, stages=3)
    record = replace(record, options={"stop-after": 3}, elected=())
    page = page_of(record)
    assert "Nobody is elected: the count was stopped after stage 3" in page.text
    assert not page.all("ol", look="sheet-elected")


def test_withdrawn_candidates_and_notes_are_named() -> None:
    record = replace(a_count(), withdrawn=("Zed <b>",), notes=("12 lines were left out",))
    record = replace(
        record,
        candidates=(*record.candidates, "Zed <b>"),
        stages=tuple(
            replace(s, tallies={**s.tallies, "Zed <b>": "0.00000"}) for s in record.stages
        ),
    )
    page = page_of(record)
    assert "Withdrawn: Zed <b>." in page.text
    assert "12 lines were left out" in section(page, "The counting rule and the file").text


def test_a_record_that_does_not_add_up_gets_its_figures_but_no_picture() -> None:
    record = a_count()
    stage = replace(record.stages[1], transfers=())
    page = page_of(replace(record, stages=(record.stages[0], stage, *record.stages[2:])))
    assert "No picture is drawn: the transfers of stage 2 don't add up." in page.text
    assert not page.all("svg", look="flow")
    assert page.all("table")


def test_votes_that_count_for_nobody_add_up_to_the_record() -> None:
    record = a_count()
    text = section(page_of(record), "Votes that count for nobody").text
    last = record.stages[-1]
    assert words.prose(last.non_transferable) in text
    assert words.grouped(last.inactive.exhausted) in text
    assert words.grouped(last.rounding_loss) in text


def test_the_file_its_digest_and_the_command_are_there() -> None:
    page = page_of(SAMPLES["nine candidates, four seats"])
    assert "ab" * 32 in section(page, "The counting rule and the file").text
    command = section(page, "How to check this yourself").all("pre")[0].text
    assert command == "hustings count ward.blt --rule stv-scottish --seats 4"


def test_downloads_are_offered_only_where_there_are_some() -> None:
    record = one_stage()
    assert "Take it with you" not in result_body(record)
    body = read(result_body(record, downloads=[Download("The record", "/r.json", "JSON, 2 kB")]))
    [link] = body.all("a", look="download")
    assert link.attrs["href"] == "/r.json"
    assert "JSON, 2 kB" in link.text


def test_a_title_that_is_given_goes_before_the_files_own() -> None:
    page = read(result_page(a_count(), title="The chair of 2026"))
    assert page.all("h1")[0].text == "The chair of 2026"
    assert "The chair of 2026" in page.all("title")[0].text


# --- Real counts ------------------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "rule", "seats", "said"),
    [
        # What is known of each result: ../shared/data/ballots/README.md.
        (
            "dundee_2022_ward2_lochee.blt",
            "stv-scottish",
            4,
            ["5,843 ballots", "quota 1,169", "Charlie MALONE", "Wendy SCULLIN"],
        ),
        (
            "dublin_north_2002.soi",
            "stv-scottish",
            4,
            ["43,942 ballots", "10,205.70192", "10,171.06453", "Sargent"],
        ),
        ("nsw_2015_gosford.txt", "av", 1, ["48,445 ballots", "22,029", "21,825"]),
        ("sanfrancisco_2007_mayor.txt", "av", 1, ["149,465 ballots", "106,395"]),
    ],
)
def test_a_real_count_is_drawn_with_its_known_figures(
    file: str, rule: str, seats: int, said: list[str]
) -> None:
    source = reading.BytesSource(shared(f"data/ballots/{file}").read_bytes())
    record = count(reading.read(source, name=file), rule, seats=seats).record
    page = page_of(record)
    assert "No picture is drawn" not in page.text
    assert bool(page.all("svg", look="flow")) == (len(record.stages) > 1)
    for words_known in said:
        assert words_known in page.text


def test_a_record_too_large_for_a_page_says_so_and_stays_small():
    """A thousand candidates made a page of 340 MB, anew for everybody who opened it."""
    names = tuple(f"Candidate {number:03d}" for number in range(200))
    groups = {(number,): 2 * number + 1 for number in range(200)}
    record = count(Ballots(names, groups), "av").record
    page = result_page(record)
    assert len(page) < 1_000_000
    assert "200 candidates and" in page
    assert "How the votes moved" not in page
    assert "Every stage in figures" not in page
    assert "Candidate 199" in page
