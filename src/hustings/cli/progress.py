"""How far a long command is: on standard error, after two seconds, and only for a person."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE: Final = 2.0
"""Seconds in which nothing is said."""


class Meter:
    """Shows one bar at a time, from the third second on; silent where nobody watches."""

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._watched = sys.stderr is not None and sys.stderr.isatty()
        self._bars: Progress | None = None
        self._task: TaskID | None = None
        self._what = ""

    def __enter__(self) -> Meter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def at(self, what: str, done: int, total: int) -> None:
        """Say that of `what`, `done` of `total` is done."""
        if not self._watched or time.monotonic() - self._since < PATIENCE:
            return
        if self._bars is None:
            self._bars = _bars()
            self._bars.start()
        if self._task is None or what != self._what:
            if self._task is not None:
                self._bars.remove_task(self._task)
            self._task, self._what = self._bars.add_task(what), what
        self._bars.update(self._task, completed=done, total=max(total, 1))


def _bars() -> Progress:
    # Rich takes a tenth of a second to load: only those who wait two seconds pay it.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        console=Console(stderr=True),
        transient=True,
    )
