"""Numbers keep every digit, and no name can do harm to the page it stands on."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hustings.design import words
from tests.design.records import HOSTILE

decimals = st.decimals(0, 10**9, places=5, allow_nan=False, allow_infinity=False).map(str)


@pytest.mark.parametrize(
    ("number", "grouped", "prose"),
    [
        ("1914.00000", "1,914.00000", "1,914"),
        ("10205.70192", "10,205.70192", "10,205.70192"),
        ("0", "0", "0"),
        ("0.50000", "0.50000", "0.50000"),
        ("-12", "−12", "−12"),
        ("1234567", "1,234,567", "1,234,567"),
        ("1/3", "1/3", "1/3"),
    ],
)
def test_thousands_are_set_apart_and_only_empty_decimals_go(
    number: str, grouped: str, prose: str
) -> None:
    assert words.grouped(number) == grouped
    assert words.prose(number) == prose


@given(decimals)
def test_no_digit_is_lost_in_a_table(number: str) -> None:
    shown = str(words.figure(number))
    bare = shown.replace(",", "").split("<")[0] + shown.partition(">")[2].removesuffix("</span>")
    assert bare == number


@given(decimals, decimals)
def test_a_change_is_exact(now: str, before: str) -> None:
    change = words.difference(now, before)
    assert Fraction(change or 0) == Fraction(now) - Fraction(before)
    assert change == "" or change[0] in "+-"


@given(st.lists(decimals, min_size=1))
def test_a_sum_is_exact(numbers: list[str]) -> None:
    assert Fraction(words.total(numbers)) == sum(map(Fraction, numbers))


def test_ordinals_are_english() -> None:
    said = " ".join(words.ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111))
    assert said == "1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 101st 111th"


def test_less_than_a_vote_is_not_none() -> None:
    assert [words.whole(Fraction(n)) for n in ("0", "1/2", "1.9", "1204.99")] == [
        "0",
        "<1",
        "1",
        "1,204",
    ]


@given(st.text() | st.sampled_from(HOSTILE))
def test_a_name_is_one_visible_line(name: str) -> None:
    line = words.shown(name)
    assert line
    assert line == " ".join(line.split())
    for sign in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200e\u200f\x00\x1b\ufeff":
        assert sign not in line


@given(st.text() | st.sampled_from(HOSTILE), st.floats(2, 30))
def test_a_cut_name_fits_and_is_the_beginning_of_the_name(name: str, ems: float) -> None:
    cut = words.cut(name, ems)
    assert words.width(cut) <= ems + 0.01
    if cut != words.shown(name):
        assert cut.endswith("…")
        assert words.shown(name).startswith(cut[:-1])
        assert not cut.endswith("\u200d…")


@given(st.lists(st.text() | st.sampled_from(HOSTILE), unique=True, min_size=1))
def test_short_names_tell_all_candidates_apart(names: list[str]) -> None:
    short = words.short_names(names)
    assert len(set(short.values())) == len(names)


def test_a_party_in_quotes_or_brackets_is_taken_off_unless_it_tells_two_apart() -> None:
    assert words.parted('Ann ASH "Reed Party (RP)"') == ("Ann ASH", "Reed Party (RP)")
    assert words.parted("Ann Ash (Independent Gardener)") == ("Ann Ash", "Independent Gardener")
    assert words.parted("Ann Ash (RP)") == ("Ann Ash (RP)", "")
    assert words.short_names(['A "X"', 'B "X"']) == {'A "X"': "A", 'B "X"': "B"}
    assert words.short_names(['A "X"', 'A "Y"']) == {'A "X"': 'A "X"', 'A "Y"': 'A "Y"'}
