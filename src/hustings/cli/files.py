"""Files given and files made: read more than once, written whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Final

import click

from hustings.core.count import reading

CHUNK: Final = 1 << 22


class CannotTell(click.ClickException):
    """The question can't be answered: exit 2, with a sentence on standard error."""

    exit_code = 2

    def show(self, file: IO[str] | None = None) -> None:
        """Print the sentence as it is; it names its file itself."""
        click.echo(self.format_message(), err=True, file=file)


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
            raise CannotTell(f"{self.shown}: can't be opened: {_reason(error)}.") from None

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
            raise CannotTell(f"{self.shown}: can't be read: {_reason(error)}.") from None

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


class Output:
    """A file to be made: it has its name only once it is whole.

    The bytes go to a file without a name in the same folder, or, where the system has no
    such files, beside under a name that begins with a dot. `keep` puts it in its place in
    one step, so that a reader, and a process killed at any moment, finds the old file or the
    new one. A place that is no ordinary file (a terminal, a pipe) is written to directly.
    """

    def __init__(self, path: Path, *, option: str) -> None:
        """Check that the file can be made, and begin it.

        Raises:
            CannotTell: no such folder, a folder of that name, or not permitted.
        """
        self.path = path
        self._option = option
        self._part: Path | None = None
        shown = f"{option} {reading.visible(str(path))}"
        self._shown = shown
        if str(path) == "-":
            raise CannotTell(f"{option} takes the name of a file; - is none.")
        try:
            # A link stays a link: what it points at is replaced.
            self._place = Path(os.path.realpath(path))
            old = self._place.stat() if self._place.exists() else None
            if old and stat.S_ISDIR(old.st_mode):
                raise CannotTell(f"{shown}: this is a folder; give the name of a file in it.")
            if not self._place.parent.is_dir():
                raise CannotTell(f"{shown}: there is no folder {self._place.parent}.")
            self._direct = bool(old and not stat.S_ISREG(old.st_mode))
            self._file = self._begun(old)
        except PermissionError:
            raise CannotTell(f"{shown}: you may not write here.") from None
        except (OSError, ValueError) as error:
            raise CannotTell(f"{shown}: can't be written: {_reason(error)}.") from None

    def write(self, pieces: Iterable[bytes]) -> None:
        """Write all the pieces, and see that they are on the disk."""
        try:
            for piece in pieces:
                self._file.write(piece)
            self._file.flush()
            if not self._direct:
                os.fsync(self._file.fileno())
        except BrokenPipeError:
            raise
        except OSError as error:
            raise CannotTell(f"{self._shown}: can't be written: {_reason(error)}.") from None

    def keep(self) -> None:
        """Give the file its name, in place of any file that had it."""
        if self._direct:
            return
        try:
            if self._part is None:
                # Only a new name can be given to a file without one; so by way of another.
                self._part = _beside(self._place)
                here = os.open(self._place.parent, os.O_RDONLY)
                try:
                    os.link(f"/proc/self/fd/{self._file.fileno()}", self._part, src_dir_fd=here)
                finally:
                    os.close(here)
            self._part.replace(self._place)
            self._part = None
        except OSError as error:
            raise CannotTell(f"{self._shown}: can't be written: {_reason(error)}.") from None

    def __enter__(self) -> Output:
        return self

    def __exit__(self, *_: object) -> None:
        """Let go; what was not kept leaves no trace."""
        with contextlib.suppress(OSError):
            self._file.close()
        if self._part is not None:
            self._part.unlink(missing_ok=True)

    def _begun(self, old: os.stat_result | None) -> IO[bytes]:
        if self._direct:
            return self._place.open("wb")
        try:
            handle = os.open(self._place.parent, os.O_TMPFILE | os.O_WRONLY, 0o666)
        except (AttributeError, OSError):
            self._part = _beside(self._place)
            handle = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        if old is not None:
            # A file that only its owner may read stays so.
            os.fchmod(handle, stat.S_IMODE(old.st_mode))
        return os.fdopen(handle, "wb")


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


def _beside(place: Path) -> Path:
    """Return a name in the same folder that nothing has."""
    return place.with_name(f".{place.name[:100]}.{os.getpid()}-{os.urandom(4).hex()}.part")


def _reason(error: Exception) -> str:
    said = error.strerror if isinstance(error, OSError) else None
    return said or str(error) or type(error).__name__
