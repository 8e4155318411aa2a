"""How a result page says numbers and names: every digit kept, and no name able to do harm."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Final

from markupsafe import Markup, escape

from hustings.core import count as counting

NOBODY: Final = "non-transferable"
"""What pictures and tables call valid votes that no candidate holds (docs/glossary.md)."""

_AFTER = re.compile(r'(.*\S)\s+(?:"([^"]+)"|\(([^()]{9,})\))')


# --- Numbers ----------------------------------------------------------------------------


def grouped(number: object) -> str:
    """Return a number with its thousands apart, every digit kept, and a minus that is one.

    What isn't a plain number ("1/3") keeps its digits as they are.
    """
    text = str(number)
    if text.startswith("-"):
        return f"\N{MINUS SIGN}{counting.grouped(text[1:])}"
    return counting.grouped(text)


def prose(number: str) -> str:
    """Return a number for a sentence: "1914.00000" is 1,914; real decimals stay."""
    whole, _, decimals = number.partition(".")
    return grouped(whole if not decimals.strip("0") else number)


def figure(number: str) -> Markup:
    """Return a number for a table: every decimal is there, and steps back for the eye."""
    shown = grouped(number)
    whole, dot, decimals = shown.partition(".")
    if not dot:
        return escape(shown)
    still = "decimals decimals-zero" if not decimals.strip("0") else "decimals"
    return Markup('{}<span class="{}">.{}</span>').format(whole, still, decimals)


def whole(votes: Fraction) -> str:
    """Return votes cut to whole ones, for pictures; less than one but not none is "<1"."""
    return "<1" if 0 < votes < 1 else f"{int(votes):,}"


def difference(now: str, before: str) -> str:
    """Return `now` less `before`, as exactly as both are written; "" if nothing changed."""
    change = Fraction(now) - Fraction(before)
    if not change:
        return ""
    if "/" in now + before:
        return f"{'+' if change > 0 else ''}{change}"
    with localcontext() as context:
        context.prec = len(now) + len(before) + 2
        return f"{Decimal(now) - Decimal(before):+f}"


def total(numbers: Iterable[str]) -> str:
    """Return the sum of a record's numbers, as exactly as they are written."""
    written = list(numbers)
    found = sum((Fraction(number) for number in written), Fraction(0))
    if any("/" in number for number in written):
        return str(found)
    places = max((len(number.partition(".")[2]) for number in written), default=0)
    sign = "-" if found < 0 else ""
    units = str(int(abs(found) * 10**places)).zfill(places + 1)
    return f"{sign}{units[:-places]}.{units[-places:]}" if places else f"{sign}{units}"


def ordinal(n: int) -> str:
    """Return 1st, 2nd, 3rd, 4th, … 11th, … 21st."""
    ending = "th" if n % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def some(number: str | int, one: str, many: str) -> str:
    """Return a number with its noun: 1 vote, 2 votes, 0.50000 votes."""
    text = str(number)
    return f"{prose(text)} {one if prose(text) == '1' else many}"


# --- Names ------------------------------------------------------------------------------


def shown(name: str) -> str:
    """Return a candidate's name as it may stand on a page: one line, nothing invisible.

    Names come from files by anybody. Line breaks become spaces; characters that XML
    forbids or that turn the line around become the replacement sign, so that they are seen.
    """
    line = " ".join(name.split())
    safe = "".join("\N{REPLACEMENT CHARACTER}" if hidden(sign) else sign for sign in line)
    return safe or "(no name)"


def parted(name: str) -> tuple[str, str]:
    """Return a name and the party or post that ballot papers print after it, "" if none.

    `Ann ASH "Reed Party"` and `Ann Ash (Independent Gardener)` are taken apart; a few signs
    in brackets stay with the name.
    """
    line = shown(name)
    match = _AFTER.fullmatch(line)
    return (match[1], match[2] or match[3]) if match else (line, "")


def short_names(candidates: Sequence[str]) -> dict[str, str]:
    """Return each candidate's name for narrow places: cut, and without its party, as long as
    that tells them all apart; then their places on the ballot paper do."""
    short = {name: cut(parted(name)[0], 36) for name in candidates}
    if len(set(short.values())) == len(short):
        return short
    short = {name: cut(name, 36) for name in candidates}
    seen = Counter(short.values())
    return {
        name: text if seen[text] == 1 else f"{text} [{place}]"
        for place, (name, text) in enumerate(short.items(), 1)
    }


def hidden(sign: str) -> bool:
    """Tell whether a sign can't be seen, or turns around what stands beside it."""
    # The joiners are kept: scripts and emoji are spelt with them.
    kind = unicodedata.category(sign)
    return kind in {"Cc", "Cs", "Cn", "Co"} or (kind == "Cf" and sign not in "\u200c\u200d\u00ad")


def cut(name: str, ems: float) -> str:
    """Return the name, or as much of it as fits into `ems` with an ellipsis.

    The width is an estimate, on the wide side; a picture can't ask the font.
    """
    line = shown(name)
    if width(line) <= ems:
        return line
    kept, used = "", _advance("…")
    for sign in line:
        used += _advance(sign)
        if used > ems:
            break
        kept += sign
    # Neither half an emoji nor a letter without its accent: step back to a whole sign.
    while kept and (unicodedata.combining(line[len(kept)]) or kept[-1] == "\u200d"):
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def width(text: str) -> float:
    """Return roughly how wide a text is, in ems of an ordinary sans-serif."""
    return sum(_advance(sign) for sign in text)


_ADVANCES: Final[Mapping[str, float]] = {
    **dict.fromkeys("ijl'|", 0.25),
    **dict.fromkeys("ftrI.,:;!()[]-/ ", 0.33),
    **dict.fromkeys("cksvxyzJ", 0.52),
    **dict.fromkeys("mwMW@%—…", 0.9),
}
"""Widths of signs that are far from the ordinary, in ems."""


def _advance(sign: str) -> float:
    if unicodedata.combining(sign) or unicodedata.category(sign) in {"Cf", "Mn"}:
        return 0.0
    if unicodedata.east_asian_width(sign) in "WF":
        return 1.15
    return _ADVANCES.get(sign, 0.71 if sign.isupper() else 0.575)


def named(names: Sequence[str]) -> Markup:
    """Return names as a sentence has them, each kept to itself whatever way its script runs."""
    each = [Markup("<bdi>{}</bdi>").format(shown(name)) for name in names]
    if len(each) < 2:
        return Markup("").join(each)
    return Markup("{} and {}").format(Markup(", ").join(each[:-1]), each[-1])
