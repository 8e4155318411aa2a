"""A laid-out flow as shapes and words: across the page for wide places, down it for phones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from hustings.core.count import CountRecord, Stage
from hustings.design import words
from hustings.design.flow import Kind, Layout, Node, Ribbon, Who, lay_out

PAGE: Final = 1110.0
"""The pixels that a wide page's column has."""

PHONE: Final = 328.0
"""The pixels that a phone of 360 has between its margins."""

WIDE: Final = 13.5
"""Pixels to an em of a name: 13, and some more for the bold ones."""

Names: TypeAlias = Mapping[str, str]
"""Each candidate's name for narrow places."""

Point: TypeAlias = Callable[[float, float], str]
"""Writes (along the flow, across it) as the picture's own x and y."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One candidate through all stages: what stayed, before and after being elected."""

    name: str
    kind: Literal["candidate", "nobody"]
    waiting: str
    waiting_nodes: str
    elected: str
    elected_nodes: str


@dataclass(frozen=True, slots=True)
class Crossing:
    """One ribbon of votes that moved, with its sentence."""

    path: str
    kind: Kind
    sentence: str


@dataclass(frozen=True, slots=True)
class Label:
    """A line of text at a place. `full` is the whole of it where `text` was cut."""

    x: float
    y: float
    text: str
    look: str
    anchor: Literal["start", "middle", "end"] = "start"
    turn: int = 0
    full: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """All that the template draws, in the order in which it is painted."""

    width: float
    height: float
    streams: tuple[Stream, ...]
    crossings: tuple[Crossing, ...]
    labels: tuple[Label, ...]
    rules: tuple[tuple[float, float, float, float], ...] = ()


def across(record: CountRecord, names: Names) -> Picture:
    """Draw stages from left to right, with names at both ends: for a wide page.

    The picture is as wide as a page's column if its stages fit there, and wider if not.

    Raises:
        DoesNotAddUpError: the record's transfers don't lead from stage to stage.
    """
    stages, bar, top = record.stages, 9.0, 66.0
    layout = lay_out(record, length=440.0, slot=14.0, gap=5.0)
    ends = [_name(node.who, names) for node in layout.columns[0]]
    left = round(16 + min(160.0, max(words.width(name) for name in ends) * WIDE))
    last = [_ending(record, node, names) for node in layout.columns[-1]]
    right = round(16 + min(270.0, max(words.width(text) for text in last) * WIDE))
    fitting = (PAGE - left - bar - right) / max(1, len(stages) - 1)
    pitch = int(min(230.0, max(70.0, fitting))) | 1  # odd, as a bar is: bends on whole pixels
    at = [left + pitch * column for column in range(len(stages))]

    def point(along: float, over: float) -> str:
        return f"{_n(along)} {_n(top + over)}"

    labels: list[Label] = []
    for x, stage in zip(at, stages, strict=True):
        for line, text in enumerate(heading(stage, names)):
            room = (pitch - 6) / 11.5
            look = "head" if line == 0 else "act"
            shown = words.cut(text, room) if text else ""
            labels.append(Label(round(x, 1), 16 + 15 * line, shown, look, full=text))
    for nodes in layout.columns:
        for node in nodes:
            x, y = at[node.column], round(top + node.middle, 1)
            if node.column == 0:
                name = words.cut(_name(node.who, names), (left - 12) / WIDE)
                look = _look("name", node)
                labels.append(Label(x - 8, y, name, look, "end", full=_name(node.who, names)))
            if node.column < len(stages) - 1:
                labels.append(Label(round(x + bar + 5, 1), y, figure(node), _look("num", node)))
            else:
                label = _ending(record, node, names, room=(right - 8) / WIDE)
                full = "" if label.count("…") == 0 else _name(node.who, names)
                labels.append(Label(x + bar + 6, y, label, _look("name", node), full=full))
    return Picture(
        width=round(left + pitch * (len(stages) - 1) + bar + right, 1),
        height=round(top + layout.length + 8, 1),
        streams=_streams(layout, at, bar, point, names),
        crossings=_crossings(layout, at, bar, point, names),
        labels=tuple(label for label in labels if label.text),
        rules=tuple((round(x, 1), 55.0, round(x + pitch - 8, 1), 55.0) for x in at),
    )


