"""Quotas: how many votes elect."""

from __future__ import annotations

from fractions import Fraction

from hustings.core.count.ballots import Weight


def droop_quota(votes: Weight, seats: int, *, decimals: int) -> Fraction:
    """Return the least vote that no more than `seats` candidates can reach.

    This is votes / (seats + 1), cut (not rounded) after `decimals` places,
    plus one in the last place.

    Args:
        votes: the value to divide, in votes, >= 0. Under a static quota, every
            valid paper; under the alternative vote, the ballots that still count.
        seats: vacancies to fill, >= 1.
        decimals: decimal places kept; 0 means whole votes.

    Returns:
        The quota in votes, an exact multiple of 10**-decimals.

    Raises:
        ValueError: an argument is outside the ranges above.

    Source: Scottish Local Government Elections Order 2011 (SSI 2011/399), schedule 1,
    rule 47 (with decimals=0). The same rule is numbered 46 in the Order of 2007.
    """
    if votes < 0 or seats < 1 or decimals < 0:
        raise ValueError(f"no quota for {votes=}, {seats=}, {decimals=}")
    unit = Fraction(1, 10**decimals)
    return (Fraction(votes) / (seats + 1) // unit + 1) * unit


def exact_droop_quota(votes: Weight, seats: int) -> Fraction:
    """Return votes / (seats + 1) uncut: a candidate must have *more* than this to be elected.

    Ranges and errors as for `droop_quota`, which is this cut to a number of decimals plus
    one in the last place. Source: spec/count/av.md, paragraph 8.
    """
    if votes < 0 or seats < 1:
        raise ValueError(f"no quota for {votes=}, {seats=}")
    return Fraction(votes) / (seats + 1)
