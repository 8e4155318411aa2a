"""The flow picture: every vote from stage to stage, as ribbons whose width is votes.

A picture is only drawn of a record whose stages add up: what stands in a column is what
came from the column before, to the last vote. Numbers are `Fraction` until the very end;
floats are places on paper, never votes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from hustings.core.count import CountRecord, Stage

Who: TypeAlias = str | None
"""A candidate, or None for votes that no longer count for anybody."""

Kind = Literal["surplus", "exclusion", "lost"]
State = Literal["continuing", "elected", "lost"]

# A vote's hundred-thousandth part of the whole is less than a hundredth of a pixel: records
# whose numbers were rounded for print (weights of 1/3) are drawn, wrong ones are not.
_SLACK = Fraction(1, 100_000)


class DoesNotAddUpError(ValueError):
    """A stage where votes appear from nowhere or are lost without a trace."""


# --- What moved -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Move:
    """Votes that left `source` in one stage and arrived at `target`."""

    source: Who
    target: Who
    votes: Fraction
    kind: Kind


@dataclass(frozen=True, slots=True)
class Step:
    """From one stage to the next: the votes that stayed with each, and those that moved."""

    stage: Stage
    stays: Mapping[Who, Fraction]
    moves: tuple[Move, ...]


def holdings(stage: Stage) -> dict[Who, Fraction]:
    """Return what everybody holds after `stage`, with None for votes that count for nobody."""
    held: dict[Who, Fraction] = {name: Fraction(votes) for name, votes in stage.tallies.items()}
    held[None] = Fraction(stage.non_transferable)
    return held


def steps(record: CountRecord) -> tuple[Step, ...]:
    """Return each stage after the first as votes that stayed and votes that moved.

    Raises:
        DoesNotAddUpError: a stage's transfers don't lead from the stage before to it, or it
            holds another number of votes than the first stage.
    """
    slack, none = Fraction(record.valid) * _SLACK, Fraction(0)
    whole = sum(holdings(record.stages[0]).values(), none)
    gone: set[str] = set(record.stages[0].excluded)
    found: list[Step] = []
    for before, stage in zip(record.stages, record.stages[1:], strict=False):
        gone.update(stage.excluded)
        stays, now = holdings(before), holdings(stage)
        moves: list[Move] = []
        for transfer in stage.transfers:
            kind: Kind = "exclusion" if transfer.source in gone else "surplus"
            lost = Fraction(transfer.non_transferable) + Fraction(transfer.rounding_loss)
            parts: list[tuple[Who, Fraction]] = [(n, Fraction(v)) for n, v in transfer.to.items()]
            for target, votes in [*parts, (None, lost)]:
                if votes:
                    way: Kind = "lost" if target is None else kind
                    moves.append(Move(transfer.source, target, votes, way))
                    stays[transfer.source] = stays.get(transfer.source, Fraction(0)) - votes
        arrived = dict(stays)
        for move in moves:
            arrived[move.target] = arrived.get(move.target, Fraction(0)) + move.votes
        wrong = any(abs(arrived.get(n, none) - now.get(n, none)) > slack for n in {*arrived, *now})
        short = any(votes < -slack for votes in [*stays.values(), *now.values()])
        if wrong or short or abs(sum(now.values(), none) - whole) > slack:
            raise DoesNotAddUpError(f"the transfers of stage {stage.number} don't add up")
        found.append(Step(stage, stays, tuple(moves)))
    return tuple(found)


# --- Where it stands --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Node:
    """What one holds after one stage: `at` and `size` run across the flow, in pixels."""

    who: Who
    column: int
    votes: Fraction
    at: float
    size: float
    slot: float
    state: State
    mark: Literal["", "elected", "excluded"]

    @property
    def middle(self) -> float:
        """The node's centre line, where its number stands."""
        return self.at + self.size / 2


@dataclass(frozen=True, slots=True)
class Ribbon:
    """Votes on their way between two columns. `kind` is None for votes that stayed."""

    source: Who
    target: Who
    column: int
    votes: Fraction
    start: float
    end: float
    size: float
    kind: Kind | None


@dataclass(frozen=True, slots=True)
class Layout:
    """A flow laid out: nodes by column, ribbons between them, and how long a column is."""

    order: tuple[Who, ...]
    columns: tuple[tuple[Node, ...], ...]
    ribbons: tuple[Ribbon, ...]
    length: float
    scale: float


def strength(record: CountRecord) -> tuple[str, ...]:
    """Return the candidates from strongest to weakest: in this order no stream need cross.

    Elected in order of election, then whoever stood at the end by votes, then the excluded,
    last excluded first. Withdrawn candidates who never held a vote are left out.
    """
    last = record.stages[-1].tallies
    out = {name: stage.number for stage in record.stages for name in stage.excluded}
    peak = {name: max(Fraction(s.tallies[name]) for s in record.stages) for name in last}
    place = {name: n for n, name in enumerate(record.elected)}

    def rank(name: str) -> tuple[float, ...]:
        paper = record.candidates.index(name)
        if name in place:
            return (0, place[name])
        if name not in out:
            return (1, -float(Fraction(last[name])), -float(peak[name]), paper)
        return (2, -out[name], -float(peak[name]), paper)

    standing = [n for n in record.candidates if n not in record.withdrawn or peak.get(n)]
    return tuple(sorted(standing, key=rank))


