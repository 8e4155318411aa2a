"""What the columns of cast vote records are called, in the many ways that files call them."""

from __future__ import annotations

import re
from typing import Final

_RANK: Final = re.compile(
    r"(?:rank|ranking|ranked|choice|preference|pref)(\d{1,4})"
    r"|(\d{1,4})(?:st|nd|rd|th)?(?:rank|ranking|choice|preference|pref)"
)
_WORDS: Final = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
)
IDS: Final = {"ballotid", "ballot", "cvrid", "cvrnumber", "recordid", "id"}
WEIGHTS: Final = {"weight", "count", "counts", "#", "votes", "ballots"}
"""Columns that name a ballot, and columns that say how many a line stands for: plainly."""


def plainly(column: str) -> str:
    """Return a column's name without capitals, spaces, dots, dashes and underscores."""
    return re.sub(r"[\s_.\-]+", "", column.lower())


def rank_of(column: str) -> int | None:
    """Return the rank that a column's name means: 2 for `rank2`, `Choice 2`, `2nd preference`."""
    plain = plainly(column)
    found = _RANK.fullmatch(plain)
    if found:
        return int(found[1] or found[2])
    for i, word in enumerate(_WORDS):
        if plain in (f"{word}choice", f"{word}preference", f"{word}rank"):
            return i + 1
    return None
