"""The walls hold, and each would be noticed if it fell."""

from __future__ import annotations

import ast
import configparser
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "hustings"

# Contract -> a line that breaks it and nothing else, and where the line goes. Rooms that
# are not built yet are made for the occasion.
BREACHES = {
    "house": ("apps/people/__init__.py", "import hustings.cli.terminal"),
    "core": ("core/log/__init__.py", "import hustings.core.count"),
    "apps": ("apps/people/__init__.py", "import hustings.apps.site"),
    "pure": ("core/count/ballots.py", "import time"),
    "kernel": ("core/count/ballots.py", "import hustings_kernel"),
    "design": ("design/environment.py", "import click"),
    "cli": ("cli/count.py", "import django"),
}

# What the core may import, standard library included. What else comes in is looked at first.
CORE_MAY_IMPORT = {
    "__future__",
    "abc",
    "collections",
    "csv",
    "dataclasses",
    "difflib",
    "enum",
    "fractions",
    "functools",
    "hashlib",
    "heapq",
    "hustings",
    "itertools",
    "json",
    "math",
    "operator",
    "re",
    "types",
    "typing",
    "unicodedata",
}
CORE_MAY_NOT_CALL = {
    "open",
    "print",
    "input",
    "eval",
    "exec",
    "compile",
    "__import__",
    "breakpoint",
}

# Which rooms of the site a room's rows may point into, besides its own (DESIGN: the walls).
BELOW = {
    "work": set(),
    "publiclog": {"work"},
    "post": {"work", "publiclog"},
    "people": {"work", "publiclog", "post"},
    "elections": set(),
    "rallies": {"work", "publiclog", "post", "people"},
    "press": {"work", "publiclog", "post", "people"},
    "roll": {"work", "publiclog", "post", "people", "rallies", "press"},
    "nominations": {"work", "publiclog", "post", "people", "rallies", "press", "roll"},
    "site": {"work", "publiclog", "post", "people", "rallies", "press", "roll", "nominations"},
}


def contracts() -> dict[str, str]:
    """The contracts of .importlinter: id to name."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    prefix = "importlinter:contract:"
    return {
        section.removeprefix(prefix): parser[section]["name"]
        for section in parser.sections()
        if section.startswith(prefix)
    }


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter over a copy of the source."""
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--config", ".importlinter"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def verdict(report: str, name: str) -> str:
    """What import-linter said of one contract: KEPT or BROKEN."""
    [word] = re.findall(rf"^{re.escape(name)} (KEPT|BROKEN)", report, re.MULTILINE)
    return word


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(
        SOURCE, tmp_path / "src" / "hustings", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_every_contract_is_proved_by_a_breach():
    assert set(BREACHES) == set(contracts())


@pytest.mark.parametrize("contract", sorted(BREACHES))
def test_a_breach_is_noticed_by_the_contract_meant_for_it(contract: str, copy: Path):
    assert lint(copy).returncode == 0, "the copy must be sound before it is broken"
    where, line = BREACHES[contract]
    module = copy / "src" / "hustings" / where
    module.parent.mkdir(exist_ok=True)
    before = module.read_text() if module.exists() else '"""A room made for this test."""\n'
    module.write_text(f"{before}\n{line}\n")

    report = lint(copy)

    assert report.returncode == 1, report.stdout + report.stderr
    found = {name: verdict(report.stdout, title) for name, title in contracts().items()}
    assert found == {name: "BROKEN" if name == contract else "KEPT" for name in found}


def core_modules() -> list[Path]:
    return sorted((SOURCE / "core").rglob("*.py"))


def imports(tree: ast.AST) -> Iterator[str]:
    """Every top-level package that is imported anywhere in a module, late imports included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def calls(tree: ast.AST) -> Iterator[str]:
    """Every bare name that is used in a module, called or handed on."""
    yield from (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


@pytest.mark.parametrize("module", core_modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_the_core_is_pure(module: Path):
    tree = ast.parse(module.read_text())
    assert set(imports(tree)) <= CORE_MAY_IMPORT
    assert not set(calls(tree)) & CORE_MAY_NOT_CALL


def test_impurity_would_be_seen():
    tree = ast.parse("def late():\n    import time\n    return map(open, [])\n")
    assert set(imports(tree)) - CORE_MAY_IMPORT == {"time"}
    assert set(calls(tree)) & CORE_MAY_NOT_CALL == {"open"}


def entrances(tree: ast.AST, room: str) -> Iterator[str]:
    """Modules of a core room that are imported from outside, past its front door."""
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        yield from (name for name in names if name.startswith(f"{room}."))


FRONT_DOORS = {"hustings.core.count": {"hustings.core.count.reading"}}


@pytest.mark.parametrize("room", sorted(FRONT_DOORS))
def test_a_room_of_the_core_is_entered_by_its_front_door(room: str):
    inside = SOURCE.parent / Path(*room.split("."))
    for module in SOURCE.rglob("*.py"):
        if module.is_relative_to(inside):
            continue
        past = set(entrances(ast.parse(module.read_text()), room)) - FRONT_DOORS[room]
        assert not past, f"{module.relative_to(SOURCE)} goes past the front door: {past}"


def test_a_side_door_would_be_seen():
    tree = ast.parse("from hustings.core.count.av import count_av\n")
    assert list(entrances(tree, "hustings.core.count")) == ["hustings.core.count.av"]


@pytest.mark.parametrize("command", ["--help", "count --help", "--version"])
def test_the_command_line_starts_without_django_or_rich(command: str):
    """The command line answers in 0.2 s because it loads only what a command needs."""
    code = (
        "import sys; from hustings.cli import main\n"
        f"try: main({command.split()!r})\n"
        "except SystemExit: pass\n"
        "print([m for m in ('django', 'granian', 'jinja2', 'rich', 'polars') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr


def strays(rows: Iterable[type[models.Model]]) -> Iterator[str]:
    """
    Relations that lead where the room's rows may not point. A foreign key named by a
    string is not an import, so import-linter is blind to it; Django's model graph isn't.
    """
    for model in rows:
        label = model._meta.app_label
        for field in model._meta.get_fields(include_hidden=True):
            # A relation that comes in is seen at the model it starts from.
            if not field.is_relation or field.auto_created or not field.related_model:
                continue
            target = field.related_model
            there = target if isinstance(target, str) else target._meta.app_label
            if there != label and there not in BELOW[label]:
                yield f"{model.__name__}.{field.name} -> {there}"


def test_no_relation_leaves_the_rooms_it_may_know():
    ours = [app for app in apps.get_app_configs() if app.name.startswith("hustings.apps.")]
    assert ours
    for app in ours:
        assert list(strays(app.get_models(include_auto_created=True))) == []


@isolate_apps()
def test_a_relation_from_a_ballot_to_a_person_would_be_seen():
    class Person(models.Model):
        class Meta:
            app_label = "people"

    class Ballot(models.Model):
        voter = models.ForeignKey(Person, on_delete=models.CASCADE)

        class Meta:
            app_label = "elections"

    class Branch(models.Model):
        secretary = models.ForeignKey(Person, on_delete=models.CASCADE)

        class Meta:
            app_label = "people"

    assert list(strays([Person, Ballot, Branch])) == ["Ballot.voter -> people"]