def down(record: CountRecord, names: Names) -> Picture | None:
    """Draw stages from top to bottom, as narrow as a phone: names stand on end.

    None where there are too many candidates for a phone's width: the wide one is scrolled.

    Raises:
        DoesNotAddUpError: the record's transfers don't lead from stage to stage.
    """
    stages, bar, slot, gap = record.stages, 8.0, 11.5, 3.0
    layout = lay_out(record, length=PHONE, slot=slot, gap=gap, least=0.2)
    # A little too wide is drawn a little smaller; much too wide could not be read.
    if layout.length > PHONE * 1.25:
        return None
    longest = max(words.width(_name(node.who, names)) for node in layout.columns[0])
    room = 10 + round(min(108.0, longest * 12))
    pitch = 82.0
    at = [room + 26 + pitch * row for row in range(len(stages))]

    def point(along: float, over: float) -> str:
        return f"{_n(over)} {_n(along)}"

    labels: list[Label] = []
    for y, stage in zip(at, stages, strict=True):
        head, action, whose = heading(stage, names)
        line = " ".join(part for part in (head + ".", action, whose) if part)
        labels.append(Label(0, y - 7, words.cut(line, PHONE / 11.5), "act", full=line))
    for row, nodes in enumerate(layout.columns):
        for node in nodes:
            x = round(node.middle, 1)
            text = figure(node)
            if words.width(text) * 10.5 > node.size + 4:
                text = text[0] if node.mark else ""
            if text:
                y = at[row] + bar + 10.5
                labels.append(Label(x, y, text, _look("num", node), "middle"))
            if row == 0:
                name = words.cut(_name(node.who, names), (room - 6) / 12)
                labels.append(Label(x + 4, room, name, _look("name", node), turn=-90))
    foot = at[-1] + bar + 20
    for node in layout.columns[-1]:
        text = words.cut(f"{_sign(record, node.who)}{_name(node.who, names)}", (room + 6) / 12)
        labels.append(Label(round(node.middle - 4, 1), foot, text, _look("name", node), turn=90))
    return Picture(
        width=round(layout.length, 1),
        height=round(foot + room + 8, 1),
        streams=_streams(layout, at, bar, point, names),
        crossings=_merged(_crossings(layout, at, bar, point, names)),
        labels=tuple(labels),
    )


# --- Words in the picture ---------------------------------------------------------------


def heading(stage: Stage, names: Names) -> tuple[str, str, str]:
    """Return a stage's heading in three short lines: number, what was done, whose votes.

    A stage after the last seat was filled stands in brackets.
    """
    head = f"(Stage {stage.number})" if stage.after_last else f"Stage {stage.number}"
    sources = [transfer.source for transfer in stage.transfers]
    out = set(sources) & set(stage.excluded)
    # A surplus moves on at a value of its own (spec/count/record.md, paragraph 6).
    surplus = any(transfer.value is not None for transfer in stage.transfers)
    if not sources or not (out or surplus):
        first, _, rest = (stage.action[:1].upper() + stage.action[1:]).partition(" ")
        return head, first, rest
    whose = names[sources[0]] if len(sources) == 1 else f"{len(sources)} candidates"
    return head, "Excluded:" if out else "Surplus of", whose


@dataclass(frozen=True, slots=True)
class Sentence:
    """One transfer in words: whose votes, how many in all, and its parts.

    A part is (votes, name) where somebody received them, (votes, "") with `nobody` or
    `rounding` where nobody did. Every number is the record's own; `votes` is their sum.
    """

    source: str
    votes: str
    parts: tuple[tuple[str, str], ...]
    nobody: str
    rounding: str


def transfer_lines(stage: Stage) -> tuple[Sentence, ...]:
    """Return a stage's transfers for its list, the largest part first."""
    lines = []
    for transfer in stage.transfers:
        nobody, rounding = transfer.non_transferable, transfer.rounding_loss
        lines.append(
            Sentence(
                source=transfer.source,
                votes=words.total([*transfer.to.values(), nobody, rounding]),
                parts=tuple(
                    (votes, name)
                    for name, votes in sorted(
                        transfer.to.items(), key=lambda part: -Fraction(part[1])
                    )
                    if Fraction(votes)
                ),
                nobody=nobody if Fraction(nobody) else "",
                rounding=rounding if Fraction(rounding) else "",
            )
        )
    return tuple(lines)


def figure(node: Node) -> str:
    """Return the votes of a node with the sign of what happened to it there."""
    sign = {"elected": "✓ ", "excluded": "✕ ", "": ""}[node.mark]
    return f"{sign}{words.whole(node.votes)}"


