"""The text of the margin-irv project: two heading lines, then `(order) : count`.

    0, 1, 2            the candidates' ids
    NLT,LIB,CDP        their labels (parties, as a rule)
    -+-+-+-+-
    () : 186           186 ballots with no mark
    (0,2) : 16         16 ballots: id 0, then id 2

The project gives no names. A candidate is called by the label; where labels repeat (in San
Francisco 2007 every one is IND), by id and label, `7 (IND)`, so that each can be told apart.

Source: the layout notes beside the files, and the files of github.com/michelleblom/margin-irv.
"""

from __future__ import annotations

import re
from typing import Final

from hustings.core.count.ballots import Ranking, Weight
from hustings.core.count.reading.numbers import (
    MOST_CANDIDATES,
    check_name,
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

_LINE: Final = re.compile(rb"\s*\(([^()]*)\)\s*:\s*(\S+)\s*")
_RULE: Final = re.compile(rb"[-+=\s]+")


class MarginSheet(Sheet):
    """The candidates of a margin-irv file."""

    def __init__(self, ids: tuple[bytes, ...], names: tuple[bytes, ...]) -> None:
        self._ids = {id_: i for i, id_ in enumerate(ids)}
        self._candidates = names

    def parse(self, key: bytes) -> tuple[Ranking, Weight] | None:
        """Read `(order) : count`."""
        found = _LINE.fullmatch(key)
        if found is None:
            if not key.strip():
                return None
            raise BadLine(0, "A line such as “(0,2) : 16” was expected: an order and its count.")
        how_many = weight(found[2], found.start(2))
        order = found[1].strip()
        if order.endswith(b","):  # a list of one, as Python writes it: (7,)
            order = order[:-1]
        if not order:
            return (), how_many
        ranking = []
        for part in order.split(b","):
            index = self._ids.get(part.strip())
            if index is None:
                raise BadLine(
                    found.start(1) + max(found[1].find(part), 0),
                    f"“{as_text(part.strip())[:24]}” is not one of the ids in the first line.",
                )
            ranking.append(index)
        return tuple(ranking), how_many


def begin(lines: Lines) -> MarginSheet:
    """Read the ids and the labels."""
    id_line = _next(lines, "The candidates' ids were expected here, as in “0, 1, 2”.")
    ids = tuple(part.strip() for part in id_line.split(b","))
    if len(ids) > MOST_CANDIDATES:
        raise TooLarge(
            f"There are more than {MOST_CANDIDATES:,} candidates.", line=lines.number, raw=id_line
        )
    for id_ in ids:
        if whole(id_, 10**9) is None or ids.count(id_) > 1:
            raise BadHeading(
                "The candidates' ids were expected here, each once, as in “0, 1, 2”.",
                line=lines.number,
                raw=id_line,
                at=max(id_line.find(id_), 0),
            )
    label_line = _next(lines, "The candidates' labels were expected here, as in “LAB,LIB”.")
    labels = tuple(squeezed(part) for part in label_line.split(b","))
    if len(labels) != len(ids):
        raise BadHeading(
            f"There are {len(ids)} ids above, but {len(labels)} labels here.",
            line=lines.number,
            raw=label_line,
        )
    if len(set(labels)) < len(labels):
        labels = tuple(b"%s (%s)" % pair for pair in zip(ids, labels, strict=True))
    for label in labels:
        try:
            check_name(label, 0)
        except BadLine as bad:
            raise BadHeading(bad.sentence, line=lines.number, raw=label_line) from None
    line = lines.next()
    if line is not None and not _RULE.fullmatch(line):
        lines.back(line)
    return MarginSheet(ids, labels)


def _next(lines: Lines, expected: str) -> bytes:
    while (line := lines.next()) is not None:
        if line.strip():
            return line
    raise Truncated(expected, line=lines.number)
