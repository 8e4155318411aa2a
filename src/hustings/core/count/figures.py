"""Numbers of votes as text: exact, never rounded for show."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from hustings.core.count.ballots import Weight


def exact(number: Weight) -> str:
    """Return `number` exactly: whole, as a decimal that ends, or else as "p/q"."""
    value = Fraction(number)
    if value.denominator == 1:
        return str(value.numerator)
    rest, places = value.denominator, 0
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest //= prime
            power += 1
        places = max(places, power)
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    return decimal(int(value * 10**places), places)


def decimal(units: int, places: int) -> str:
    """Return `units` x 10**-`places` with exactly that many decimals: (190500000, 5) is 1905.00000.

    Negative values keep their sign; `places` must be 1 or more.
    """
    sign = "-" if units < 0 else ""
    whole, part = divmod(abs(units), 10**places)
    return f"{sign}{whole}.{part:0{places}d}"


def spoken(text: str) -> str:
    """Return a printed number for a sentence: thousands apart, and no row of noughts at the end."""
    whole, dot, part = text.partition(".")
    if "/" in whole:
        return text
    grouped = f"{int(whole):,}" if whole not in ("", "-") else whole
    return grouped if not part.strip("0") else f"{grouped}{dot}{part}"


def votes(text: str) -> str:
    """Return a printed number with its noun: "1 vote", "12 votes", "no votes"."""
    number = spoken(text)
    if number == "0":
        return "no votes"
    return f"{number} vote" if number == "1" else f"{number} votes"


def listed(names: Sequence[str], joint: str = "and") -> str:
    """Return names as a sentence lists them: "A", "A and B", "A, B and C"."""
    if len(names) <= 1:
        return "".join(names)
    return f"{', '.join(names[:-1])} {joint} {names[-1]}"
