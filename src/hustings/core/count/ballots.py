"""Ranked ballots as they were cast, grouped: identical rankings are held once, with a weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, TypeAlias

Weight: TypeAlias = int | Fraction
"""How many ballots say the same, or what they weigh: more than 0, never a float."""

SKIPPED: Final = -1
"""A rank left empty between ranks that were used."""

OVERVOTED: Final = -2
"""A rank with several candidates marked, where the file does not say which."""

Mark: TypeAlias = int | tuple[int, ...]
"""What stands at one rank: a candidate's index, SKIPPED, OVERVOTED, or the indices
(ascending, two or more) of all candidates marked at that rank."""

Ranking: TypeAlias = tuple[Mark, ...]
"""Marks from the first rank down. It never ends in SKIPPED; () is a blank ballot.
A candidate may stand at several ranks: what that means is for the counting rule."""


@dataclass(frozen=True, slots=True)
class Ballots:
    """What a file of ranked ballots says, before any rule has been applied to it.

    `groups` maps a ranking to the weight of all ballots that say exactly that, in the
    order in which each ranking first appears. Blank ballots are the ranking (). `invalid`
    weighs ballots that the file itself marks as unreadable and that have no ranking.
    `ranks` is the number of ranks a voter could use, where the file says (rank columns);
    `seats`, `title` and `withdrawn` likewise are what the file says, if it does.
    """

    candidates: tuple[str, ...]
    groups: Mapping[Ranking, Weight]
    invalid: Weight = 0
    seats: int | None = None
    ranks: int | None = None
    title: str | None = None
    withdrawn: frozenset[int] = frozenset()
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if len(set(self.candidates)) != len(self.candidates):
            raise ValueError("two candidates have the same name")
        if not self.candidates:
            raise ValueError("ballots need at least one candidate")

    @property
    def total(self) -> Weight:
        """The weight of all ballots: with a ranking, blank and unreadable."""
        return sum(self.groups.values()) + self.invalid

    @property
    def blank(self) -> Weight:
        """The weight of ballots on which nothing is marked."""
        return self.groups.get((), 0)
