"""What format a file is in, by what it says and, where that leaves it open, by its name."""

from __future__ import annotations

import re
from typing import Final

from hustings.core.count.reading.cells import cut, unquoted
from hustings.core.count.reading.columns import IDS, plainly, rank_of
from hustings.core.count.reading.refusals import BadLine, UnknownFormat, as_text

_PREFLIB: Final = re.compile(
    rb"#\s*(?:FILE NAME|DATA TYPE|NUMBER ALTERNATIVES|NUMBER VOTERS|ALTERNATIVE NAME \d+)\s*:"
)
_DEBIAN: Final = re.compile(rb"[\s/|]*Option\s+\d+\s*-*>\s*:|\s*Tally Sheet for the votes cast")
_MARGIN: Final = re.compile(rb"\s*\([\d,\s]*\)\s*:\s*\S")
_BLT: Final = re.compile(rb"\s*\d+\s+\d+\s*(?:#.*)?")
_ABIF: Final = re.compile(rb"\s*(?:\{|ABIF\b|=\s*[\[\"\w]|\d+(?:\.\d+)?\s*[:*])|\s*\w+\s*:\s*\[")
_SUFFIXES: Final = {
    "blt": "blt",
    "soc": "preflib",
    "soi": "preflib",
    "toc": "preflib",
    "toi": "preflib",
    "abif": "abif",
}


def sniff(head: bytes, name: str = "") -> str:
    """Return the format of a file that begins with `head` (lines, up to 64 kB).

    Raises:
        UnknownFormat: no format fits.
    """
    lines = [line.removesuffix(b"\r") for line in head.split(b"\n")]
    said = [line for line in lines if line.strip()]
    first = next((line for line in said if not line.lstrip().startswith(b"#,")), b"")
    meant = next((line for line in said if not line.lstrip().startswith(b"#")), b"")
    if any(_PREFLIB.match(line) for line in said[:50]) or _is_old_preflib(said):
        return "preflib"
    if any(_DEBIAN.match(line) for line in said[:200]):
        return "debian"
    if any(_MARGIN.match(line) for line in said[1:6]):
        return "margin-irv"
    if _BLT.fullmatch(meant):
        return "blt"
    if _ABIF.match(meant):
        return "abif"
    kind = _csv(first, said[1:2]) or _csv(said[0] if said else b"", said[1:2])
    if kind:
        return kind
    suffix = name.lower().rpartition(".")[2]
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    number = next((i for i, line in enumerate(lines, 1) if line.strip()), 1)
    raise UnknownFormat(
        "This is none of the formats that are read (BLT, PrefLib, ABIF, CSV of ranks or of cast "
        "vote records, margin-irv, Debian's tally sheet). If it is one, say which.",
        line=number,
        raw=lines[number - 1][:2000],
    )


def _is_old_preflib(said: list[bytes]) -> bool:
    if len(said) < 2 or not said[0].strip().isdigit():
        return False
    return re.match(rb"\s*1\s*,", said[1]) is not None


def _csv(first: bytes, second: list[bytes]) -> str | None:
    """Return which kind of CSV a heading and the line below it are, if either."""
    for separator in (b",", b";", b"\t"):
        cells = cut(first, separator)
        if any(rank_of(_plain(cell)) for cell in cells):
            return "csv-cvr"
    for separator in (b",", b";", b"\t"):
        cells = cut(first, separator)
        if len(cells) < 2 or not second:
            continue
        below = [_plain(cell) for cell in cut(second[0], separator)]
        if len(below) != len(cells):
            continue
        # A bullet vote leaves all cells but one empty; a ballot's id need be no number.
        ids = [plainly(_plain(cell)) in IDS for cell in cells]
        ranks = [cell for cell, is_id in zip(below, ids, strict=True) if not is_id]
        said = [cell for cell in ranks if cell]
        if said and all(re.fullmatch(r"\d+(?:\.\d+)?", cell) for cell in said):
            return "csv-ranks"
    return None


def _plain(cell: bytes) -> str:
    try:
        return as_text(unquoted(cell))
    except BadLine:
        return ""