def outcome(record: CountRecord, who: Who) -> str:
    """Return what became of somebody, to stand after the name; "" if the name says it."""
    if who is None:
        return ""
    if who in record.elected:
        place = words.ordinal(record.elected.index(who) + 1)
        return f" – elected {place}" if len(record.elected) > 1 else " – elected"
    return " – not elected"


def _ending(record: CountRecord, node: Node, names: Names, *, room: float = 1e9) -> str:
    """Return the words at the end of a stream; where room is short the name is cut."""
    votes = f"{words.whole(node.votes)} {_sign(record, node.who)}"
    end = outcome(record, node.who)
    return votes + words.cut(_name(node.who, names), room - words.width(votes + end)) + end


def _sign(record: CountRecord, who: Who) -> str:
    return "✓ " if who in record.elected else ""


def _name(who: Who, names: Names) -> str:
    return words.NOBODY if who is None else names[who]


def _look(part: str, node: Node) -> str:
    return part if node.state == "continuing" else f"{part} {part}-{node.state}"


# --- Shapes -----------------------------------------------------------------------------


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _curve(ribbon: Ribbon, at: Sequence[float], bar: float, point: Point) -> str:
    start, end = at[ribbon.column] + bar, at[ribbon.column + 1]
    bend = (start + end) / 2
    a, b, size = ribbon.start, ribbon.end, ribbon.size
    return (
        f"M{point(start, a)}C{point(bend, a)} {point(bend, b)} {point(end, b)}"
        f"L{point(end, b + size)}"
        f"C{point(bend, b + size)} {point(bend, a + size)} {point(start, a + size)}Z"
    )


def _bar(node: Node, at: Sequence[float], bar: float, point: Point) -> str:
    x, y, size = at[node.column], node.at, node.size
    return f"M{point(x, y)}L{point(x + bar, y)} {point(x + bar, y + size)} {point(x, y + size)}Z"


def _streams(
    layout: Layout, at: Sequence[float], bar: float, point: Point, names: Names
) -> tuple[Stream, ...]:
    chosen = {
        (node.who, node.column)
        for nodes in layout.columns
        for node in nodes
        if node.state == "elected"
    }
    streams = []
    for who in layout.order:
        stays = [r for r in layout.ribbons if r.kind is None and r.source == who]
        nodes = [n for column in layout.columns for n in column if n.who == who and n.size]
        streams.append(
            Stream(
                name=_name(who, names),
                kind="nobody" if who is None else "candidate",
                waiting="".join(
                    _curve(r, at, bar, point) for r in stays if (who, r.column) not in chosen
                ),
                waiting_nodes=_bars((n for n in nodes if n.state != "elected"), at, bar, point),
                elected="".join(
                    _curve(r, at, bar, point) for r in stays if (who, r.column) in chosen
                ),
                elected_nodes=_bars((n for n in nodes if n.state == "elected"), at, bar, point),
            )
        )
    return tuple(streams)


def _merged(crossings: tuple[Crossing, ...]) -> tuple[Crossing, ...]:
    """Join ribbons of one kind into one shape: a phone has nothing to point with."""
    kinds = sorted({crossing.kind for crossing in crossings})
    return tuple(
        Crossing("".join(c.path for c in crossings if c.kind == kind), kind, "") for kind in kinds
    )


def _bars(nodes: Iterable[Node], at: Sequence[float], bar: float, point: Point) -> str:
    return "".join(_bar(node, at, bar, point) for node in nodes)


def _crossings(
    layout: Layout, at: Sequence[float], bar: float, point: Point, names: Names
) -> tuple[Crossing, ...]:
    moved = [(ribbon, ribbon.kind) for ribbon in layout.ribbons if ribbon.kind is not None]
    # Thinner than half a pixel nothing can be pointed at: drawn together, with no sentence.
    thick = tuple(
        Crossing(
            _curve(ribbon, at, bar, point),
            kind,
            sentence(ribbon.source, ribbon.target, ribbon.votes, names),
        )
        for ribbon, kind in moved
        if ribbon.size >= 0.5
    )
    thin = (Crossing(_curve(r, at, bar, point), kind, "") for r, kind in moved if r.size < 0.5)
    return thick + _merged(tuple(thin))


def sentence(source: Who, target: Who, votes: Fraction, names: Names) -> str:
    """Return what a ribbon says when it is pointed at."""
    return f"{_name(source, names)} → {_name(target, names)}: {words.whole(votes)}"
