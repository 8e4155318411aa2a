"""The page says every option in words, and the command it prints makes the same record again."""

from __future__ import annotations

import json
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from hustings.cli.count import count as count_command
from hustings.core.count import as_mapping, count, options_for, reading, to_json
from hustings.design import asked
from tests.design.records import a_count, one_stage

# Whole names, as `--tie-order` cuts at commas; a name that has one is put together again by
# the count itself, which knows the candidates.
order = st.permutations(["Ann Ash", "Bo O'Birch", "C; rm -rf ~", '"Dee" $DOE', "-e"])
given_options = st.fixed_dictionaries(
    {},
    optional={
        "overvote": st.sampled_from(["exhaust", "skip", "exhaust-if-multiple-continuing"]),
        "max-skipped": st.sampled_from(["unlimited", 0, 1]),
        "repeat": st.sampled_from(["exhaust", "skip"]),
        "max-rankings": st.integers(1, 9),
        "batch": st.booleans(),
        "until-two": st.booleans(),
        "threshold": st.sampled_from(["first-round", "each-round"]),
        "min-votes": st.integers(0, 5),
        "stop-after": st.integers(1, 9),
        "withdrawn": order.map(lambda names: names[:2]),
        "write-in": order.map(lambda names: names[:1]),
        "tie-order": order,
        "seed": st.sampled_from(["2026-11-24", "it's; a `seed`", "\u202eit's a \\ seed"]),
    },
)


def _back(command: str) -> dict[str, object]:
    """Read the printed command as a shell and then the command line would."""
    printed = subprocess.run(
        ["/bin/bash", "-c", f"printf '%s\\0' {command}"], capture_output=True, check=True
    )
    pieces = printed.stdout.decode().split("\0")[:-1]
    assert pieces[:2] == ["hustings", "count"]
    options: dict[str, object] = {}
    rest = iter(pieces[3:])
    for piece in rest:
        name = piece.removeprefix("--")
        if name in {"batch", "until-two"}:
            options[name] = True
        elif name in {"withdrawn", "write-in"}:
            options[name] = [*options.get(name, []), next(rest)]  # type: ignore[misc]
        else:
            options[name] = next(rest)
    return {"file": pieces[2], **options}


@settings(max_examples=40, deadline=None)
@given(given_options)
def test_the_printed_command_gives_the_same_options_again(options: dict[str, object]) -> None:
    made = options_for("av", options)
    record = replace(one_stage(), rule="av", options=as_mapping(made))
    back = _back(asked.command(record, file="a file's name.blt", arguments=("--format", "blt")))
    assert back.pop("file") == "a file's name.blt"
    assert back.pop("format") == "blt"
    assert back.pop("rule") == "av"
    assert back.pop("seats") == "1"
    assert options_for("av", back) == made


def test_a_file_that_looks_like_an_option_is_still_a_file() -> None:
    command = asked.command(a_count(), file="-rf.blt")
    assert shlex.split(command)[2] == "./-rf.blt"


def test_every_option_in_force_is_said_in_a_sentence() -> None:
    options = as_mapping(
        options_for(
            "av",
            {
                "batch": True,
                "until-two": True,
                "max-skipped": 1,
                "max-rankings": 3,
                "min-votes": 2,
                "stop-after": 4,
                "withdrawn": ["<Zed>"],
                "write-in": ["Yve"],
                "tie": "lot",
                "seed": "2026",
            },
        )
    )
    said = [str(sentence) for sentence in asked.option_sentences("av", options)]
    assert len(said) == len(asked.in_force(options))
    assert not [sentence for sentence in said if ": {" in sentence or "<Zed>" in sentence]
    assert "Withdrawn: <bdi>&lt;Zed&gt;</bdi>." in said


def test_an_option_this_page_does_not_know_is_shown_as_it_is() -> None:
    [said] = asked.option_sentences("av", {"new {0}<option>": "a<b"})
    assert str(said) == "new {0}&lt;option&gt;: <bdi>a&lt;b</bdi>."


BALLOTS = b"""4 2
5 1 2 0
4 2 3 0
4 3 1 0
2 4 2 0
0
"Ann, of Ash"
"Bo O'Birch"
"Cat $CEDAR"
"-e"
"A vote"
"""


@pytest.mark.parametrize(
    ("rule", "options"),
    [
        ("stv-scottish", {"tie": "order", "tie-order": ["Cat $CEDAR", "Bo O'Birch"]}),
        ("av", {"tie": "lot", "seed": "it's 24 November", "withdrawn": ["-e"], "until-two": True}),
        ("plurality", {"withdrawn": ["Ann, of Ash", "Cat $CEDAR"]}),
    ],
)
def test_the_printed_command_makes_the_same_record_again(
    rule: str, options: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a vote.blt").write_bytes(BALLOTS)
    ballots = reading.read(reading.BytesSource(BALLOTS), name="a vote.blt")
    seats = 1 if rule == "av" else None
    record = count(ballots, rule, seats=seats, options=options_for(rule, options)).record
    printed = shlex.split(asked.command(record, file="a vote.blt", json=True))
    result = CliRunner().invoke(count_command, printed[2:])
    assert result.exit_code == 0, result.output
    assert json.loads(result.output) == json.loads(json.dumps(to_json(record)))


@pytest.mark.parametrize(
    ("rule", "tie", "said"),
    [
        # spec/count/stv-scottish.md, paragraph 10; spec/count/plurality.md has no earlier stage.
        ("stv-scottish", "order", "earlier stages, then by an order"),
        ("stv-scottish", "lot", "earlier stages, then by a lot"),
        ("plurality", "earlier", "a stated order or by a lot"),
        ("av", "order", "by an order stated before the count"),
    ],
)
def test_how_ties_are_broken_is_said_as_the_counting_rule_has_it(rule, tie, said):
    [sentence] = asked.option_sentences(rule, {"tie": tie})
    assert said in str(sentence)
