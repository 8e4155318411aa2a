"""A count, and a refusal, as plain text: as wide as the terminal, and with no need of colour."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from hustings.core.count import COUNTING_RULES, CountRecord, Stage, grouped
from hustings.core.count.reading import Unreadable, visible

NARROWEST: Final = 40
WIDEST_NAME: Final = 34


def refusal(shown_file: str, refused: Unreadable) -> str:
    """Return a refusal: `file:line:column: sentence`, the line, and a caret below the place."""
    told = f"{shown_file}:{refused.line}:{refused.column}: {refused.sentence}"
    if not refused.shown_line:
        return told
    indent = " " * width(refused.shown_line[: refused.caret])
    return f"{told}\n    {refused.shown_line}\n    {indent}^"


def table(record: CountRecord, columns: int) -> str:
    """Return the whole count as text: who, how many votes at each stage, what was done and why."""
    columns = max(columns, NARROWEST)
    parts = [_heading(record, columns), _elected(record, columns), *_stages(record, columns)]
    parts += [_doings(record, columns)]
    if record.notes:
        parts.append(_wrapped("Notes", [("", note) for note in record.notes], columns))
    return "\n\n".join(part for part in parts if part) + "\n"


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(_width(c) for c in text)


def cut(text: str, columns: int) -> str:
    """Return a text that takes at most `columns`, with … where something is left out."""
    if width(text) <= columns:
        return text
    kept = ""
    for c in text:
        if width(kept + c) > columns - 1:
            break
        kept += c
    return kept.rstrip() + "…"


def _width(c: str) -> int:
    if unicodedata.category(c) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(c) in {"W", "F"} else 1


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))


def _heading(record: CountRecord, columns: int) -> str:
    rule = COUNTING_RULES[record.rule].title if record.rule in COUNTING_RULES else record.rule
    seats = "1 seat" if record.seats == 1 else f"{record.seats} seats"
    facts = [rule, seats, f"{grouped(record.total)} ballots"]
    parts = [(record.valid, "valid"), (record.blank, "blank"), (record.invalid, "invalid")]
    facts += [f"{grouped(n)} {what}" for n, what in parts if n != "0"]
    if record.quota is not None:
        facts.append(f"quota {grouped(record.quota)}")
    if record.withdrawn:
        facts.append("withdrawn: " + ", ".join(visible(n) for n in record.withdrawn))
    # A fact is not cut in two: its spaces don't break.
    whole = " · ".join(fact.replace(" ", "\u00a0") for fact in facts)
    lines = [line.replace("\u00a0", " ") for line in textwrap.wrap(whole, columns)]
    if record.title:
        lines = [*textwrap.wrap(visible(record.title), columns), *lines]
    return "\n".join(lines)


def _elected(record: CountRecord, columns: int) -> str:
    if not record.elected:
        return "Nobody is elected."
    at = {name: stage.number for stage in record.stages for name in stage.elected}
    lines = ["Elected, in this order" if len(record.elected) > 1 else "Elected"]
    for place, name in enumerate(record.elected, 1):
        where = f" (stage {at[name]})" if name in at and len(record.stages) > 1 else ""
        number = f"{place:>3}. " if len(record.elected) > 1 else "  "
        lines += textwrap.wrap(
            f"{visible(name)}{where}",
            columns,
            initial_indent=number,
            subsequent_indent=" " * (len(number) + 2),
        )
    return "\n".join(lines)


def _stages(record: CountRecord, columns: int) -> Iterator[str]:
    """Yield the table, in as many pieces side by side as the width asks for."""
    rows = [*record.candidates]
    names = [visible(name) for name in rows]
    labels = [*names, "Non-transferable", "Quota"]
    first = min(max(map(width, labels)), WIDEST_NAME, columns // 2)
    cells = [_column(record, stage) for stage in record.stages]
    # A quota that never changes stands in the heading already.
    with_quota = len({column[-1] for column in cells}) > 1
    sizes = [max(map(width, column)) + 2 for column in cells]
    start = 0
    while start < len(cells):
        end, used = start, first
        while end < len(cells) and (end == start or used + sizes[end] <= columns):
            used += sizes[end]
            end += 1
        head = "".join(f"{cells[i][0]:>{sizes[i]}}" for i in range(start, end))
        lines = [(_padded("Stage", first) + head).rstrip()]
        shown = len(labels) if with_quota else len(labels) - 1
        for row, label in enumerate(labels[:shown], 1):
            line = _padded(cut(label, first), first)
            line += "".join(f"{cells[i][row]:>{sizes[i]}}" for i in range(start, end))
            lines.append(line.rstrip())
        yield "\n".join(lines)
        start = end
    legend = "* elected at this stage   x excluded at this stage"
    if any(stage.after_last for stage in record.stages):
        legend += "   + after the last seat was filled"
    yield textwrap.fill(legend, columns)


def _column(record: CountRecord, stage: Stage) -> list[str]:
    """Return a stage's heading, every candidate's votes, what is non-transferable, the quota."""
    gone = {
        name
        for earlier in record.stages
        if earlier.number < stage.number
        for name in earlier.excluded
    }
    column = [f"{stage.number}{'+' if stage.after_last else ' '}"]
    for name in record.candidates:
        votes = stage.tallies[name]
        if name in record.withdrawn or (name in gone and not votes.strip("0.")):
            column.append("- ")
            continue
        mark = "*" if name in stage.elected else "x" if name in stage.excluded else " "
        column.append(votes + mark)
    column.append(stage.non_transferable + " ")
    column.append("" if stage.quota is None else stage.quota + " ")
    return column


def _doings(record: CountRecord, columns: int) -> str:
    rows = []
    for stage in record.stages:
        said = [stage.why or stage.action]
        said += [tie.sentence for tie in stage.ties if tie.sentence not in stage.why]
        if stage.paragraph:
            said.append(f"[{stage.paragraph}]")
        rows.append((str(stage.number), visible(" ".join(said))))
    return _wrapped("What was done, and why", rows, columns)


def _wrapped(heading: str, rows: Sequence[tuple[str, str]], columns: int) -> str:
    lines = [heading]
    for label, text in rows:
        lines += textwrap.wrap(
            visible(text),
            columns,
            initial_indent=f"{label:>3}  " if label else "  ",
            subsequent_indent="     " if label else "    ",
        )
    return "\n".join(lines)
