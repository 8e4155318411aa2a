"""Why a file of ballots can't be read, and where: line, column, the line itself, one sentence."""

from __future__ import annotations

import unicodedata
from typing import Final

SHOWN: Final = 120
"""Characters of a bad line that are shown: enough to recognise it, never a screenful."""


class Unreadable(Exception):  # noqa: N818 (a refusal, not an error of ours)
    """A file, or a line of it, is not what its format says. Nothing has been counted.

    `line` and `column` start from 1; `column` is in characters. `shown_line` is the line as
    it may safely be printed (control characters made visible, cut to 120 characters around
    the column), and `caret` the place in `shown_line` of the column, from 0. `sentence` says
    what is wrong and what was expected.
    """

    def __init__(self, sentence: str, *, line: int = 1, raw: bytes = b"", at: int = 0) -> None:
        """Make a refusal of the bytes `raw`, which are line `line`, at their byte `at`."""
        super().__init__(sentence)
        self.sentence = sentence
        self.line = line
        # What follows is cut, perhaps inside a character, so that a huge line costs nothing.
        here = raw[: at + 4 * SHOWN]
        try:
            before, after = here[:at].decode(), here[at:].decode(errors="replace")
        except UnicodeDecodeError:
            before, after = here[:at].decode("latin-1"), here[at:].decode("latin-1")
        self.column = len(before) + 1
        text = visible(before + after)
        start = 0 if self.column <= SHOWN - 20 else self.column - SHOWN // 2
        self.shown_line = text[start : start + SHOWN]
        self.caret = self.column - 1 - start
        if start:
            self.shown_line = "…" + self.shown_line[1:]
        if len(text) > start + SHOWN or len(raw) > at + 4 * SHOWN:
            self.shown_line += "…"

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.sentence}"


class EmptyFile(Unreadable):
    """There is nothing in the file."""


class NotText(Unreadable):
    """The file is not text, or text in an encoding that is not read."""


class UnknownFormat(Unreadable):
    """The file looks like none of the formats that are read."""


class BadHeading(Unreadable):
    """What stands before the ballots (or, in BLT, after them) is not as the format says."""


class BadBallot(Unreadable):
    """One ballot line is not as the format says."""


class Truncated(Unreadable):
    """The file ends before it is complete."""


class TooLarge(Unreadable):
    """A line, a number or a list is larger than any real election's."""


class BadLine(Exception):  # noqa: N818
    """A ballot's text is wrong at `at`: raised by a format's parser, which doesn't know the line.

    For formats in lines `at` counts bytes; for CSV it counts cells.
    """

    def __init__(self, at: int, sentence: str) -> None:
        super().__init__(sentence)
        self.at = at
        self.sentence = sentence


def as_text(raw: bytes) -> str:
    """Return bytes as text: UTF-8 or, where they aren't, Latin-1. Never fails."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def visible(text: str) -> str:
    """Return text with every character that could move the cursor or hide others made visible."""
    return "".join(_visible(c) for c in text)


def _visible(c: str) -> str:
    code = ord(c)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if c.isprintable():
        return c
    return " " if unicodedata.category(c) == "Zs" else "�"
