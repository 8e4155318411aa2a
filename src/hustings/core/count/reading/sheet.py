"""Ballots gathered from a file: alike lines are counted first, and each kind is understood once.

A million ballots of ten candidates are about 166,000 different lines, and counting equal
bytes is the fastest thing Python does. So no format looks at a line before it is known how
often it occurs; where a bad line stands is looked up afterwards, in a second pass.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import ClassVar, Final, NamedTuple, TypeAlias, cast

from hustings.core.count.ballots import OVERVOTED, SKIPPED, Ballots, Mark, Ranking, Weight
from hustings.core.count.reading.numbers import decoded
from hustings.core.count.reading.refusals import BadBallot, BadLine, TooLarge
from hustings.core.count.reading.source import LONGEST_LINE, Lines

MOST_DIFFERENT: Final = 3_000_000
"""Different rankings: about 1 GB. A national election has well under a million."""

MOST_HELD: Final = 400_000
"""Different lines held before they are understood and let go."""

MOST_LISTED: Final = 20
"""Skipped lines that are listed one by one; the rest are only counted."""

Row: TypeAlias = tuple[str | int, Weight, Ranking]
"""One line of ballots: its ballot id, else its line number; its weight; its ranking."""

Parse: TypeAlias = Callable[[bytes], tuple[Ranking, Weight] | None]


class Batch(NamedTuple):
    """Records in file order: the line number of the first, and each one's bytes."""

    first: int
    records: list[bytes]


class Sheet(ABC):
    """A file whose heading has been read: what its ballot lines mean.

    The *key* of a record is the part of it that says how a ballot was cast: for most formats
    the whole line, for cast vote records only the rank columns.
    """

    _candidates: Sequence[bytes] = ()
    """The candidates, where the heading names them."""

    meets_candidates: ClassVar[bool] = False
    """Whether candidates are known only once every ballot has been read."""

    def records(self, lines: Lines) -> Iterator[Batch]:
        """Yield the records after the heading, in bulk."""
        for first, block in lines.blocks():
            yield Batch(first, block.splitlines())

    def keys(self, batch: Batch) -> Sequence[bytes]:
        """Return every record's key, in order."""
        return batch.records

    def labels(self, batch: Batch) -> Iterable[str | int]:
        """Return what every record is called in a file of paths: by default its line number."""
        return range(batch.first, batch.first + len(batch.records))

    @abstractmethod
    def parse(self, key: bytes) -> tuple[Ranking, Weight] | None:
        """Return what a key says; None if it is no ballot at all (an empty line, a comment).

        Raises:
            BadLine: it is a ballot, and wrong.
        """

    def offset(self, record: bytes, at: int) -> int:
        """Return the byte of `record` that a BadLine's `at` means."""
        return min(at, len(record))

    def ballots(
        self,
        lines: Lines,  # noqa: ARG002  (some sheets have more to read after the last ballot)
        groups: dict[Ranking, Weight],
        notes: tuple[str, ...],
    ) -> Ballots:
        """Return the whole, once every record has been read; `notes` come after its own.

        By default: under the candidates' names as the heading has them.
        """
        names, own_notes = decoded(self._candidates)
        return Ballots(candidates=tuple(names), groups=groups, notes=own_notes + notes)

    def settled(self) -> Callable[[Ranking], Ranking]:
        """Return how a ranking as parsed becomes one with the final candidates' indices."""
        return _as_it_is


def gather(sheet: Sheet, lines: Lines, afresh: Callable[[], Lines], *, skip_bad: bool) -> Ballots:
    """Return the ballots of a file whose heading has been read from `lines`.

    Args:
        sheet: what the heading said.
        lines: the file, at its first ballot.
        afresh: opens the file again at its first ballot, to find where a line stood.
        skip_bad: leave bad lines out, and list them in the notes, instead of refusing.

    Raises:
        Unreadable: see its kinds.
    """
    groups: dict[Ranking, Weight] = {}
    bad: dict[bytes, BadLine] = {}
    bad_lines = 0
    for counted in _counted(sheet, lines):
        bad_lines += _understood(sheet, counted, groups, bad)
        if bad and not skip_bad:
            raise next(_located(sheet, afresh(), bad))
        if len(groups) > MOST_DIFFERENT:
            raise TooLarge(f"There are more than {MOST_DIFFERENT:,} different ballots.")
    if bad and not groups:
        first = next(_located(sheet, afresh(), bad))
        first.sentence += " (No line could be read: is this the right format?)"
        raise first
    return sheet.ballots(lines, groups, _listed(sheet, afresh, bad, bad_lines))


