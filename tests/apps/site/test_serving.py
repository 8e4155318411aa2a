"""`hustings demo`, `serve` and `manage`: what they print, what they leave, how they end."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from hustings.cli import site

# The board as demo/elections/README.md names it.
ELECTED_2018 = {
    "Allan Day",
    "Carlos Soriano",
    "Ekaterina Gerasimova",
    "Federico Mena Quintero",
    "Nuritzi Sanchez",
    "Philip Chimento",
    "Robert McQueen",
}


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens at."""
    with socket.create_server((site.LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


def without_settings() -> dict[str, str]:
    """The environment, without what the site or a test's Django is told by it."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("HUSTINGS_", "DJANGO_"))}


def start(command: str, *arguments: str, data: Path) -> subprocess.Popen[str]:
    """Start a command in a process group of its own, as a terminal would."""
    code = f"from hustings.cli.site import {command}; {command}()"
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env=without_settings() | {"HUSTINGS_DATA": str(data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def said(process: subprocess.Popen[str], pattern: str) -> re.Match[str]:
    """Read what a process prints until it prints `pattern`."""
    assert process.stdout
    printed = ""
    for line in process.stdout:
        printed += line
        if found := re.search(pattern, line):
            return found
    pytest.fail(f"it ended without {pattern!r}: {printed}")


def group_is_empty(group: int) -> bool:
    """Return whether every process of a group has ended."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def test_the_demonstration_makes_its_files_without_a_site(tmp_path):
    code = (
        "import sys; from hustings.cli.site import demo; demo(standalone_mode=False);"
        "assert 'django' not in sys.modules"
    )
    out = tmp_path / "out"
    subprocess.run([sys.executable, "-c", code, "--headless", "--out", out], check=True)
    assert sorted(path.name for path in out.iterdir()) == [
        "ferry_secretary.html",
        "ferry_secretary.json",
        "gnome_board_2018.html",
        "gnome_board_2018.json",
    ]
    record = json.loads((out / "gnome_board_2018.json").read_text("utf-8"))
    assert set(record["elected"]) == ELECTED_2018
    page = (out / "gnome_board_2018.html").read_text("utf-8")
    assert all(name in page for name in ELECTED_2018)


def test_headless_says_where_to(tmp_path):
    assert CliRunner().invoke(site.demo, ["--headless"]).exit_code == 2
    assert CliRunner().invoke(site.demo, ["--out", str(tmp_path)]).exit_code == 2


def test_serving_refuses_a_port_that_is_taken(taken):
    result = CliRunner().invoke(site.serve, ["--port", str(taken)])
    assert result.exit_code == 2  # spec/cli/serve.md
    assert f"Port {taken} is in use" in result.output


def test_an_address_that_is_none_is_not_called_a_port_in_use():
    result = CliRunner().invoke(site.serve, ["--host", "192.0.2.1"])  # RFC 5737: nobody's
    assert result.exit_code == 2
    assert "192.0.2.1 is no address to listen at" in result.output


def test_the_demonstration_needs_a_checkout(monkeypatch, tmp_path):
    monkeypatch.setattr(site, "ELECTIONS", tmp_path / "none")
    result = CliRunner().invoke(site.demo, [])
    assert result.exit_code == 2  # spec/cli/demo.md
    assert "run this from a checkout" in result.output


def test_a_missing_driver_is_named_with_the_command_that_installs_it(tmp_path):
    """spec/cli/serve.md names the command; a checkout made by `make demo` needs it."""
    with socket.create_server((site.LOOPBACK, 0)) as server:
        unused = server.getsockname()[1]
    code = (
        "import sys; sys.modules['psycopg'] = sys.modules['psycopg2'] = None;"
        "from hustings.cli.site import serve; serve()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--port", str(unused)],
        env=without_settings()
        | {"HUSTINGS_DATA": str(tmp_path), "HUSTINGS_DATABASE_URL": "postgresql://u:secret@h/db"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "psycopg, is not installed" in done.stderr
    assert "secret" not in done.stderr
    page = Path(__file__).parents[3] / "spec" / "cli" / "serve.md"
    assert done.stderr.splitlines()[-1] in page.read_text("utf-8").splitlines()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_demonstration_takes_the_next_port_and_ends_cleanly(tmp_path, taken, ending):
    process = start("demo", "--port", str(taken), data=tmp_path)
    try:
        origin = said(process, r"^Hustings +(http://127\.0\.0\.1:\d+)/$")[1]
        assert origin != f"http://{site.LOOPBACK}:{taken}"
        result = said(process, r"(/counts/\S+/)  every stage")[1]
        with urllib.request.urlopen(origin + result) as answer:
            page = answer.read().decode()
        assert all(name in page for name in ELECTED_2018)
    finally:
        os.killpg(process.pid, ending)
        rest, _ = process.communicate(timeout=30)
    assert "Stopped." in rest
    assert "Traceback" not in rest
    assert process.returncode == 0
    for _ in range(50):
        if group_is_empty(process.pid):
            break
        time.sleep(0.1)
    assert group_is_empty(process.pid)


def test_a_folder_that_cannot_be_used_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    process = start("serve", "--port", "8999", data=tmp_path / "file")
    printed, _ = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "file can't be used" in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize(("arguments", "status"), [(["help"], 0), (["no-such-command"], 1)])
def test_manage_keeps_the_exit_codes_of_django(tmp_path, arguments, status):
    process = start("manage", *arguments, data=tmp_path)
    process.communicate(timeout=30)
    assert process.returncode == status
