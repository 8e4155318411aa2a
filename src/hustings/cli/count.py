"""`hustings count`: ballots and a counting rule in; result, record, page and paths out."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from hustings import __version__
from hustings.cli.ending import CannotTell, Interrupted
from hustings.cli.output import Output
from hustings.cli.progress import Meter
from hustings.cli.source import FileSource
from hustings.cli.terminal import refusal, table
from hustings.core import count as counting
from hustings.core.count import reading

NOT_A_TERMINAL: Final = 100
"""Columns of the text where there is no terminal to ask."""

RULE_OPTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "overvote": (
        "exhaust|skip|exhaust-if-multiple-continuing",
        "What several candidates at one rank do to a ballot.",
    ),
    "max-skipped": ("N|unlimited", "Empty ranks in a row that a ballot may pass over."),
    "repeat": ("exhaust|skip", "What naming a candidate again does to a ballot."),
    "max-rankings": ("N", "Ranks that count; later ones are left aside."),
    "batch": ("", "Exclude together those whose votes together are fewer than the next one's."),
    "until-two": ("", "Go on until two candidates are left."),
    "threshold": ("each-round|first-round", "Whose votes the majority is a majority of."),
    "quota": ("droop|hare|droop-exact", "The share of the votes that elects."),
    "min-votes": (
        "N",
        "Exclude at once, at any stage, all with fewer votes; nobody is elected with fewer.",
    ),
    "stop-after": ("N", "Stop after this stage."),
    "withdrawn": ("NAME", "A candidate who has withdrawn. May be given again."),
    "tie": ("earlier|order|lot", "How ties are broken."),
    "tie-order": ("A,B,…", "Whom ties favour, first named first."),
    "seed": ("TEXT", "The published text that lots are drawn from."),
    "write-in": ("NAME", "A name that voters wrote in. May be given again."),
}
"""The counting rules' own options: what they take and mean. Each counting rule has some."""

SEVERAL: Final = {"withdrawn", "write-in"}

Command = TypeVar("Command", bound=Callable[..., Any])


def rule_options(command: Command) -> Command:
    """Give a command the options of all counting rules; which one has which is checked later."""
    for name, (takes, meaning) in reversed(list(RULE_OPTIONS.items())):
        having = [rule for rule in counting.COUNTING_RULES if has_option(rule, name)]
        text = f"{meaning} [{', '.join(having)}]"
        if takes:
            command = click.option(f"--{name}", metavar=takes, multiple=name in SEVERAL, help=text)(
                command
            )
        else:
            command = click.option(f"--{name}", is_flag=True, default=None, help=text)(command)
    return command


def has_option(rule: str, name: str) -> bool:
    """Return whether a counting rule has an option."""
    return name.replace("-", "_") in {f.name for f in fields(counting.COUNTING_RULES[rule].options)}


@click.command(context_settings={"max_content_width": 100})
@click.argument("file", type=str)
@click.option(
    "--rule",
    required=True,
    type=click.Choice(list(counting.COUNTING_RULES)),
    help="The counting rule.",
)
@click.option(
    "--seats",
    type=click.IntRange(1, reading.MOST_SEATS),
    help="How many are to be elected. If not given: what the file says, else 1.",
)
@rule_options
@click.option(
    "--format",
    "form",
    type=click.Choice(list(reading.FORMATS)),
    help="The file's format. If not given, it is told from the content.",
)
@click.option(
    "--skip-bad",
    is_flag=True,
    help="Leave bad ballot lines out, and list them, instead of stopping.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the count record as JSON.")
