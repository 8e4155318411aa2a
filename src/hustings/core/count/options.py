"""Options of the counting rules: checked once, here, so that a rule never meets a wrong one.

Each rule has its own frozen class with candidates by name. `options_for` makes one from
what a command line or a form gives; `as_mapping` gives back every value in effect, so
that a count can be repeated from its record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Literal, TypeVar, get_args

from hustings.core.count.refusals import OptionInvalid, UnknownCandidate

Overvote = Literal["exhaust", "skip", "exhaust-if-multiple-continuing"]
Repeat = Literal["exhaust", "skip"]
Threshold = Literal["each-round", "first-round"]
Quota = Literal["droop", "hare", "droop-exact"]
TieBreak = Literal["earlier", "order", "lot"]

UNLIMITED: Final = "unlimited"


@dataclass(frozen=True, slots=True)
class TieOptions:
    """How ties are to be broken. Spec: spec/count/ties.md."""

    tie: TieBreak = "earlier"
    tie_order: tuple[str, ...] = ()
    seed: str | None = None

    def __post_init__(self) -> None:
        if self.tie == "order" and not self.tie_order:
            raise OptionInvalid("tie", "--tie order needs the order: --tie-order A,B,…")
        if self.tie == "lot" and self.seed is None:
            raise OptionInvalid("tie", "--tie lot needs the published seed: --seed TEXT")
        if self.seed is not None and (not self.seed or "\n" in self.seed):
            raise OptionInvalid("seed", "--seed takes one line of text that is not empty.")


@dataclass(frozen=True, slots=True)
class AvOptions(TieOptions):
    """Options of the alternative vote. Spec: spec/count/av.md."""

    overvote: Overvote = "exhaust"
    max_skipped: int | None = None
    repeat: Repeat = "skip"
    max_rankings: int | None = None
    batch: bool = False
    until_two: bool = False
    threshold: Threshold = "each-round"
    quota: Quota = "droop"
    min_votes: int = 0
    stop_after: int | None = None
    withdrawn: tuple[str, ...] = ()
    write_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScottishOptions(TieOptions):
    """Options of the Scottish transferable vote: its text leaves almost nothing open."""

    withdrawn: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PluralityOptions(TieOptions):
    """Options of plurality. Spec: spec/count/plurality.md."""

    overvote: Overvote = "exhaust"
    withdrawn: tuple[str, ...] = ()
    write_in: tuple[str, ...] = ()


Options = TypeVar("Options", bound=TieOptions)


def make(kind: type[Options], rule: str, given: Mapping[str, object]) -> Options:
    """Return options of `kind` from what was given, by the names the command line uses.

    A value of None or "" is as good as not given. Raises OptionInvalid for a name that
    `rule` does not have, or a value that it cannot use.
    """
    known = {_dashed(field.name) for field in fields(kind)}
    values: dict[str, Any] = {}
    for key, value in given.items():
        name = _dashed(key)
        if value is None or value in ("", (), []):
            continue
        if name not in known:
            if value is False:
                continue
            allowed = ", ".join(f"--{option}" for option in sorted(known))
            raise OptionInvalid(name, f"{rule} has no option --{name}; it has {allowed}.")
        values[name.replace("-", "_")] = _PARSERS[name](name, value)
    return kind(**values)


def as_mapping(options: TieOptions) -> dict[str, object]:
    """Return every option in effect, by the names that `make` takes back."""
    found: dict[str, object] = {}
    for field in fields(options):
        value = getattr(options, field.name)
        name = _dashed(field.name)
        if name == "max-skipped" and value is None:
            value = UNLIMITED
        found[name] = list(value) if isinstance(value, tuple) else value
    return found


def indices(names: Iterable[str], option: str, candidates: Sequence[str]) -> tuple[int, ...]:
    """Return the candidates that an option names, in its order, each once."""
    place = {name: index for index, name in enumerate(candidates)}
    found: dict[int, None] = {}
    for name in names:
        if name not in place:
            raise UnknownCandidate(name, option, candidates)
        found[place[name]] = None
    return tuple(found)


def order_of(pieces: Sequence[str], candidates: Sequence[str]) -> tuple[int, ...]:
    """Return the stated order of ties as candidates.

    `--tie-order A,B` arrives cut at its commas; a name that has commas itself is put
    together again here, where the candidates are known.
    """
    names: list[str] = []
    start = 0
    while start < len(pieces):
        for end in range(len(pieces), start, -1):
            name = ",".join(pieces[start:end]).strip()
            if name in candidates or end == start + 1:
                names.append(name)
                start = end
                break
    return indices(names, "tie-order", candidates)


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def _one_of(kind: object) -> Callable[[str, object], object]:
    choices = get_args(kind)

    def parse(name: str, value: object) -> object:
        if value not in choices:
            raise OptionInvalid(name, f"--{name} is one of {', '.join(choices)}; not “{value}”.")
        return value

    return parse


def _whole(least: int) -> Callable[[str, object], int]:
    def parse(name: str, value: object) -> int:
        text = str(value).strip()
        if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or len(text) > 18:
            raise OptionInvalid(name, f"--{name} takes a whole number; not “{value}”.")
        if int(text) < least:
            raise OptionInvalid(name, f"--{name} must be at least {least}; not {text}.")
        return int(text)

    return parse


def _whole_or_unlimited(name: str, value: object) -> int | None:
    return None if value == UNLIMITED else _whole(0)(name, value)


def _flag(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "on", "yes", "1"):
        return True
    if value in ("false", "off", "no", "0", ""):
        return False
    raise OptionInvalid(name, f"--{name} is either given or not; not “{value}”.")


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise OptionInvalid(name, f"--{name} takes text; not “{value}”.")
    return value


def _names(name: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    if isinstance(value, Sequence) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise OptionInvalid(name, f"--{name} takes names of candidates; not “{value}”.")


def _order(name: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(piece for piece in value.split(",") if piece.strip())
    return _names(name, value)


_PARSERS: Final[Mapping[str, Callable[[str, object], object]]] = {
    "tie": _one_of(TieBreak),
    "tie-order": _order,
    "seed": _text,
    "overvote": _one_of(Overvote),
    "max-skipped": _whole_or_unlimited,
    "repeat": _one_of(Repeat),
    "max-rankings": _whole(1),
    "batch": _flag,
    "until-two": _flag,
    "threshold": _one_of(Threshold),
    "quota": _one_of(Quota),
    "min-votes": _whole(0),
    "stop-after": _whole(1),
    "withdrawn": _names,
    "write-in": _names,
}
