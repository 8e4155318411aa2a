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


def test_every_paragraph_that_a_count_cites_is_on_its_page():
    """Stages cite `av §15` or `rule 51`; a page that is renumbered takes its citations along."""
    pages = {rule: (SPEC / f"{rule}.md").read_text("utf-8") for rule in counting.COUNTING_RULES}
    for rule in ("av", "plurality"):
        source = Path(counting.__file__).with_name(f"{rule}.py").read_text("utf-8")
        cited = {int(number) for number in re.findall(r"§(\d+)", source)}
        there = {int(number) for number in re.findall(r"^(\d+)\. ", pages[rule], re.MULTILINE)}
        assert cited
        assert cited <= there
    source = Path(counting.__file__).with_name("scottish.py").read_text("utf-8")
    for number in set(re.findall(r"[Rr]ules? (\d\d)", source)):
        assert re.search(rf"rules? [^)]*{number}", pages["stv-scottish"]), number
