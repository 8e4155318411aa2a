"""The command line. Commands are loaded when they are asked for: `hustings --help` loads none."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any, Final

import click

from hustings import __version__
from hustings.cli.ending import COULD_NOT_TELL, INTERRUPTED, PIPE_CLOSED, reason

COMMANDS: Final = {
    "count": ("hustings.cli.count:count", "Count a file of ranked ballots, and show how."),
    "demo": ("hustings.cli.site:demo", "Count a real election, make its page, serve the site."),
    "serve": ("hustings.cli.site:serve", "Serve the site."),
    "manage": ("hustings.cli.site:manage", "Run one of Django's own commands for the site."),
}
"""Every command: where it is, and one line for the list."""


class LazyGroup(click.Group):
    """The group of all commands, and the last place where anything may go wrong.

    A person never sees a traceback for what a person can cause: Ctrl-C ends with 130, a
    reader that closed the pipe with 141 and no word, want of memory with 2.
    """

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run, unless there is nowhere to print to.

        Worse than an answer that nobody sees: the first file that is opened would stand in
        the place of standard output, and get what is printed.
        """
        if sys.stdout is None:
            click.echo("Standard output is closed: there is nowhere to print to.", err=True)
            sys.exit(COULD_NOT_TELL)
        return super().main(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the commands' names, in the order of the list."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        found = getattr(importlib.import_module(module), name)
        if not isinstance(found, click.Command):
            raise TypeError(f"{module}:{name} is not a command")
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run a command, and end as a shell expects."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            click.echo("\nInterrupted.", err=True)
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            _drop_output()
            ctx.exit(PIPE_CLOSED)
        except OSError as error:
            _drop_output()
            click.echo(f"This can't be done: {reason(error)}.", err=True)
            ctx.exit(COULD_NOT_TELL)
        except MemoryError:
            click.echo("There is not enough memory for this.", err=True)
            ctx.exit(COULD_NOT_TELL)
        return result


def _drop_output() -> None:
    """Let go of what standard output has not taken: it would fail again at the very end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="hustings", message="hustings %(version)s")
def main() -> None:
    """Elections and organising that every member can check.

    Exit codes: 0 yes or done, 1 no, 2 could not tell, 130 interrupted.
    """
