"""The site from the command line: `demo`, `serve`, and Django's own commands by `manage`.

Django is imported inside the commands only, so that the rest of `hustings` starts fast.
"""

from __future__ import annotations

import errno
import os
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import StringIO
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import click

from hustings.cli.ending import CannotTell, reason

SETTINGS: Final = "hustings.apps.site.settings"
LOOPBACK: Final = "127.0.0.1"
NEXT_PORTS: Final = 50
"""How many ports `demo` tries after the one it was given."""

NO_DRIVER: Final = (
    "HUSTINGS_DATABASE_URL asks for PostgreSQL, but its driver, psycopg, is not installed here. "
    "In a checkout this installs it:\n"
    "make postgres"
)

# The elections that `demo` counts lie in the source tree, not in the package.
ELECTIONS: Final = Path(__file__).resolve().parents[3] / "demo" / "elections"


@dataclass(frozen=True, slots=True)
class Election:
    """An election that comes with Hustings, and how `demo` counts it."""

    file: str
    title: str
    rule: str
    seats: int
    options: Mapping[str, str]


DEMONSTRATIONS: Final = (
    Election(
        file="gnome_board_2018.blt",
        title="Board of the GNOME Foundation, 2018",
        rule="stv-scottish",
        seats=7,
        # Two surpluses tie at stage 2, where the rule asks for a lot.
        options={"seed": "GNOME Foundation, board, spring 2018"},
    ),
    Election(
        file="ferry_secretary.blt",
        title="Secretary of The Ferry Society (an invented one)",
        rule="av",
        seats=1,
        options={},
    ),
)


@click.command()
@click.option("--host", default=LOOPBACK, show_default=True, help="The address to listen at.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="The port to listen at.",
)
@click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes."
)
def serve(host: str, port: int, workers: int) -> None:
    """Serve the site until Ctrl-C.

    Brings the database up to date and collects the static files first. What the site is
    told comes from the environment: HUSTINGS_DATA (folder, ./var), HUSTINGS_HOSTS (names it
    answers to), HUSTINGS_DATABASE_URL (PostgreSQL), HUSTINGS_HTTPS (1 behind a proxy that
    speaks HTTPS).

    Exits 0 when stopped, 2 when it can't serve: the port is taken, a setting is wrong, the
    database can't be used.
    """
    if not is_free(host, port):
        raise CannotTell(
            f"Port {port} is in use. Stop what uses it, or choose another with --port."
        )
    if not is_loopback(host) and not os.environ.get("HUSTINGS_HOSTS"):
        click.echo(
            "Others can reach this address, but the site will refuse them until "
            "HUSTINGS_HOSTS has the names it is called by.",
            err=True,
        )
    prepare()
    run(host, port, workers)


@click.command()
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="The first port to try.",
)
@click.option("--headless", is_flag=True, help="Only make the files, and exit.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where --headless puts them.",
)
def demo(port: int, headless: bool, out: Path | None) -> None:
    """Count a real election, make its page, and serve the site.

    Listens on this computer only; takes the next free port if PORT is in use. Keeps
    everything in HUSTINGS_DATA, or in ./var/demo. With --headless --out DIR it writes the
    pages and count records to DIR and exits.

    Exits 0 when done or stopped, 2 when it can't: every port is taken, the database can't be
    used, this is no checkout.
    """
    if headless != (out is not None):
        raise click.UsageError("--headless and --out DIR go together.")
    if not ELECTIONS.is_dir():
        raise CannotTell(
            "The elections to count are part of the source tree: run this from a checkout."
        )
    if out is not None:
        for page in make_pages(out):
            click.echo(page)
        return

    data = Path(os.environ.setdefault("HUSTINGS_DATA", str(Path("var", "demo"))))
    os.environ.setdefault("HUSTINGS_LOG_LEVEL", "WARNING")
    free = next((p for p in range(port, port + NEXT_PORTS) if is_free(LOOPBACK, p)), None)
    if free is None:
        raise CannotTell(f"All ports from {port} to {port + NEXT_PORTS - 1} are in use.")
    if free != port:
        click.echo(f"Port {port} is in use, so this one is at {free}.")
    page, *_ = make_pages(data / "pages")
    prepare()
    from hustings.apps.site.counts import demonstrations

    links = [
        demonstrations.keep(
            title=election.title,
            source=ELECTIONS / election.file,
            rule=election.rule,
            seats=election.seats,
            options=election.options,
            now=datetime.now(UTC),
        )
        for election in DEMONSTRATIONS
    ]
    lines = [
        f"Counted    {DEMONSTRATIONS[0].title}: {page}",
        "",
        f"Look at    http://{LOOPBACK}:{free}/counts/{links[0]}/  every stage of it",
        f"           http://{LOOPBACK}:{free}/counts/  count one of your own",
    ]
    run(LOOPBACK, free, 1, more=lines)


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Run one of Django's own commands for the site.

    `hustings manage help` lists them. Exit codes are theirs.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    from django.core.management import execute_from_command_line

    execute_from_command_line(["hustings manage", *arguments])


