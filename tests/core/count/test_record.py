"""Records come back from their JSON whole, or are refused; numbers are exact in every form."""

from __future__ import annotations

import copy
import json
from fractions import Fraction

import pytest

from hustings.core.count import (
    Ballots,
    RecordInvalid,
    count,
    from_json,
    grouped,
    record_text,
    to_json,
)
from hustings.core.count.figures import decimal, exact, listed, spoken, votes

BALLOTS = Ballots(("Ada", "Ben", "Cleo"), {(0,): 5, (1,): 4, (2, 1): 2}, title="A ward")


def record():
    return json.loads(json.dumps(to_json(count(BALLOTS, "av").record)))


def test_a_record_survives_its_json():
    assert to_json(from_json(record())) == record()


def test_a_record_as_text_is_its_json_with_names_as_they_are():
    ballots = Ballots(("Zoë", "Ben"), {(0,): 5, (1,): 4})
    one = count(ballots, "av").record
    text = record_text(one)
    assert json.loads(text) == to_json(one)
    assert '"Zoë"' in text
    assert text.endswith("}\n")


def breakages():
    """Name, and what is done to a good record to make it a bad one."""
    return {
        "schema": lambda r: r.update(schema="count/2"),
        "no stages": lambda r: r.update(stages=[]),
        "stages in another order": lambda r: r["stages"].reverse(),
        "a candidate twice": lambda r: r["candidates"].append("Ada"),
        "nobody": lambda r: r.update(candidates=[]),
        "elected a stranger": lambda r: r.update(elected=["Zoë"]),
        "a tally missing": lambda r: r["stages"][0]["tallies"].pop("Ada"),
        "a tally too many": lambda r: r["stages"][0]["tallies"].update(Zoë="1"),
        "a tally that is no number": lambda r: r["stages"][0]["tallies"].update(Ada="many"),
        "a tally that is a float": lambda r: r["stages"][0]["tallies"].update(Ada=1.5),
        "a tally with markup": lambda r: r["stages"][0]["tallies"].update(Ada="<b>1</b>"),
        "a tally that is endless": lambda r: r["stages"][0]["tallies"].update(Ada="9" * 99),
        "a transfer from a stranger": lambda r: r["stages"][1]["transfers"][0].update(
            {"from": "Zoë"}
        ),
        "a why that is no text": lambda r: r["stages"][0].update(why=None),
        "seats": lambda r: r.update(seats="one"),
        "ballots": lambda r: r.update(ballots=[]),
        "ties": lambda r: r["stages"][0].update(
            ties=[{"candidates": [], "chosen": [], "purpose": "", "how": "coin", "sentence": ""}]
        ),
        "stages that are no list": lambda r: r.update(stages={}),
        "after_last": lambda r: r["stages"][0].update(after_last="no"),
        "options": lambda r: r.update(options=None),
    }


@pytest.mark.parametrize("name", breakages())
def test_a_record_that_is_not_whole_is_refused(name):
    broken = copy.deepcopy(record())
    breakages()[name](broken)
    with pytest.raises(RecordInvalid) as refused:
        from_json(broken)
    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize("junk", [None, 7, "text", [], {}, {"schema": "count/1"}])
def test_what_is_no_record_at_all_is_refused(junk):
    with pytest.raises(RecordInvalid):
        from_json(junk)


def test_numbers_of_ballots_are_numbers_when_whole_and_text_when_not():
    ballots = Ballots(("Ada", "Ben"), {(0,): Fraction(5, 2), (1,): 1, (): 2})
    assert to_json(count(ballots, "av").record)["ballots"] == {
        "total": "5.5",
        "valid": "3.5",
        "blank": 2,
        "invalid": 0,
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (22_029, "22029"),
        (Fraction(4, 2), "2"),
        (Fraction(1, 8), "0.125"),
        (Fraction(-5, 4), "-1.25"),
        (Fraction(1, 3), "1/3"),
        (Fraction(7, 6), "7/6"),
        (Fraction(1, 10**12), "0.000000000001"),
    ],
)
def test_exact_numbers_lose_nothing(value, text):
    assert exact(value) == text
    assert Fraction(exact(value)) == value


def test_decimals_keep_all_their_places():
    assert decimal(90_513_482, 5) == "905.13482"
    assert decimal(0, 5) == "0.00000"
    assert decimal(-1, 5) == "-0.00001"
    assert decimal(191_400_000, 5) == "1914.00000"


@pytest.mark.parametrize("places", [0, -1])
def test_a_decimal_has_decimals(places):
    with pytest.raises(ValueError, match="no decimal with"):
        decimal(7, places)


@pytest.mark.parametrize(
    ("number", "apart"),
    [("10205.70000", "10,205.70000"), ("-1234", "-1,234"), ("7/6", "7/6"), ("", ""), ("٣", "٣")],
)
def test_thousands_are_set_apart_and_every_digit_kept(number, apart):
    assert grouped(number) == apart


def test_sentences_set_thousands_apart_and_count_their_nouns():
    assert spoken("1914.00000") == "1,914"
    assert spoken("22029") == "22,029"
    assert spoken("10205.70192") == "10,205.70192"
    assert spoken("7/6") == "7/6"
    assert (votes("0"), votes("1"), votes("1.00000"), votes("12")) == (
        "no votes",
        "1 vote",
        "1 vote",
        "12 votes",
    )
    assert listed(["A"]) == "A"
    assert listed(["A", "B", "C"]) == "A, B and C"
