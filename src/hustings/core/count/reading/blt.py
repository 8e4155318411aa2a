"""BLT: the format of Hill, Wichmann and Woodall's program, as OpenSTV and OpaVote extended it.

    4 2            candidates, seats
    -2             candidate 2 has withdrawn (the line may be missing)
    3 1 3 4 0      three ballots: candidate 1, then 3, then 4
    1 2=3 - 1 0    2 and 3 marked alike, the next rank skipped, then 1
    0              no more ballots
    "Adam"         the candidates' names, then the title
    ...

Sources: Algorithm 123 (The Computer Journal 30, 1987), 3.1; OpaVote, "BLT file format";
Droop wiki, BltFileFormat (ballot ids, comments). What is read beyond them is in
docs/how-to/ballot-files.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from hustings.core.count.ballots import SKIPPED, Ballots, Mark, Ranking, Weight
from hustings.core.count.reading.numbers import (
    MOST_CANDIDATES,
    MOST_SEATS,
    check_name,
    decoded,
    squeezed,
    weight,
    whole,
    without_last_skips,
)
from hustings.core.count.reading.refusals import (
    BadHeading,
    BadLine,
    TooLarge,
    Truncated,
    as_text,
)
from hustings.core.count.reading.sheet import Batch, Sheet
from hustings.core.count.reading.source import Lines

_TOKEN: Final = re.compile(rb"\S+")
_ID: Final = re.compile(rb"\s*\(([^()]*)\)")
_END: Final = re.compile(rb"(?:\A|\n)[ \t]*0[ \t]*(?=\n|#)")
_STRING: Final = re.compile(rb'"((?:[^"]|"")*)"')
_STRINGS: Final = re.compile(rb'(?:"(?:[^"]|"")*+"\s+)*"(?:[^"]|"")*+"')
_COMMENT: Final = re.compile(rb"(?:^|\s)#.*")


class BltSheet(Sheet):
    """What the first lines of a BLT file say: how many candidates and seats, who withdrew."""

    def __init__(self, candidates: int, seats: int, withdrawn: frozenset[int], ids: bool) -> None:
        self._count = candidates
        self._seats = seats
        self._withdrawn = withdrawn
        self._ids = ids
        self._ended = False
        self._marks: dict[bytes, int] = {b"%d" % (i + 1): i for i in range(candidates)}

    def records(self, lines: Lines) -> Iterator[Batch]:
        """Yield the ballot lines, up to the line that is only 0."""
        for first, block in lines.blocks():
            end = _END.search(block)
            if end is None:
                yield Batch(first, block.splitlines())
                continue
            after = block.index(b"\n", end.end()) + 1
            start = end.start() + (block[end.start() : end.start() + 1] == b"\n")
            lines.put_back(block[after:])
            self._ended = True
            if start:
                yield Batch(first, block[:start].splitlines())
            return

    def labels(self, batch: Batch) -> Iterable[str | int]:
        """Return ballot ids where the file has them."""
        if not self._ids:
            return super().labels(batch)
        return [
            as_text(found[1]).strip() if (found := _ID.match(record)) else batch.first + i
            for i, record in enumerate(batch.records)
        ]

    def parse(self, key: bytes) -> tuple[Ranking, Weight] | None:
        """Read `[(id)] weight mark … 0 [# comment]`."""
        tokens = key.split()
        try:
            if tokens[-1] == b"0" and tokens[0] == b"1":
                return tuple(map(self._marks.__getitem__, tokens[1:-1])), 1
        except (IndexError, KeyError):
            pass
        return self._parse_slowly(key)

    def ballots(
        self, lines: Lines, groups: dict[Ranking, Weight], notes: tuple[str, ...]
    ) -> Ballots:
        """Read the names and the title, which stand after the ballots."""
        if not self._ended:
            raise Truncated(
                "The file ends before the line with a single 0 that closes the ballots.",
                line=lines.number,
            )
        names, title, own_notes = self._names(lines)
        return Ballots(
            candidates=names,
            groups=groups,
            seats=self._seats,
            title=title,
            withdrawn=self._withdrawn,
            notes=own_notes + notes,
        )

    def _parse_slowly(self, key: bytes) -> tuple[Ranking, Weight] | None:
        ballot = key.partition(b"#")[0]
        found = _ID.match(ballot)
        start = found.end() if found else 0
        tokens = list(_TOKEN.finditer(ballot, start))
        if not tokens:
            if found:
                raise BadLine(start, "A ballot id stands here without its ballot.")
            return None
        if tokens[0][0].startswith(b'"'):
            raise BadLine(
                tokens[0].start(),
                "A ballot was expected, such as “1 3 2 0”. If the names begin here, the line "
                "with a single 0 that closes the ballots is missing.",
            )
        how_many = weight(tokens[0][0], tokens[0].start())
        if len(tokens) < 2 or tokens[-1][0] != b"0":
            raise BadLine(len(ballot.rstrip()), "The 0 that closes the ballot is missing.")
        ranking = tuple(self._mark(t[0], t.start()) for t in tokens[1:-1])
        return without_last_skips(ranking), how_many

    def _mark(self, token: bytes, at: int) -> Mark:
        if token == b"-":
            return SKIPPED
        marked: list[int] = []
        for part in token.split(b"="):
            number = whole(part, MOST_CANDIDATES)
            if number is None or not 0 < number <= self._count:
                shown = part[:24].decode("latin-1")
                raise BadLine(
                    at,
                    "After the closing 0 nothing but a comment may stand."
                    if part == b"0"
                    else f"A candidate's number from 1 to {self._count} was expected here, "
                    f"not “{shown}”.",
                )
            if number - 1 in marked:
                raise BadLine(at, f"Candidate {number} stands twice at one rank.")
            marked.append(number - 1)
            at += len(part) + 1
        return marked[0] if len(marked) == 1 else tuple(sorted(marked))

    def _names(self, lines: Lines) -> tuple[tuple[str, ...], str | None, tuple[str, ...]]:
        """Return the candidates' names, the title if there is one, and notes."""
        found: list[tuple[bytes, int, bytes]] = []  # name, line, the whole line
        whole_lines = True
        while (line := lines.next()) is not None:
            for name in _strings(line, lines.number):
                found.append((name, lines.number, line))
            whole_lines = whole_lines and len(_STRING.findall(line)) <= 1
            if len(found) > self._count + 100:
                raise BadHeading(
                    f"There is more here than {self._count} names and a title.",
                    line=lines.number,
                    raw=line,
                )
        if not whole_lines:
            found = _one_a_line(found, self._count)
        if len(found) < self._count:
            raise Truncated(
                f"The file ends after {len(found)} names: {self._count} were expected, as many "
                "as there are candidates in its first line.",
                line=lines.number,
            )
        seen: dict[bytes, int] = {}
        for name, number, line in found[: self._count + 1]:
            try:
                check_name(name, max(line.find(name[:8]), 0))
                if name in seen and len(seen) < self._count:
                    raise BadLine(
                        max(line.find(name[:8]), 0),
                        f"This is the name of candidate {seen[name] + 1} too: add something "
                        "that tells them apart.",
                    )
            except BadLine as bad:
                raise BadHeading(bad.sentence, line=number, raw=line, at=bad.at) from None
            seen.setdefault(name, len(seen))
        names, notes = decoded([f[0] for f in found[: self._count]])
        rest = [as_text(f[0])[:200] for f in found[self._count :]]
        if len(rest) > 1:
            notes += ("After the title the file says: " + "; ".join(rest[1:6]),)
        return tuple(names), rest[0] if rest else None, notes


