"""Real elections: our figures beside those that others published.

The files and what is known of them are listed in ../shared/data/ballots/README.md; where
an expected value is not there, the test says whose it is.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from hustings.core.count import count, options_for, reading
from tests.shared import shared

pytestmark = pytest.mark.shared


def read(name):
    data = shared(f"data/ballots/{name}").read_bytes()
    return reading.read(reading.BytesSource(data), name=name)


def conserved(record):
    for stage in record.stages:
        held = sum(Fraction(votes) for votes in stage.tallies.values())
        assert held + Fraction(stage.non_transferable) == Fraction(record.valid)


def test_gosford_2015_by_optional_preferences():
    ballots = read("nsw_2015_gosford.txt")
    assert ballots.total == 48_445
    record = count(ballots, "av").record
    last = record.stages[-1]
    assert last.tallies["LAB"] == "22029"
    assert last.tallies["LIB"] == "21825"
    assert record.elected == ("LAB",)
    conserved(record)


def test_san_francisco_2007_is_won_on_first_preferences():
    record = count(read("sanfrancisco_2007_mayor.txt"), "av").record
    (winner,) = record.elected
    assert winner.startswith("7")
    assert record.stages[0].tallies[winner] == "106395"
    assert (record.total, record.blank, len(record.stages)) == ("149465", "4735", 1)
    conserved(record)


def test_san_francisco_2007_until_two_keeps_two_and_every_vote():
    options = options_for("av", {"until-two": True, "batch": True})
    record = count(read("sanfrancisco_2007_mayor.txt"), "av", options=options).record
    left = [name for name, votes in record.stages[-1].tallies.items() if votes != "0"]
    assert len(left) == 2
    assert record.elected[0].startswith("7")
    conserved(record)


def test_alaska_2022_special():
    """Columns N, S and M are the ranks of Begich, Palin and Peltola."""
    record = count(read("alaska_2022_special_restricted.csv"), "av").record
    assert record.elected == ("M",)
    assert record.stages[-1].tallies == {"N": "0", "S": "86020", "M": "91251"}
    conserved(record)


def test_dublin_north_2002_by_the_scottish_rule_to_five_decimals():
    record = count(read("dublin_north_2002.soi"), "stv-scottish", seats=4).record
    surnames = [name.split()[1] for name in record.elected]
    assert surnames == ["Sargent", "Ryan", "Wright", "Glennon"]
    last = record.stages[-1]
    assert last.tallies["G.V. Wright F.F."] == "10205.70192"
    assert last.tallies["Jim Glennon F.F."] == "10171.06453"
    # That figure is of the transfer after the last vacancy: the count may stop before it.
    assert [stage.after_last for stage in record.stages[-2:]] == [False, True]
    assert len(record.stages[-2].elected) == 2
    conserved(record)


def test_dundee_lochee_2022():
    record = count(read("dundee_2022_ward2_lochee.blt"), "stv-scottish").record
    assert record.quota == "1169.00000"
    elected = sorted(" ".join(name.split()[:2]).title() for name in record.elected)
    assert elected == ["Charlie Malone", "Roisin Smith", "Siobhan Tolland", "Wendy Scullin"]
    conserved(record)


def test_glasgow_drumchapel_2012():
    record = count(read("glasgow_2012_ward14.blt"), "stv-scottish").record
    assert record.quota == "1355.00000"
    elected = sorted(name.split()[1] for name in record.elected)
    assert elected == ["BALFOUR", "CAREY", "FINDLAY", "FISHER"]
    conserved(record)


@pytest.mark.parametrize("rule", ["av", "stv-scottish", "plurality"])
def test_portland_2024_is_read_whole_and_conserved_at_every_stage(rule):
    ballots = read("portland_or_council_d1_2024_cvr.csv")
    seats = 1 if rule == "av" else 3
    record = count(ballots, rule, seats=seats).record
    assert record.total == "42871"
    assert len(record.elected) == seats
    conserved(record)


@pytest.mark.parametrize("first", ["Carlos Soriano", "Federico Mena Quintero"])
def test_gnome_2018_elects_the_published_seven_however_the_lot_falls(first):
    """
    Two candidates tie with equal surpluses at stage 2, which only a lot can decide. Either
    way the seven are those whom the foundation announced.
    """
    both = ["Carlos Soriano", "Federico Mena Quintero"]
    order = [first, *(name for name in both if name != first)]
    options = options_for("stv-scottish", {"tie-order": order})
    record = count(read("gnome_board_2018.blt"), "stv-scottish", options=options).record
    assert sorted(record.elected) == [
        "Allan Day",
        "Carlos Soriano",
        "Ekaterina Gerasimova",
        "Federico Mena Quintero",
        "Nuritzi Sanchez",
        "Philip Chimento",
        "Robert McQueen",
    ]
    assert [tie.how for stage in record.stages for tie in stage.ties] == ["order"]
    conserved(record)
