"""Elections as the specification's pages and vectors write them, made into ballots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from hustings.core import count as counting
from hustings.core.count import OVERVOTED, SKIPPED, Ballots, Counted, CountRecord


def ballots_of(case: Mapping[str, Any]) -> Ballots:
    """Return the ballots of a case: [weight, [name | null | [names] | "#OVERVOTE", ...]]."""
    place = {name: index for index, name in enumerate(case["candidates"])}

    def mark(value: str | list[str] | None) -> int | tuple[int, ...]:
        if value is None:
            return SKIPPED
        if value == "#OVERVOTE":
            return OVERVOTED
        if isinstance(value, list):
            return tuple(sorted(place[name] for name in value))
        return place[value]

    groups: dict[tuple[int | tuple[int, ...], ...], int | Fraction] = {}
    for weight, marks in case["ballots"]:
        ranking = tuple(mark(value) for value in marks)
        weighs = weight if isinstance(weight, int) else Fraction(weight)
        groups[ranking] = groups.get(ranking, 0) + weighs
    return Ballots(tuple(case["candidates"]), groups)


def counted(rule: str, case: Mapping[str, Any], *, trace: bool = False) -> Counted:
    """Count a case by a rule with its own options and seats."""
    options = counting.options_for(rule, case["options"])
    return counting.count(
        ballots_of(case), rule, seats=case.get("seats"), options=options, trace=trace
    )


def differences(record: CountRecord, expect: Mapping[str, Any]) -> list[str]:
    """Return where a record is not what was expected; parts not mentioned are free.

    `how` in a stage lists how its ties were broken.
    """
    found = counting.to_json(record)
    wrong = [
        f"{key}: {found[key]!r}, expected {expect[key]!r}"
        for key in ("elected", "ballots", "quota")
        if key in expect and found[key] != expect[key]
    ]
    stages: Sequence[Mapping[str, Any]] = expect["stages"]
    if len(found["stages"]) != len(stages):
        wrong.append(f"{len(found['stages'])} stages, expected {len(stages)}")
    for got, wanted in zip(found["stages"], stages, strict=False):
        got["how"] = [tie["how"] for tie in got["ties"]]
        wrong += [
            f"stage {got['stage']}, {key}: {got[key]!r}, expected {wanted[key]!r}"
            for key in wanted
            if got[key] != wanted[key]
        ]
    return wrong
