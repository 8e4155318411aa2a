"""The counting rules there are, and the one way to count by any of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from hustings.core.count import av, plurality, scottish
from hustings.core.count.ballots import Ballots
from hustings.core.count.counted import Counted
from hustings.core.count.options import (
    AvOptions,
    PluralityOptions,
    ScottishOptions,
    TieOptions,
    make,
)
from hustings.core.count.refusals import (
    CountingRuleUnknown,
    OptionInvalid,
    SeatsInvalid,
)


@dataclass(frozen=True, slots=True)
class CountingRule:
    """One counting rule: its name, what a reader should know of it, its options and its count.

    `seats` says whether it fills one seat or as many as asked. `source` is the text that
    it follows. `count` is its own (ballots, seats, options, trace=…): call it through
    `count` below, which checks seats and options first.
    """

    name: str
    title: str
    summary: str
    source: str
    seats: Literal["one", "many"]
    options: type[TieOptions]
    count: Callable[..., Counted]


COUNTING_RULES: Final[Mapping[str, CountingRule]] = {
    rule.name: rule
    for rule in (
        CountingRule(
            name="av",
            title="Alternative vote (instant run-off)",
            summary=(
                "One seat. The candidate with the fewest votes is excluded and those ballots go"
                " to their next choices, until somebody has more than half."
            ),
            source=(
                "Hustings’ own text of instant run-off (spec/count/av.md); over-votes, skipped and"
                " repeated ranks and batches as the certified tabulator RCTab has them"
            ),
            seats="one",
            options=AvOptions,
            count=av.count,
        ),
        CountingRule(
            name="stv-scottish",
            title="Single transferable vote, Scottish council rules",
            summary=(
                "Several seats, in proportion. Votes above the quota move on at a reduced value,"
                " and so do the votes of those excluded; five decimals, the rest cut."
            ),
            source=(
                "Scottish Local Government Elections Order 2011 (SSI 2011/399), schedule 1,"
                " rules 46 to 53, as amended by SSI 2021/437"
            ),
            seats="many",
            options=ScottishOptions,
            count=scottish.count,
        ),
        CountingRule(
            name="plurality",
            title="Plurality (most first choices)",
            summary="One or more seats go to those with the most first choices; one stage.",
            source="Hustings’ own text of it (spec/count/plurality.md)",
            seats="many",
            options=PluralityOptions,
            count=plurality.count,
        ),
    )
}


def counting_rule_named(name: str) -> CountingRule:
    """Return that counting rule, or raise CountingRuleUnknown with the names there are."""
    if name not in COUNTING_RULES:
        raise CountingRuleUnknown(
            f"There is no counting rule “{name}”; there is {', '.join(COUNTING_RULES)}."
        )
    return COUNTING_RULES[name]


def options_for(rule: str, given: Mapping[str, object]) -> TieOptions:
    """Return `rule`'s options from what a command line, a form or a record gives.

    Keys are the options’ names on the command line, without the two dashes:
    "max-skipped", "tie-order"; values are text, numbers, flags or lists of names. A value
    of None or "" counts as not given.

    Raises:
        CountingRuleUnknown: no such rule. OptionInvalid: no such option, or not such a value.
    """
    return make(counting_rule_named(rule).options, rule, given)


def count(
    ballots: Ballots,
    rule: str,
    *,
    seats: int | None = None,
    options: TieOptions | None = None,
    trace: bool = False,
) -> Counted:
    """Count ballots by a counting rule, exactly, and say why at every stage.

    Args:
        ballots: what was cast, grouped.
        rule: a key of COUNTING_RULES.
        seats: how many to elect. None takes what the file says; where it says nothing,
            rules that can fill one seat fill one.
        options: the counting rule's own options; None is every default.
        trace: also return every ballot's path.

    Raises:
        CountRefused: one of its kinds, each with a sentence that says what to do. Nothing
            has been counted then.
    """
    chosen = counting_rule_named(rule)
    settled = _seats(chosen, ballots, seats)
    if options is None:
        options = chosen.options()
    # Each rule takes only its own options: handing over another's is a slip, not a default.
    if not isinstance(options, chosen.options):
        raise OptionInvalid("options", f"These are not options of the counting rule {rule}.")
    return chosen.count(ballots, settled, options, trace=trace)


def _seats(rule: CountingRule, ballots: Ballots, asked: int | None) -> int:
    if asked is not None and asked < 1:
        raise SeatsInvalid(f"--seats must be at least 1; not {asked}.")
    if rule.seats == "one":
        if asked is not None and asked > 1:
            raise SeatsInvalid(
                f"The counting rule {rule.name} fills one seat, not {asked}. Ask for one seat, or"
                " count by stv-scottish or plurality."
            )
        if asked is None and ballots.seats is not None and ballots.seats > 1:
            raise SeatsInvalid(
                f"The file has {ballots.seats} seats and the counting rule {rule.name} fills one."
                " Give --seats 1 to count for one seat, or count by stv-scottish or plurality."
            )
        return 1
    if asked is not None:
        return asked
    if ballots.seats is not None and ballots.seats >= 1:
        return ballots.seats
    if rule.name == "plurality":
        return 1
    raise SeatsInvalid("The file does not say how many seats there are. Give --seats N.")
