"""Ballots in each format, written by hand after the format's own description; and short ways."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hustings.core.count import Ballots, reading

BLT = b"""\
# Algorithm 123, 3.1, and OpaVote's extensions
4 2            # candidates, seats
-2
3 1 3 4 0
2 2=4 - 1 0    # a tie, a skipped rank
1 0
1.5 4 0
0
"Ann ""Annie"" Ash"
Ben Beech
"Cy #1"        # a number sign inside is part of the name
"Di"
"The choir's chair"
"""

PREFLIB = b"""\
# FILE NAME: 1.toi
# TITLE: The choir
# DATA TYPE: toi
# NUMBER ALTERNATIVES: 3
# NUMBER VOTERS: 6
# NUMBER UNIQUE ORDERS: 3
# ALTERNATIVE NAME 1: Ann
# ALTERNATIVE NAME 2: Ben
# ALTERNATIVE NAME 3: Cy
3: 1,{2,3}
2: {1,3}
1: 2
"""

PREFLIB_OLD = b"""\
3
1,Ann
2,Ben, of the Mill
3,Cy
6,6,3
3,1,2,3
2,{1,3},2
1,2
"""

ABIF = b"""\
# electowiki, ABIF
{"title": "The choir"}
=A:[Ann Ash]
=B:[Ben Beech]
27: A>B=C
3: [Di Dale]>"Ben Beech"
2: A/5,B/9,C/5
1:
"""

DEBIAN = """\
                       Tally Sheet for the votes cast.
     "V: vote 		HMAC_SHA256_HEX"

     Option 1----->: Raphaël
   /  Option 2---->: Ann
   |/  Option 3--->: None Of The Above
   ||/
V: 213 		00aa
V: -11 		00bb
V: 3-8 		00cc
V: --- 		00dd
V: 213 		00ee
""".encode()

MARGIN = b"""\
0, 1, 2
LAB,LIB,GRN
-+-+-
() : 4
(0,2) : 16
(1,) : 3
(2, 1, 0) : 1
"""

CVR = b"""\
ballot_id,precinct,rank1,rank2,rank3
b1,North,Ben,Ann,
b2,North,Ann,skipped,Ben
b3,"South, upper",Ann|Ben,"Cy ""C"" Clay",
b4,South,#OVERVOTE,,Ann
b5,South,,undervote,
b6,North,Ben,Ann,
"""

RANKS = b"""\
Ann,Ben,Cy,count
2,3,1,40
2,2,1,30
1,2,2,20
,2,1,10
1,1,2,5
"""

EXAMPLES = {
    "blt": BLT,
    "preflib": PREFLIB,
    "abif": ABIF,
    "debian": DEBIAN,
    "margin-irv": MARGIN,
    "csv-cvr": CVR,
    "csv-ranks": RANKS,
}


class Pieces:
    """A source that arrives in pieces of one size."""

    def __init__(self, data: bytes, size: int) -> None:
        self.data, self.size = data, size

    def chunks(self) -> Iterator[bytes]:
        for start in range(0, len(self.data), self.size):
            yield self.data[start : start + self.size]


def read(data: bytes, **how: Any) -> Ballots:
    return reading.read(reading.BytesSource(data), **how)


def rows(data: bytes, **how: Any) -> list[reading.Row]:
    return list(reading.rows(reading.BytesSource(data), **how))


def refused(data: bytes, **how: Any) -> reading.Unreadable:
    """What the reader says when it refuses `data`; it must."""
    try:
        found = read(data, **how)
    except reading.Unreadable as refusal:
        return refusal
    raise AssertionError(f"read as {found}")


def spelled(ballots: Ballots) -> dict[tuple[object, ...], object]:
    """Groups with names in place of numbers: what a person would check."""

    def name(mark: object) -> object:
        if mark == -1:
            return "-"
        if mark == -2:
            return "overvote"
        if isinstance(mark, tuple):
            return tuple(ballots.candidates[i] for i in mark)
        assert isinstance(mark, int)
        return ballots.candidates[mark]

    return {tuple(map(name, ranking)): n for ranking, n in ballots.groups.items()}
