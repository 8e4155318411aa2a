"""What must hold for every election, and that a second, slow count agrees in every figure."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hustings.core.count import (
    COUNTING_RULES,
    OVERVOTED,
    SKIPPED,
    Ballots,
    CountRefused,
    NobodyEligible,
    count,
    from_json,
    options_for,
    to_json,
)
from tests.core.count import slow
from tests.core.count.drawn import av_elections, elections, plain_papers

RULE_OPTIONS = {
    rule: {field.name for field in fields(COUNTING_RULES[rule].options)} for rule in COUNTING_RULES
}


def to_mark(mark, names):
    if mark is None:
        return SKIPPED
    if mark == "?":
        return OVERVOTED
    if isinstance(mark, frozenset):
        return tuple(sorted(names.index(name) for name in mark))
    return names.index(mark)


def ballots(names, papers, *, weight=1):
    groups = Counter(tuple(to_mark(mark, names) for mark in paper) for paper in papers)
    return Ballots(names, {ranking: n * weight for ranking, n in groups.items()})


def counted(names, papers, order, rule, *, seats=1, trace=False, weight=1, **options):
    chosen = options_for(rule, {**options, "tie-order": order})
    cast = ballots(names, papers, weight=weight)
    return count(cast, rule, seats=seats, options=chosen, trace=trace)


def counted_if_anybody_can_win(*election, **given):
    """Leave out the elections that are refused because nobody in them can be elected."""
    try:
        return counted(*election, **given)
    except NobodyEligible:
        assume(False)


def result(record, *, named=None):
    """Everything that was decided, without the words; names translated if asked."""
    named = named or {}

    def n(name):
        return named.get(name, name)

    return (
        [n(name) for name in record.elected],
        [
            (
                {n(name): votes for name, votes in stage.tallies.items()},
                stage.non_transferable,
                {n(name) for name in stage.excluded},
                [n(name) for name in stage.elected],
                stage.inactive,
                stage.after_last,
            )
            for stage in record.stages
        ],
    )


# -- against the slow count --------------------------------------------------------------


@given(av_elections())
def test_every_option_of_av_is_drawn(election):
    *_, options = election
    assert set(options) == RULE_OPTIONS["av"] - {"tie", "tie_order", "seed"}


@given(av_elections(), st.sampled_from([1, 1, 3, Fraction(1, 2), Fraction(4, 3)]))
def test_av_agrees_with_a_paper_by_paper_recount(election, weight):
    names, papers, order, options = election
    try:
        stages, winner = slow.av(names, papers, order, weight=weight, **options)
    except slow.NobodyCanBeElected:
        with pytest.raises(NobodyEligible):
            counted(names, papers, order, "av", weight=weight, **options)
        return
    record = counted(names, papers, order, "av", weight=weight, **options).record
    assert record.elected == (() if winner is None else (winner,))
    assert len(record.stages) == len(stages)
    for got, (wanted, gone) in zip(record.stages, stages, strict=True):
        assert {n: Fraction(v) for n, v in got.tallies.items()} == {n: wanted[n] for n in names}
        assert set(got.excluded) == gone
        for kind in ("exhausted", "overvoted", "skipped", "repeated"):
            assert Fraction(getattr(got.inactive, kind)) == wanted.get(f"({kind})", 0)


@given(elections(), st.integers(1, 4))
def test_the_scottish_rule_agrees_with_a_paper_by_paper_recount(election, seats):
    names, papers, order = election
    assume(seats <= len(names))
    history, elected, extra = slow.scottish(names, papers, seats, order)
    record = counted(names, papers, order, "stv-scottish", seats=seats).record
    assert list(record.elected) == elected
    assert [stage.after_last for stage in record.stages] == [False] * (len(history) - extra) + [
        True
    ] * extra
    for got, wanted in zip(record.stages, history, strict=True):
        assert {name: Fraction(votes) for name, votes in got.tallies.items()} == wanted


# -- conservation, majority ----------------------------------------------------------------


@given(elections(), st.sampled_from(sorted(COUNTING_RULES)), st.integers(1, 4))
def test_votes_are_conserved_at_every_stage_and_in_every_transfer(election, rule, seats):
    names, papers, order = election
    seats = 1 if rule == "av" else min(seats, len(names))
    record = counted(names, papers, order, rule, seats=seats).record
    parts = (record.valid, record.blank, record.invalid)
    assert sum(Fraction(part) for part in parts) == Fraction(record.total) == len(papers)
    before = None
    for stage in record.stages:
        tallies = {name: Fraction(votes) for name, votes in stage.tallies.items()}
        lost = Fraction(stage.non_transferable)
        assert sum(tallies.values()) + lost == Fraction(record.valid)
        assert 0 <= Fraction(stage.rounding_loss) <= lost
        if rule != "stv-scottish":
            kinds = stage.inactive
            reasons = (kinds.exhausted, kinds.overvoted, kinds.skipped, kinds.repeated)
            assert sum(Fraction(kind) for kind in reasons) == lost
        if before is not None:
            for transfer in stage.transfers:
                moved = [*transfer.to.values(), transfer.non_transferable, transfer.rounding_loss]
                left = before[transfer.source] - tallies[transfer.source]
                assert sum(Fraction(part) for part in moved) == left
                for name, gain in transfer.to.items():
                    before[name] += Fraction(gain)
                before[transfer.source] = tallies[transfer.source]
            assert before == tallies
        before = dict(tallies)
    listed = [name for stage in record.stages for name in stage.elected]
    assert sorted(listed) == sorted(record.elected)
    assert len(set(record.elected)) == len(record.elected)


@given(elections())
def test_more_than_half_of_the_first_preferences_always_wins(election):
    names, papers, order = election
    papers = [*papers, *([(names[-1],)] * (len(papers) + 1))]
    assert counted(names, papers, order, "av").record.elected == (names[-1],)


@given(elections(), st.integers(1, 4))
def test_as_many_are_elected_as_there_are_seats(election, seats):
    names, papers, order = election
    assume(seats <= len(names))
    for rule in ("stv-scottish", "plurality"):
        assert len(counted(names, papers, order, rule, seats=seats).record.elected) == seats


# -- what must not matter --------------------------------------------------------------------


@given(av_elections(), st.randoms(use_true_random=False))
def test_the_order_of_ballots_does_not_matter(election, shuffler):
    names, papers, order, options = election
    shuffled = list(papers)
    shuffler.shuffle(shuffled)
    for rule, given_options in (("av", options), ("stv-scottish", {}), ("plurality", {})):
        one = counted_if_anybody_can_win(names, papers, order, rule, **given_options).record
        two = counted(names, shuffled, order, rule, **given_options).record
        assert to_json(one) == to_json(two)


@given(av_elections(), st.data())
def test_the_order_of_candidates_on_the_paper_does_not_matter(election, data):
    names, papers, order, options = election
    other = tuple(data.draw(st.permutations(names)))
    for rule, given_options in (("av", options), ("stv-scottish", {}), ("plurality", {})):
        one = counted_if_anybody_can_win(names, papers, order, rule, **given_options).record
        two = counted(other, papers, order, rule, **given_options).record
        assert result(one) == result(two)


@given(av_elections())
def test_what_the_candidates_are_called_does_not_matter(election):
    names, papers, order, options = election
    new = {name: f"{len(names) - index}. {name}" for index, name in enumerate(names)}
    back = {there: here for here, there in new.items()}

    def renamed(mark):
        if isinstance(mark, frozenset):
            return frozenset(new[name] for name in mark)
        return new.get(mark, mark)

    named = ("withdrawn", "write_in")
    options_too = {**options, **{o: [new[name] for name in options[o]] for o in named}}
    papers_too = [tuple(renamed(mark) for mark in paper) for paper in papers]
    given_both = (("av", options, options_too), ("stv-scottish", {}, {}))
    for rule, given_options, given_too in given_both:
        one = counted_if_anybody_can_win(names, papers, order, rule, **given_options).record
        two = counted(
            tuple(new.values()),
            papers_too,
            tuple(new[name] for name in order),
            rule,
            **given_too,
        ).record
        assert result(one) == result(two, named=back)


@given(av_elections())
def test_splitting_groups_of_ballots_changes_nothing(election):
    """
    The same ranking cannot stand twice in a mapping; two rankings that mean the same can:
    an over-vote after which the rule reads no further, in two forms.
    """
    names, papers, order, options = election
    papers = [*papers, (names[0],), (names[0],)]
    options = {**options, "overvote": "exhaust", "repeat": "skip", "max_rankings": None}
    split = [*papers[:-1], (names[0], "?", names[1])]
    joined = [*papers[:-1], (names[0], "?")]
    one = counted_if_anybody_can_win(names, joined, order, "av", **options).record
    two = counted(names, split, order, "av", **options).record
    assert result(one) == result(two)
    one = counted(names, joined, order, "stv-scottish").record
    two = counted(names, split, order, "stv-scottish").record
    assert result(one) == result(two)


@given(elections(), st.integers(2, 7))
def test_weighing_every_ballot_the_same_elects_the_same(election, weight):
    names, papers, order = election
    options = options_for("av", {"tie-order": order})
    one = count(ballots(names, papers), "av", options=options).record
    two = count(ballots(names, papers, weight=Fraction(1, weight)), "av", options=options).record
    # The threshold is cut to whole votes, so with light ballots the last stages may differ.
    assert one.elected == two.elected


# -- Later-no-harm -----------------------------------------------------------------------------


@given(elections(plain_papers), st.data())
def test_a_later_preference_never_harms_an_earlier_one_under_av(election, data):
    """Woodall (1994), Properties of preferential election rules: adding one below harms none."""
    names, papers, order = election
    short = [i for i, paper in enumerate(papers) if 0 < len(paper) < len(names)]
    assume(short)
    index = data.draw(st.sampled_from(short))
    paper = papers[index]
    unranked = [name for name in names if name not in paper]
    longer = (*paper, *data.draw(st.permutations(unranked)))
    before = counted(names, papers, order, "av").record.elected
    changed = [*papers[:index], longer, *papers[index + 1 :]]
    after = counted(names, changed, order, "av").record.elected
    if before[0] in paper:
        assert after == before


# -- paths ---------------------------------------------------------------------------------------


@given(av_elections())
def test_the_paths_of_all_ballots_add_up_to_the_tallies(election):
    names, papers, order, options = election
    one = counted_if_anybody_can_win(names, papers, order, "av", trace=True, **options)
    groups = ballots(names, papers).groups
    for number, stage in enumerate(one.record.stages):
        cells = Counter()
        for ranking, weight in groups.items():
            path = one.paths.cells(ranking)
            assert len(path) == one.paths.stages == len(one.record.stages)
            cells[path[number]] += weight
        for name, votes in stage.tallies.items():
            assert str(cells[name]) == votes
        for kind in ("exhausted", "overvoted", "skipped", "repeated"):
            assert str(cells[f"({kind})"]) == getattr(stage.inactive, kind)
        assert str(cells["(blank)"]) == one.record.blank


@given(elections(), st.integers(1, 4))
def test_the_paths_of_papers_add_up_to_the_tallies_of_those_not_elected(election, seats):
    names, papers, order = election
    assume(seats <= len(names))
    one = counted(names, papers, order, "stv-scottish", seats=seats, trace=True)
    groups = ballots(names, papers).groups
    moved_on = set()
    for number, stage in enumerate(one.record.stages):
        held = Counter()
        for ranking, weight in groups.items():
            name, _, value = one.paths.cells(ranking)[number].rpartition(" ")
            held[name] += weight * Fraction(value) if name else 0
        moved_on |= {t.source for t in stage.transfers if t.source not in stage.excluded}
        for name, votes in stage.tallies.items():
            # Whoever passed a surplus on keeps the quota, though the papers are elsewhere.
            expected = Fraction(one.record.quota) if name in moved_on else held[name]
            assert Fraction(votes) == expected


# -- exactness, and the record -------------------------------------------------------------------


def floats(value, where="record"):
    """Find every float in a nest of plain values."""
    if isinstance(value, float):
        return [where]
    if isinstance(value, dict):
        return [x for k, v in value.items() for x in floats(v, f"{where}.{k}")]
    if isinstance(value, list | tuple):
        return [x for i, v in enumerate(value) for x in floats(v, f"{where}[{i}]")]
    return []


@given(elections(), st.sampled_from(sorted(COUNTING_RULES)))
def test_a_record_has_no_float_and_comes_back_from_json_the_same(election, rule):
    names, papers, order = election
    record = counted(names, papers, order, rule).record
    data = to_json(record)
    assert floats(data) == []
    assert from_json(data) == record
    again = options_for(rule, record.options)
    recount = count(ballots(names, papers), rule, seats=record.seats, options=again).record
    assert to_json(recount) == data


@given(elections(), st.sampled_from(sorted(COUNTING_RULES)), st.integers(1, 9))
def test_without_an_order_a_count_is_made_or_refused_in_a_sentence(election, rule, seats):
    names, papers, _ = election
    try:
        record = count(ballots(names, papers), rule, seats=seats).record
    except CountRefused as refused:
        sentences = [refused.sentence]
    else:
        sentences = [stage.why for stage in record.stages]
    assert all(sentence.endswith(".") and "  " not in sentence for sentence in sentences)


def test_floats_are_refused_as_weights():
    with pytest.raises(CountRefused, match="floats are not exact"):
        count(Ballots(("A", "B"), {(0,): 0.5}), "av")
