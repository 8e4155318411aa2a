"""Why a count is refused: one type a reason, each with a whole sentence that says what to do.

Every one of these can be shown to a person as it stands. Nothing is half counted: a
refusal comes instead of a record, never beside one.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches


class CountRefused(Exception):  # noqa: N818  (the design's word: a refusal, not a failure)
    """A count that cannot be made as asked; `sentence` says why and what to do.

    `option` is the option it is about, as the command line spells it, or "".
    """

    option = ""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class CountingRuleUnknown(CountRefused):
    """There is no counting rule of that name."""


class SeatsInvalid(CountRefused):
    """The number of seats is missing, impossible, or not one the counting rule can fill."""

    option = "seats"


class WeightInvalid(CountRefused):
    """A ballot's weight is not one that the counting rule can count."""


class NobodyEligible(CountRefused):
    """No candidate is left who could be elected."""


class OptionInvalid(CountRefused):
    """An option is unknown to the counting rule, or its value cannot be used."""

    def __init__(self, option: str, sentence: str) -> None:
        super().__init__(sentence)
        self.option = option


class UnknownCandidate(CountRefused):
    """An option names somebody who is not among the candidates."""

    def __init__(self, name: str, option: str, candidates: Sequence[str]) -> None:
        near = get_close_matches(name, candidates, n=1, cutoff=0.6)
        hint = f" Did you mean “{near[0]}”?" if near else ""
        super().__init__(
            f"--{option} names “{name}”, who is not among the candidates.{hint}"
            " Give the name exactly as the file has it."
        )
        self.candidate = name
        self.option = option


class TieUnbroken(CountRefused):
    """Candidates are tied, and nothing that was given decides between them.

    `fact` says who is tied for what; `sentence` also says how to decide it.
    """

    option = "tie-order"

    def __init__(self, fact: str, advice: str, *, candidates: Sequence[str], stage: int) -> None:
        super().__init__(f"{fact} {advice}")
        self.fact = fact
        self.candidates = tuple(candidates)
        self.stage = stage


class RecordInvalid(CountRefused):
    """A saved count record is not one: something is missing, or of the wrong kind."""
