"""The count record: what a count did, stage by stage, and what it came to.

Every number is a string, exactly as the counting rule rounds it. The JSON form is a
contract: spec/count/record.md and spec/cli/count.schema.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

TieMethod = Literal["order", "earlier", "lot", "immaterial"]


@dataclass(frozen=True, slots=True)
class Tie:
    """Candidates with equal votes where the counting rule had to choose among them.

    `purpose` says what the choice was for: "exclusion", "surplus" or "election".
    `how` says what broke it: "earlier" stages, the stated "order", a "lot" from the
    published seed, or "immaterial" where every order leads to the same end.
    """

    candidates: tuple[str, ...]
    chosen: tuple[str, ...]
    purpose: str
    how: TieMethod
    sentence: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Votes that left one candidate in a stage, and where they went.

    `to` has the candidates who received votes; what did not go to anyone is in
    `non_transferable` (votes), and what truncation lost is in `rounding_loss`.
    """

    source: str
    to: Mapping[str, str]
    non_transferable: str = "0"
    rounding_loss: str = "0"
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Inactive:
    """Votes that count for nobody any more, by the reason (RCTab's four kinds), in votes."""

    exhausted: str = "0"
    overvoted: str = "0"
    skipped: str = "0"
    repeated: str = "0"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a count: what was done, to whom, why, and the state it left.

    `tallies` lists every candidate, in the order of the ballot paper. `why` is a whole
    sentence for the page; `paragraph` names the counting rule's own text that asked for it.
    """

    number: int
    action: str
    tallies: Mapping[str, str]
    non_transferable: str
    rounding_loss: str
    quota: str | None
    elected: tuple[str, ...]
    excluded: tuple[str, ...]
    transfers: tuple[Transfer, ...]
    ties: tuple[Tie, ...]
    why: str
    paragraph: str
    inactive: Inactive = Inactive()
    after_last: bool = False


@dataclass(frozen=True, slots=True)
class CountRecord:
    """The whole of a count: how, of which ballots, its stages, and who was elected, in order."""

    rule: str
    options: Mapping[str, Any]
    seats: int
    candidates: tuple[str, ...]
    total: str
    valid: str
    blank: str
    invalid: str
    quota: str | None
    stages: tuple[Stage, ...]
    elected: tuple[str, ...]
    title: str | None = None
    withdrawn: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    pairwise: Mapping[str, Mapping[str, str]] | None = None
    sections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
