"""A file to be made: written whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from hustings.cli.ending import CannotTell, reason
from hustings.core.count import reading


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
        self.seen = False
        """Whether others can see anything of it: its bytes, or its name."""
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
            raise CannotTell(f"{shown}: can't be written: {reason(error)}.") from None

    def write(self, pieces: Iterable[bytes]) -> None:
        """Write all the pieces, and see that they are on the disk."""
        self.seen = self._direct
        try:
            for piece in pieces:
                self._file.write(piece)
            self._file.flush()
            if not self._direct:
                os.fsync(self._file.fileno())
        except BrokenPipeError:
            raise
        except OSError as error:
            raise CannotTell(f"{self._shown}: can't be written: {reason(error)}.") from None

    def keep(self) -> None:
        """Give the file its name, in place of any file that had it."""
        if self._direct:
            return
        self.seen = True
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
            raise CannotTell(f"{self._shown}: can't be written: {reason(error)}.") from None

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


def _beside(place: Path) -> Path:
    """Return a name in the same folder that nothing has."""
    return place.with_name(f".{place.name[:100]}.{os.getpid()}-{os.urandom(4).hex()}.part")
