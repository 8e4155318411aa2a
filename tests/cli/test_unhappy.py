"""Whatever goes wrong, a person gets one sentence and an exit code, and no half-made file."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from hustings.cli import main
from hustings.cli.output import Output
from tests.cli.running import HUSTINGS, WARD, hustings
from tests.core.count.reading.files import EXAMPLES


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    place = tmp_path / "ward.blt"
    place.write_bytes(WARD)
    return place


def sentence(*words: str | Path, given: bytes = b"", cwd: Path | None = None) -> str:
    """What is said on standard error when it can't be told; nothing else is printed."""
    done = hustings("count", *words, given=given, cwd=cwd)
    assert done.returncode == 2, done
    assert not done.stdout
    return done.stderr.decode()


def test_a_bad_line_is_shown_with_a_caret_below_the_place(tmp_path):
    (tmp_path / "ward.blt").write_bytes(WARD.replace(b"3 2 1 0", b"3 2 4 0"))
    assert sentence("ward.blt", "--rule", "av", cwd=tmp_path) == (
        "ward.blt:3:5: A candidate's number from 1 to 3 was expected here, not “4”.\n"
        "    3 2 4 0\n"
        "        ^\n"
    )


def test_the_caret_is_right_below_wide_characters_too(tmp_path):
    (tmp_path / "b.csv").write_bytes("rank1,rank2\n東京,A|\n".encode())
    *_, line, caret = sentence("b.csv", "--rule", "av", cwd=tmp_path).splitlines()
    assert line == "    東京,A|"
    assert caret == "    " + " " * 5 + "^"  # two wide characters take four columns


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["missing.blt", "--rule", "av"], "missing.blt: there is no such file."),
        ([".", "--rule", "av"], ".: this is a folder"),
        (["ward.blt", "--rule", "stv-scottish", "--batch"], "--batch; av has it."),
        (["ward.blt", "--rule", "stv-scottish", "--overvote", "skip"], "av and plurality have it."),
        (["ward.blt", "--rule", "av", "--overvote", "maybe"], "--overvote is one of"),
        (["ward.blt", "--rule", "av", "--seats", "2"], "fills one seat"),
        (["ward.blt", "--rule", "av", "--withdrawn", "Ann"], "not among the candidates"),
        (["ward.blt", "--rule", "av", "--tie", "lot"], "--seed"),
        (["ward.blt", "--rule", "borda"], "'borda' is not one of"),
        (["ward.blt", "--rule", "av", "--seats", "0"], "0 is not in the range"),
        (["ward.blt", "--rule", "av", "--format", "xls"], "'xls' is not one of"),
        (["ward.blt", "--rule", "av", "--format", "abif"], "ward.blt:1:1:"),
        (["ward.blt"], "Missing option '--rule'"),
        (["ward.blt", "--rule", "av", "--html", "none/r.html"], "there is no folder"),
        (["ward.blt", "--rule", "av", "--html", "."], "this is a folder"),
        (["ward.blt", "--rule", "av", "--path", "ward.blt"], "this is the file of ballots itself"),
        (["ward.blt", "--rule", "av", "--path", "-"], "takes the name of a file"),
        (["ward.blt", "--rule", "av", "--path", "/dev/full"], "No space left"),
        (["ward.blt", "--rule", "av", "--path", "a", "--html", "./a"], "name the same file"),
        (["ward.blt", "--rule", "av", "--html", "x" * 300], "can't be written"),
        (["ward.blt", "--rule", "av", "--html", "ward.blt/r.html"], "there is no folder"),
        (["x" * 5000, "--rule", "av"], "can't be opened"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(ward, words, said):
    before = sorted(ward.parent.iterdir())
    assert said in sentence(*words, cwd=ward.parent)
    assert sorted(ward.parent.iterdir()) == before
    assert ward.read_bytes() == WARD


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "-:1:1"),
        (b"\x00\x01\x02", "NUL"),
        ("3 1\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04", "spreadsheet"),
        (b"what is this\n", "--format takes blt, preflib"),
    ],
)
def test_standard_input_that_is_no_ballots(data, said):
    told = sentence("-", "--rule", "av", given=data)
    assert said.replace("-:", "standard input:") in told


