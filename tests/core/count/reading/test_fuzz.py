"""Whatever bytes arrive, a reader reads them or refuses them: nothing else, and soon."""

from __future__ import annotations

import csv
import io
import re
import time
import tracemalloc
import unicodedata
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hustings.core.count import OVERVOTED, SKIPPED, Ballots, reading
from hustings.core.count.reading import cells as cells_of_csv
from hustings.core.count.reading import sheet, source
from tests.core.count.reading.files import EXAMPLES, PREFLIB_OLD, Pieces, read

FUZZ = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
SEEDS = [*EXAMPLES.values(), PREFLIB_OLD]
BITS = [
    b"\n", b"\r", b" ", b",", b";", b"\t", b'"', b'""', b"0", b"1", b"-", b"=", b"|", b"(", b")",
    b"{", b"}", b"[", b"]", b"#", b":", b">", b"/", b"*", b".", b"\0", b"\x1b", b"\xff", b"9" * 40,
    "é".encode(), "\u202e".encode(), b"skipped", b"#OVERVOTE", b"rank1", b"\xef\xbb\xbf",
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A valid file with a few wounds."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        end = draw(st.integers(at, min(len(data), at + 12)))
        put = draw(st.sampled_from(BITS) | st.binary(max_size=6))
        data[at:end] = put
    return bytes(data)


def answer(source: Pieces, form: str | None, *, skip_bad: bool) -> Ballots | reading.Unreadable:
    try:
        return reading.read(source, format=form, skip_bad=skip_bad)
    except reading.Unreadable as refusal:
        return refusal


def attempt(data: bytes, form: str | None, size: int, *, skip_bad: bool) -> None:
    started = time.process_time()
    source = Pieces(data, size)
    found = answer(source, form, skip_bad=skip_bad)
    if isinstance(found, reading.Unreadable):
        assert found.line >= 1
        assert found.column >= 1
        assert 0 <= found.caret <= len(found.shown_line)
        assert found.shown_line.isprintable()
        assert found.sentence
    else:
        check_sound(found)
        total: Fraction | int = 0
        for _, weight, ranking in reading.rows(source, format=form, skip_bad=skip_bad):
            assert ranking in found.groups
            total += weight
        assert total == sum(found.groups.values())
    assert time.process_time() - started < 5


def check_sound(ballots: Ballots) -> None:
    """What the contract of Ballots promises, and its type can't."""
    known = range(len(ballots.candidates))
    for ranking, weight in ballots.groups.items():
        assert weight > 0
        assert not ranking or ranking[-1] != SKIPPED
        for mark in ranking:
            if isinstance(mark, tuple):
                assert len(mark) > 1
                assert sorted(set(mark)) == list(mark)
                assert set(mark) <= set(known)
            else:
                assert mark in known or mark in (SKIPPED, OVERVOTED)
    for name in ballots.candidates:
        assert name.strip()
        assert not any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in name)


forms = st.sampled_from([None, *reading.FORMATS])


@FUZZ
@given(data=st.binary(max_size=400), form=forms, size=st.integers(1, 100), skip_bad=st.booleans())
def test_any_bytes(data, form, size, skip_bad):
    attempt(data, form, size, skip_bad=skip_bad)


@settings(parent=FUZZ, max_examples=400)
@given(data=mutated(), form=forms, size=st.integers(1, 100), skip_bad=st.booleans())
def test_damaged_files(data, form, size, skip_bad):
    attempt(data, form, size, skip_bad=skip_bad)


@settings(parent=FUZZ, max_examples=300)
@given(
    lines=st.lists(st.lists(st.sampled_from(BITS), max_size=12).map(b"".join), max_size=12),
    form=forms,
    head=st.sampled_from([b"", *(seed.partition(b"\n")[0] + b"\n" for seed in SEEDS)]),
    skip_bad=st.booleans(),
)
def test_lines_made_of_what_formats_are_made_of(lines, form, head, skip_bad):
    attempt(head + b"\n".join(lines), form, 50, skip_bad=skip_bad)


