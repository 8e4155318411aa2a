"""Read files of ranked ballots: bytes in, `Ballots` out, or a refusal that says where and why.

Every reader is pure: it is given a `Source` of bytes and opens nothing itself.

    ballots = reading.read(BytesSource(data), name="ward.blt")
    for label, weight, ranking in reading.rows(BytesSource(data), name="ward.blt"): ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from hustings.core.count.ballots import Ballots
from hustings.core.count.reading import (
    abif,
    blt,
    csv_cvr,
    csv_ranks,
    debian,
    margin_irv,
    preflib,
)
from hustings.core.count.reading.numbers import MOST_SEATS
from hustings.core.count.reading.refusals import (
    BadBallot,
    BadHeading,
    EmptyFile,
    NotText,
    TooLarge,
    Truncated,
    UnknownFormat,
    Unreadable,
    visible,
)
from hustings.core.count.reading.sheet import Row, Sheet, gather
from hustings.core.count.reading.sheet import rows as _rows
from hustings.core.count.reading.sniffing import sniff
from hustings.core.count.reading.source import BytesSource, Lines, Progress, Source

__all__ = [
    "FORMATS",
    "MOST_SEATS",
    "BadBallot",
    "BadHeading",
    "BytesSource",
    "EmptyFile",
    "Format",
    "NotText",
    "Progress",
    "Row",
    "Source",
    "TooLarge",
    "Truncated",
    "UnknownFormat",
    "Unreadable",
    "read",
    "rows",
    "sniff",
    "visible",
]


@dataclass(frozen=True, slots=True)
class Format:
    """A format that is read: its name on the command line, and what it is, in one line."""

    name: str
    summary: str
    begin: Callable[[Lines], Sheet]


FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        form.name: form
        for form in (
            Format("blt", "BLT, as OpenSTV, OpaVote and Scottish councils write it", blt.begin),
            Format("preflib", "PrefLib .soc .soi .toc .toi, old and new", preflib.begin),
            Format("abif", "ABIF, such as “27: A>B=C”", abif.begin),
            Format("csv-cvr", "CSV of cast vote records: rank1, rank2, …", csv_cvr.begin),
            Format("csv-ranks", "CSV with a column a candidate and a count", csv_ranks.begin),
            Format("margin-irv", "margin-irv, such as “(0,2) : 16”", margin_irv.begin),
            Format("debian", "Debian's tally sheets", debian.begin),
        )
    }
)
"""The formats that are read, by name."""


def read(
    source: Source,
    *,
    format: str | None = None,  # noqa: A002 (the word of the command line)
    name: str = "",
    skip_bad: bool = False,
    progress: Progress | None = None,
) -> Ballots:
    """Return the ballots in `source`.

    Args:
        source: read once; a second and third time only to say where a bad line stands.
        format: one of FORMATS; None sniffs it from the content and from `name`.
        name: what the file is called, if it has a name.
        skip_bad: leave bad ballot lines out. They are in no total; `notes` lists the first
            twenty and counts the rest.
        progress: told how many bytes have been read, about every 4 MB.

    Raises:
        Unreadable: with line, column, the line and what was expected; see its kinds.
        KeyError: `format` is none of FORMATS.
    """
    lines = Lines(source, progress)
    begin = FORMATS[format or sniff(lines.head, name)].begin
    sheet = begin(lines)
    return gather(sheet, lines, _afresh(source, begin), skip_bad=skip_bad)


def rows(
    source: Source,
    *,
    format: str | None = None,  # noqa: A002
    name: str = "",
    skip_bad: bool = False,
    progress: Progress | None = None,
) -> Iterator[Row]:
    """Yield every ballot line of `source` in file order: label, weight, ranking.

    The label is the ballot id (or Debian's hash) where the file has one, else the line
    number; rankings are those of `read` with the same arguments, equal rankings mostly one
    object. Arguments and refusals as for `read`.
    """
    lines = Lines(source, progress)
    begin = FORMATS[format or sniff(lines.head, name)].begin
    sheet = begin(lines)
    return _rows(sheet, lines, _afresh(source, begin), skip_bad=skip_bad)


def _afresh(source: Source, begin: Callable[[Lines], Sheet]) -> Callable[[], Lines]:
    def again() -> Lines:
        lines = Lines(source)
        begin(lines)
        return lines

    return again
