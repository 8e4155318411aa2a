"""Candidates that a file names only in its ballots: numbered as met, put in order at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hustings.core.count.ballots import Ranking
from hustings.core.count.reading.numbers import MOST_CANDIDATES, check_name, decoded
from hustings.core.count.reading.refusals import BadLine
from hustings.core.count.reading.sheet import renumbering


class Roster:
    """The candidates met so far.

    The order of first appearance would change with the order of the ballots, and with it
    whatever a counting rule does "in the order of the list". So candidates that were not
    declared are listed by name, by code point: the same for every order of the same ballots.
    """

    def __init__(self) -> None:
        self.names: list[bytes] = []

    def add(self, name: bytes, at: int = 0) -> int:
        """Return the number of a new candidate.

        Raises:
            BadLine: the name can't be shown, or there are more than 1,000.
        """
        if len(self.names) >= MOST_CANDIDATES:
            raise BadLine(at, f"There are more than {MOST_CANDIDATES:,} candidates.")
        self.names.append(check_name(name, at))
        return len(self.names) - 1

    def final(
        self, declared: Sequence[int] = ()
    ) -> tuple[tuple[str, ...], Callable[[Ranking], Ranking], tuple[str, ...]]:
        """Return the names in their final order, how rankings change to it, and notes."""
        texts, notes = decoded(self.names)
        first = dict.fromkeys(declared)
        others = sorted((i for i in range(len(texts)) if i not in first), key=texts.__getitem__)
        order = [*first, *others]
        places = [0] * len(order)
        for place, index in enumerate(order):
            places[index] = place
        return tuple(texts[i] for i in order), renumbering(places), notes
