"""`hustings count` prints, writes and refuses as spec/cli/count.md says."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from hustings.cli import COMMANDS, main
from hustings.core.count import COUNTING_RULES
from tests.cli.running import COUNCIL, CVR, TIED, WARD, hustings
from tests.core.count.reading.files import EXAMPLES

SPEC = Path(__file__).parents[2] / "spec" / "cli"


def schema(name: str) -> Draft202012Validator:
    found = json.loads((SPEC / name).read_text("utf-8"))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


RECORD = schema("count.schema.json")
PATH = schema("count-path.schema.json")


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    return written(tmp_path / "ward.blt", WARD)


def written(place: Path, data: bytes) -> Path:
    place.write_bytes(data)
    return place


def run(*words: str | Path) -> str:
    """Run in this process; it must succeed. Returns what it printed."""
    done = CliRunner().invoke(main, ["count", *map(str, words)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_list_of_commands_is_known_without_loading_any():
    done = CliRunner().invoke(main, ["--help"])
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.stdout.partition("Commands:\n")[2].splitlines()] == [
        *COMMANDS
    ]


def test_text_says_who_how_many_and_why(ward):
    said = run(ward, "--rule", "av")
    # 4, 3 and 2 first preferences; Cy's two go to Ben: 5 of 9.
    assert "The choir" in said
    assert "1 seat · 9 ballots · 9 valid" in said
    assert "Elected\n  Ben Beech (stage 2)" in said
    rows = {
        line[:9]: line.split()[2:]
        for line in said.splitlines()
        if line.startswith(("Ann", "B", "C"))
    }
    assert rows == {"Ann Ash  ": ["4", "4"], "Ben Beech": ["3", "5*"], "Cy Clay  ": ["2", "0x"]}
    assert "What was done, and why" in said


@pytest.mark.parametrize("columns", [40, 57, 80, 100, 200])
def test_text_is_no_wider_than_the_terminal(tmp_path, columns):
    names = [f"Candidate with a rather long name, number {i}" for i in range(12)]
    blt = "12 3\n" + "".join(f"{20 - i} {i + 1} {(i + 3) % 12 + 1} 0\n" for i in range(12)) + "0\n"
    place = written(tmp_path / "w.blt", (blt + "\n".join(names) + "\n東京の選挙\n").encode())
    done = hustings(
        "count", place, "--rule", "stv-scottish", "--seed", "x", env={"COLUMNS": str(columns)}
    )
    assert done.returncode == 0
    lines = done.stdout.decode().splitlines()
    assert max(map(len, lines)) <= columns
    assert not any(line.endswith(" ") for line in lines)


@pytest.mark.parametrize("rule", COUNTING_RULES)
@pytest.mark.parametrize("data", [WARD, COUNCIL, *EXAMPLES.values()])
def test_json_is_what_the_schema_says(tmp_path, rule, data):
    # The Scottish rule counts papers, not parts of them.
    place = written(tmp_path / "ballots", data.replace(b"1.5 ", b"2 "))
    said = run(place, "--rule", rule, "--seats", "1", "--seed", "s", "--json")
    record = json.loads(said)
    RECORD.validate(record)
    assert record["rule"] == rule
    assert set(record["elected"]) <= set(record["candidates"])


def test_the_schema_refuses_what_is_not_a_record(ward):
    record = json.loads(run(ward, "--rule", "av", "--json"))
    for path, wrong in [
        (("seats",), 0),
        (("schema",), "count/2"),
        (("quota",), 5.0),
        (("stages",), []),
        (("stages", 0, "tallies", "Ann Ash"), 4),
        (("stages", 0, "tallies", "Ann Ash"), "4e0"),
        (("stages", 0, "after_last"), None),
        (("more",), 1),
    ]:
        damaged = json.loads(json.dumps(record))
        place = damaged
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = wrong
        assert not RECORD.is_valid(damaged), path


def test_every_option_reaches_the_record(tmp_path):
    place = written(tmp_path / "b.csv", b"rank1,rank2,rank3\nAnn,Ben,Cy\nBen,Ann,UWI\nAnn,Cy,\n")
    asked = {
        "--overvote": "skip", "--max-skipped": "1", "--repeat": "exhaust", "--max-rankings": "2",
        "--threshold": "first-round", "--quota": "hare", "--min-votes": "1", "--stop-after": "3",
        "--tie": "order", "--tie-order": "Ann,Ben,Cy,UWI", "--seed": "text",
    }  # fmt: skip
    words = [word for pair in asked.items() for word in pair]
    words += ["--batch", "--until-two", "--withdrawn", "Cy", "--write-in", "UWI"]
    options = json.loads(run(place, "--rule", "av", "--json", *words))["options"]
    for name, value in asked.items():
        found = options[name[2:]]
        assert (",".join(found) if isinstance(found, list) else str(found)) == value, name
    assert options["batch"] is True
    assert options["until-two"] is True
    assert options["withdrawn"] == ["Cy"]
    assert options["write-in"] == ["UWI"]


def test_options_that_may_be_given_again_are_all_kept(tmp_path):
    place = written(tmp_path / "b.csv", b"rank1\nAnn\nBen\nCy\nAnn\n")
    words = ["--withdrawn", "Cy", "--withdrawn", "Ben"]
    assert json.loads(run(place, "--rule", "av", "--json", *words))["withdrawn"] == ["Ben", "Cy"]


def test_seats_come_from_the_option_then_from_the_file(tmp_path):
    place = written(tmp_path / "c.blt", COUNCIL)
    assert json.loads(run(place, "--rule", "stv-scottish", "--json"))["seats"] == 2
    assert json.loads(run(place, "--rule", "stv-scottish", "--json", "--seats", "3"))["seats"] == 3


def test_paths_follow_every_ballot_and_add_up_to_the_tallies(tmp_path):
    place = written(tmp_path / "c.blt", WARD)
    out = tmp_path / "paths.csv"
    record = json.loads(run(place, "--rule", "av", "--json", "--path", out))
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        PATH.validate(row)
    assert [row["ballot"] for row in rows] == ["2", "3", "4"]
    for stage in record["stages"]:
        found: Counter[str] = Counter()
        for row in rows:
            found[row[f"stage_{stage['stage']}"]] += int(row["weight"])
        assert found == Counter(
            {name: int(votes) for name, votes in stage["tallies"].items() if votes != "0"}
        )


def test_paths_are_labelled_with_ballot_ids(tmp_path):
    place = written(tmp_path / "c.csv", CVR)
    out = tmp_path / "paths.csv"
    run(place, "--rule", "av", "--path", out)
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["ballot"] for row in rows] == ["b1", "b2", "b,3", "b4", "b5"]
    assert [row["stage_1"] for row in rows] == ["Ann", "Ben", "Ann", "(blank)", "(overvoted)"]


def test_the_page_shows_paths_as_they_are(tmp_path):
    """The source of what is expected is the example in spec/cli/count.md."""
    page = (SPEC / "count.md").read_text("utf-8")
    shown = "ballot,weight," + page.partition("\nballot,weight,")[2].partition("…")[0]
    out = tmp_path / "paths.csv"
    ferry = SPEC.parents[1] / "demo" / "elections" / "ferry_secretary.blt"
    run(ferry, "--rule", "av", "--path", out)
    assert shown.count("\n") > 5
    assert out.read_text("utf-8").startswith(shown)


def test_weights_stay_exact_in_paths(tmp_path):
    place = written(tmp_path / "w.csv", b"rank1,weight\nAnn,1.5\nAnn,0.25\nBen,1\n")
    out = tmp_path / "p.csv"
    record = json.loads(run(place, "--rule", "av", "--json", "--path", out))
    weights = [line.split(",")[1] for line in out.read_text().splitlines()[1:]]
    assert weights == ["3/2", "1/4", "1"]
    RECORD.validate(record)
    assert sum(map(Fraction, weights)) == Fraction(str(record["ballots"]["total"]))


def test_all_three_outputs_at_once(ward, tmp_path):
    html, path = tmp_path / "r.html", tmp_path / "p.csv"
    said = run(ward, "--rule", "av", "--json", "--html", html, "--path", path)
    RECORD.validate(json.loads(said))
    assert "Ben Beech" in html.read_text("utf-8")
    assert path.read_text().startswith("ballot,weight,stage_1")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["p.csv", "r.html", "ward.blt"]


def test_the_page_names_the_file_its_hash_and_the_command(ward, tmp_path):
    html = tmp_path / "r.html"
    run(ward, "--rule", "av", "--html", html, "--format", "blt")
    page = html.read_text("utf-8")
    assert hashlib.sha256(WARD).hexdigest() in page
    assert "hustings count ward.blt --rule av --seats 1 --format blt" in page


def test_skipped_lines_are_listed_in_the_result(tmp_path):
    place = written(tmp_path / "w.blt", WARD.replace(b"2 3 2 0", b"2 3 9 0"))
    said = run(place, "--rule", "av", "--skip-bad")
    assert "1 bad line skipped; they are in no total." in said
    assert "Skipped line 4, column 5" in said


def test_a_tie_that_nothing_breaks_stops_the_count(tmp_path):
    place = written(tmp_path / "t.blt", TIED)
    done = hustings("count", place, "--rule", "av", "--json")
    assert done.returncode == 2
    assert not done.stdout
    assert b"--tie-order" in done.stderr
    assert b"--seed" in done.stderr


def test_a_stated_order_breaks_it(tmp_path):
    place = written(tmp_path / "t.blt", TIED)
    said = run(place, "--rule", "av", "--json", "--tie", "order", "--tie-order", "B,A")
    assert json.loads(said)["elected"] == ["B"]
