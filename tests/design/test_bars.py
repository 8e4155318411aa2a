"""The bars of a stage: as long as the votes, with the quota where it is."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hustings.design.bars import charts
from tests.design.records import a_count, one_stage


def _percent(text: str) -> float:
    return float(text.removesuffix("%") or 0)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 30), st.integers(1, 5))
def test_kept_and_gained_are_what_is_held_and_kept_and_lost_what_was(
    seed: int, candidates: int, seats: int
) -> None:
    record = a_count(seed=seed, candidates=candidates, seats=seats)
    found = charts(record)
    longest = max(Fraction(v) for stage in record.stages for v in stage.tallies.values())
    # One scale for all stages: percent per vote is the same wherever it can be measured.
    scales = [
        (_percent(bar.kept) + _percent(bar.gained)) / float(Fraction(bar.votes))
        for chart in found
        for bar in chart.bars
        if Fraction(bar.votes) > longest / 4
    ]
    assert max(scales) == pytest.approx(min(scales), rel=0.02)
    for before, chart in pairwise(found):
        held = {bar.name: bar for bar in before.bars}
        for bar in chart.bars:
            was = held[bar.name]
            then = _percent(was.kept) + _percent(was.gained)
            assert _percent(bar.kept) + _percent(bar.lost) == pytest.approx(then, abs=0.2)
            assert not (bar.gained and bar.lost)


def test_a_candidate_who_reaches_the_quota_reaches_its_line() -> None:
    record = a_count()
    for chart in charts(record):
        for bar in chart.bars:
            if Fraction(bar.votes) > Fraction(chart.quota_votes):
                assert _percent(bar.kept) + _percent(bar.gained) >= _percent(chart.quota) - 0.1


def test_a_quota_far_out_of_reach_does_not_flatten_the_bars() -> None:
    record = a_count(candidates=20, seats=1, seed=1, stages=1)
    chart = charts(record)[0]
    assert Fraction(chart.quota_votes) > 2 * max(Fraction(bar.votes) for bar in chart.bars)
    assert chart.quota == ""
    assert _percent(chart.bars[0].kept) > 90


def test_those_excluded_before_have_no_bar_and_are_named() -> None:
    record = a_count(candidates=9, seats=4)
    out = [name for stage in record.stages[:-1] for name in stage.excluded]
    assert charts(record)[-1].gone == tuple(name for name in record.candidates if name in out)


def test_a_single_stage_gives_each_candidate_a_share() -> None:
    [chart] = charts(one_stage())
    assert [(bar.name, bar.share) for bar in chart.bars] == [
        ("Bo Birch", "50.0%"),
        ("Ann Ash", "50.0%"),
    ]
