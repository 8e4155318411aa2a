"""docs/how-to/ballot-files.md shows files that are read, and says of them what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hustings.core.count import reading
from tests.core.count.reading.files import read, refused, spelled

PAGE = (Path(__file__).parents[4] / "docs/how-to/ballot-files.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
FORMATS = ["blt", "preflib", "abif", "csv-cvr", "csv-ranks", "margin-irv", "debian"]


def test_every_format_has_its_example():
    assert [reading.sniff(example.encode()) for example in EXAMPLES] == FORMATS
    assert set(FORMATS) == set(reading.FORMATS)


@pytest.mark.parametrize("example", EXAMPLES, ids=FORMATS)
def test_every_example_is_read_and_begins_with_ann_then_ben(example):
    ballots = read(example.encode())
    first = next(iter(ballots.groups))
    names = [ballots.candidates[i] for i in first if isinstance(i, int)]
    if names[0].isupper():  # margin-irv has labels
        assert names == ["LAB", "LIB"]
    else:
        assert [name.split()[0] for name in names][:2] == ["Ann", "Ben"]


def test_the_limits_are_as_the_page_says():
    assert "at most 1,000 candidates" in PAGE.replace("\n", " ")
    assert "1,000" in refused(b"1001 1\n", format="blt").sentence
    assert "1,048,576" in refused(b"1" * ((1 << 20) + 1), format="blt").sentence


def test_the_example_of_ranks_says_what_the_page_says():
    ballots = read(EXAMPLES[FORMATS.index("csv-ranks")].encode())
    assert spelled(ballots) == {
        ("Ann", "Ben", "Cy"): 40,
        (("Ben", "Cy"), "Ann"): 12,
        ("Ann",): 7,
        ("Ann", "Ben"): 5,
    }
