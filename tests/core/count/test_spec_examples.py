"""The examples of spec/count: each page's election is counted, and comes out as it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from hustings.core import count as counting
from tests.core.count.elections import counted, differences

SPEC = Path(__file__).parents[3] / "spec" / "count"


def examples(page):
    text = (SPEC / page).read_text("utf-8")
    return [
        json.loads(block)
        for block in re.findall(r"^```json\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    ]


@pytest.mark.parametrize("rule", ["av", "stv-scottish", "plurality"])
def test_the_example_of_a_rule_comes_out_as_its_page_says(rule):
    election, expect = examples(f"{rule}.md")
    assert election["rule"] == rule
    assert differences(counted(rule, election).record, expect) == []


def test_the_example_of_a_tie_is_broken_in_the_words_of_the_page():
    election, expect = examples("ties.md")
    record = counting.to_json(counted("av", election).record)
    assert expect in [tie for stage in record["stages"] for tie in stage["ties"]]


def test_the_example_of_a_record_is_one_to_the_letter():
    (expect,) = examples("record.md")
    ballots = [[3, ["Ada"]], [2, ["Ben"]], [1, []]]
    election = {"candidates": ["Ada", "Ben"], "ballots": ballots, "options": {}}
    assert counting.to_json(counted("av", election).record) == expect
    assert counting.to_json(counting.from_json(expect)) == expect


@pytest.mark.parametrize("rule", ["av", "plurality"])
def test_every_paragraph_that_a_count_cites_is_on_its_page(rule):
    """Stages cite `av §15`; a page that is renumbered takes its citations along."""
    page = (SPEC / f"{rule}.md").read_text("utf-8")
    source = Path(counting.__file__).with_name(f"{rule}.py").read_text("utf-8")
    cited = {int(number) for number in re.findall(r"§(\d+)", source)}
    there = {int(number) for number in re.findall(r"^(\d+)\. ", page, re.MULTILINE)}
    assert cited
    assert cited <= there


def statute_rules(text):
    """Return each rule of the Order that a text cites: "rules 46, 47; rule 53(2)", "44 to 46"."""
    cited = set()
    for numbers in re.findall(
        r"\b[Rr]ules? (\d\d(?:\(\d\))*(?:(?:, | and | to )\d\d(?:\(\d\))*)*)", text
    ):
        for first, last in re.findall(r"(\d\d)(?:\(\d\))*(?: to (\d\d))?", numbers):
            cited |= set(range(int(first), int(last or first) + 1))
    return cited


def test_every_rule_of_the_order_that_a_count_cites_is_in_a_paragraph_of_its_page():
    page = (SPEC / "stv-scottish.md").read_text("utf-8")
    paragraphs = re.findall(r"^\d+\. .*?(?=^\d+\. |^#|\Z)", page, re.MULTILINE | re.DOTALL)
    explained = {rule for text in paragraphs for rule in statute_rules(" ".join(text.split()))}
    source = Path(counting.__file__).with_name("scottish.py").read_text("utf-8")
    cited = statute_rules(source)
    # The heading's "rules 46 to 53", and rule 44 for what is no valid paper.
    assert cited == {44, *range(46, 54)}
    assert cited <= explained


def test_citations_are_read_as_people_write_them():
    assert statute_rules("rules 51, 52, 53(1)") == {51, 52, 53}
    assert statute_rules("Rule 49(3); rules 44 and 46 to 48") == {44, 46, 47, 48, 49}
    assert statute_rules("a rule of 26 words, section 46") == set()
