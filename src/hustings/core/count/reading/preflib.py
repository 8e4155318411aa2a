"""PrefLib's files of orders: .soc and .soi (strict), .toc and .toi (with ties), old and new.

    # TITLE: 2002 Dublin North          the new heading
    # NUMBER ALTERNATIVES: 3
    # NUMBER VOTERS: 5
    # ALTERNATIVE NAME 1: Ann
    ...
    3: 1,{2,3}                          three voters: 1, then 2 and 3 alike
    2: 2

The old heading is a line with the number of alternatives, a line `1,Ann` for each, and a line
of three numbers (voters, sum of counts, different orders); its orders read `3,1,{2,3}`.

Sources: preflib.org, "PrefLib format" (new) and "File format" (old, until 2021).
"""

from __future__ import annotations

import re
from typing import Final

from hustings.core.count.ballots import Ballots, Mark, Ranking, Weight
from hustings.core.count.reading.numbers import (
    MOST_CANDIDATES,
    check_name,
    decoded,
    squeezed,
    weight,
    whole,
)
from hustings.core.count.reading.refusals import (
    BadHeading,
    BadLine,
    TooLarge,
    Truncated,
    as_text,
)
from hustings.core.count.reading.sheet import Sheet
from hustings.core.count.reading.source import Lines

_FIELD: Final = re.compile(rb"#\s*([A-Z ]+?)\s*(\d*)\s*:\s*(.*)")
_PART: Final = re.compile(rb"\s*(?:\{([^{}]*)\}|([^,{}]*?))\s*(?:,|\Z)")
_ORDERS: Final = {b"soc", b"soi", b"toc", b"toi", b""}


class PreflibSheet(Sheet):
    """What the heading of a PrefLib file says."""

    def __init__(
        self, names: tuple[bytes, ...], title: str | None, voters: int | None, separator: bytes
    ) -> None:
        self._names = names
        self._title = title
        self._voters = voters
        self._separator = separator
        self._numbers = {b"%d" % (i + 1): i for i in range(len(names))}

    def parse(self, key: bytes) -> tuple[Ranking, Weight] | None:
        """Read `count: 1,{2,3}` (new) or `count,1,{2,3}` (old)."""
        head, separator, order = key.partition(self._separator)
        if not key.strip() or key.lstrip().startswith(b"#"):
            return None
        how_many = weight(head.strip(), 0)
        if not isinstance(how_many, int):
            raise BadLine(0, "PrefLib counts voters in whole numbers.")
        if not separator:
            raise BadLine(len(key), f"A “{self._separator.decode()}” was expected after the count.")
        at = len(head) + 1
        try:
            ranking: Ranking = tuple(map(self._numbers.__getitem__, order.strip().split(b",")))
        except KeyError:
            ranking = self._slowly(order, at)
        # An order of distinct alternatives is what these files hold: a repeat is a mistake.
        if len(ranking) > 1:
            flat = [m for mark in ranking for m in ((mark,) if isinstance(mark, int) else mark)]
            if len(set(flat)) != len(flat):
                raise BadLine(at, "An alternative stands twice in this order.")
        return ranking, how_many

    def ballots(
        self,
        lines: Lines,
        groups: dict[Ranking, Weight],
        notes: tuple[str, ...],
    ) -> Ballots:
        """Check the number of voters against the heading: too few means a file cut short."""
        total = sum(groups.values())
        if self._voters is not None and total != self._voters:
            sentence = (
                f"The heading says {self._voters:,} voters, but the orders add up to {total:,}"
            )
            if not notes:
                raise Truncated(f"{sentence}: is the file complete?", line=lines.number)
            notes = (*notes, f"{sentence}.")
        names, own_notes = decoded(self._names)
        return Ballots(
            candidates=tuple(names), groups=groups, title=self._title, notes=own_notes + notes
        )

    def _slowly(self, order: bytes, start: int) -> Ranking:
        if not order.strip():
            return ()
        ranking: list[Mark] = []
        at = 0
        while at <= len(order):
            found = _PART.match(order, at)
            if found is None:
                at += len(order[at:]) - len(order[at:].lstrip())
                raise BadLine(start + at, "An alternative's number, or several in {}, expected.")
            tied, alone = found.groups()
            group = 2 if tied is None else 1
            where = start + found.start(group)
            text = alone if tied is None else tied
            marks = sorted({self._number(part, where) for part in text.split(b",")})
            ranking.append(marks[0] if len(marks) == 1 else tuple(marks))
            if len(marks) != text.count(b",") + 1:
                raise BadLine(where, "An alternative stands twice in this order.")
            if not found[0].endswith(b","):
                break
            at = found.end()
        return tuple(ranking)

    def _number(self, part: bytes, at: int) -> int:
        number = whole(part.strip(), MOST_CANDIDATES)
        if number is None or not 0 < number <= len(self._names):
            raise BadLine(
                at,
                f"An alternative's number from 1 to {len(self._names)} was expected here, not "
                f"“{as_text(part.strip())[:24]}”.",
            )
        return number - 1


