"""The flow picture holds every vote, in every column, and refuses records that lose one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hustings.core.count import Ballots, CountRecord, count
from hustings.design import words
from hustings.design.flow import DoesNotAddUpError, lay_out, steps, strength
from hustings.design.picture import across, down, heading
from tests.design.records import a_count

records = st.builds(
    a_count,
    seed=st.integers(0, 10**6),
    candidates=st.integers(2, 54),
    seats=st.integers(1, 6),
    stages=st.integers(2, 60),
    ballots=st.integers(200, 10**6),
    places=st.sampled_from((0, 5, 9)),
)
several = records.filter(lambda record: len(record.stages) > 1)


@settings(max_examples=40, deadline=None)
@given(several)
def test_what_flows_into_and_out_of_a_bar_is_as_wide_as_the_bar(record: CountRecord) -> None:
    layout = lay_out(record, length=400, slot=14, gap=5)
    for column, nodes in enumerate(layout.columns):
        for node in nodes:
            into = [
                r.size for r in layout.ribbons if (r.target, r.column) == (node.who, column - 1)
            ]
            out = [r.size for r in layout.ribbons if (r.source, r.column) == (node.who, column)]
            if column:
                assert sum(into) == pytest.approx(node.size, abs=0.01)
            if column < len(layout.columns) - 1:
                assert sum(out) == pytest.approx(node.size, abs=0.01)


@settings(max_examples=40, deadline=None)
@given(several)
def test_every_column_holds_all_valid_votes_in_proportion(record: CountRecord) -> None:
    layout = lay_out(record, length=400, slot=14, gap=5)
    for nodes, stage in zip(layout.columns, record.stages, strict=True):
        assert sum(node.votes for node in nodes) == Fraction(record.valid)
        for node in nodes:
            held = stage.tallies[node.who] if node.who else stage.non_transferable
            assert node.votes == Fraction(held)
            assert node.size == pytest.approx(float(node.votes) * layout.scale)


@settings(max_examples=40, deadline=None)
@given(several)
def test_bars_and_their_numbers_never_overlap(record: CountRecord) -> None:
    for nodes in lay_out(record, length=400, slot=14, gap=5).columns:
        for upper, lower in pairwise(nodes):
            assert upper.at + upper.size <= lower.at
            assert lower.middle - upper.middle >= 14
    labels = [label for label in across(record, _names(record)).labels if "num" in label.look]
    for upper, lower in pairwise(labels):
        if upper.x == lower.x:
            assert lower.y - upper.y >= 13.9


@settings(max_examples=20, deadline=None)
@given(several)
def test_ribbons_of_one_bar_do_not_cross_each_other(record: CountRecord) -> None:
    layout = lay_out(record, length=400, slot=14, gap=5)
    for column, nodes in enumerate(layout.columns):
        for node in nodes:
            leaving = [r for r in layout.ribbons if (r.source, r.column) == (node.who, column)]
            leaving.sort(key=lambda r: r.start)
            ends = [
                next(n.at for n in layout.columns[column + 1] if n.who == r.target) for r in leaving
            ]
            assert ends == sorted(ends)


@settings(max_examples=15, deadline=None)
@given(several)
def test_all_of_a_picture_is_inside_its_frame(record: CountRecord) -> None:
    names = _names(record)
    for picture in (across(record, names), down(record, names)):
        if picture is None:
            continue
        for label in picture.labels:
            assert 0 <= label.x <= picture.width
            assert 0 <= label.y <= picture.height
            if label.anchor == "start" and not label.turn:
                assert label.x + 11 * words.width(label.text) <= picture.width + 8
        for path in [s.waiting_nodes + s.elected_nodes for s in picture.streams]:
            numbers = path.replace("M", " ").replace("L", " ").replace("Z", " ").split()
            for x, y in zip(numbers[::2], numbers[1::2], strict=True):
                assert 0 <= float(x) <= picture.width
                assert 0 <= float(y) <= picture.height


def test_the_strongest_come_first_and_the_first_excluded_last() -> None:
    record = a_count(candidates=9, seats=4)
    order = strength(record)
    assert order[: len(record.elected)] == record.elected
    assert order[-1] == next(name for stage in record.stages for name in stage.excluded)


def test_a_candidate_withdrawn_before_the_count_has_no_stream() -> None:
    record = a_count(candidates=5, seats=2)
    tallies = [dict(stage.tallies) | {"Zed": "0.00000"} for stage in record.stages]
    record = replace(
        record,
        candidates=(*record.candidates, "Zed"),
        withdrawn=("Zed",),
        stages=tuple(replace(s, tallies=t) for s, t in zip(record.stages, tallies, strict=True)),
    )
    assert "Zed" not in strength(record)
    layout = lay_out(record, length=400, slot=14, gap=5)
    assert all(node.who != "Zed" for nodes in layout.columns for node in nodes)


def _with_transfer(record: CountRecord, stage: int, **changes: object) -> CountRecord:
    stages = list(record.stages)
    moved = replace(stages[stage].transfers[0], **changes)  # type: ignore[arg-type]
    stages[stage] = replace(stages[stage], transfers=(moved,))
    return replace(record, stages=tuple(stages))


def _losing_a_transfer() -> CountRecord:
    return _with_transfer(a_count(), 1, to={})


def _taking_from_somebody_else() -> CountRecord:
    record = a_count()
    return _with_transfer(record, 1, source=record.elected[-1])


def _with_votes_from_nowhere() -> CountRecord:
    record = a_count()
    last = record.stages[-1]
    tallies = {name: str(Fraction(votes) + 1) for name, votes in last.tallies.items()}
    return replace(record, stages=(*record.stages[:-1], replace(last, tallies=tallies)))


@pytest.mark.parametrize(
    "record", [_losing_a_transfer(), _taking_from_somebody_else(), _with_votes_from_nowhere()]
)
def test_no_picture_is_drawn_of_a_record_that_does_not_add_up(record: CountRecord) -> None:
    with pytest.raises(DoesNotAddUpError, match="stage"):
        steps(record)


def test_a_phone_gets_no_narrow_picture_of_more_candidates_than_it_can_show() -> None:
    few, many = a_count(candidates=20, seats=3), a_count(candidates=54, seats=3)
    narrow = down(few, _names(few))
    assert narrow is not None
    assert narrow.width <= 328 * 1.25
    assert down(many, _names(many)) is None


def _names(record: CountRecord) -> dict[str, str]:
    return words.short_names(record.candidates)


def test_a_stage_is_headed_by_what_it_did_and_not_by_the_prose_of_its_action() -> None:
    """The example of spec/count/stv-scottish.md: Ada's surplus, then Dora goes, then Cleo."""
    names = ("Ada", "Ben", "Cleo", "Dora")
    groups = {(0, 1): 10, (0, 2): 5, (0,): 3, (1,): 4, (2, 1): 4, (2,): 2, (3, 1): 2}
    record = count(Ballots(names, groups), "stv-scottish", seats=2).record
    short = words.short_names(names)
    reworded = [replace(stage, action="in other words") for stage in record.stages]
    assert [heading(stage, short) for stage in reworded] == [
        ("Stage 1", "In", "other words"),
        ("Stage 2", "Surplus of", "Ada"),
        ("Stage 3", "Excluded:", "Dora"),
        ("(Stage 4)", "Excluded:", "Cleo"),
    ]
