"""The result of a count as a page: who was elected, how it came to that, and how to check it.

`result_page` stands alone: one file, its style inside, no script, nothing fetched.
`result_body` is the same without the frame, for a page of the site. Both are made from
the count record and what the caller knows of the file; the same input gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from markupsafe import Markup

from hustings.core.count import COUNTING_RULES, CountRecord, Stage
from hustings.design import asked, words
from hustings.design.bars import charts
from hustings.design.environment import render
from hustings.design.flow import DoesNotAddUpError, strength
from hustings.design.picture import Names, Picture, across, down, heading, transfer_lines

_ROOM: Final = 170
"""Signs of votes that stand side by side on a sheet of paper laid across."""

_KINDS: Final = (
    ("exhausted", "Exhausted", "no further preference for anybody still standing"),
    ("overvoted", "Over-voted", "several candidates marked at one rank"),
    ("skipped", "Skipped", "more empty ranks in a row than the options let pass"),
    ("repeated", "Repeated", "the same candidate marked again"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of the ballots besides the record.

    `arguments` are what `hustings count` was told to read the file ("--format", "blt"),
    so that the command on the page reads it the same way.
    """

    name: str = ""
    sha256: str = ""
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Download:
    """A file to take away: what it is, where it is, and its kind and size in words."""

    label: str
    href: str
    note: str


MOST_FIGURES: Final = 20_000
"""Candidates times stages that a page shows in figures and pictures: with more, no browser
and no reader could use it, and making it would hold up everybody else."""


def result_page(
    record: CountRecord,
    *,
    title: str = "",
    source: Source = Source(),
    made_by: str = "Hustings",
) -> str:
    """Return a whole HTML document that stands alone.

    Args:
        record: the count; its names may be anything at all.
        title: what the election is called, where the file doesn't say it well.
        source: the ballots' file, for the facts and for the command that repeats the count.
        made_by: program and version, for the last line.
    """
    return str(
        render(
            "sheet/page.html",
            name=_name(record, source, title),
            body=result_body(record, title=title, source=source),
            made_by=made_by,
        )
    )


def result_body(
    record: CountRecord,
    *,
    title: str = "",
    source: Source = Source(),
    downloads: Sequence[Download] = (),
    prefix: str = "count",
) -> Markup:
    """Return the result from its h1 down, for a page whose frame is made elsewhere.

    Args:
        downloads: files the page offers, if any.
        prefix: what every id begins with: two results on one page need two prefixes.
    """
    names = words.short_names(record.candidates)
    large = len(record.candidates) * len(record.stages) > MOST_FIGURES
    wide, narrow, trouble = ("", "", "") if large else _pictures(record, names)
    drawn = [None] * len(record.stages) if large else charts(record)
    return render(
        "sheet/body.html",
        record=record,
        prefix=prefix,
        name=_name(record, source, title),
        headline=_headline(record),
        winners=_winners(record, names),
        empty=_why_empty(record),
        facts=_facts(record),
        counted=_counted(record, source),
        wide=wide,
        narrow=narrow,
        trouble=trouble,
        large=large,
        landscape=len(record.stages) > 5,
        moved=[]
        if large
        else [(heading(stage, names), transfer_lines(stage)) for stage in record.stages],
        tables=() if large else _tables(record, prefix, names),
        stages=[
            (heading(stage, names), stage, chart)
            for stage, chart in zip(record.stages, drawn, strict=True)
        ],
        ties=[(stage.number, tie) for stage in record.stages for tie in stage.ties],
        inactive=_inactive(record),
        command=asked.command(record, file=source.name or "BALLOTS", arguments=source.arguments),
        source=source,
        downloads=downloads,
        words=words,
        names=names,
    )


def _name(record: CountRecord, source: Source, title: str) -> str:
    return words.shown(title or record.title or source.name or "The result of the count")


# --- Who, and in one sentence how ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Winner:
    """Somebody elected, with the stage and the votes it took."""

    name: Markup
    stage: int
    votes: str


def _winners(record: CountRecord, names: Names) -> tuple[Winner, ...]:
    found = {name: stage for stage in record.stages for name in stage.elected}
    last = record.stages[-1]
    return tuple(
        Winner(
            _whole_name(name, names),
            found.get(name, last).number,
            found.get(name, last).tallies[name],
        )
        for name in record.elected
    )