def begin(lines: Lines) -> BltSheet:
    """Read the first line of a BLT file and who has withdrawn.

    Raises:
        BadHeading, TooLarge, Truncated: as for every format.
    """
    candidates, seats = _first_line(lines)
    withdrawn: set[int] = set()
    ids = False
    while (line := lines.next()) is not None:
        tokens = list(_TOKEN.finditer(line.partition(b"#")[0]))
        if not tokens:
            continue
        if not all(t[0].startswith(b"-") and t[0] != b"-" for t in tokens):
            ids = tokens[0][0].startswith(b"(")
            lines.back(line)
            break
        for token in tokens:
            number = whole(token[0][1:], MOST_CANDIDATES)
            if number is None or not 0 < number <= candidates:
                raise BadHeading(
                    "A withdrawn candidate was expected here, such as -2, with a number from "
                    f"1 to {candidates}.",
                    line=lines.number,
                    raw=line,
                    at=token.start(),
                )
            withdrawn.add(number - 1)
    return BltSheet(candidates, seats, frozenset(withdrawn), ids)


def _first_line(lines: Lines) -> tuple[int, int]:
    while (line := lines.next()) is not None:
        tokens = list(_TOKEN.finditer(line.partition(b"#")[0]))
        if not tokens:
            continue
        if len(tokens) != 2 or not all(t[0].isdigit() for t in tokens):
            raise BadHeading(
                "A BLT file begins with two numbers: how many candidates, how many seats.",
                line=lines.number,
                raw=line,
                at=tokens[min(2, len(tokens) - 1)].start(),
            )
        values = []
        for token, what, most in zip(
            tokens, ("candidates", "seats"), (MOST_CANDIDATES, MOST_SEATS), strict=True
        ):
            value = whole(token[0], most)
            if not value:
                kind = TooLarge if value is None else BadHeading
                raise kind(
                    f"The number of {what} must be from 1 to {most:,}.",
                    line=lines.number,
                    raw=line,
                    at=token.start(),
                )
            values.append(value)
        return values[0], values[1]
    raise Truncated("The file has no ballots: it is empty but for comments.", line=lines.number)


def _strings(line: bytes, number: int) -> list[bytes]:
    """Return the names on a line: quoted ones, or the line itself, unquoted."""
    text = line.strip()
    if text.startswith(b'"'):
        found = _STRINGS.match(text)
        rest = text[found.end() :].strip() if found else b"?"
        if found and (not rest or rest.startswith(b"#")):
            inside = _STRING.findall(found[0])
            return [squeezed(s.replace(b'""', b'"')) for s in inside]
        # A quotation mark inside that was not doubled, as in "John "Jack" Smith".
        text = _COMMENT.sub(b"", text).rstrip()
        if len(text) > 1 and text.endswith(b'"'):
            return [squeezed(text[1:-1].replace(b'""', b'"'))]
        raise BadHeading(
            "The quotation mark that closes this name is missing.",
            line=number,
            raw=line,
            at=len(line.rstrip()),
        )
    text = _COMMENT.sub(b"", text).strip()
    return [squeezed(text)] if text else []


def _one_a_line(
    found: list[tuple[bytes, int, bytes]], candidates: int
) -> list[tuple[bytes, int, bytes]]:
    """Join strings that share a line, where the file has a line for each candidate.

    Some files write `"Jane Smith" "The Party"` on a candidate's line; others put all names on
    one line. As many strings as names, or one more for the title, means the latter.
    """
    if len(found) in (candidates, candidates + 1):
        return found
    by_line: dict[int, list[tuple[bytes, int, bytes]]] = {}
    for item in found:
        by_line.setdefault(item[1], []).append(item)
    if len(by_line) < candidates:
        return found
    return [(b" ".join(i[0] for i in items), *items[0][1:]) for items in by_line.values()]
