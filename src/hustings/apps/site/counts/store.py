"""The files under saved counts: whole or not there, and only the site's own account reads them.

`incoming/` has what is still arriving; `kept/<folder>/` has one count's files. A file gets
its name only when it is complete and on the disk, so that a process killed at any moment
leaves at most a `.part`, which nothing reads and `sweep` removes.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

BALLOTS = "ballots"
PART = ".part"
BLOCK = 1024 * 1024


def root() -> Path:
    """Return the folder that holds everything here."""
    return Path(settings.HUSTINGS_DATA) / "counts"


def incoming() -> Path:
    """Return the folder of what is arriving, making it if need be."""
    return _folder(root() / "incoming")


def kept() -> Path:
    """Return the folder of the counts' folders, making it if need be."""
    return _folder(root() / "kept")


def path(folder: str, name: str) -> Path:
    """Return where a count's file is, or would be."""
    return kept() / folder / name


def record_name(lease: str) -> str:
    """Return the name of the count record that one turn wrote.

    The lease is in it, and the row says whose turn ended well: a worker that wakes up
    after its turn was given away can't put its result in place of another's.
    """
    return f"{lease}.json"


def paths_name(lease: str) -> str:
    """Return the name of the ballots' paths that one turn wrote, compressed."""
    return f"{lease}.paths.csv.gz"


def new_arrival() -> Path:
    """Return a fresh name for something that is about to arrive."""
    return incoming() / (secrets.token_hex(16) + PART)


def open_new(target: Path) -> int:
    """Return a descriptor of a new file that only this account may read."""
    return os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def adopt(arrival: Path) -> str:
    """Give a complete arrival a folder of its own; return the folder's name.

    Until a row names it, the folder is an orphan, and a sweep may take it after an hour.
    """
    folder = secrets.token_hex(16)
    (kept() / folder).mkdir(mode=0o700)
    arrival.replace(path(folder, BALLOTS))
    _sync_folder(kept() / folder)
    _sync_folder(kept())
    return folder


def share_ballots(folder: str) -> str:
    """Return a new folder with the same ballots, for another count of them.

    One file under two names, so deleting either count leaves the other whole. Ballots are
    never written to after they have arrived.
    """
    new = secrets.token_hex(16)
    (kept() / new).mkdir(mode=0o700)
    os.link(path(folder, BALLOTS), path(new, BALLOTS))
    _sync_folder(kept() / new)
    return new


def write_whole(folder: str, name: str, blocks: Iterable[bytes]) -> int:
    """Write a count's file so that it is there whole or not at all; return its length.

    Raises:
        FileNotFoundError: the count was deleted meanwhile. Nothing is written.
    """
    target = path(folder, name)
    part = target.with_name(f"{name}.{secrets.token_hex(8)}{PART}")
    length = 0
    try:
        with os.fdopen(open_new(part), "wb") as out:
            for block in blocks:
                out.write(block)
                length += len(block)
            out.flush()
            os.fsync(out.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)
    return length


def remove_all_but_ballots(folder: str) -> None:
    """Remove what earlier turns left in a count's folder, half written or whole."""
    for entry in (kept() / folder).iterdir():
        if entry.name != BALLOTS:
            entry.unlink(missing_ok=True)


def remove(folder: str) -> None:
    """Remove a count's folder and all in it, if it is there."""
    shutil.rmtree(kept() / folder, ignore_errors=True)


def folders() -> Iterator[tuple[str, datetime]]:
    """Yield every count's folder and when something in it last changed."""
    for entry in kept().iterdir():
        with suppress(FileNotFoundError):
            yield entry.name, _changed(entry)


def arrivals() -> Iterator[tuple[Path, datetime]]:
    """Yield everything that is arriving and when it last grew."""
    for entry in incoming().iterdir():
        with suppress(FileNotFoundError):
            yield entry, _changed(entry)


def arriving_bytes() -> int:
    """Return the bytes of everything that is arriving now."""
    total = 0
    for entry in incoming().iterdir():
        with suppress(FileNotFoundError):
            total += entry.stat().st_size
    return total


def free_bytes() -> int:
    """Return the free space of the disk that holds saved counts."""
    return shutil.disk_usage(root() if root().exists() else kept()).free


class KeptBallots:
    """The ballots of one count as a source that can be read again from the start."""

    def __init__(self, folder: str) -> None:
        self._path = path(folder, BALLOTS)

    def chunks(self) -> Iterator[bytes]:
        """Yield the file's bytes in order, a block at a time."""
        with self._path.open("rb") as source:
            while block := source.read(BLOCK):
                yield block


def _folder(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _changed(entry: Path) -> datetime:
    return datetime.fromtimestamp(entry.stat().st_mtime, tz=UTC)


def _sync_folder(folder: Path) -> None:
    """Make a new name durable. Without it a power cut may leave a row without its file."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