def lay_out(
    record: CountRecord, *, length: float, slot: float, gap: float, least: float = 0.35
) -> Layout:
    """Place every node and ribbon of a record with two stages or more.

    Args:
        length: pixels a column should fill; exceeded where the slots alone need more.
        slot: least room a node's label needs across the flow, in pixels.
        gap: least room between two slots, in pixels.
        least: the part of the length that votes must have, whatever the slots need.

    Raises:
        DoesNotAddUpError: see `steps`.
    """
    ways = steps(record)
    order: tuple[Who, ...] = (*strength(record), None)
    present = _present(record, order)
    tables = [holdings(stage) for stage in record.stages]
    scale = _scale(present, tables, length=length, slot=slot, gap=gap, least=least)

    chosen: set[str] = set()
    columns: list[tuple[Node, ...]] = []
    for column, (stage, here, held) in enumerate(zip(record.stages, present, tables, strict=True)):
        chosen.update(stage.elected)
        later = present[column + 1] if column + 1 < len(present) else here
        sizes = [float(held[who]) * scale for who in here]
        slots = [max(size, slot) for size in sizes]
        # Room to spare goes between the streams, so that the picture keeps its edges.
        spread = (length - sum(slots)) / (len(here) - 1) if len(here) > 1 else gap
        spread = min(max(spread, gap), gap + 2.2 * slot)
        at = max(0.0, (length - sum(slots) - spread * (len(here) - 1)) / 2)
        nodes: list[Node] = []
        for who, size, room in zip(here, sizes, slots, strict=True):
            state: State = "lost" if who is None else "elected" if who in chosen else "continuing"
            left = who is not None and who not in later and who not in chosen
            new = who is not None and who in stage.elected
            mark: Literal["", "elected", "excluded"] = (
                "elected" if new else "excluded" if left else ""
            )
            nodes.append(
                Node(who, column, held[who], at + (room - size) / 2, size, room, state, mark)
            )
            at += room + spread
        columns.append(tuple(nodes))

    ribbons = [
        ribbon
        for column, way in enumerate(ways)
        for ribbon in _between(columns[column], columns[column + 1], way, order, scale)
    ]
    longest = max(nodes[-1].at + max(nodes[-1].size, slot) for nodes in columns)
    return Layout(order, tuple(columns), tuple(ribbons), max(length, longest), scale)


def _present(record: CountRecord, order: Sequence[Who]) -> list[tuple[Who, ...]]:
    """Return who has a place in each column: with any vote, or not excluded yet."""
    gone: set[Who] = {None, *record.withdrawn}
    columns: list[tuple[Who, ...]] = []
    for stage in record.stages:
        gone.update(stage.excluded)
        held = holdings(stage)
        columns.append(tuple(who for who in order if held.get(who) or who not in gone))
    return columns


def _scale(
    present: Sequence[Sequence[Who]],
    tables: Sequence[Mapping[Who, Fraction]],
    *,
    length: float,
    slot: float,
    gap: float,
    least: float,
) -> float:
    """Return pixels per vote: the most that lets every column keep to `length`."""
    whole = float(sum(tables[0].values())) or 1.0
    most, least = length / whole, least * length / whole

    def longest(scale: float) -> float:
        return max(
            sum(max(float(held[who]) * scale, slot) for who in here) + gap * (len(here) - 1)
            for here, held in zip(present, tables, strict=True)
        )

    # With less for its votes the picture would be all gaps: it grows longer instead.
    if longest(least) >= length:
        return least
    for _ in range(40):
        scale = (most + least) / 2
        most, least = (scale, least) if longest(scale) > length else (most, scale)
    return least


def _between(
    before: Sequence[Node],
    after: Sequence[Node],
    way: Step,
    order: Sequence[Who],
    scale: float,
) -> list[Ribbon]:
    """Place the ribbons between two columns so that those from one node don't cross."""
    place = {who: n for n, who in enumerate(order)}
    old = {node.who: node for node in before}
    new = {node.who: node for node in after}
    flows: list[tuple[Who, Who, Fraction, Kind | None]] = [
        (who, who, votes, None) for who, votes in way.stays.items() if votes > 0 and who in new
    ]
    flows += [(m.source, m.target, m.votes, m.kind) for m in way.moves]
    flows = [flow for flow in flows if flow[0] in old and flow[1] in new]

    starts, ends = _stacked(flows, 0, old, place, scale), _stacked(flows, 1, new, place, scale)
    return [
        Ribbon(
            source, target, before[0].column, votes, starts[n], ends[n], float(votes) * scale, kind
        )
        for n, (source, target, votes, kind) in enumerate(flows)
    ]


def _stacked(
    flows: Sequence[tuple[Who, Who, Fraction, Kind | None]],
    end: Literal[0, 1],
    nodes: Mapping[Who, Node],
    place: Mapping[Who, int],
    scale: float,
) -> dict[int, float]:
    """Return where each flow meets its node on one side, stacked in order of the far side."""
    at: dict[int, float] = {}
    filled: dict[Who, float] = {}
    for n in sorted(
        range(len(flows)), key=lambda n: place[flows[n][1] if end == 0 else flows[n][0]]
    ):
        who = flows[n][0] if end == 0 else flows[n][1]
        at[n] = nodes[who].at + filled.get(who, 0.0)
        filled[who] = filled.get(who, 0.0) + float(flows[n][2]) * scale
    return at
