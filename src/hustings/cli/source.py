"""The file that was given, or standard input: read from its start, as often as needed."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from hustings.cli.ending import CannotTell, reason
from hustings.core.count import reading

CHUNK: Final = 1 << 22


class FileSource:
    """A file, or standard input, as the readers want it: from the start, as often as needed.

    What can't be read twice (a pipe, a terminal) is first copied to a temporary file.
    """

    def __init__(self, path: str) -> None:
        """Open the file.

        Raises:
            CannotTell: it is missing, a folder, or may not be read.
        """
        self.shown = "standard input" if path == "-" else reading.visible(path)
        self.name = "" if path == "-" else Path(path).name
        try:
            self._file = self._opened(path)
            self._before = os.fstat(self._file.fileno())
        except IsADirectoryError:
            raise CannotTell(f"{self.shown}: this is a folder; give one file.") from None
        except FileNotFoundError:
            raise CannotTell(f"{self.shown}: there is no such file.") from None
        except PermissionError:
            raise CannotTell(f"{self.shown}: you may not read this file.") from None
        except (OSError, ValueError) as error:
            raise CannotTell(f"{self.shown}: can't be opened: {reason(error)}.") from None

    def __enter__(self) -> FileSource:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def size(self) -> int:
        """Bytes in the file."""
        return self._before.st_size

    def chunks(self) -> Iterator[bytes]:
        """Yield all bytes, from the start."""
        at = 0
        try:
            while chunk := os.pread(self._file.fileno(), CHUNK, at):
                yield chunk
                at += len(chunk)
        except OSError as error:
            raise CannotTell(f"{self.shown}: can't be read: {reason(error)}.") from None

    def check_unchanged(self) -> None:
        """Refuse if somebody has written to the file since it was opened."""
        now = os.fstat(self._file.fileno())
        if (now.st_size, now.st_mtime_ns) != (self._before.st_size, self._before.st_mtime_ns):
            raise CannotTell(f"{self.shown}: the file changed while it was being read.")

    def sha256(self) -> str:
        """Return the hash of all bytes, in hexadecimal."""
        found = hashlib.sha256()
        for chunk in self.chunks():
            found.update(chunk)
        return found.hexdigest()

    def is_same_as(self, path: Path) -> bool:
        """Return whether `path` is this very file."""
        try:
            return os.path.samestat(self._before, path.stat())
        except OSError:
            return False

    def _opened(self, path: str) -> IO[bytes]:
        if path != "-":
            opened: IO[bytes] = Path(path).open("rb")  # noqa: SIM115
            kind = os.fstat(opened.fileno()).st_mode
            if stat.S_ISREG(kind):
                return opened
            given = opened
        elif sys.stdin is None:
            raise CannotTell("standard input: it is closed.")
        else:
            given = sys.stdin.buffer
        with given:
            return _copied(given)


def _copied(given: IO[bytes]) -> IO[bytes]:
    """Return a temporary file with all that `given` gives."""
    copy = tempfile.TemporaryFile()  # noqa: SIM115
    first = True
    while chunk := given.read(CHUNK):
        copy.write(chunk)
        if first and b"\0" in chunk:
            break  # no text: the reader will say so, and it may have no end
        first = False
    copy.flush()
    return copy
