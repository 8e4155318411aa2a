"""The file of paths: one line for each ballot line, saying where it counted at every stage."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

from hustings.core.count import Paths, Ranking, Weight
from hustings.core.count.reading import Row

AT_ONCE: Final = 20_000
"""Lines that are written together."""


def path_lines(rows: Iterable[Row], paths: Paths) -> Iterator[bytes]:
    """Yield the CSV in large pieces: `ballot`, `weight`, `stage_1`, … (spec/cli/count.md).

    Everything after the label depends on the ranking and the weight alone, so it is made
    once for each kind of ballot.
    """
    yield _line(["ballot", "weight", *(f"stage_{n + 1}" for n in range(paths.stages))])
    known: dict[tuple[Weight, Ranking], str] = {}
    # Hundreds of thousands of rankings take a few hundred ways through the stages.
    written: dict[tuple[Weight, tuple[str, ...]], str] = {}
    lines: list[str] = []
    for label, weight, ranking in rows:
        kind = (weight, ranking)
        rest = known.get(kind)
        if rest is None:
            cells = paths.cells(ranking)
            rest = written.get((weight, cells))
            if rest is None:
                rest = written[weight, cells] = "," + _line([str(weight), *cells]).decode()
            known[kind] = rest
        lines.append(f"{_label(label)}{rest}")
        if len(lines) >= AT_ONCE:
            yield "".join(lines).encode()
            lines.clear()
    yield "".join(lines).encode()


def _label(label: str | int) -> str | int:
    if isinstance(label, int) or label.isalnum():
        return label
    return _line([label]).decode().removesuffix("\n")


def _line(cells: list[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()
