"""What cannot be counted as asked is refused, in a sentence that says what to do."""

from __future__ import annotations

import pytest

from hustings.core.count import (
    OVERVOTED,
    SKIPPED,
    AvOptions,
    Ballots,
    CountingRuleUnknown,
    NobodyEligible,
    OptionInvalid,
    ScottishOptions,
    SeatsInvalid,
    TieUnbroken,
    UnknownCandidate,
    WeightInvalid,
    as_mapping,
    count,
    options_for,
)

TWO = Ballots(("Ada", "Ben"), {(0,): 3, (1,): 2})


def test_an_unknown_rule_is_refused_with_the_rules_there_are():
    with pytest.raises(CountingRuleUnknown, match="there is av, stv-scottish, plurality"):
        count(TWO, "borda")


def test_av_fills_one_seat():
    with pytest.raises(SeatsInvalid, match="fills one seat, not 3"):
        count(TWO, "av", seats=3)


def test_av_on_a_file_for_several_seats_wants_to_be_told():
    several = Ballots(TWO.candidates, TWO.groups, seats=4)
    with pytest.raises(SeatsInvalid, match="The file has 4 seats"):
        count(several, "av")
    assert count(several, "av", seats=1).record.elected == ("Ada",)


def test_seats_come_from_the_file_or_the_call_and_are_not_guessed():
    with pytest.raises(SeatsInvalid, match="Give --seats N"):
        count(TWO, "stv-scottish")
    with pytest.raises(SeatsInvalid, match="at least 1"):
        count(TWO, "plurality", seats=0)
    assert count(TWO, "plurality").record.seats == 1
    from_file = Ballots(TWO.candidates, TWO.groups, seats=2)
    assert count(from_file, "stv-scottish").record.seats == 2


@pytest.mark.parametrize(
    ("rule", "given", "option"),
    [
        ("av", {"overvote": "ignore"}, "overvote"),
        ("av", {"max-skipped": "-1"}, "max-skipped"),
        ("av", {"max-skipped": "some"}, "max-skipped"),
        ("av", {"max-rankings": 0}, "max-rankings"),
        ("av", {"max-rankings": True}, "max-rankings"),
        ("av", {"stop-after": "0"}, "stop-after"),
        ("av", {"min-votes": "1.5"}, "min-votes"),
        ("av", {"min-votes": "٣"}, "min-votes"),
        ("av", {"batch": "perhaps"}, "batch"),
        ("av", {"withdrawn": 7}, "withdrawn"),
        ("av", {"tie": "lot"}, "tie"),
        ("av", {"tie": "order"}, "tie"),
        ("av", {"tie": "coin"}, "tie"),
        ("av", {"seed": "two\nlines"}, "seed"),
        ("av", {"seed": 7}, "seed"),
        ("av", {"sections": "x"}, "sections"),
        ("stv-scottish", {"overvote": "skip"}, "overvote"),
        ("stv-scottish", {"batch": True}, "batch"),
        ("plurality", {"max-skipped": "1"}, "max-skipped"),
    ],
)
def test_an_option_that_the_rule_cannot_use_is_refused_by_name(rule, given, option):
    with pytest.raises(OptionInvalid) as refused:
        options_for(rule, given)
    assert refused.value.option == option
    assert f"--{option}" in refused.value.sentence


def test_options_not_given_are_the_defaults_in_every_form_they_come_in():
    empty = {"max-skipped": None, "seed": "", "withdrawn": [], "tie_order": ()}
    assert options_for("av", empty) == AvOptions()
    assert options_for("stv-scottish", {"batch": False, "overvote": None}) == ScottishOptions()


def test_options_come_back_from_what_the_record_says():
    given = {
        "overvote": "skip",
        "max-skipped": "2",
        "batch": "on",
        "tie-order": "Ben, Ada",
        "seed": "ferry",
        "withdrawn": ["Ada"],
    }
    options = options_for("av", given)
    assert options_for("av", as_mapping(options)) == options
    assert as_mapping(options)["max-skipped"] == 2
    assert as_mapping(AvOptions())["max-skipped"] == "unlimited"


def test_another_rules_options_are_not_taken_for_defaults():
    with pytest.raises(OptionInvalid, match="not options of the counting rule av"):
        count(TWO, "av", options=ScottishOptions())


@pytest.mark.parametrize("option", ["withdrawn", "write-in"])
def test_a_name_that_is_not_on_the_paper_is_refused_with_the_nearest(option):
    with pytest.raises(UnknownCandidate, match="Did you mean “Ada”"):
        count(TWO, "av", options=options_for("av", {option: ["Adda"]}))


def test_a_stated_order_names_only_candidates_and_may_have_commas_in_names():
    ballots = Ballots(("Wright, G.V.", "Daly, Clare"), {(0,): 2, (1,): 2})
    options = options_for("av", {"tie-order": "Daly, Clare, Wright, G.V."})
    assert count(ballots, "av", options=options).record.elected == ("Daly, Clare",)
    with pytest.raises(UnknownCandidate, match="--tie-order names “Ryan”"):
        count(ballots, "av", options=options_for("av", {"tie-order": "Daly, Clare,Ryan"}))


def test_nobody_left_to_elect_is_refused():
    with pytest.raises(NobodyEligible):
        count(TWO, "av", options=options_for("av", {"withdrawn": ["Ada", "Ben"]}))
    with pytest.raises(NobodyEligible):
        count(TWO, "av", options=options_for("av", {"write-in": ["Ada", "Ben"]}))


@pytest.mark.parametrize("weight", [0, -1, 1.0, True, "3"])
def test_weights_that_are_no_exact_numbers_of_votes_are_refused(weight):
    with pytest.raises(WeightInvalid):
        count(Ballots(("Ada", "Ben"), {(0,): weight, (1,): 2}), "av")


def test_an_unbroken_tie_names_candidates_stage_and_what_to_give():
    ballots = Ballots(("Ada", "Ben", "Cleo"), {(0,): 3, (1,): 2, (2,): 2})
    with pytest.raises(TieUnbroken) as refused:
        count(ballots, "av")
    assert refused.value.candidates == ("Ben", "Cleo")
    assert refused.value.stage == 1
    for part in ("Ben and Cleo have 2 votes each", "stage 1", "--tie-order", "--seed"):
        assert part in refused.value.sentence


@pytest.mark.parametrize(
    "ranking",
    [
        (2,),  # two candidates have the indices 0 and 1
        (-3,),
        (0, SKIPPED),
        (SKIPPED,),
        ((0,),),
        ((1, 0),),
        ((0, 0),),
        ((0, 2),),
        ((SKIPPED, 0),),
        ((),),
        ("Ada",),
    ],
)
def test_a_mark_that_no_ballot_can_have_is_a_slip_of_whoever_read_the_file(ranking):
    with pytest.raises(ValueError, match=r"no rank of these|never ends"):
        Ballots(("Ada", "Ben"), {(0,): 1, ranking: 1})


def test_marks_of_every_kind_are_taken():
    every = {(): 1, (0, 1, 0): 1, (SKIPPED, (0, 1), OVERVOTED): 1}
    assert Ballots(("Ada", "Ben"), every).total == 3


def test_nobody_withdraws_who_is_no_candidate():
    with pytest.raises(ValueError, match="no candidate"):
        Ballots(("Ada",), {(0,): 1}, withdrawn=frozenset({9}))


@pytest.mark.parametrize("weight", [-1, 0.5])
def test_unreadable_ballots_weigh_something_too(weight):
    with pytest.raises(WeightInvalid):
        Ballots(("Ada",), {(0,): 1}, invalid=weight)
