"""Bars of one stage: what each held before, what came, what went, and the quota's line.

Every bar stands in a row with its name and its number in words; a bar's parts differ in
pattern, not only in colour. Lengths are percentages, so that a bar is as wide as its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from hustings.core.count import CountRecord, Stage
from hustings.design import words

State = Literal["", "elected", "excluded", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Bar:
    """One candidate in one stage. `kept`, `gained` and `lost` are in percent of the scale;
    `share` is the part of the votes then counting, said for the first stage only. These are
    for the eye and rounded to a tenth of a percent; `votes` and `change` are exact."""

    name: str
    votes: str
    change: str
    share: str
    state: State
    kept: str
    gained: str
    lost: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars of one stage, strongest first, and where the quota stands in percent."""

    stage: Stage
    bars: tuple[Bar, ...]
    quota: str
    quota_votes: str
    gone: tuple[str, ...]


def charts(record: CountRecord) -> tuple[Chart, ...]:
    """Return the bars of every stage, all on one scale so that stages can be compared.

    Candidates excluded in an earlier stage have no bar: they are named in `gone`.
    """
    tallies = [Fraction(v) for stage in record.stages for v in stage.tallies.values()]
    quotas = [Fraction(stage.quota) for stage in record.stages if stage.quota]
    # A quota far out of reach must not press every bar flat: its line is left out then.
    top = max(tallies, default=Fraction(0)) or Fraction(1)
    top = max([top, *(quota for quota in quotas if quota <= 2 * top)]) * Fraction(51, 50)

    elected: dict[str, int] = {}
    excluded: dict[str, int] = {}
    before: Stage | None = None
    found: list[Chart] = []
    for stage in record.stages:
        elected.update(dict.fromkeys(stage.elected, stage.number))
        excluded.update(dict.fromkeys(stage.excluded, stage.number))
        rows: list[tuple[Fraction, int, Bar]] = []
        whole = sum((Fraction(v) for v in stage.tallies.values()), Fraction(0))
        gone: list[str] = []
        for place, name in enumerate(record.candidates):
            votes = stage.tallies[name]
            was = before.tallies[name] if before else votes
            now, then = Fraction(votes), Fraction(was)
            out = excluded.get(name, stage.number) < stage.number
            if (out and not now and not then) or (name in record.withdrawn and not now):
                gone.append(name)
                continue
            state: State = "elected" if name in elected else "excluded" if name in excluded else ""
            bar = Bar(
                name=name,
                votes=votes,
                change=words.difference(votes, was),
                share="" if before or not whole else f"{float(100 * now / whole):.1f}%",
                state=state,
                kept=_percent(min(now, then), top),
                gained=_percent(max(now - then, Fraction(0)), top),
                lost=_percent(max(then - now, Fraction(0)), top),
            )
            rows.append((-now, place - len(record.candidates) * (state == "elected"), bar))
        quota = Fraction(stage.quota) if stage.quota else None
        found.append(
            Chart(
                stage=stage,
                bars=tuple(bar for _, _, bar in sorted(rows, key=lambda row: row[:2])),
                quota=_percent(quota, top) if quota is not None and quota <= top else "",
                quota_votes=stage.quota or "",
                gone=tuple(gone),
            )
        )
        before = stage
    return tuple(found)


def _percent(votes: Fraction, top: Fraction) -> str:
    return f"{float(100 * votes / top):.1f}%" if votes else ""
