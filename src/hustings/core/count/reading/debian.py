"""The tally sheets of Debian's votes: a drawing that names the options, then a line a voter.

    Option 1----->: Jonathan Carter
  /  Option 2---->: None Of The Above
  |/
  V: 21    00230fd5e1…

The characters after `V:` are the ranks given to options 1, 2, …; `-` is unranked; options with
the same rank are equal. Only the order of the ranks means anything (Debian Constitution, A.6),
so gaps between them are closed. What follows is a hash by which voters find their own line.

Sources: the format note at the head of each sheet; Debian Constitution, appendix A.6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from hustings.core.count.ballots import Mark, Ranking, Weight
from hustings.core.count.reading.numbers import check_name, squeezed
from hustings.core.count.reading.refusals import BadHeading, BadLine, Truncated, as_text
from hustings.core.count.reading.sheet import Batch, Sheet
from hustings.core.count.reading.source import Lines

_OPTION: Final = re.compile(rb"[\s/|]*Option\s+(\d{1,2})\s*-*>?\s*:\s*(.*)")
_VOTE: Final = re.compile(rb"\s*V:\s*(\S+)\s*(\S*)\s*")


class DebianSheet(Sheet):
    """The options of a tally sheet."""

    def __init__(self, names: tuple[bytes, ...]) -> None:
        self._candidates = names

    def keys(self, batch: Batch) -> list[bytes]:
        """Return the ranks alone, or the whole line where it is no vote."""
        return [
            found[1] if (found := _VOTE.fullmatch(record)) else b"\n" + record
            for record in batch.records
        ]

    def labels(self, batch: Batch) -> Iterator[str | int]:
        """Return the hash by which a voter finds the line."""
        for number, record in enumerate(batch.records, batch.first):
            found = _VOTE.fullmatch(record)
            yield as_text(found[2]) if found and found[2] else number

    def parse(self, key: bytes) -> tuple[Ranking, Weight] | None:
        """Read ranks such as `21-3`."""
        if key.startswith(b"\n"):
            if not key.strip():
                return None
            raise BadLine(0, "A vote was expected here, as in “V: 2313 00230fd5…”.")
        if len(key) != len(self._candidates):
            raise BadLine(
                0, f"{len(key)} ranks stand here, but there are {len(self._candidates)} options."
            )
        by_rank: dict[int, list[int]] = {}
        for option, rank in enumerate(key):
            if rank == ord("-"):
                continue
            if not ord("1") <= rank <= ord("9"):
                raise BadLine(option, "A rank from 1 to 9 was expected here, or - for none.")
            by_rank.setdefault(rank, []).append(option)
        marks: Iterable[list[int]] = (by_rank[rank] for rank in sorted(by_rank))
        ranking: list[Mark] = [m[0] if len(m) == 1 else tuple(m) for m in marks]
        return tuple(ranking), 1

    def offset(self, record: bytes, at: int) -> int:
        """Return where in the line a rank stands."""
        found = _VOTE.fullmatch(record)
        return found.start(1) + at if found else 0


def begin(lines: Lines) -> DebianSheet:
    """Read the drawing, up to the first vote."""
    names: list[bytes] = []
    while (line := lines.next()) is not None:
        # The text above the drawing quotes a line that begins with V too.
        if names and _VOTE.match(line):
            lines.back(line)
            return DebianSheet(tuple(names))
        found = _OPTION.fullmatch(line)
        if found is None:
            continue
        try:
            if int(found[1]) != len(names) + 1:
                raise BadLine(found.start(1), f"Option {len(names) + 1} was expected here.")
            name = check_name(squeezed(found[2]), found.start(2))
            if name in names:
                raise BadLine(found.start(2), "Two options have this name.")
        except BadLine as bad:
            raise BadHeading(bad.sentence, line=lines.number, raw=line, at=bad.at) from None
        names.append(name)
    raise Truncated(
        "The file ends before the first vote (a line such as “V: 2313 00230fd5…”)."
        if names
        else "No options were found: lines such as “Option 1----->: Jonathan Carter”.",
        line=max(lines.number, 1),
    )
