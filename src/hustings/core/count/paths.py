"""Every ballot's path: for whom it counted at each stage, and with what value.

Nothing is stored per ballot. A path follows from the ranking and from when each
candidate's votes left, so it is worked out when asked for, by the same reading as the
count's own; a million ballots cost no memory until their paths are written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from hustings.core.count.ballots import Ranking
from hustings.core.count.marks import KINDS, Read


class Paths(Protocol):
    """The paths of all ballots of one count."""

    @property
    def stages(self) -> int:
        """How many stages the count had."""
        ...

    def cells(self, ranking: Ranking) -> tuple[str, ...]:
        """Return one cell a stage: a candidate's name, or in brackets why it counts for nobody.

        Under a transferable vote the value follows the name: "Sean Ryan 0.10178".
        """
        ...


@dataclass(slots=True)
class WholePaths:
    """Paths of ballots that are never divided (the alternative vote, plurality).

    `continuing` holds the candidates who can receive votes at each stage; `read` is the
    reading that the count used. A ballot stays with its holder until the holder leaves,
    and once it counts for nobody it never counts again.
    """

    candidates: tuple[str, ...]
    continuing: tuple[frozenset[int], ...]
    read: Read
    _known: dict[Ranking, tuple[str, ...]] = field(default_factory=dict)

    @property
    def stages(self) -> int:
        """How many stages the count had."""
        return len(self.continuing)

    def cells(self, ranking: Ranking) -> tuple[str, ...]:
        """Return one cell a stage. Spec: spec/count/record.md, paragraph 9."""
        known = self._known.get(ranking)
        if known is None:
            known = self._known[ranking] = self._cells(ranking)
        return known

    def _cells(self, ranking: Ranking) -> tuple[str, ...]:
        if not ranking:
            return ("(blank)",) * len(self.continuing)
        cells: list[str] = []
        total = len(self.continuing)
        while len(cells) < total:
            alive = self.continuing[len(cells)]
            holder = self.read(ranking, alive)
            if holder < 0:
                cells += [f"({KINDS[holder]})"] * (total - len(cells))
                break
            name = self.candidates[holder]
            cells.append(name)
            while len(cells) < total and holder in self.continuing[len(cells)]:
                cells.append(name)
        return tuple(cells)
