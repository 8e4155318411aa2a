"""ABIF, the aggregated ballot information format of Electorama.

    {"title": "Capital of Tennessee"}
    =Memph:[Memphis, TN]
    =Nash:[Nashville, TN]
    42:Memph>Nash>[Chattanooga, TN]=Knox
    26:Nash/400,Memph/200

`>` is preferred to, `=` equal to. Scores follow a `/`: they make the order only where a line
has nothing but commas; otherwise the order written stands, and scores are left aside.

Sources: electowiki, "ABIF"; github.com/electorama/abif, draft 1 and abif-v0.31.ebnf.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from hustings.core.count.ballots import Ballots, Mark, Ranking, Weight
from hustings.core.count.reading.numbers import check_name, squeezed, weight
from hustings.core.count.reading.refusals import BadBallot, BadLine
from hustings.core.count.reading.roster import Roster
from hustings.core.count.reading.sheet import Sheet
from hustings.core.count.reading.source import Lines

_COUNT: Final = re.compile(rb"\s*([-+\w.]+)\s*[:*]")
_DECLARED: Final = re.compile(
    rb'\s*(=?)\s*(?:\[([^\[\]]*)\]|"([^"]*)"|([^\s\[\]":#>=,/*]+))\s*:\s*'
    rb"(?:\[([^\[\]]*)\]|\"([^\"]*)\"|([^\[\]\"#]*?))\s*(?:#.*)?"
)
_CANDIDATE: Final = re.compile(
    rb'\s*(?:\[([^\[\]]*)\]|"([^"]*)"|([^\[\]"#>=,/*:{}]*[^\[\]"#>=,/*:{}\s]))\s*'
    rb"(?:/\s*(-?\d{1,9}(?:\.\d{1,9})?)\s*)?"
)
_HEADER: Final = re.compile(rb"\s*ABIF\b\s*[\d.]*\s*")


class AbifSheet(Sheet):
    """Candidates as they are declared and met; ABIF may declare them anywhere, or not at all."""

    meets_candidates = True

    def __init__(self) -> None:
        self._roster = Roster()
        self._declared: list[int] = []
        self._called: dict[bytes, int] = {}  # token or name -> candidate
        self._title: str | None = None
        self._scores_left = False

    def parse(self, key: bytes) -> tuple[Ranking, Weight] | None:
        """Read a line of any kind; only votes are returned."""
        line = key.strip()
        if not line or line.startswith(b"#"):
            return None
        header = _HEADER.match(line)
        if header is not None and (header.end() == len(line) or line[header.end()] == ord("{")):
            line = line[header.end() :]
        if not line or line.startswith(b"{"):
            self._metadata(line)
            return None
        counted = _COUNT.match(key)
        if counted is not None and (counted[1][:1].isdigit() or counted[1][:1] in b"-+."):
            how_many = weight(counted[1], counted.start(1))
            return self._vote(key, counted.end()), how_many
        declared = _DECLARED.fullmatch(key)
        if declared is None:
            raise BadLine(
                0,
                "A vote such as “27: A>B=C”, a candidate such as “=A: [Alice]” or metadata in "
                "{} was expected.",
            )
        self._declare(declared)
        return None

    def ballots(
        self, lines: Lines, groups: dict[Ranking, Weight], notes: tuple[str, ...]
    ) -> Ballots:
        """Put declared candidates first, as declared; the others after them, by name."""
        if not self._roster.names:
            raise BadBallot("There is no candidate in this file.", line=max(lines.number, 1))
        names, renumber, own_notes = self._roster.final(self._declared)
        others = len(names) - len(set(self._declared))
        if self._declared and others:
            own_notes += (f"{others} of the candidates are in ballots but not declared.",)
        if self._scores_left:
            own_notes += ("Scores beside an order written with > or = were left aside.",)
        return Ballots(
            candidates=names,
            groups={renumber(ranking): n for ranking, n in groups.items()},
            title=self._title,
            notes=own_notes + notes,
        )

    def settled(self) -> Callable[[Ranking], Ranking]:
        """Return how numbers as met become final ones."""
        return self._roster.final(self._declared)[1]

    def _metadata(self, line: bytes) -> None:
        if not line:
            return
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            raise BadLine(0, 'Metadata in {} was expected, as in {"title": "…"}.') from None
        title = said.get("title") if isinstance(said, dict) else None
        if isinstance(title, str) and title.strip():
            self._title = " ".join(title.split())[:200]

    def _declare(self, found: re.Match[bytes]) -> None:
        token = squeezed(found[2] or found[3] or found[4] or b"")
        name = squeezed(found[5] or found[6] or found[7] or token)
        check_name(token, found.start())
        check_name(name, found.start())
        index = self._called.get(token)
        if index is None:
            if name in self._called:
                raise BadLine(found.start(), "This name is already that of another candidate.")
            index = self._roster.add(name, found.start())
        elif self._roster.names[index] != name:
            # A vote may come before the line that says who its token is.
            if index in self._declared:
                raise BadLine(found.start(), "This candidate has been declared already.")
            if name in self._called:
                raise BadLine(found.start(), "This name is already that of another candidate.")
            self._roster.names[index] = name
        self._called[token] = self._called[name] = index
        self._declared.append(index)

    def _vote(self, key: bytes, at: int) -> Ranking:
        """Read candidates and what stands between them, from byte `at` on."""
        ranks: list[list[int]] = []
        scores: list[Fraction | None] = []
        separators: list[bytes] = []
        seen: set[int] = set()
        end = len(key.rstrip())
        while at < end:
            found = _CANDIDATE.match(key, at)
            if found is None:
                if not seen and key[at:].lstrip()[:1] in b"#:{":
                    break
                raise BadLine(at, "A candidate was expected here, as in “27: A>B=C”.")
            name = squeezed(found[1] or found[2] or found[3] or b"")
            index = self._called.get(name)
            if index is None:
                index = self._called[name] = self._roster.add(name, at)
            if index in seen:
                raise BadLine(at, "This candidate stands in the line already.")
            seen.add(index)
            if ranks and separators[-1] != b">":
                ranks[-1].append(index)
            else:
                ranks.append([index])
            scores.append(None if found[4] is None else Fraction(found[4].decode()))
            at = found.end()
            separator = key[at : at + 1]
            if separator in (b"", b"#"):
                break
            if separator in (b":", b"{"):  # more about these ballots, in JSON
                break
            if separator == b"*":
                raise BadLine(at, "Votes shared out with * are cumulative, not ranked.")
            if separator not in (b">", b"=", b","):
                raise BadLine(at, "One of > = , was expected after a candidate.")
            separators.append(separator)
            at += 1
            if at >= end:
                raise BadLine(at, "A candidate was expected after the sign.")
        return self._by_score(ranks, scores, separators)

    def _by_score(
        self, ranks: list[list[int]], scores: list[Fraction | None], separators: list[bytes]
    ) -> Ranking:
        given = [s for s in scores if s is not None]
        if given and len(given) == len(scores) and not set(separators) - {b","}:
            by_score: dict[Fraction, list[int]] = {}
            for index, score in zip([i for rank in ranks for i in rank], given, strict=True):
                by_score.setdefault(score, []).append(index)
            ranks = [by_score[score] for score in sorted(by_score, reverse=True)]
        elif given:
            self._scores_left = True
        marks: list[Mark] = [r[0] if len(r) == 1 else tuple(sorted(r)) for r in ranks]
        return tuple(marks)


def begin(lines: Lines) -> AbifSheet:  # noqa: ARG001
    """Begin: every line of ABIF says itself what it is."""
    return AbifSheet()