def begin(lines: Lines) -> PreflibSheet:
    """Read the heading, old or new."""
    while (line := lines.next()) is not None:
        if not line.strip():
            continue
        lines.back(line)
        return _new(lines) if line.startswith(b"#") else _old(lines)
    raise Truncated("The file has no heading.", line=lines.number)


def _new(lines: Lines) -> PreflibSheet:
    names: dict[int, bytes] = {}
    count: int | None = None
    voters: int | None = None
    title: str | None = None
    while (line := lines.next()) is not None:
        found = _FIELD.match(line)
        if found is None:
            if not line.strip() or line.startswith(b"#"):
                continue
            lines.back(line)
            break
        field, number, value = found[1], found[2], found[3].strip()
        at = found.start(3)
        if field == b"ALTERNATIVE NAME":
            _add_name(names, number, value, lines.number, line)
        elif field == b"NUMBER ALTERNATIVES":
            count = _limited(value, lines.number, line, at)
        elif field == b"NUMBER VOTERS" and value.isdigit() and len(value) < 16:
            voters = int(value)
        elif field == b"TITLE" and value:
            title = as_text(squeezed(value))[:200]
        elif field == b"DATA TYPE" and value.lower() not in _ORDERS:
            raise BadHeading(
                f"PrefLib's type “{as_text(value)[:20]}” is not ranked ballots: soc, soi, toc "
                "and toi are.",
                line=lines.number,
                raw=line,
                at=at,
            )
    if count is None:
        raise BadHeading(
            "The heading has no line “# NUMBER ALTERNATIVES: …”.", line=max(lines.number, 1)
        )
    return PreflibSheet(_complete(names, count, lines), title, voters, b":")


def _old(lines: Lines) -> PreflibSheet:
    first = lines.next() or b""
    count = _limited(first.strip(), lines.number, first, 0)
    names: dict[int, bytes] = {}
    while len(names) < count and (line := lines.next()) is not None:
        number, comma, name = line.partition(b",")
        if not comma or not number.strip().isdigit():
            raise BadHeading(
                f"The name of alternative {len(names) + 1} was expected here, as in “1,Ann”.",
                line=lines.number,
                raw=line,
            )
        _add_name(names, number.strip(), name.strip(), lines.number, line)
    complete = _complete(names, count, lines)
    line = lines.next()
    numbers = (line or b"").split(b",")
    if line is None or len(numbers) != 3 or not all(n.strip().isdigit() for n in numbers):
        kind = Truncated if line is None else BadHeading
        raise kind(
            "Three numbers were expected here: voters, sum of counts, different orders.",
            line=lines.number,
            raw=line or b"",
        )
    voters = int(numbers[1].strip()[:16])
    return PreflibSheet(complete, None, voters, b",")


def _limited(value: bytes, number: int, line: bytes, at: int) -> int:
    count = whole(value, MOST_CANDIDATES)
    if not count:
        kind = TooLarge if value.isdigit() and count is None else BadHeading
        raise kind(
            f"The number of alternatives must be from 1 to {MOST_CANDIDATES:,}.",
            line=number,
            raw=line,
            at=at,
        )
    return count


def _add_name(
    names: dict[int, bytes], number: bytes, name: bytes, line_number: int, line: bytes
) -> None:
    at = max(line.rfind(name), 0)
    try:
        index = whole(number, MOST_CANDIDATES)
        if not index:
            raise BadLine(0, f"An alternative's number must be from 1 to {MOST_CANDIDATES:,}.")
        name = check_name(squeezed(name), at)
        if index in names:
            raise BadLine(0, f"Alternative {index} has been named already.")
        if name in names.values():
            raise BadLine(at, "Two alternatives have this name: they can't be told apart.")
        names[index] = name
    except BadLine as bad:
        raise BadHeading(bad.sentence, line=line_number, raw=line, at=bad.at) from None


def _complete(names: dict[int, bytes], count: int, lines: Lines) -> tuple[bytes, ...]:
    missing = [i for i in range(1, count + 1) if i not in names]
    if missing or len(names) != count:
        raise BadHeading(
            f"{count} alternatives are announced, but {len(names)} are named"
            + (f": number {missing[0]} is missing." if missing else "."),
            line=max(lines.number, 1),
        )
    return tuple(names[i] for i in range(1, count + 1))
