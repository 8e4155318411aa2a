"""Ties fall by what was given, the same way every time, and the record says by what."""

from __future__ import annotations

from hashlib import sha256

import pytest

from hustings.core.count import Ballots, TieUnbroken, count, options_for

NAMES = ("Ada", "Ben", "Cleo", "Dora")


def tied_three(**options):
    """Ben, Cleo and Dora have 2 votes each; one must go."""
    ballots = Ballots(NAMES, {(0,): 7, (1,): 2, (2,): 2, (3,): 2, (): 1})
    chosen = options_for("av", {"until-two": True, **options})
    return count(ballots, "av", options=chosen).record


def test_the_first_named_is_excluded_last():
    record = tied_three(**{"tie-order": "Cleo,Dora,Ben"})
    assert [stage.excluded for stage in record.stages[1:]] == [("Ben",), ("Dora",)]


def test_a_lot_from_the_same_seed_falls_the_same_way_for_any_order_of_the_paper():
    first = tied_three(seed="ferry 2026")
    ballots = Ballots(NAMES[::-1], {(3,): 7, (2,): 2, (1,): 2, (0,): 2, (): 1})
    options = options_for("av", {"until-two": True, "seed": "ferry 2026"})
    second = count(ballots, "av", options=options).record
    assert [s.excluded for s in first.stages] == [s.excluded for s in second.stages]
    assert {tie.how for stage in first.stages for tie in stage.ties} == {"lot"}


def test_the_stage_that_is_drawn_for_is_the_one_at_whose_end_they_are_tied():
    """The tickets are made here as spec/count/ties.md, paragraph 7, says; the least goes."""
    tickets = {name: sha256(f"ferry 2026\n1\n{name}".encode()).hexdigest() for name in NAMES[1:]}
    record = tied_three(seed="ferry 2026")
    assert record.stages[1].excluded == (min(tickets, key=tickets.get),)


def test_a_lot_alone_ignores_earlier_stages_and_order():
    """Earlier stages would exclude Cleo; over many seeds the lot also takes Ben."""
    groups = {(0,): 6, (1,): 4, (2,): 3, (3, 2): 1, (3, 0): 1}
    taken = set()
    for number in range(20):
        given = {"tie": "lot", "seed": f"seed {number}", "tie-order": "Ben,Cleo"}
        record = count(Ballots(NAMES, groups), "av", options=options_for("av", given)).record
        (tie,) = record.stages[2].ties
        assert tie.how == "lot"
        taken |= set(tie.chosen)
    assert taken == {"Ben", "Cleo"}


def test_of_three_the_one_with_the_fewest_at_the_latest_earlier_stage_goes():
    """
    Counted by hand. Stage 1: A 9, B 3, C 4, D 3, E 2, F 1. F goes, to B: B 4. E goes, one
    to D and one to A: at stage 3 B, C and D have 4 each. At stage 2 B and C had 4 and D 3,
    so D goes.
    """
    names = ("A", "B", "C", "D", "E", "F")
    groups = {(0,): 9, (1,): 3, (2,): 4, (3,): 3, (4, 3): 1, (4, 0): 1, (5, 1): 1}
    record = count(Ballots(names, groups), "av").record
    assert [stage.excluded for stage in record.stages[:4]] == [(), ("F",), ("E",), ("D",)]
    (tie,) = record.stages[3].ties
    assert tie.candidates == ("B", "C", "D")
    assert tie.how == "earlier"
    assert "At stage 2 D had the fewest of them (3)" in tie.sentence


def test_earlier_stages_that_leave_two_hand_only_those_to_the_order():
    """At stage 1 B and C had 2 and D 3: only B and C are still tied, and D is safe."""
    names = ("A", "B", "C", "D", "E")
    groups = {(0,): 9, (1,): 2, (2,): 2, (3,): 3, (4, 1): 1, (4, 2): 1}
    # E is excluded by the order too: it has 2 like B and C, and is named last.
    options = options_for("av", {"tie-order": "D,C,B,E", "until-two": True})
    record = count(Ballots(names, groups), "av", options=options).record
    assert record.stages[1].excluded == ("E",)
    assert record.stages[1].tallies["B"] == record.stages[1].tallies["C"] == "3"
    assert record.stages[2].excluded == ("B",)
    (tie,) = record.stages[2].ties
    assert tie.candidates == ("B", "C", "D")
    assert tie.how == "order"
    assert "At stage 1 B and C had the fewest of them (2)" in tie.sentence


def test_candidates_without_votes_are_not_excluded_by_the_paper_if_that_elects_one():
    """Two seats, one candidate with votes: of the three others one must be elected."""
    ballots = Ballots(NAMES, {(0,): 9})
    with pytest.raises(TieUnbroken):
        count(ballots, "stv-scottish", seats=2)
    # Three seats: Ben has a vote, but one of the three without must be elected as well.
    ballots = Ballots((*NAMES, "Evan"), {(0,): 9, (1,): 1})
    with pytest.raises(TieUnbroken, match="Cleo, Dora and Evan have no votes each"):
        count(ballots, "stv-scottish", seats=3)
    with pytest.raises(TieUnbroken):
        count(Ballots(NAMES, {(0,): 9}), "av", options=options_for("av", {"until-two": True}))


def test_a_seed_decides_even_where_it_could_not_matter():
    """What was asked for is done: the exception is only for where nothing was given."""
    ballots = Ballots(NAMES, {(0,): 3, (1,): 3})
    plain = options_for("av", {"tie-order": "Ada,Ben"})
    assert count(ballots, "av", options=plain).record.stages[1].ties[0].how == "immaterial"
    seeded = options_for("av", {"tie-order": "Ada,Ben", "seed": "x"})
    assert count(ballots, "av", options=seeded).record.stages[1].ties[0].how == "lot"


def test_a_stop_in_the_middle_makes_the_order_of_the_voteless_matter():
    ballots = Ballots(NAMES, {(0,): 3, (1,): 3})
    options = options_for("av", {"tie-order": "Ada,Ben", "stop-after": 2})
    with pytest.raises(TieUnbroken, match="Cleo and Dora have no votes each"):
        count(ballots, "av", options=options)
