"""Whom a ballot counts for when some candidates are out: over-votes, skipped and repeated ranks.

A ballot is read from its first rank down, afresh, whenever its holder leaves; so an
over-vote is judged by who is continuing at that moment. Follows the certified tabulator
RCTab. Spec: spec/count/av.md, paragraphs 2 to 6.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import Final, TypeAlias

from hustings.core.count.ballots import OVERVOTED, SKIPPED, Ranking
from hustings.core.count.options import Overvote, Repeat

EXHAUSTED: Final = -1
OUT_BY_OVERVOTE: Final = -2
OUT_BY_SKIPS: Final = -3
OUT_BY_REPEAT: Final = -4

KINDS: Final = {
    EXHAUSTED: "exhausted",
    OUT_BY_OVERVOTE: "overvoted",
    OUT_BY_SKIPS: "skipped",
    OUT_BY_REPEAT: "repeated",
}
"""The four reasons why a ballot counts for nobody any more."""

Read: TypeAlias = Callable[[Ranking, Set[int]], int]
"""Takes a ranking and the continuing candidates; returns one of them, or a key of KINDS."""


def reader(
    candidates: int,
    *,
    overvote: Overvote,
    max_skipped: int | None = None,
    repeat: Repeat = "skip",
    max_rankings: int | None = None,
) -> Read:
    """Return the function that reads one ranking under these options.

    `candidates` is how many there are on the paper; `max_skipped` None is no limit;
    `max_rankings` None reads every rank.
    """
    on_paper = frozenset(range(candidates))
    watch_repeats = repeat == "exhaust"

    def read_all(ranking: Ranking, continuing: Set[int]) -> int:
        gap = 0
        seen: set[int] = set()
        for mark in ranking[:max_rankings]:
            if mark == SKIPPED:
                gap += 1
                continue
            if max_skipped is not None and gap > max_skipped:
                return OUT_BY_SKIPS
            gap = 0
            named = mark if isinstance(mark, tuple) else () if mark == OVERVOTED else (mark,)
            if watch_repeats:
                if not seen.isdisjoint(named):
                    return OUT_BY_REPEAT
                seen.update(named)
            if len(named) == 1:
                if named[0] in continuing:
                    return named[0]
            elif overvote == "exhaust":
                return OUT_BY_OVERVOTE
            elif overvote == "exhaust-if-multiple-continuing":
                # Where the file does not say who was marked, nobody can say that only one
                # of them continues: such a mark never gives anybody a vote.
                still = [c for c in named if c in continuing]
                if len(still) > 1 or mark == OVERVOTED:
                    return OUT_BY_OVERVOTE
                if still:
                    return still[0]
        return EXHAUSTED

    def read(ranking: Ranking, continuing: Set[int]) -> int:
        # The same answer as read_all, sooner: nearly every ballot has only plain marks.
        if max_rankings is not None or (watch_repeats and len(set(ranking)) != len(ranking)):
            return read_all(ranking, continuing)
        for mark in ranking:
            if mark in continuing:
                return mark  # type: ignore[return-value]
            if mark not in on_paper:
                return read_all(ranking, continuing)
        return EXHAUSTED

    return read
