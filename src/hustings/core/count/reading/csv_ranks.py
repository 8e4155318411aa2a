"""CSV with a column for each candidate, a rank in each cell, and a column for the count.

    Begich,Palin,Peltola,count
    2,3,1,47404          Peltola, then Begich, then Palin: 47,404 ballots
    2,2,1,23736          Peltola only
    ,2,1,10              Peltola, then Palin

**Equal last ranks are not ranked.** Such tables often have no empty cell: who was not ranked
stands last, all at the same number. So in a row whose every cell is filled, candidates who
share the row's highest number are not ranked. In a row with an empty cell the empty cells are
the ones not ranked, and candidates with equal numbers are equal. Elsewhere equal numbers mean
equal in either case.

Numbers that are left out are skipped ranks, save those that a tie takes up: 1, 1, 3 is two
first together and then one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from hustings.core.count.ballots import SKIPPED, Mark, Ranking, Weight
from hustings.core.count.reading.cells import (
    csv_records,
    cut,
    heading,
    label_in,
    offset_of,
    unquoted,
)
from hustings.core.count.reading.columns import IDS, WEIGHTS, plainly
from hustings.core.count.reading.numbers import MOST_CANDIDATES, check_name, weight
from hustings.core.count.reading.refusals import (
    BadHeading,
    BadLine,
    TooLarge,
    as_text,
)
from hustings.core.count.reading.sheet import Batch, Sheet, line_numbers
from hustings.core.count.reading.source import Lines

_NUMBER: Final = re.compile(rb"(\d{1,4})(?:\.0+)?")


class RanksSheet(Sheet):
    """The columns of a table of ranks."""

    def __init__(
        self, names: list[bytes], separator: bytes, count: int | None, label: int | None
    ) -> None:
        self._separator = separator
        self._width = len(names)
        self._count = count
        self._label = label
        self._columns = [i for i in range(len(names)) if i not in (count, label)]
        self._candidates = [names[i] for i in self._columns]

    def records(self, lines: Lines) -> Iterator[Batch]:
        """Yield the records after the heading."""
        for batch, _ in csv_records(lines, self._separator):
            yield batch

    def keys(self, batch: Batch) -> list[bytes]:
        """Return whole records; without their ballot id, where they have one."""
        if self._label is None:
            return batch.records
        keys = []
        for record in batch.records:
            cells = cut(record, self._separator)
            if len(cells) == self._width:
                cells[self._label] = b""
            keys.append(self._separator.join(cells))
        return keys

    def labels(self, batch: Batch) -> Iterable[str | int]:
        """Return ballot ids where there is a column of them."""
        for number, record in zip(line_numbers(batch), batch.records, strict=True):
            cells = [] if self._label is None else cut(record, self._separator)
            known = self._label is not None and len(cells) == self._width
            yield (as_text(label_in(cells[self._label or 0])) if known else "") or number

    def parse(self, key: bytes) -> tuple[Ranking, Weight] | None:
        """Read a rank for each candidate, and the count."""
        if not key.strip():
            return None
        cells = [cell.strip() for cell in cut(key, self._separator)]
        if len(cells) != self._width:
            raise BadLine(
                -1, f"{len(cells)} cells stand in this line, but the heading has {self._width}."
            )
        by_rank: dict[int, list[int]] = {}
        for index, column in enumerate(self._columns):
            rank = self._rank(cells[column], column)
            if rank is not None:
                by_rank.setdefault(rank, []).append(index)
        all_filled = sum(map(len, by_rank.values())) == len(self._columns)
        if all_filled and len(by_rank[max(by_rank)]) > 1:
            del by_rank[max(by_rank)]
        how_many: Weight = 1
        if self._count is not None:
            how_many = weight(_plain(cells[self._count], self._count), self._count)
        return _ranking(by_rank), how_many

    def offset(self, record: bytes, at: int) -> int:
        """Return the byte at which a cell stands."""
        return len(record) if at < 0 else offset_of(record, self._separator, at)

    def _rank(self, cell: bytes, column: int) -> int | None:
        text = _plain(cell, column)
        if not text:
            return None
        found = _NUMBER.fullmatch(text)
        rank = int(found[1]) if found else 0
        if not 0 < rank <= MOST_CANDIDATES:
            raise BadLine(
                column,
                f"A rank from 1 to {MOST_CANDIDATES:,} was expected here, or nothing, not "
                f"“{as_text(text)[:24]}”.",
            )
        return rank


def _ranking(by_rank: dict[int, list[int]]) -> Ranking:
    marks: list[Mark] = []
    due = 1  # the next rank that would not be a skip
    for rank in sorted(by_rank):
        here = by_rank[rank]
        marks.extend([SKIPPED] * (rank - due))
        marks.append(here[0] if len(here) == 1 else tuple(here))
        # After a tie of three at rank 1, both 2 and 4 may come next.
        following = [r for r in by_rank if r > rank]
        after = min(following, default=rank + 1)
        due = min(max(after, rank + 1), rank + len(here))
    return tuple(marks)


def _plain(cell: bytes, column: int) -> bytes:
    try:
        return unquoted(cell)
    except BadLine as bad:
        raise BadLine(column, bad.sentence) from None


def begin(lines: Lines) -> RanksSheet:
    """Read the heading: candidates' names, and the column of counts."""
    record, names, separator, number = heading(lines)
    line = record.partition(b"\n")[0]
    if len(names) > MOST_CANDIDATES + 2:
        raise TooLarge(
            f"There are more than {MOST_CANDIDATES:,} candidates.", line=number, raw=line
        )
    plain = [plainly(as_text(name)) for name in names]
    label = next((i for i, name in enumerate(plain) if name in IDS), None)
    counts = [i for i, name in enumerate(plain) if name in WEIGHTS]
    if len(counts) > 1:
        raise BadHeading(
            "Two columns could be the count of ballots.",
            line=number,
            raw=line,
            at=offset_of(record, separator, counts[1]),
        )
    count = counts[0] if counts else None
    candidates = [i for i in range(len(names)) if i not in (count, label)]
    if not candidates:
        raise BadHeading("No column here is a candidate.", line=number, raw=line)
    for i in candidates:
        at = offset_of(record, separator, i)
        try:
            check_name(names[i], at)
            if names.index(names[i]) != i:
                raise BadLine(at, "Two columns have this name: they can't be told apart.")
        except BadLine as bad:
            raise BadHeading(bad.sentence, line=number, raw=line, at=bad.at) from None
    return RanksSheet(names, separator, count, label)