HOSTILE = {
    "quotes": b"rank1\n" + b'"' * 300_000,
    "open quotes, line after line": b"rank1\n" + b'"\n' * 300_000,
    "pairs of quotes": b"rank1\n" + b'"a""b",' * 100_000,
    "brackets": b"3: " + b"[" * 300_000,
    "equals": b"2 1\n1 " + b"1=" * 300_000 + b" 0\n",
    "spaces": b"3: A" + b" " * 300_000 + b"!",
    "spaces in a name": b"3: " + b"a " * 100_000 + b"{",
    "rank columns": b",".join(b"rank%d" % i for i in range(1, 3000)) + b"\n",
    "braces": b"# NUMBER ALTERNATIVES: 1\n# ALTERNATIVE NAME 1: A\n1: " + b"{" * 300_000,
    "commas": b"# NUMBER ALTERNATIVES: 1\n# ALTERNATIVE NAME 1: A\n1: " + b"," * 300_000,
    "parentheses": b"0\nA\n" + b"(" * 300_000,
    "header of dashes": b"Option 1" + b"-" * 300_000,
    "quoted strings": b"1 1\n1 1 0\n0\n" + b'"a" ' * 50_000 + b'"',
    "slashes": b"V: 1\n" + b"/|" * 300_000,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("form", [None, *reading.FORMATS])
def test_lines_made_to_take_long_do_not(name, form):
    attempt(HOSTILE[name], form, 1 << 22, skip_bad=False)


def written_blt(ballots: Ballots) -> bytes:
    """A writer of BLT for this test, from the format's description."""

    def mark(m: object) -> str:
        if m == SKIPPED:
            return "-"
        return "=".join(str(i + 1) for i in (m if isinstance(m, tuple) else (m,)))

    lines = [f"{len(ballots.candidates)} {ballots.seats}"]
    lines += [f"-{i + 1}" for i in sorted(ballots.withdrawn)]
    lines += [" ".join([str(n), *map(mark, r), "0"]) for r, n in ballots.groups.items()]
    lines += ["0", *('"' + name.replace('"', '""') + '"' for name in ballots.candidates)]
    return "\n".join(lines).encode()


def written_cvr(ballots: Ballots) -> bytes:
    """A writer of cast vote records for this test, a record a ballot."""

    def cell(m: object) -> str:
        if m == SKIPPED:
            return ""
        if m == OVERVOTED:
            return "#OVERVOTE"
        names = "|".join(ballots.candidates[i] for i in (m if isinstance(m, tuple) else (m,)))  # type: ignore[misc, index]
        return '"' + names.replace('"', '""') + '"'

    ranks = max(map(len, ballots.groups), default=1) or 1
    lines = [",".join(f"rank{i + 1}" for i in range(ranks))]
    for ranking, n in ballots.groups.items():
        cells = [*map(cell, ranking), *[""] * (ranks - len(ranking))]
        lines += [",".join(cells) or '""'] * int(n)
    return "\n".join(lines).encode()


names = st.text("ABé'\"#, (x)-", min_size=1, max_size=9).map(lambda s: " ".join(s.split()))


def usable(name: str) -> bool:
    return bool(name) and name.lower() not in {"skipped", "overvote"}


@st.composite
def elections(draw: st.DrawFn, *, overvoted: bool) -> Ballots:
    candidates = sorted(draw(st.sets(names.filter(usable), min_size=2, max_size=5)))
    one = st.integers(0, len(candidates) - 1)
    several = st.sets(one, min_size=2).map(lambda s: tuple(sorted(s)))
    mark = one | several | st.just(SKIPPED) | (st.just(OVERVOTED) if overvoted else one)
    ranking = st.lists(mark, max_size=5).map(tuple)
    ballots = draw(
        st.dictionaries(
            ranking.filter(lambda r: not r or r[-1] != SKIPPED), st.integers(1, 4), max_size=8
        )
    )
    # Everybody is named somewhere: cast vote records know nobody else.
    ballots.setdefault(tuple(range(len(candidates))), 1)
    return Ballots(tuple(candidates), ballots, seats=draw(st.integers(1, 4)))


@FUZZ
@given(ballots=elections(overvoted=False))
def test_what_is_written_as_blt_is_read_back(ballots):
    found = read(written_blt(ballots))
    assert found == ballots


@FUZZ
@given(ballots=elections(overvoted=True))
def test_what_is_written_as_cast_vote_records_is_read_back(ballots):
    found = read(written_cvr(ballots), format="csv-cvr")
    assert found.candidates == ballots.candidates
    assert dict(found.groups) == dict(ballots.groups)


@FUZZ
@given(ballots=elections(overvoted=True), data=st.data())
def test_the_order_of_ballots_changes_nothing_but_the_order_of_groups(ballots, data):
    head, *lines = written_cvr(ballots).splitlines()
    shuffled = b"\n".join([head, *data.draw(st.permutations(lines))])
    found = read(shuffled, format="csv-cvr")
    assert (found.candidates, dict(found.groups)) == (ballots.candidates, dict(ballots.groups))


@settings(parent=FUZZ, max_examples=1000)
@given(
    lines=st.lists(
        st.lists(
            st.sampled_from(['""', '"A"', '"', '""""', '"\n"', '","', "A", "", '"A']), min_size=1
        )
    ),
    separator=st.sampled_from([",", ";", "\t"]),
)
def test_where_nothing_is_hidden_cells_are_what_stands_between_separators(lines, separator):
    """Python's own csv module, another reader of RFC 4180, says what the cells are."""
    text = "\n".join(separator.join(cells) for cells in lines) + "\n"
    if cells_of_csv._hides_nothing(text.encode(), separator.encode()):
        found = list(csv.reader(io.StringIO(text), delimiter=separator, strict=True))
        assert found == [
            [cell[1:-1] for cell in line.split(separator)] for line in text.splitlines()
        ]
    else:
        assert not re.fullmatch(
            rf'(?:("[^"\n{separator}]*"{separator})*"[^"\n{separator}]*"\n)+', text
        ) or (len({len(cells) for cells in lines}) > 1)


def test_a_source_is_never_held_whole():
    """Many megabytes of the same ballot pass through in blocks, a few of them held at once."""
    block = b"1 1 2 0\n" * (1 << 17)

    class Large:
        def chunks(self) -> Iterator[bytes]:
            yield b"2 1\n"
            for _ in range(8):
                yield block
            yield b'0\n"A"\n"B"\n'

    tracemalloc.start()
    try:
        ballots = reading.read(Large())
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert ballots.total == 8 << 17
    assert most < 24 << 20  # the lines of one block; of all of them it would be 50 MB


@pytest.mark.parametrize("form", EXAMPLES)
@pytest.mark.parametrize("held", [0, 1, 2, 5])
def test_letting_lines_go_in_between_changes_nothing(monkeypatch, form, held):
    """Files whose every line differs are understood in portions; small ones show that it works."""
    data = EXAMPLES[form] + EXAMPLES[form].splitlines(keepends=True)[-1] * 3
    if form == "blt":
        data = EXAMPLES[form]
    if form == "preflib":
        data = data.replace(b"VOTERS: 6", b"VOTERS: 9")
    whole = read(data)
    rows = list(reading.rows(Pieces(data, 9)))
    monkeypatch.setattr(sheet, "MOST_HELD", held)
    monkeypatch.setattr(source, "HEAD", 8)
    assert reading.read(Pieces(data, 9), format=form) == whole
    assert list(reading.rows(Pieces(data, 9), format=form)) == rows
