"""Ranked ballots as they were cast, grouped: identical rankings are held once, with a weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain
from typing import Final, TypeAlias

from hustings.core.count.refusals import WeightInvalid

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

    Marks and withdrawn candidates that don't exist are a ValueError: whoever read the file
    went wrong. Weights that can't be counted exactly are refused with WeightInvalid.
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
        if not self.withdrawn <= set(range(len(self.candidates))):
            raise ValueError(f"somebody withdrew who is no candidate: {sorted(self.withdrawn)}")
        self._check_marks()
        self._check_weights()

    def _check_marks(self) -> None:
        # By mark, not by ballot: hundreds of thousands of rankings share a few marks.
        marks = set(chain.from_iterable(self.groups))
        known = {SKIPPED, OVERVOTED, *range(len(self.candidates))}
        for mark in marks:
            if not isinstance(mark, tuple):
                fits = isinstance(mark, int) and mark in known
            else:
                # Ascending and each once, so that an over-vote is written in one way only.
                fits = len(mark) > 1 and all(isinstance(c, int) and c >= 0 for c in mark)
                fits = fits and known.issuperset(mark) and sorted(set(mark)) == list(mark)
            if not fits:
                raise ValueError(f"no rank of these ballots can say {mark!r}")
        if SKIPPED in marks and any(r[-1] == SKIPPED for r in self.groups if r):
            raise ValueError("a ranking never ends in an empty rank")

    def _check_weights(self) -> None:
        # By type, not by ballot: a million groups have one or two types between them.
        kinds = {type(weight) for weight in self.groups.values()} | {type(self.invalid)}
        if not kinds <= {int, Fraction}:
            raise WeightInvalid(
                "Ballots must weigh whole numbers or fractions; floats are not exact."
            )
        if (self.groups and min(self.groups.values()) <= 0) or self.invalid < 0:
            raise WeightInvalid("Every ballot must weigh more than 0.")

    @property
    def total(self) -> Weight:
        """The weight of all ballots: with a ranking, blank and unreadable."""
        return sum(self.groups.values()) + self.invalid

    @property
    def blank(self) -> Weight:
        """The weight of ballots on which nothing is marked."""
        return self.groups.get((), 0)
