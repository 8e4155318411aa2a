"""How a command ends when it can't do what it was asked: one sentence, and an exit code."""

from __future__ import annotations

from typing import IO, Final

import click

COULD_NOT_TELL: Final = 2
INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141
"""The codes beside 0 (yes, done) and 1 (no); the last two are a shell's for these signals."""


class CannotTell(click.ClickException):
    """What was asked can't be answered or done: exit 2, with a sentence on standard error."""

    exit_code = COULD_NOT_TELL

    def show(self, file: IO[str] | None = None) -> None:
        """Print the sentence as it is; where it is about a file it names it itself."""
        click.echo(self.format_message(), err=True, file=file)


class Interrupted(CannotTell):
    """Ctrl-C, at a moment when it is known what was left behind: exit 130."""

    exit_code = INTERRUPTED


def reason(error: Exception) -> str:
    """Return why the system refused, in its own words, without a full stop."""
    said = error.strerror if isinstance(error, OSError) else None
    return said or str(error) or type(error).__name__
