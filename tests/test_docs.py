"""The pages say what is true: commands run, examples parse, links lead somewhere, sums add up."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path

import click
import pytest

from hustings import cli
from hustings.apps.site.counts.limits import Limits

ROOT = Path(__file__).parent.parent
# What is built, installed or kept, and so not ours to read.
ELSEWHERE = {"node_modules", "target", "build", "dist", "var"}
HUSTINGS = Path(sys.executable).with_name("hustings")


def files(pattern: str, *, root: Path = ROOT) -> list[Path]:
    """Files of the project that match, but not those of packages and builds."""
    return sorted(
        path
        for path in root.rglob(pattern)
        if path.is_file()
        and not any(
            part in ELSEWHERE or part.startswith(".") for part in path.relative_to(root).parts
        )
    )


def name(path: object) -> str:
    """A file's place in the project, for the names of tests."""
    return str(path.relative_to(ROOT)) if isinstance(path, Path) else str(path)


def fences(text: str, *languages: str) -> Iterator[str]:
    """What stands in fenced blocks of these languages."""
    for found in re.finditer(r"^```(\w*)[^\n]*\n(.*?)^```\s*$", text, re.MULTILINE | re.DOTALL):
        if found[1] in languages:
            yield found[2]


def prose(text: str) -> str:
    """A page without its fenced blocks and without code inside lines."""
    text = re.sub(r"^```.*?^```\s*$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", text)


def table(text: str) -> Iterator[list[str]]:
    """The rows of every table of a page, heads and rules between them left out."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    for row in rows:
        cells = [cell.strip() for cell in row.strip().strip("|").split("|")]
        if not all(re.fullmatch(r":?-*:?", cell) for cell in cells):
            yield cells


def test_there_is_something_to_check():
    """A selection that runs nothing would pass for ever."""
    for place, pattern in (("spec", "*.md"), ("spec", "*.json"), ("spec/vectors", "*.jsonl")):
        assert files(pattern, root=ROOT / place), f"{place}/{pattern}"
    assert len(files("*.md", root=ROOT / "docs/decisions")) >= 8


# --- links ---


def slug(heading: str) -> str:
    """The anchor that a forge gives a heading."""
    words = re.sub(r"[`*_]|\[([^\]]*)\]\([^)]*\)", r"\1", heading.strip()).lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def anchors(text: str) -> set[str]:
    """Every place in a page that a link can lead to."""
    headings = re.findall(
        r"^#{1,6} +(.+?)\s*$",
        re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL),
        re.MULTILINE,
    )
    return {slug(heading) for heading in headings} | set(re.findall(r'<a id="([^"]+)">', text))


def dead_links(page: Path) -> list[str]:
    """Relative links and anchors of a page that lead nowhere."""
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        where, _, anchor = link.partition("#")
        target = (page.parent / where).resolve() if where else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            dead.append(link)
    return dead


@pytest.mark.parametrize("page", files("*.md"), ids=name)
def test_every_link_of_a_page_leads_somewhere(page: Path):
    assert dead_links(page) == []


def test_a_dead_link_would_be_seen(tmp_path: Path):
    (tmp_path / "there.md").write_text('# A head: line\n<a id="word"></a>\n')
    page = tmp_path / "page.md"
    page.write_text(
        "[a](there.md) [b](there.md#a-head-line) [c](there.md#word) [d](https://example.org/x)\n"
        "[e](gone.md) [f](there.md#gone) [g](#gone) `[h](not-a-link.md)`\n"
    )
    assert dead_links(page) == ["gone.md", "there.md#gone", "#gone"]


def test_every_word_has_one_anchor_and_code_that_is_there():
    page = (ROOT / "docs/glossary.md").read_text("utf-8")
    found = re.findall(r'<a id="([^"]+)">', page)
    assert len(found) > 50
    assert len(found) == len(set(found))
    for row in table(page):
        if row[0].startswith("<a id="):
            for place in re.findall(r"`([^`]+)`", row[3]):
                assert (ROOT / place).exists() or (ROOT / "src/hustings" / place).exists(), place


# --- commands ---


def commands(
    group: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, click.Command]]:
    """Every command below a group, by its words."""
    if isinstance(group, click.Group):
        context = click.Context(group)
        for word in group.list_commands(context):
            found = group.get_command(context, word)
            assert found is not None, word
            yield from commands(found, (*path, word))
    else:
        yield " ".join(path), group


def options(command: click.Command) -> set[str]:
    """The long names of a command's options."""
    return {
        text
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for text in (*parameter.opts, *parameter.secondary_opts)
        if text.startswith("--")
    }


