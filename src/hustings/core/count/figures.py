"""Numbers of votes as text, exact and never rounded for show; and names in a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from hustings.core.count.ballots import Weight

_PLAIN: Final = re.compile(r"([+-]?)([0-9]+)(\.[0-9]+)?")


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

    Negative values keep their sign.

    Raises:
        ValueError: `places` is less than 1.
    """
    if places < 1:
        raise ValueError(f"no decimal with {places=}")
    sign = "-" if units < 0 else ""
    whole, part = divmod(abs(units), 10**places)
    return f"{sign}{whole}.{part:0{places}d}"


def grouped(text: str) -> str:
    """Return a printed number with commas between its thousands, and every digit kept.

    What isn't a plain number ("1/3") comes back as it is; nothing is an error.
    """
    match = _PLAIN.fullmatch(text)
    if match is None:
        return text
    sign, whole, part = match.groups()
    return f"{sign}{int(whole):,}{part or ''}"


def spoken(text: str) -> str:
    """Return a printed number for a sentence: `grouped`, and no row of noughts at the end."""
    whole, _, part = text.partition(".")
    return grouped(text if part.strip("0") else whole)


def votes(text: str) -> str:
    """Return a printed number of votes with its noun: "1 vote", "12 votes", "no votes"."""
    number = spoken(text)
    if number == "0":
        return "no votes"
    return f"{number} vote" if number == "1" else f"{number} votes"


def listed(names: Sequence[str], joint: str = "and") -> str:
    """Return names as a sentence lists them: "A", "A and B", "A, B and C"; "" for none."""
    if len(names) <= 1:
        return "".join(names)
    return f"{', '.join(names[:-1])} {joint} {names[-1]}"
