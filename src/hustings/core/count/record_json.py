"""The JSON form of a count record, both ways: what is printed, and what is shown again later.

The form is a contract: spec/count/record.md, and spec/cli/count.schema.json.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, get_args

from hustings.core.count.record import (
    CountRecord,
    Inactive,
    Stage,
    Tie,
    TieMethod,
    Transfer,
)
from hustings.core.count.refusals import RecordInvalid

SCHEMA: Final = "count/1"


def to_json(record: CountRecord) -> dict[str, Any]:
    """Return the record as the JSON contract has it (spec/count/record.md), ready to print."""
    return {
        "schema": SCHEMA,
        "rule": record.rule,
        "title": record.title,
        "options": dict(record.options),
        "seats": record.seats,
        "candidates": list(record.candidates),
        "withdrawn": list(record.withdrawn),
        "ballots": {
            "total": _number(record.total),
            "valid": _number(record.valid),
            "blank": _number(record.blank),
            "invalid": _number(record.invalid),
        },
        "quota": record.quota,
        "stages": [_stage_to_json(stage) for stage in record.stages],
        "elected": list(record.elected),
        "pairwise": record.pairwise,
        "sections": {name: dict(rows) for name, rows in record.sections.items()},
        "notes": list(record.notes),
    }


def record_text(record: CountRecord) -> str:
    """Return the record as the text of a JSON document, the same wherever it is written.

    Indented by two, names as they are (not escaped), with a line feed at the end.
    """
    return json.dumps(to_json(record), ensure_ascii=False, indent=2) + "\n"


def from_json(data: object) -> CountRecord:
    """Return the record that a JSON document holds.

    Raises RecordInvalid, which says where, if anything is missing, of the wrong kind, or
    disagrees with the rest: a saved record is shown only whole.
    """
    top = _Part(data, "the record")
    if top.text("schema") != SCHEMA:
        raise RecordInvalid(f"The record is not of schema {SCHEMA}.")
    ballots = top.part("ballots")
    candidates = top.names("candidates")
    if not candidates or len(set(candidates)) != len(candidates):
        raise RecordInvalid("The record must name its candidates, each once.")
    stages = tuple(
        _stage_from_json(_Part(row, f"stage {number}"), number, candidates)
        for number, row in enumerate(top.rows("stages"), start=1)
    )
    if not stages:
        raise RecordInvalid("The record has no stages.")
    options = top.part("options").values
    pairwise = top.values.get("pairwise")
    return CountRecord(
        rule=top.text("rule"),
        options=dict(options),
        seats=top.whole("seats"),
        candidates=candidates,
        total=ballots.number("total"),
        valid=ballots.number("valid"),
        blank=ballots.number("blank"),
        invalid=ballots.number("invalid"),
        quota=top.text_or_none("quota"),
        stages=stages,
        elected=top.known("elected", candidates),
        title=top.text_or_none("title"),
        withdrawn=top.known("withdrawn", candidates),
        notes=top.names("notes"),
        pairwise=None if pairwise is None else _table(pairwise, "pairwise"),
        sections=_table(top.values.get("sections", {}), "sections"),
    )


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else text


def _stage_to_json(stage: Stage) -> dict[str, Any]:
    inactive = stage.inactive
    return {
        "stage": stage.number,
        "action": stage.action,
        "tallies": dict(stage.tallies),
        "non_transferable": stage.non_transferable,
        "rounding_loss": stage.rounding_loss,
        "after_last": stage.after_last,
        "inactive": {
            "exhausted": inactive.exhausted,
            "overvoted": inactive.overvoted,
            "skipped": inactive.skipped,
            "repeated": inactive.repeated,
        },
        "quota": stage.quota,
        "elected": list(stage.elected),
        "excluded": list(stage.excluded),
        "transfers": [
            {
                "from": transfer.source,
                "to": dict(transfer.to),
                "non_transferable": transfer.non_transferable,
                "rounding_loss": transfer.rounding_loss,
                "value": transfer.value,
            }
            for transfer in stage.transfers
        ],
        "ties": [
            {
                "candidates": list(tie.candidates),
                "chosen": list(tie.chosen),
                "purpose": tie.purpose,
                "how": tie.how,
                "sentence": tie.sentence,
            }
            for tie in stage.ties
        ],
        "why": stage.why,
        "paragraph": stage.paragraph,
    }


def _stage_from_json(row: _Part, number: int, candidates: tuple[str, ...]) -> Stage:
    if row.whole("stage") != number:
        raise RecordInvalid(f"The record's stages are not numbered in order: {row.where}.")
    tallies = row.part("tallies")
    if set(tallies.values) != set(candidates):
        raise RecordInvalid(f"The tallies of {row.where} are not those of the candidates.")
    inactive = row.part("inactive")
    transfers = [_Part(item, f"a transfer of {row.where}") for item in row.rows("transfers")]
    ties = [_Part(item, f"a tie of {row.where}") for item in row.rows("ties")]
    return Stage(
        number=number,
        action=row.text("action"),
        tallies={name: tallies.number(name) for name in candidates},
        non_transferable=row.number("non_transferable"),
        rounding_loss=row.number("rounding_loss"),
        quota=row.text_or_none("quota"),
        elected=row.known("elected", candidates),
        excluded=row.known("excluded", candidates),
        transfers=tuple(_transfer_from_json(part, candidates) for part in transfers),
        ties=tuple(_tie_from_json(part, candidates) for part in ties),
        why=row.text("why"),
        paragraph=row.text("paragraph"),
        inactive=Inactive(
            exhausted=inactive.number("exhausted"),
            overvoted=inactive.number("overvoted"),
            skipped=inactive.number("skipped"),
            repeated=inactive.number("repeated"),
        ),
        after_last=row.flag("after_last"),
    )


def _transfer_from_json(part: _Part, candidates: tuple[str, ...]) -> Transfer:
    to = part.part("to")
    named = {part.text("from"), *to.values}
    if not named <= set(candidates):
        raise RecordInvalid(f"{part.where} names somebody who is not a candidate.")
    return Transfer(
        source=part.text("from"),
        to={name: to.number(name) for name in to.values},
        non_transferable=part.number("non_transferable", "0"),
        rounding_loss=part.number("rounding_loss", "0"),
        value=part.text_or_none("value"),
    )


def _tie_from_json(part: _Part, candidates: tuple[str, ...]) -> Tie:
    how = part.text("how")
    for method in get_args(TieMethod):
        if how == method:
            return Tie(
                candidates=part.known("candidates", candidates),
                chosen=part.known("chosen", candidates),
                purpose=part.text("purpose"),
                how=method,
                sentence=part.text("sentence"),
            )
    raise RecordInvalid(f"{part.where} was broken in an unknown way: “{how}”.")


def _table(value: object, where: str) -> dict[str, dict[str, str]]:
    rows = _Part(value, where)
    return {
        name: {key: rows.part(name).number(key) for key in rows.part(name).values}
        for name in rows.values
    }


_EXACT = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40}|/[0-9]{1,40})?")


class _Part:
    """One object of a JSON document; every look-up says where it is if it fails."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
            raise RecordInvalid(f"{where} is not an object of a count record.")
        self.values: dict[str, Any] = value
        self.where = where

    def _fail(self, key: str, expected: str) -> RecordInvalid:
        return RecordInvalid(f"In {self.where}, “{key}” is not {expected}.")

    def text(self, key: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str):
            raise self._fail(key, "text")
        return value

    def text_or_none(self, key: str) -> str | None:
        return None if self.values.get(key) is None else self.text(key)

    def number(self, key: str, default: str | None = None) -> str:
        value = self.values.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not _EXACT.fullmatch(value):
            raise self._fail(key, "an exact number of votes")
        return value

    def whole(self, key: str) -> int:
        value = self.values.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self._fail(key, "a whole number from 1")
        return value

    def flag(self, key: str) -> bool:
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise self._fail(key, "true or false")
        return value

    def part(self, key: str) -> _Part:
        return _Part(self.values.get(key), f"“{key}” of {self.where}")

    def rows(self, key: str) -> list[Any]:
        value = self.values.get(key)
        if not isinstance(value, list):
            raise self._fail(key, "a list")
        return value

    def names(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._fail(key, "a list of text")
        return tuple(value)

    def known(self, key: str, candidates: tuple[str, ...]) -> tuple[str, ...]:
        names = self.names(key)
        if not set(names) <= set(candidates):
            raise self._fail(key, "a list of candidates")
        return names