@click.option("--html", type=click.Path(path_type=Path), metavar="OUT", help="Write a page.")
@click.option(
    "--path",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Write every ballot's path, as CSV.",
)
def count(
    file: str,
    *,
    rule: str,
    seats: int | None,
    form: str | None,
    skip_bad: bool,
    as_json: bool,
    html: Path | None,
    path: Path | None,
    **options: object,
) -> None:
    """Count a file of ranked ballots, exactly, and show how.

    FILE is BLT, PrefLib, ABIF, CSV or another format of ranked ballots (see --format); - is
    standard input. Prints who is elected, the votes at every stage, what was done and why.
    --json, --html and --path may be given together; a file that is there is replaced, and
    only once the new one is whole.

    Options that end in names in brackets are for those counting rules only.

    Exits 0 when counted, 2 when it can't be told: the file can't be read, a tie is not
    broken, an option is wrong, a file can't be written. Exits 130 when interrupted.
    """
    # Whatever the terminal can't show is shown by its code, rather than not at all.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    chosen = _options(rule, options)
    outputs: dict[str, Output] = {}
    with _interruptible(outputs), FileSource(file) as source, Meter() as meter, ExitStack() as made:
        for name, place in (("--html", html), ("--path", path)):
            if place is not None:
                outputs[name] = made.enter_context(_begun(name, place, source))
        if len({output.path.resolve() for output in outputs.values()}) < len(outputs):
            raise CannotTell("--html and --path name the same file.")

        ballots = _read(source, form, skip_bad=skip_bad, meter=meter)
        try:
            counted = counting.count(ballots, rule, seats=seats, options=chosen, trace=bool(path))
        except counting.CountRefused as refused:
            raise CannotTell(f"{source.shown}: {refused.sentence}") from None
        record = counted.record

        if "--html" in outputs:
            outputs["--html"].write([_page(record, source, form, skip_bad=skip_bad).encode()])
        if "--path" in outputs and counted.paths is None:
            raise CannotTell(f"{rule} has no paths of ballots to write.")
        if "--path" in outputs and counted.paths is not None:
            rows = reading.rows(
                source,
                format=form,
                name=source.name,
                skip_bad=skip_bad,
                progress=lambda n: meter.at("Writing paths", n, source.size),
            )
            outputs["--path"].write(counting.path_lines(rows, counted.paths))
        source.check_unchanged()
        for output in outputs.values():
            output.keep()

    if as_json:
        click.echo(counting.record_text(record).encode(), nl=False)
    else:
        columns = shutil.get_terminal_size((NOT_A_TERMINAL, 24)).columns
        click.echo(table(record, columns), nl=False)


def _options(rule: str, given: Mapping[str, object]) -> counting.TieOptions:
    """Return the counting rule's options, or say which others have one that it hasn't."""
    asked = {
        name.replace("_", "-"): list(value) if isinstance(value, tuple) else value
        for name, value in given.items()
        if value is not None and value != ()
    }
    for name in asked:
        if not has_option(rule, name):
            having = [other for other in counting.COUNTING_RULES if has_option(other, name)]
            raise CannotTell(
                f"{rule} has no option --{name}; "
                + (
                    f"{' and '.join(having)} ha{'ve' if len(having) > 1 else 's'} it."
                    if having
                    else "no counting rule of this version has it."
                )
            )
    try:
        return counting.options_for(rule, asked)
    except counting.CountRefused as refused:
        raise CannotTell(refused.sentence) from None


@contextmanager
def _interruptible(outputs: Mapping[str, Output]) -> Iterator[None]:
    """Say on Ctrl-C that nothing was written, for as long as that is so."""
    try:
        yield
    except KeyboardInterrupt:
        if any(output.seen for output in outputs.values()):
            raise
        raise Interrupted("\nInterrupted; nothing was written.") from None


def _begun(option: str, place: Path, source: FileSource) -> Output:
    if source.is_same_as(place):
        raise CannotTell(f"{option} {place}: this is the file of ballots itself.")
    return Output(place, option=option)


def _read(
    source: FileSource, form: str | None, *, skip_bad: bool, meter: Meter
) -> counting.Ballots:
    try:
        return reading.read(
            source,
            format=form,
            name=source.name,
            skip_bad=skip_bad,
            progress=lambda n: meter.at("Reading", n, source.size),
        )
    except reading.UnknownFormat as refused:
        names = ", ".join(reading.FORMATS)
        raise CannotTell(f"{refusal(source.shown, refused)}\n--format takes {names}.") from None
    except reading.Unreadable as refused:
        raise CannotTell(refusal(source.shown, refused)) from None


def _page(
    record: counting.CountRecord, source: FileSource, form: str | None, *, skip_bad: bool
) -> str:
    from hustings.design import sheet

    arguments = (*(("--format", form) if form else ()), *(("--skip-bad",) if skip_bad else ()))
    known = sheet.Source(name=source.name, sha256=source.sha256(), arguments=arguments)
    return sheet.result_page(record, source=known, made_by=f"Hustings {__version__}")
