"""CSV as RFC 4180 has it, over bytes: records, cells, quotation marks and what they enclose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hustings.core.count.reading.numbers import squeezed
from hustings.core.count.reading.refusals import BadHeading, BadLine, TooLarge, Truncated
from hustings.core.count.reading.sheet import Batch
from hustings.core.count.reading.source import LONGEST_LINE, Lines

_QUOTED: Final = re.compile(rb' *"[^"]*+(?:""[^"]*+)*+" *')
_OPENING: Final = re.compile(rb' *"')
_TO_CLOSE: Final = re.compile(rb'[^"]*+(?:""[^"]*+)*+"')


def cut(record: bytes, separator: bytes) -> list[bytes]:
    """Return a record's cells as they stand, quotation marks and all."""
    if b'"' not in record:
        return record.split(separator)
    cells: list[bytes] = []
    at = 0
    while True:
        quoted = _QUOTED.match(record, at)
        if quoted and record[quoted.end() : quoted.end() + 1] in (separator, b""):
            end = quoted.end()
        else:
            end = record.find(separator, at)
            end = len(record) if end < 0 else end
        cells.append(record[at:end])
        if end >= len(record):
            return cells
        at = end + 1


def unquoted(cell: bytes) -> bytes:
    """Return what a cell says, without its quotation marks and the space around it.

    Raises:
        BadLine: it begins with a quotation mark that doesn't enclose all of it.
    """
    text = cell.strip()
    if not text.startswith(b'"'):
        return text
    if not _QUOTED.fullmatch(text):
        raise BadLine(
            0, "A quotation mark begins this cell but doesn't enclose it; inside, write it twice."
        )
    return text[1:-1].replace(b'""', b'"').strip()


def span(separator: bytes, before: int, kept: int, after: int | None) -> re.Pattern[bytes]:
    """Return a pattern for whole records, whose group 1 is `kept` cells after `before` others.

    `after` is how many cells follow; None is any number. Where none follow, the cells of
    group 1 are not looked at. The pattern fits records whose cells are quoted whole or not
    at all; for the others, and for records of another width, there is `cut`.
    """
    cell = rb'(?: *+"[^"]*+(?:""[^"]*+)*+" *+|[^"%s]*+)' % separator
    start = rb"(?:%s%s){%d}" % (cell, separator, before)
    middle = rb".*" if after == 0 else rb"%s(?:%s%s){%d}" % (cell, separator, cell, kept - 1)
    end = (
        rb"(?:%s.*)?" % separator if after is None else rb"(?:%s%s){%d}" % (separator, cell, after)
    )
    return re.compile(rb"%s(%s)%s" % (start, middle, end), re.DOTALL)


def label_in(cell: bytes) -> bytes:
    """Return what a cell says, or the cell itself if its quotation marks are wrong."""
    try:
        return unquoted(cell)
    except BadLine:
        return cell.strip()


def offset_of(record: bytes, separator: bytes, cell: int) -> int:
    """Return the byte at which a cell of a record starts; its end, if there is no such cell."""
    cells = cut(record, separator)
    if cell >= len(cells):
        return len(record)
    return sum(len(c) + 1 for c in cells[:cell])


_OTHERS: Final = {
    separator: bytes(b for b in range(256) if b not in b'"\n' + separator)
    for separator in (b",", b";", b"\t")
}
"""For each separator, the bytes that mean nothing to the form of a CSV file."""

_NEVER_CLOSED: Final = "A quotation mark is opened in this line and never closed."


def csv_records(lines: Lines, separator: bytes) -> Iterator[tuple[Batch, bool]]:
    """Yield the records after the heading, and whether quotation marks may hide a separator.

    Lines that quotation marks hold together are one record. Where nothing is hidden, a record
    can be cut at every separator, and every record is one line.
    """
    held: list[bytes] = []
    for first, block in lines.blocks():
        batch = Batch(first, block.splitlines())
        quoted = bool(held) or (b'"' in block and not _hides_nothing(block, separator))
        if held or (quoted and any(line.count(b'"') % 2 for line in batch.records)):
            start = first - len(held)
            batch = Batch(start, list(_joined(batch, separator, held)))
        yield batch, quoted
    if held:
        raise Truncated(_NEVER_CLOSED, line=lines.number - len(held) + 1, raw=held[0])


def _hides_nothing(block: bytes, separator: bytes) -> bool:
    """Return whether every cell is in quotation marks that hold no mark, separator or line end.

    Most programs that quote at all quote every cell, and this is much faster than a look at
    each. Call what stands between two neighbouring separators or line ends a piece. What is
    left of the block without its other bytes shows that every piece has exactly two marks. As
    many `","` as separators, and `"` + LF + `"` as line ends between lines, show that every piece
    begins and ends with one. So a piece is a mark, no mark, a mark: a whole cell.
    """
    bare = block.translate(None, _OTHERS[separator])
    line = bare[: bare.index(b"\n") + 1]
    width = line.count(separator) + 1
    lines = len(bare) // len(line)
    return (
        line == separator.join([b'""'] * width) + b"\n"
        and bare == line * lines
        and block.startswith(b'"')
        and block.endswith(b'"\n')
        and block.count(b'"%s"' % separator) == lines * (width - 1)
        and block.count(b'"\n"') == lines - 1
    )


def _joined(batch: Batch, separator: bytes, held: list[bytes]) -> Iterator[bytes]:
    """Yield whole records; lines still open at the end of the batch are left in `held`."""
    size = sum(map(len, held))
    for number, line in enumerate(batch.records, batch.first):
        if not held and line.count(b'"') % 2 == 0:
            yield line
            continue
        still_open = _open_after(line, separator, inside=bool(held))
        held.append(line)
        size += len(line) + 1
        if size > LONGEST_LINE:
            raise TooLarge(_NEVER_CLOSED, line=number - len(held) + 1, raw=held[0])
        if not still_open:
            yield b"\n".join(held)
            held.clear()
            size = 0


def heading(lines: Lines) -> tuple[bytes, list[bytes], bytes, int]:
    """Return a CSV file's first record, its cells unquoted, the separator, and its line.

    The separator is the one of , ; and tab that the heading has most often outside
    quotation marks: spreadsheets of many countries write semicolons.
    """
    while (line := lines.next()) is not None and not line.strip():
        continue
    if line is None:
        raise Truncated("The file has no heading.", line=max(lines.number, 1))
    number = lines.number
    separator = max(_OTHERS, key=lambda s: len(cut(line, s)))
    parts = [line]
    inside = line.count(b'"') % 2 == 1 and _open_after(line, separator, inside=False)
    while inside:
        more = lines.next()
        if more is None or len(parts) > 1000:
            raise BadHeading(_NEVER_CLOSED, line=number, raw=line)
        inside = _open_after(more, separator, inside=True)
        parts.append(more)
    record = b"\n".join(parts)
    cells = cut(record, separator)
    names = []
    for i, cell in enumerate(cells):
        try:
            names.append(squeezed(unquoted(cell)))
        except BadLine as bad:
            raise BadHeading(
                bad.sentence, line=number, raw=line, at=offset_of(record, separator, i)
            ) from None
    return record, names, separator, number


def _open_after(line: bytes, separator: bytes, *, inside: bool) -> bool:
    """Return whether a quoted cell is still open at the end of `line`."""
    at = 0
    while True:
        if not inside:
            opening = _OPENING.match(line, at)
            if opening:
                at, inside = opening.end(), True
        if inside:
            closed = _TO_CLOSE.match(line, at)
            if closed is None:
                return True
            at, inside = closed.end(), False
        at = line.find(separator, at)
        if at < 0:
            return False
        at += 1