def _headline(record: CountRecord) -> str:
    title, _, _ = rule_words(record.rule)
    title = title[:1].lower() + title[1:]
    standing = len(record.candidates) - len(record.withdrawn)
    quota = ""
    if record.quota:
        needed = words.some(record.quota, "vote", "votes")
        quota = (
            f", quota {words.prose(record.quota)}"
            if record.seats > 1
            else f", {needed} needed to win"
        )
    valid = f"{words.prose(record.valid)} of them"
    if record.valid in {"0", record.total}:
        valid = "none" if record.valid == "0" else "all"
    return (
        f"{len(record.elected)} of {words.some(standing, 'candidate', 'candidates')} elected by"
        f" {title}; {words.some(record.total, 'ballot', 'ballots')}, {valid} valid{quota}."
    )


def _why_empty(record: CountRecord) -> str:
    """Return why fewer were elected than there are seats; "" where none is missing."""
    missing = record.seats - len(record.elected)
    if missing <= 0:
        return ""
    said = "Nobody is elected"
    if record.elected:
        said = f"{missing} of {record.seats} seats {'is' if missing == 1 else 'are'} not filled"
    stopped = asked.in_force(record.options).get("stop-after")
    if stopped is not None and int(str(stopped)) <= len(record.stages):
        return f"{said}: the count was stopped after stage {stopped}, as it was asked to be."
    return f"{said}: see what the last stage says."


def quota_name(record: CountRecord) -> str:
    """Return what the number to reach is called: a single seat's is a majority."""
    return "Votes needed" if record.seats == 1 else "Quota"


def rule_words(rule: str) -> tuple[str, str, str]:
    """Return a counting rule's title, what it does in a sentence or two, and its source."""
    known = COUNTING_RULES.get(rule)
    return (known.title, known.summary, known.source) if known else (rule, "", "")


def _facts(record: CountRecord) -> list[dict[str, str]]:
    facts = [
        {"term": "Ballots", "value": words.prose(record.total)},
        {"term": "Valid", "value": words.prose(record.valid)},
        {"term": "Blank", "value": words.prose(record.blank)},
        {"term": "Invalid", "value": words.prose(record.invalid)},
        {"term": "Seats", "value": str(record.seats)},
    ]
    if record.quota:
        changes = len({stage.quota for stage in record.stages}) > 1
        note = "at the last stage" if changes else ""
        facts.append({"term": quota_name(record), "value": words.prose(record.quota), "note": note})
    return facts


def _counted(record: CountRecord, source: Source) -> list[tuple[str, list[Markup]]]:
    """Return how it was counted, as terms with one or more lines each."""
    title, summary, origin = rule_words(record.rule)
    line = Markup("{}").format
    rule = [Markup("{} <code>{}</code>").format(title, record.rule)]
    rows = [("Counting rule", [*rule, *(line(text) for text in (summary, origin) if text)])]
    options = asked.option_sentences(record.rule, record.options)
    rows.append(("Options", list(options) or [line("This counting rule leaves nothing open.")]))
    if source.name:
        rows.append(("Ballots from", [Markup("<bdi>{}</bdi>").format(words.shown(source.name))]))
    if source.sha256:
        rows.append(("SHA-256 of the file", [Markup("<code>{}</code>").format(source.sha256)]))
    return rows


# --- What moved ---------------------------------------------------------------------------


def _pictures(record: CountRecord, names: Names) -> tuple[Picture | None, Picture | None, str]:
    """Return the wide and the narrow picture, or why there is none."""
    if len(record.stages) < 2:
        return None, None, ""
    try:
        return across(record, names), down(record, names), ""
    except DoesNotAddUpError as error:
        return None, None, str(error)


