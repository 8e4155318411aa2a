"""Breaking ties: by earlier stages, a stated order, or a lot; never by the order of the file.

Where nothing that was given decides, the count is refused with a sentence that says what
to give. The one exception is a tie where every choice leads to the same end. Spec:
spec/count/ties.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from hustings.core.count import lot
from hustings.core.count.ballots import Weight
from hustings.core.count.figures import listed, spoken, votes
from hustings.core.count.options import TieOptions, order_of
from hustings.core.count.record import Tie
from hustings.core.count.refusals import TieUnbroken

Purpose = Literal["exclusion", "surplus", "election"]

# For each purpose: does the choice fall on the most or the fewest votes, and the words for it.
_SEEKS_MOST = {"exclusion": False, "surplus": True, "election": True}
_OUTCOME = {
    "exclusion": "is excluded",
    "surplus": "has the surplus that is transferred first",
    "election": "is elected",
}
_NEED = {
    "exclusion": "one must be excluded",
    "surplus": "one surplus must be transferred first",
    "election": "one must be elected",
}
_ORDERED = {
    "exclusion": "those named last go first",
    "surplus": "those named first go first",
    "election": "those named first are elected first",
}


@dataclass(frozen=True, slots=True)
class TieBreaker:
    """Chooses one of several candidates with equal votes, as the options say.

    `show` prints votes as the counting rule does. `earlier_first` is True for those whose
    text sends every tie to the earlier stages before anything else.
    """

    options: TieOptions
    candidates: tuple[str, ...]
    order: tuple[int, ...]
    show: Callable[[Weight], str]
    earlier_first: bool = False

    @classmethod
    def of(
        cls,
        options: TieOptions,
        candidates: tuple[str, ...],
        show: Callable[[Weight], str],
        *,
        earlier_first: bool = False,
    ) -> TieBreaker:
        """Return a tie breaker, with the stated order looked up among the candidates."""
        order = order_of(options.tie_order, candidates)
        return cls(options, candidates, order, show, earlier_first)

    def choose(
        self,
        tied: Sequence[int],
        purpose: Purpose,
        history: Sequence[Sequence[Weight]],
        *,
        immaterial: bool = False,
    ) -> tuple[int, Tie]:
        """Return the candidate whom the choice falls on, and how it came to be.

        Args:
            tied: two or more candidates with equal votes, in the order of the ballot paper.
            purpose: what the choice is for. The one chosen is excluded, elected, or has
                the surplus transferred first.
            history: every candidate's votes at the end of each stage so far; the last is
                the stage at whose end they are tied.
            immaterial: True if the caller knows that every choice leads to the same end.

        Raises:
            TieUnbroken: nothing that was given decides.
        """
        stage = len(history)
        names = [self.candidates[c] for c in tied]
        shown = votes(self.show(history[-1][tied[0]]))
        opening = f"{listed(names)} have {shown} each"
        left = list(tied)

        if self.earlier_first or self.options.tie == "earlier":
            left, trail = self._narrow(left, history, most=_SEEKS_MOST[purpose])
            if len(left) == 1:
                name = self.candidates[left[0]]
                sentence = f"{opening}. {trail}, so {name} {_OUTCOME[purpose]}."
                return left[0], self._tie(names, left[0], purpose, "earlier", sentence)
            if trail:
                opening += f". {trail}, and earlier stages do not separate them"
            elif stage > 1:
                opening += ", and had equal votes at every stage before"
        if self.options.tie != "lot" and set(left) <= set(self.order):
            ranked = [c for c in self.order if c in left]
            # First named is best off: kept when one must go, taken when one may win.
            chosen = ranked[0] if _SEEKS_MOST[purpose] else ranked[-1]
            stands = "first" if _SEEKS_MOST[purpose] else "last"
            name = self.candidates[chosen]
            sentence = (
                f"{opening}. Of them, {name} stands {stands} in the stated order,"
                f" so {name} {_OUTCOME[purpose]}."
            )
            return chosen, self._tie(names, chosen, purpose, "order", sentence)
        if self.options.seed is not None:
            name = lot.drawn(self.options.seed, stage, [self.candidates[c] for c in left])[0]
            sentence = (
                f"{opening}. The lot from the published seed, for stage {stage},"
                f" drew {name}, so {name} {_OUTCOME[purpose]}."
            )
            chosen = next(c for c in left if self.candidates[c] == name)
            return chosen, self._tie(names, chosen, purpose, "lot", sentence)
        if immaterial:
            name = self.candidates[left[0]]
            sentence = (
                f"{opening}. All of them would be excluded, one after another, in whatever"
                f" order, and there is no vote to transfer; {name} stands first on the"
                f" ballot paper and {_OUTCOME[purpose]} first."
            )
            return left[0], self._tie(names, left[0], purpose, "immaterial", sentence)
        best = [self.candidates[c] for c in left]
        raise TieUnbroken(
            f"At the end of stage {stage}, {opening}, and {_NEED[purpose]}.",
            f'Give an order, such as --tie-order "{",".join(best)}" ({_ORDERED[purpose]}), or a'
            " published seed for a lot with --seed TEXT.",
            candidates=best,
            stage=stage,
        )

    def _narrow(
        self, tied: list[int], history: Sequence[Sequence[Weight]], *, most: bool
    ) -> tuple[list[int], str]:
        """Go back stage by stage, keeping those with the most (or fewest) votes at each.

        Returns those still tied, and the stages that told them apart, in words.
        """
        extreme = "most" if most else "fewest"
        trail: list[str] = []
        for number in range(len(history) - 1, 0, -1):
            tallies = history[number - 1]
            held = [tallies[c] for c in tied]
            mark = max(held) if most else min(held)
            kept = [c for c in tied if tallies[c] == mark]
            if len(kept) < len(tied):
                tied = kept
                names = listed([self.candidates[c] for c in tied])
                of = "those" if trail else "them"
                at = "at" if trail else "At"
                trail.append(
                    f"{at} stage {number} {names} had the {extreme} of {of}"
                    f" ({spoken(self.show(mark))})"
                )
            if len(tied) == 1:
                break
        return tied, "; ".join(trail)

    def _tie(
        self,
        names: Sequence[str],
        chosen: int,
        purpose: Purpose,
        how: Literal["order", "earlier", "lot", "immaterial"],
        sentence: str,
    ) -> Tie:
        return Tie(tuple(names), (self.candidates[chosen],), purpose, how, sentence)
