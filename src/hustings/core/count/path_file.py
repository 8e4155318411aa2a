"""The file of paths: one line for each ballot line, saying where it counted at every stage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from hustings.core.count.ballots import Ranking, Weight
from hustings.core.count.paths import Paths

AT_ONCE: Final = 20_000
"""Lines that are made together."""

FORMULA: Final = frozenset("=+-@\t\r")
"""What a spreadsheet takes for the beginning of a formula."""


def path_lines(rows: Iterable[tuple[str | int, Weight, Ranking]], paths: Paths) -> Iterator[bytes]:
    """Yield CSV in large blocks: `ballot`, `weight`, `stage_1`, … (spec/cli/count.md).

    `rows` are the ballot lines in the file's order: label, weight, ranking. All but the
    label depends on ranking and weight alone, so it is made once for each kind of ballot.
    """
    stages = [f"stage_{number + 1}" for number in range(paths.stages)]
    yield (",".join(["ballot", "weight", *stages]) + "\n").encode()
    known: dict[tuple[Weight, Ranking], str] = {}
    # Hundreds of thousands of rankings take a few hundred ways through the stages.
    ways: dict[tuple[Weight, tuple[str, ...]], str] = {}
    lines: list[str] = []
    for label, weight, ranking in rows:
        kind = (weight, ranking)
        rest = known.get(kind)
        if rest is None:
            cells = paths.cells(ranking)
            way = ways.get((weight, cells))
            if way is None:
                way = ways[weight, cells] = ",".join(["", str(weight), *map(cell, cells)]) + "\n"
            rest = known[kind] = way
        lines.append(f"{label if isinstance(label, int) else cell(label)}{rest}")
        if len(lines) >= AT_ONCE:
            yield "".join(lines).encode()
            lines.clear()
    yield "".join(lines).encode()


def cell(text: str) -> str:
    """Return a cell of CSV (RFC 4180) that no spreadsheet takes for a formula.

    Names and labels come from anybody's file, and people open this one in a spreadsheet:
    what begins like a formula gets an apostrophe in front.
    """
    if text.isalnum():
        return text
    if text[:1] in FORMULA:
        text = f"'{text}"
    if any(sign in text for sign in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
