"""A file as it is dealt out: in large blocks of whole lines, so that no file need fit in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, Protocol

from hustings.core.count.reading.refusals import EmptyFile, NotText, TooLarge

BLOCK: Final = 1 << 22
"""Bytes asked for at a time: 4 MB. Smaller costs time, larger memory; neither buys anything."""

HEAD: Final = 1 << 16
"""Bytes that decide what a file is."""

LONGEST_LINE: Final = 1 << 20
"""Bytes of the longest line that is read: 1 MiB, a thousand candidates several times over."""

Progress = Callable[[int], None]
"""Told, from time to time, how many bytes have been read."""


class Source(Protocol):
    """Bytes that can be read from the start more than once: a file, an upload, a paste."""

    def chunks(self) -> Iterator[bytes]:
        """Yield all bytes, in order, in pieces of any size; each call starts afresh."""


class BytesSource:
    """Bytes already in memory, as a source."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes in blocks."""
        view = memoryview(self._data)
        for start in range(0, len(view), BLOCK):
            yield bytes(view[start : start + BLOCK])


class Lines:
    """Deal a source out in lines: one at a time for a heading, in blocks for the ballots.

    Every line ends in one line feed, whatever the file used (CR LF, CR, or nothing at the
    very end), and a byte order mark is gone. `number` is the number of the last line given
    out. A line longer than LONGEST_LINE is refused before it fills the memory.
    """

    def __init__(self, source: Source, progress: Progress | None = None) -> None:
        """Open `source`.

        Raises:
            EmptyFile, NotText: as seen in the first 64 kB.
            TooLarge: the first line has no end.
        """
        self.number = 0
        self._drawn = self._whole_lines(source, progress)
        self._block = b""
        self._at = 0
        self._read = 0
        if not self._fill():
            raise EmptyFile("The file is empty: a file of ballots was expected.")

    @property
    def head(self) -> bytes:
        """The lines not given out yet, as far as 64 kB go."""
        return self._block[self._at : self._at + HEAD]

    def next(self) -> bytes | None:
        """Give out the next line, without its end; None after the last."""
        if self._at >= len(self._block) and not self._fill():
            return None
        end = self._block.index(b"\n", self._at)
        line = self._block[self._at : end]
        self._at = end + 1
        self.number += 1
        return line

    def back(self, line: bytes) -> None:
        """Take back the line that `next` gave out last."""
        self._at -= len(line) + 1
        self.number -= 1

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """Give out the rest: the number of each block's first line, and the block."""
        while self._at < len(self._block) or self._fill():
            block = self._block[self._at :] if self._at else self._block
            first = self.number + 1
            self._block, self._at = b"", 0
            self.number += block.count(b"\n")
            yield first, block

    def put_back(self, rest: bytes) -> None:
        """Take back the end of the block that `blocks` gave out last: whole lines."""
        self._block, self._at = rest, 0
        self.number -= rest.count(b"\n")

    def _fill(self) -> bool:
        self._block, self._at = next(self._drawn, b""), 0
        return bool(self._block)

    def _whole_lines(self, source: Source, progress: Progress | None) -> Iterator[bytes]:
        held: list[bytes] = []  # an unfinished line, in pieces: joined once, not at every piece
        length = 0
        start = b""  # until there is enough to tell what the file is
        started = False
        for chunk in source.chunks():
            self._read += len(chunk)
            if progress is not None:
                progress(self._read)
            piece = chunk
            if not started:
                start += chunk
                if len(start) < HEAD:
                    continue
                piece, started = _text(start), True
            cut = _last_end(piece)
            if cut == 0:
                held.append(piece)
                length += len(piece)
                if length > LONGEST_LINE:
                    raise _too_long(self.number + 1, held[0])
                continue
            held.append(piece[:cut])
            yield _line_feeds(b"".join(held))
            held = [piece[cut:]] if cut < len(piece) else []
            length = len(piece) - cut
        if not started:
            held = [_text(start)]
        rest = b"".join(held)
        if rest:
            rest = _line_feeds(rest)
            yield rest if rest.endswith(b"\n") else rest + b"\n"


def _text(start: bytes) -> bytes:
    """Return a file's first bytes without their byte order mark, or say why they are no text."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotText("The file is in UTF-16: save it as UTF-8 and try again.", raw=start[:40])
    for mark, what in _SIGNATURES:
        if start.startswith(mark):
            raise NotText(f"This is {what}, not text.", raw=start[:40])
    nul = start.find(b"\0", 0, HEAD)
    if nul >= 0:
        line_start = start.rfind(b"\n", 0, nul) + 1
        # Western text in UTF-16 is half NUL bytes; only NUL bytes are something else.
        nuls = start.count(b"\0", 0, HEAD) / min(len(start), HEAD)
        raise NotText(
            "The file looks like UTF-16: save it as UTF-8 and try again."
            if 1 / 3 < nuls < 2 / 3
            else "There is a NUL byte here: this is not text. A text file of ballots was expected.",
            line=start.count(b"\n", 0, nul) + 1,
            raw=start[line_start : nul + 60],
            at=nul - line_start,
        )
    return start.removeprefix(b"\xef\xbb\xbf")


_SIGNATURES: Final = (
    (b"PK\x03\x04", "a ZIP archive or a spreadsheet (save the sheet as CSV, UTF-8)"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file (save the sheet as CSV, UTF-8)"),
    (b"\x1f\x8b", "a gzip archive (unpack it first)"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"SQLite format 3\0", "a database"),
)


def _last_end(piece: bytes) -> int:
    """Return where the last whole line of `piece` ends; 0 if it has none."""
    end = piece.rfind(b"\n") + 1
    if end:
        return end
    # Old Macintosh files end lines in CR alone; a CR at the very end may yet get its LF.
    return piece.rfind(b"\r", 0, -1) + 1


def _line_feeds(block: bytes) -> bytes:
    if b"\r" in block:
        return block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return block


def _too_long(line: int, raw: bytes) -> TooLarge:
    return TooLarge(
        f"This line is longer than {LONGEST_LINE:,} bytes: no ballot and no heading is.",
        line=line,
        raw=raw[:1000],
    )