def make_pages(folder: Path) -> list[Path]:
    """Count the elections and write their pages and records; return the pages' paths."""
    from hustings.core import count as counting
    from hustings.core.count import reading
    from hustings.design import sheet

    folder.mkdir(parents=True, exist_ok=True)
    pages = []
    for election in DEMONSTRATIONS:
        source = reading.BytesSource((ELECTIONS / election.file).read_bytes())
        ballots = reading.read(source, name=election.file)
        options = counting.options_for(election.rule, election.options)
        counted = counting.count(ballots, election.rule, seats=election.seats, options=options)
        record = replace(counted.record, title=election.title)
        page = folder / Path(election.file).with_suffix(".html")
        page.write_text(sheet.result_page(record), encoding="utf-8")
        page.with_suffix(".json").write_text(counting.record_text(record), encoding="utf-8")
        pages.append(page)
    return pages


def prepare() -> None:
    """Load the site's settings, bring its database up to date, collect its static files."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError, call_command
    from django.db import Error

    try:
        django.setup()
        call_command("check", fail_level="ERROR", stdout=StringIO())
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    except (ImproperlyConfigured, CommandError) as error:
        raise CannotTell(NO_DRIVER if "psycopg" in str(error) else str(error)) from None
    except OSError as error:
        raise CannotTell(
            f"{error.filename or 'A folder'} can't be used: {error.strerror}. HUSTINGS_DATA says "
            "where the site keeps its files."
        ) from None
    except Error as error:
        # A database's own words may hold the address it was given, a password among it.
        raise CannotTell(
            f"The database can't be used ({type(error).__name__}). Is the server running, and "
            "is HUSTINGS_DATABASE_URL right?"
        ) from None


def run(host: str, port: int, workers: int, *, more: list[str] | None = None) -> None:
    """Serve until Ctrl-C or a termination signal; print where, once it answers there."""
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    # The server's processes open their own.
    connections.close_all()
    server = Granian(
        "hustings.apps.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        # One request a thread: enough to answer while somebody sends a large file.
        blocking_threads=8,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
    )

    def say_where() -> None:
        while not answers(host, port):
            time.sleep(0.1)
        name = f"[{host}]" if ":" in host else host
        click.echo("\n".join([f"Hustings   http://{name}:{port}/", *(more or ())]))
        click.echo("\nCtrl-C stops it.")

    # The server tells when it starts, not when its processes listen.
    threading.Thread(target=say_where, daemon=True).start()

    try:
        server.serve()
    except SystemExit:
        # Ctrl-C reaches a worker too; one that ends before its parent is no failure.
        if not server.interrupt_signal:
            raise
    click.echo("\nStopped.")


def is_free(host: str, port: int) -> bool:
    """Return whether nothing listens at this address yet."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # Or a port would count as taken for a minute after its server has ended.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise CannotTell(f"You may not listen at port {port}.") from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise CannotTell(f"{host} is no address to listen at: {reason(error)}.") from None
    return True


def answers(host: str, port: int) -> bool:
    """Return whether somebody listens at this address."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Return whether an address is reached from this computer only."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
