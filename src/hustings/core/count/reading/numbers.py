"""Numbers and names as files write them, within limits that no real election reaches."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from hustings.core.count.ballots import SKIPPED, Ranking, Weight
from hustings.core.count.reading.refusals import BadLine

MOST_CANDIDATES: Final = 1000
"""A stage table has candidates times stages cells: a thousand candidates make a million."""

MOST_SEATS: Final = MOST_CANDIDATES
LONGEST_NAME: Final = 400

_WEIGHT: Final = re.compile(rb"(\d{1,15})(?:\.(\d{1,12}))?")
_CONTROL: Final = re.compile(
    rb"[\x00-\x1f\x7f]|\xc2[\x80-\x9f]"  # control characters
    rb"|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]"  # what ends lines or turns their direction
    rb"|\xe2\x80\x8b|\xe2\x81\xa0|\xef\xbb\xbf"  # what has no width and no purpose in a name
)


def weight(text: bytes, at: int) -> Weight:
    """Return how many ballots `text` says: digits, perhaps with a decimal point, more than 0.

    Raises:
        BadLine: at `at`, if it is no such number, or has more than 15 digits before or 12
            after the point.
    """
    found = _WEIGHT.fullmatch(text)
    if found is None:
        shown = text[:24].decode("latin-1")
        if text.startswith(b"-") and text[1:].isdigit():
            raise BadLine(at, f"The count of ballots is negative: {shown}.")
        if text.replace(b".", b"", 1).isdigit():
            raise BadLine(
                at, "The count of ballots has more than 15 digits, or 12 after the point."
            )
        raise BadLine(at, f"A count of ballots was expected here, such as 1, not “{shown}”.")
    whole, part = found.groups()
    value: Weight = int(whole)
    if part is not None:
        exact = Fraction(int(whole + part), 10 ** len(part))
        value = exact.numerator if exact.denominator == 1 else exact
    if not value:
        raise BadLine(at, "The count of ballots is 0: leave the line out, or say how many.")
    return value


def whole(text: bytes, most: int) -> int | None:
    """Return the whole number that `text` is, if it is one from 0 to `most`; None otherwise."""
    if not text.isdigit() or len(text) > 9:
        return None
    value = int(text)
    return value if value <= most else None


def squeezed(name: bytes) -> bytes:
    """Return a name with every run of spaces, tabs and line ends made one space.

    The space that doesn't break, which spreadsheets like to put in, is a space too.
    """
    return b" ".join(name.replace(b"\xc2\xa0", b" ").split())


def check_name(name: bytes, at: int) -> bytes:
    """Return a candidate's name as it is, if it can be shown and told apart from nothing.

    Raises:
        BadLine: at `at`, if it is empty, longer than 400 bytes, or has control characters, or
            others that nobody sees and that make two names look like one.
    """
    if not name.decode(errors="replace").strip():
        raise BadLine(at, "A candidate's name was expected here, and there is none.")
    if len(name) > LONGEST_NAME:
        raise BadLine(at, f"A candidate's name is longer than {LONGEST_NAME} bytes.")
    if _CONTROL.search(name):
        raise BadLine(
            at, "There is a control character, or one that nobody sees, in a candidate's name."
        )
    return name


def decoded(names: Iterable[bytes]) -> tuple[list[str], tuple[str, ...]]:
    """Return different names as different texts, and a note if some are not UTF-8.

    Those are read as Windows-1252, which is what files of Western offices are when they are
    not UTF-8 (and what Latin-1 mostly means); bytes that have no meaning there are spelt out.
    """
    raw = list(names)
    try:
        return [n.decode() for n in raw], ()
    except UnicodeDecodeError:
        pass
    found: dict[str, None] = {}
    for name in raw:
        try:
            text = name.decode()
        except UnicodeDecodeError:
            text = " ".join(name.decode("cp1252", "backslashreplace").split()) or "?"
        again = text
        n = 1
        while again in found:
            n += 1
            again = f"{text} ({n})"
        found[again] = None
    return list(found), ("Some names are not UTF-8; they were read as Windows-1252 (Latin-1).",)


def without_last_skips(ranking: Ranking) -> Ranking:
    """Return a ranking that doesn't end in SKIPPED."""
    end = len(ranking)
    while end and ranking[end - 1] == SKIPPED:
        end -= 1
    return ranking[:end] if end < len(ranking) else ranking