COMMANDS = dict(commands(cli.main))


def test_there_are_commands():
    assert {"count", "demo", "serve", "manage"} <= set(COMMANDS)


@pytest.mark.parametrize("words", sorted(COMMANDS))
def test_a_command_says_what_it_does(words: str):
    assert COMMANDS[words].help, f"hustings {words} has no help text"


def test_the_page_of_serve_has_every_figure_of_the_count_pages():
    said = {
        row[0]: whole(row[1])
        for row in table((ROOT / "spec/cli/serve.md").read_text("utf-8"))
        if row[0].startswith("HUSTINGS_COUNTS_")
    }
    assert said == {
        f"HUSTINGS_COUNTS_{figure.name.upper()}": figure.default for figure in fields(Limits)
    }


@pytest.mark.parametrize("words", sorted(COMMANDS))
def test_a_command_has_a_page_that_names_its_options_and_no_others(words: str):
    page = ROOT / "spec/cli" / f"{words.replace(' ', '-')}.md"
    text = page.read_text("utf-8")
    assert text.startswith(f"# `hustings {words}")
    # `manage` hands on what follows it: those options are Django's.
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z]", text))
    assert options(COMMANDS[words]) - named == set(), "not on the page"
    if words != "manage":
        assert named - options(COMMANDS[words]) <= {"--help"}, "not in the program"


def shell_lines(page: Path) -> list[str]:
    """The command lines of a page's ```sh blocks, continued lines joined, remarks dropped."""
    text = "\n".join(fences(page.read_text("utf-8"), "sh")).replace("\\\n", " ")
    lines = (line.partition(" #")[0].strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


WITH_COMMANDS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "demo/elections/README.md",
    *files("*.md", root=ROOT / "docs"),
]
SHELL = [(page, line) for page in WITH_COMMANDS for line in shell_lines(page)]


def test_the_readme_names_its_two_commands():
    assert {"make demo", "make test"} <= set(shell_lines(ROOT / "README.md"))