def _tables(record: CountRecord, prefix: str, names: Names) -> list[dict[str, Any]]:
    """Return the stage table, cut into as many as fit side by side on paper."""
    longest = max(len(v) for stage in record.stages for v in stage.tallies.values())
    per = max(4, _ROOM // (longest + 3))
    parts = -(-len(record.stages) // per)
    per = -(-len(record.stages) // parts)
    elected = {name: s.number for s in record.stages for name in s.elected}
    excluded = {name: s.number for s in record.stages for name in s.excluded}
    order = [*strength(record)]

    tables = []
    for part in range(parts):
        here = range(part * per, min((part + 1) * per, len(record.stages)))
        stages = [record.stages[n] for n in here]
        before = [record.stages[n - 1] if n else None for n in here]
        rows = []
        for name in order:
            outcome = "Not elected"
            if name in elected:
                outcome = f"Elected at stage {elected[name]}"
            elif name in excluded:
                outcome = f"Excluded at stage {excluded[name]}"
            rows.append(
                {
                    "name": _whole_name(name, names),
                    "outcome": outcome,
                    "state": "elected" if name in elected else None,
                    "cells": [
                        _cell(name, stage, was, elected, excluded)
                        for stage, was in zip(stages, before, strict=True)
                    ],
                }
            )
        caption = "Votes after every stage"
        if parts > 1:
            caption = f"Votes after stages {stages[0].number} to {stages[-1].number}"
        tables.append(
            {
                "id": f"{prefix}-table-{part + 1}",
                "caption": caption,
                "columns": [_column(stage, names) for stage in stages],
                "rows": rows,
                "foot": _foot(record, stages, before),
            }
        )
    return tables


def _whole_name(name: str, names: Names) -> Markup:
    """Return the name, with its party, if there is one, in a line of its own."""
    short, (long, party) = names[name], words.parted(name)
    if party and short == long:
        return Markup('<bdi>{}</bdi> <bdi class="sheet-party">{}</bdi>').format(short, party)
    if short == words.shown(name):
        return Markup("<bdi>{}</bdi>").format(short)
    return Markup('<bdi title="{}">{}</bdi>').format(words.shown(name), short)


def _column(stage: Stage, names: Names) -> dict[str, str]:
    head, action, whose = heading(stage, names)
    note = f"{action} {whose}".strip()
    return {"label": head, "note": f"{note} (for completeness)" if stage.after_last else note}


def _cell(
    name: str,
    stage: Stage,
    before: Stage | None,
    elected: Mapping[str, int],
    excluded: Mapping[str, int],
) -> dict[str, str | None] | None:
    votes, at = stage.tallies[name], stage.number
    state = None
    if name in elected and elected[name] <= at:
        state = "elected" if elected[name] == at else "seated"
    elif name in excluded and excluded[name] <= at:
        if excluded[name] < at and not Fraction(votes):
            return None
        state = "excluded" if excluded[name] == at else "gone"
    change = words.difference(votes, before.tallies[name]) if before else ""
    return {"votes": votes, "change": change, "state": state}


def _foot(
    record: CountRecord, stages: Sequence[Stage], before: Sequence[Stage | None]
) -> list[dict[str, Any]]:
    def row(name: str, values: Sequence[str], was: Sequence[str] | None) -> dict[str, Any]:
        cells = [
            {"votes": value, "change": words.difference(value, old) if old else ""}
            for value, old in zip(values, was or [""] * len(values), strict=True)
        ]
        return {"name": name, "cells": cells}

    rows = [
        row(
            "Non-transferable",
            [s.non_transferable for s in stages],
            [b.non_transferable if b else "" for b in before],
        )
    ]
    for key, label, _ in _KINDS:
        if any(Fraction(getattr(s.inactive, key)) for s in record.stages):
            rows.append(
                row(f"of these {label.lower()}", [getattr(s.inactive, key) for s in stages], None)
            )
    if any(Fraction(s.rounding_loss) for s in record.stages):
        rows.append(row("of these lost in rounding", [s.rounding_loss for s in stages], None))
    if any(s.quota for s in record.stages):
        rows.append(row(quota_name(record), [s.quota or "" for s in stages], None))
    return rows


def _inactive(record: CountRecord) -> list[tuple[str, str, str]]:
    """Return what became of votes that count for nobody at the end, as (votes, kind, why)."""
    last = record.stages[-1]
    kinds = [getattr(last.inactive, key) for key, _, _ in _KINDS]
    rest = words.total([last.non_transferable, *(f"-{n}" for n in (*kinds, last.rounding_loss))])
    found = [
        (getattr(last.inactive, key), label, why)
        for key, label, why in _KINDS
        if Fraction(getattr(last.inactive, key))
    ]
    if Fraction(rest) > 0:
        found.append((rest, "Non-transferable", "no further preference for anybody standing"))
    if Fraction(last.rounding_loss):
        found.append(
            (last.rounding_loss, "Lost in rounding", "fractions that the counting rule cuts off")
        )
    return found