def rows(
    sheet: Sheet, lines: Lines, afresh: Callable[[], Lines], *, skip_bad: bool
) -> Iterator[Row]:
    """Yield every ballot line in file order: its label, weight and ranking.

    Arguments and refusals are those of `gather`. What is no ballot, or bad and skipped, is
    left out.
    """
    known: dict[bytes, tuple[Weight, Ranking] | None] = {}
    settle: Callable[[Ranking], Ranking] = _as_it_is
    if sheet.meets_candidates:
        for counted in _counted(sheet, afresh()):
            known = {key: _parsed(sheet, key, skip_bad=skip_bad) for key in counted}
        settle = sheet.settled()
        known = {key: p and (p[0], settle(p[1])) for key, p in known.items()}
    for batch in sheet.records(lines):
        if len(known) > 2 * MOST_HELD:
            known.clear()
        keys = sheet.keys(batch)
        for label, key in zip(sheet.labels(batch), keys, strict=True):
            try:
                found = known[key]
            except KeyError:
                p = _parsed(sheet, key, skip_bad=skip_bad)
                found = known[key] = p and (p[0], settle(p[1]))
            if found is not None:
                yield label, found[0], found[1]


def _counted(sheet: Sheet, lines: Lines) -> Iterator[Counter[bytes]]:
    """Yield how often each key occurs, in file order, whenever there are many."""
    counted: Counter[bytes] = Counter()
    for batch in sheet.records(lines):
        counted.update(sheet.keys(batch))
        # Where every line differs (ballot ids in BLT), the lines are let go in between.
        if len(counted) > MOST_HELD:
            yield counted
            counted = Counter()
    yield counted


def _understood(
    sheet: Sheet,
    counted: Counter[bytes],
    groups: dict[Ranking, Weight],
    bad: dict[bytes, BadLine],
) -> int:
    """Add to `groups` what keys say, and to `bad` the first that are; return how many are."""
    bad_lines = 0
    parse: Parse = sheet.parse
    if len(max(counted, key=len, default=b"")) > LONGEST_LINE:
        parse = _not_too_long(parse)
    for key, times in counted.items():
        try:
            found = parse(key)
        except BadLine as refused:
            bad_lines += times
            if len(bad) < MOST_LISTED:
                bad[key] = refused
            continue
        if found is not None:
            ranking, weight = found
            groups[ranking] = groups.get(ranking, 0) + weight * times
    return bad_lines


def _not_too_long(parse: Parse) -> Parse:
    def careful(key: bytes) -> tuple[Ranking, Weight] | None:
        if len(key) > LONGEST_LINE:
            raise BadLine(0, f"This line is longer than {LONGEST_LINE:,} bytes.")
        return parse(key)

    return careful


def _parsed(sheet: Sheet, key: bytes, *, skip_bad: bool) -> tuple[Weight, Ranking] | None:
    try:
        found = sheet.parse(key)
    except BadLine as refused:
        if skip_bad:
            return None
        raise BadBallot(refused.sentence, raw=key) from None
    return found and (found[1], found[0])


def line_numbers(batch: Batch) -> Iterator[int]:
    """Yield the line number at which every record of a batch starts."""
    number = batch.first
    for record in batch.records:
        yield number
        number += 1 + record.count(b"\n")


class _Places(dict[Mark, Mark]):
    """What each mark becomes when candidates get their final numbers."""

    def __missing__(self, mark: Mark) -> Mark:
        # Only over-votes, which are tuples of candidates, are not in from the start.
        found = sorted(cast("int", self[one]) for one in cast("tuple[int, ...]", mark))
        self[mark] = tuple(found)
        return self[mark]


def renumbering(final: Sequence[int]) -> Callable[[Ranking], Ranking]:
    """Return a function that replaces each candidate's index i by final[i]; other marks stay."""
    places = _Places(enumerate(final))
    places.update({SKIPPED: SKIPPED, OVERVOTED: OVERVOTED})
    place = places.__getitem__
    return lambda ranking: tuple(map(place, ranking))


def _as_it_is(ranking: Ranking) -> Ranking:
    return ranking


def _located(sheet: Sheet, lines: Lines, bad: dict[bytes, BadLine]) -> Iterator[BadBallot]:
    """Yield a refusal, with its line and column, for every record whose key is bad."""
    for batch in sheet.records(lines):
        keys = sheet.keys(batch)
        if bad.keys().isdisjoint(keys):
            continue
        for number, record, key in zip(line_numbers(batch), batch.records, keys, strict=True):
            refused = bad.get(key)
            if refused is None:
                continue
            at = sheet.offset(record, refused.at)
            line_start = record.rfind(b"\n", 0, at) + 1
            yield BadBallot(
                refused.sentence,
                line=number + record.count(b"\n", 0, at),
                raw=record[line_start:].partition(b"\n")[0],
                at=at - line_start,
            )


def _listed(
    sheet: Sheet, afresh: Callable[[], Lines], bad: dict[bytes, BadLine], total: int
) -> tuple[str, ...]:
    if not bad:
        return ()
    notes = [f"{total:,} bad line{'s' if total > 1 else ''} skipped; they are in no total."]
    found = _located(sheet, afresh(), bad)
    for refused, _ in zip(found, range(MOST_LISTED), strict=False):
        notes.append(f"Skipped {refused} Line: {refused.shown_line}")
    if total > MOST_LISTED:
        notes.append(f"… and {total - MOST_LISTED:,} more.")
    return tuple(notes)