@pytest.mark.parametrize(("page", "line"), SHELL, ids=name)
def test_a_command_on_a_page_runs(page: Path, line: str, tmp_path: Path):
    words = shlex.split(line)
    if words[0] == "make":
        targets = set(
            re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        )
        assert set(words[1:]) <= targets
        return
    assert words[0] == "hustings", f"{name(page)}: only make and hustings are shown"
    for word in words[1:]:
        if (ROOT / word).is_file():
            (tmp_path / word).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / word, tmp_path / word)
    done = subprocess.run(
        [HUSTINGS, *words[1:]], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip() or "--html" in words


def transcripts(text: str) -> Iterator[tuple[str, list[str]]]:
    """What a page shows a terminal saying: the command, and the lines after it.

    A line of "…" stands for any lines left out.
    """
    for found in re.finditer(r"^```\n\$ (.+)\n((?:.*\n)*?)```\s*$", text, re.MULTILINE):
        yield found[1], [line for line in found[2].splitlines() if line.strip() not in {"", "…"}]


SHOWN = [
    (page, command, lines)
    for page in files("*.md")
    for command, lines in transcripts(page.read_text("utf-8"))
]


@pytest.mark.parametrize(
    ("page", "command", "lines"),
    SHOWN,
    ids=[f"{name(page)}: {command}" for page, command, _ in SHOWN],
)
def test_a_terminal_says_what_the_page_shows(page: Path, command: str, lines: list[str]):
    words = shlex.split(command)
    assert words[0] == "hustings", f"{name(page)}: only hustings is shown"
    done = subprocess.run(
        [HUSTINGS, *words[1:]],
        cwd=ROOT,
        # As wide as where there is no terminal to ask.
        env={key: value for key, value in os.environ.items() if key != "COLUMNS"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    said = {line.rstrip() for line in (done.stdout + done.stderr).splitlines()}
    assert [line for line in lines if line.rstrip() not in said] == []


def test_a_transcript_is_read_as_a_command_and_its_lines():
    text = "```\n$ hustings x\na\n…\nb\n```\n```\nno command\n```\n"
    assert list(transcripts(text)) == [("hustings x", ["a", "b"])]


# --- the specification ---


def unreadable(text: str) -> list[str]:
    """Examples of a page that don't parse as what they say they are."""
    bad = []
    for language, parse in (("json", json.loads), ("toml", tomllib.loads)):
        for block in fences(text, language):
            try:
                parse(block)
            except ValueError as error:
                bad.append(f"{language}: {error}")
    for line in "\n".join(fences(text, "jsonl")).splitlines():
        try:
            json.loads(line)
        except ValueError as error:
            bad.append(f"jsonl: {error}")
    return bad


@pytest.mark.parametrize("page", files("*.md", root=ROOT / "spec"), ids=name)
def test_every_example_of_a_specification_parses(page: Path):
    assert unreadable(page.read_text("utf-8")) == []


def test_an_example_that_does_not_parse_would_be_seen():
    good = '```json\n{"a": 1}\n```\n```toml\na = 1\n```\n```jsonl\n{}\n[]\n```\n'
    assert unreadable(good) == []
    bad = good.replace("1}", "1").replace("= 1", "=").replace("[]", "[")
    assert [line.partition(":")[0] for line in unreadable(bad)] == ["json", "toml", "jsonl"]


@pytest.mark.parametrize("file", files("*.json", root=ROOT / "spec"), ids=name)
def test_every_schema_is_json(file: Path):
    assert json.loads(file.read_text("utf-8"))


def sourceless(text: str) -> list[int]:
    """Lines of a file of vectors (from 1) that don't say why they are there or where from."""
    return [
        number
        for number, line in enumerate(text.splitlines(), 1)
        if not all(str(json.loads(line).get(key, "")).strip() for key in ("why", "source"))
    ]


@pytest.mark.parametrize("file", files("*.jsonl", root=ROOT / "spec/vectors"), ids=name)
def test_every_vector_says_why_and_where_from(file: Path):
    text = file.read_text("utf-8")
    assert text.strip()
    assert sourceless(text) == []


def test_a_vector_without_a_source_would_be_seen():
    assert sourceless('{"why": "a", "source": "b"}\n{"why": "a"}\n{"why": "", "source": "b"}') == [
        2,
        3,
    ]


# --- the tour, the changelog, the licences ---


@pytest.mark.parametrize("page", files("*.md", root=ROOT / "docs/decisions"), ids=name)
def test_the_tour_leads_to_every_decision(page: Path):
    assert f"](decisions/{page.name})" in (ROOT / "docs/tour.md").read_text("utf-8")


def test_the_tour_names_every_wall_that_stands():
    walls = configparser.ConfigParser()
    walls.read(ROOT / ".importlinter")
    names = {section.rpartition(":")[2] for section in walls.sections() if ":" in section}
    assert names
    tour = (ROOT / "docs/tour.md").read_text("utf-8")
    standing = tour.partition("### Standing now")[2].partition("### ")[0]
    assert {row[0].strip("`") for row in table(standing)} == names | {"contract"}


def test_the_changelog_tells_of_this_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert re.search(
        rf"^## {re.escape(version)} \(\d{{4}}-\d\d-\d\d\)$",
        (ROOT / "CHANGELOG.md").read_text("utf-8"),
        re.MULTILINE,
    )


def test_the_licence_is_whole():
    text = (ROOT / "LICENSE").read_text("ascii").split()
    assert " ".join(text[:8]) == "GNU AFFERO GENERAL PUBLIC LICENSE Version 3, 19"
    assert len(text) == 5535  # words of the text that the Free Software Foundation publishes


@pytest.mark.parametrize(
    ("file", "tag"), [("spec/LICENSE", "CC-BY-4.0"), ("spec/vectors/LICENSE", "CC0-1.0")]
)
def test_a_folder_with_another_licence_says_which(file: str, tag: str):
    assert f"SPDX-License-Identifier: {tag}" in (ROOT / file).read_text("utf-8")


# --- The Ferry Society ---

STORY = (ROOT / "demo/STORY.md").read_text("utf-8")


def section(number: int) -> str:
    """One numbered section of the story."""
    return STORY.partition(f"\n## {number}. ")[2].partition("\n## ")[0]


def whole(cell: str) -> int:
    """A cell's number, bold or not, thousands apart or not."""
    return int(cell.strip("*").replace(",", "").replace("−", "-"))


def sums(text: str, label: int, columns: range) -> list[tuple[list[int], list[int]]]:
    """For every bold row of a page's tables: the sums of the rows above it, and what it says."""
    found, above = [], []
    for row in table(text):
        if len(row) <= max(columns) or not all(
            re.fullmatch(r"\**[\d,]+\**", row[i]) for i in columns
        ):
            continue
        numbers = [whole(row[i]) for i in columns]
        if row[label].startswith("**"):
            found.append(([sum(column) for column in zip(*above, strict=True)], numbers))
            above = []
        else:
            above.append(numbers)
    return found


def test_the_register_adds_up():
    classes, *_ = sums(section(2), 0, range(1, 5))
    assert classes[0] == classes[1] == [1000, 775, 214, 11]
    branches = sums(section(2).partition("**Branches**")[2], 0, range(2, 4))
    assert branches == [([1000, 214], [1000, 214])]
    joined = section(2).partition("**When they joined.**")[2].partition("**Branches**")[0]
    before = sums(joined, 0, range(1, 4))
    assert before == [([635, 104, 36], [635, 104, 36])]
    after = [row[-1] for row in table(joined) if re.fullmatch(r"\**\d+\**", row[-1])]
    assert sum(map(whole, after[:-1])) == whole(after[-1]) == 214


def test_the_decisions_add_up():
    rows = [row for row in table(section(3)) if re.fullmatch(r"[\d,*]+", row[-1])]
    total = {
        word: sum(whole(row[2]) for row in rows if row[0] == word)
        for word in ("in", "out", "undecided")
    }
    assert total == {"in": 710, "out": 279, "undecided": 11}
    assert sum(total.values()) == whole(rows[-1][2]) == 1000


def test_the_calendar_is_what_the_days_say():
    head, *rows = table(section(1))
    assert head[2:] == ["home", "run on 24 Nov 2026", "run on 29 Feb 2028"]
    runs = [date(2026, 9, 2), date(2026, 11, 24), date(2028, 2, 29)]
    mondays = [day - timedelta(days=day.weekday()) for day in runs]
    assert len(rows) == 14
    for row in rows:
        days = [monday + timedelta(days=whole(row[1])) for monday in mondays]
        assert row[2:] == [f"{day:%a} {day.day} {day:%b %Y}" for day in days]
    offsets = {row[0]: whole(row[1]) for row in rows}
    adopted = next(days for what, days in offsets.items() if "adopted" in what)
    assert adopted - offsets["the cut-off, called *C*"] == 182
    assert offsets["voting opens, 09:00"] < 0
    assert offsets["voting closes, 12:00"] > 6


def test_the_ballots_of_the_story_are_those_of_the_file():
    lines = (ROOT / "demo/elections/ferry_secretary.blt").read_text("utf-8").splitlines()
    end = lines.index("0")
    surnames = [line.strip('"').split()[-1] for line in lines[end + 1 : -1]]
    in_file = []
    for line in lines[1:end]:
        weight, *order, _ = map(int, line.split())
        in_file.append((weight, ", ".join(surnames[i - 1] for i in order) or "blank"))
    rows = [row for row in table(section(5)) if re.fullmatch(r"[\d*]+", row[0])]
    assert in_file == [(whole(row[0]), row[1]) for row in rows[:-1]]
    assert sum(weight for weight, _ in in_file) == whole(rows[-1][0]) == 200


def test_a_sum_that_does_not_add_up_would_be_seen():
    assert sums("| a | 1 |\n| b | 2 |\n| **all** | **4** |", 0, range(1, 2)) == [([3], [4])]