@pytest.mark.parametrize("form", EXAMPLES)
def test_standard_input_is_read_like_a_file(form):
    done = hustings("count", "-", "--rule", "plurality", "--seed", "s", given=EXAMPLES[form])
    assert done.returncode == 0, done.stderr.decode()
    assert b"Elected" in done.stdout


def test_a_pipe_with_a_name_is_read_like_a_file(tmp_path):
    done = subprocess.run(
        ["bash", "-c", f"{HUSTINGS} count <(printf '%s\\n' '2: A>B' '1: B') --rule av"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "  A" in done.stdout


def test_an_endless_device_is_refused_at_once():
    assert "NUL" in sentence("/dev/zero", "--rule", "av")


def test_a_file_that_may_not_be_read(ward):
    words = ["count", str(ward), "--rule", "av"]
    assert CliRunner().invoke(main, words).exit_code == 0
    ward.chmod(0)
    me = os.geteuid()
    if me == 0:  # root may read everything, so it becomes nobody for a moment
        os.seteuid(65534)
    try:
        done = CliRunner().invoke(main, words)
    finally:
        os.seteuid(me)
    assert done.exit_code == 2
    assert "may not read" in done.stderr


def test_a_name_that_is_not_utf_8_is_no_obstacle(tmp_path):
    place = tmp_path / os.fsdecode(b"w\xe4hl.blt")
    place.write_bytes(WARD)
    assert hustings("count", place, "--rule", "av").returncode == 0
    place.write_bytes(WARD + b"more\nand\n" * 99)
    assert "hl.blt" in sentence(place, "--rule", "av")


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_a_terminal_that_knows_ascii_only_is_no_obstacle(tmp_path, words):
    place = tmp_path / "w.blt"
    place.write_bytes(WARD.replace(b"Ann", "Änn 東".encode()))
    done = hustings("count", place, "--rule", "av", *words, env={"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, b"")


def test_nothing_a_file_says_moves_the_cursor(tmp_path):
    (tmp_path / "w.blt").write_bytes(b"3 1\n\x1b[2J\x07 1 0\n")
    told = sentence("w.blt", "--rule", "av", cwd=tmp_path)
    assert "\x1b" not in told
    assert "␛[2J␇ 1 0" in told


def test_a_reader_that_goes_away_ends_it_without_a_word(ward):
    process = subprocess.Popen(
        [HUSTINGS, "count", ward, "--rule", "av", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    with process.stderr as stderr:
        assert stderr.read() == b""
    assert process.wait(60) == 141


@pytest.mark.parametrize(
    ("redirection", "code", "said"),
    [
        (">/dev/full", 2, "No space left on device"),
        (">&-", 2, "Standard output is closed: there is nowhere to print to."),
        ("<&-", 0, ""),
        ("2>&-", 0, ""),
    ],
)
@pytest.mark.parametrize("words", ["", "--json"])
def test_streams_that_are_full_or_closed(ward, redirection, code, said, words):
    done = subprocess.run(
        ["bash", "-c", f"{HUSTINGS} count {ward} --rule av {words} {redirection}"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", ["--help", "demo --headless --out .", "serve"])
def test_no_command_runs_with_standard_output_closed(tmp_path, words):
    done = subprocess.run(
        ["bash", "-c", f"{HUSTINGS} {words} >&-"],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
    )
    assert done.returncode == 2
    assert done.stderr == "Standard output is closed: there is nowhere to print to.\n"
    assert list(tmp_path.iterdir()) == []


def test_standard_input_that_is_closed():
    done = subprocess.run(
        ["bash", "-c", f"{HUSTINGS} count - --rule av <&-"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (2, "standard input: it is closed.\n")


def test_ctrl_c_ends_it_with_130_and_leaves_nothing(tmp_path):
    fifo = tmp_path / "ballots"
    os.mkfifo(fifo)
    out = tmp_path / "r.html"
    process = subprocess.Popen(
        [HUSTINGS, "count", fifo, "--rule", "av", "--html", out],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with fifo.open("wb") as pipe:  # opens only once the command reads
        pipe.write(b"3 1\n")
        pipe.flush()
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        told, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told == b""
    assert said == b"\nInterrupted; nothing was written.\n"
    assert list(tmp_path.iterdir()) == [fifo]


def test_ctrl_c_says_that_nothing_was_written_only_where_that_is_so(ward, monkeypatch):
    """The sentence is a promise about files: once one has its name, it would be false."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    out = ward.parent / "r.html"
    words = ["count", str(ward), "--rule", "av", "--html", str(out)]
    with monkeypatch.context() as patch:
        patch.setattr("hustings.cli.source.FileSource.check_unchanged", interrupted)
        before = CliRunner().invoke(main, words)
    assert (before.exit_code, before.stderr) == (130, "\nInterrupted; nothing was written.\n")
    assert not out.exists()
    monkeypatch.setattr("hustings.cli.count.table", interrupted)
    after = CliRunner().invoke(main, words)
    assert (after.exit_code, after.stderr) == (130, "\nInterrupted.\n")
    assert out.exists()


def test_want_of_memory_is_said(tmp_path):
    place = tmp_path / "large.csv"
    lines = b"".join(b"%d,%d\n" % (i % 997, i) for i in range(400_000))
    place.write_bytes(b"rank1,rank2\n" + lines)

    def little_memory() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (90 << 20, 90 << 20))

    done = subprocess.run(
        [HUSTINGS, "count", place, "--rule", "av"],
        capture_output=True,
        timeout=120,
        preexec_fn=little_memory,
    )
    assert done.returncode == 2
    assert done.stderr == b"There is not enough memory for this.\n"


def test_an_old_file_is_replaced_and_keeps_its_permissions(ward):
    out = ward.parent / "r.html"
    out.write_text("old")
    out.chmod(0o600)
    assert hustings("count", ward, "--rule", "av", "--html", out).returncode == 0
    assert "Ben Beech" in out.read_text("utf-8")
    assert out.stat().st_mode & 0o777 == 0o600


def test_without_nameless_files_the_same_is_done_by_a_name_beside(tmp_path, monkeypatch):
    monkeypatch.delattr(os, "O_TMPFILE")
    out = tmp_path / "r.txt"
    out.write_text("old")
    with Output(out, option="--html") as output:
        output.write([b"half"])
        assert out.read_text() == "old"
        assert len(list(tmp_path.iterdir())) == 2
    assert list(tmp_path.iterdir()) == [out]
    with Output(out, option="--html") as output:
        output.write([b"whole"])
        output.keep()
    assert out.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [out]


def test_a_link_stays_a_link(ward):
    target, link = ward.parent / "real.html", ward.parent / "link.html"
    target.write_text("old")
    link.symlink_to(target)
    assert hustings("count", ward, "--rule", "av", "--html", link).returncode == 0
    assert link.is_symlink()
    assert "Ben Beech" in target.read_text("utf-8")


def test_a_count_that_fails_leaves_the_old_file_as_it_was(ward):
    ward.write_bytes(WARD + b"x\n" * 200)
    out = ward.parent / "r.html"
    out.write_text("old")
    assert hustings("count", ward, "--rule", "av", "--html", out).returncode == 2
    assert out.read_text() == "old"
    assert sorted(p.name for p in ward.parent.iterdir()) == ["r.html", "ward.blt"]


@pytest.mark.parametrize("seed", range(6))
def test_a_kill_at_any_moment_leaves_the_old_file_or_the_whole_new_one(tmp_path, seed):
    chance = random.Random(seed)
    ballots = tmp_path / "in" / "b.csv"
    ballots.parent.mkdir()
    lines = [b"b%d,%s\n" % (i, chance.choice([b"A,B", b"B,C", b"C,A"])) for i in range(150_000)]
    ballots.write_bytes(b"ballot_id,rank1,rank2\n" + b"".join(lines))
    out = tmp_path / "out" / "paths.csv"
    out.parent.mkdir()
    out.write_text("old")
    command = [HUSTINGS, "count", ballots, "--rule", "av", "--path", out]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(chance.uniform(0.15, 1.2))
    process.kill()
    process.wait(60)
    left = out.read_bytes()
    assert left == b"old" or left.count(b"\n") == 150_001
    assert list(out.parent.iterdir()) == [out]
