"""What was asked of a count: its options in sentences, and the command that asks it again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup, escape

from hustings.core.count import CountRecord
from hustings.design import words

_SENTENCES: Final[Mapping[tuple[str, str], str]] = {
    ("tie", "earlier"): "Ties are broken by the votes of earlier stages.",
    ("tie", "order"): "Ties are broken by an order stated before the count.",
    ("tie", "lot"): "Ties are broken by a lot that anybody can draw again from the published seed.",
    ("overvote", "exhaust"): "Two candidates at one rank: the ballot counts up to there, not on.",
    ("overvote", "skip"): "Two candidates at one rank: that rank is passed over.",
    ("overvote", "exhaust-if-multiple-continuing"): (
        "Several candidates at one rank: the ballot goes on only if at most one of them"
        " is still standing."
    ),
    ("max-skipped", "unlimited"): "Empty ranks are passed over, however many there are.",
    ("repeat", "exhaust"): "A ballot that names a candidate again counts up to there, not on.",
    ("repeat", "skip"): "A candidate named again on a ballot is passed over.",
    ("batch", "True"): (
        "The lowest are excluded together where all their votes are fewer than the next one’s."
    ),
    ("until-two", "True"): "The count goes on until two candidates are left.",
    ("threshold", "first-round"): "The majority is that of the votes at the first stage.",
    ("threshold", "each-round"): "The majority is that of the votes still counting at each stage.",
    ("quota", "droop"): "Quota: votes divided by seats plus one, cut to a whole number, plus one.",
    ("quota", "hare"): "Quota: votes divided by seats.",
    ("quota", "droop-exact"): "Quota: votes divided by seats plus one, exactly.",
}

# Where a counting rule breaks ties in a way of its own, whatever --tie says.
_TIES: Final[Mapping[tuple[str, str], str]] = {
    ("stv-scottish", "order"): (
        "Ties are broken by the votes of earlier stages, then by an order stated before the count."
    ),
    ("stv-scottish", "lot"): (
        "Ties are broken by the votes of earlier stages, then by a lot that anybody can draw"
        " again from the published seed."
    ),
    ("plurality", "earlier"): "A tie is broken by a stated order or by a lot, if either is given.",
}

_WITH_VALUE: Final[Mapping[str, str]] = {
    "tie-order": "The stated order: {}.",
    "seed": "The published seed: “{}”.",
    "max-skipped": "A ballot counts up to where more than {} ranks in a row are left empty.",
    "max-rankings": "Only the first {} ranks of a ballot count.",
    "min-votes": "Who has fewer than {} votes at a stage is excluded; fewer elect nobody.",
    "stop-after": "The count was to stop after stage {}.",
    "withdrawn": "Withdrawn: {}.",
    "write-in": "Written in by voters: {}.",
}


def in_force(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that do something, by their names on the command line."""
    named = {name.replace("_", "-"): value for name, value in options.items()}
    return {
        name: value
        for name, value in named.items()
        if value is not None
        and value is not False
        and value not in ("", [], ())
        and not (name == "min-votes" and str(value) == "0")
    }


def option_sentences(rule: str, options: Mapping[str, Any]) -> tuple[Markup, ...]:
    """Return each option in force under a counting rule as a whole sentence.

    One that this page doesn't know stands as it is.
    """
    sentences: list[Markup] = []
    for name, value in in_force(options).items():
        several = isinstance(value, list | tuple)
        said = (
            words.named([str(v) for v in value])
            if several
            else Markup("<bdi>{}</bdi>").format(value)
        )
        known = _SENTENCES.get((name, str(value)))
        if name == "tie":
            known = _TIES.get((rule, str(value)), known)
        if known is not None:
            sentences.append(escape(known))
        elif name in _WITH_VALUE:
            sentences.append(escape(_WITH_VALUE[name]).format(said))
        else:
            sentences.append(Markup("{}: {}.").format(name, said))
    return tuple(sentences)


def command(
    record: CountRecord, *, file: str, arguments: Sequence[str] = (), json: bool = False
) -> str:
    """Return the command that makes `record` again, quoted for a shell, every option said.

    Args:
        file: the ballots' name, as the person will have saved it.
        arguments: what the reader of the file was told besides ("--format", "blt").
        json: ask for the record itself instead of words.
    """
    said = [f"./{file}" if file.startswith("-") else file]
    said += ["--rule", record.rule, "--seats", str(record.seats), *arguments]
    for name, value in in_force(record.options).items():
        if value is True:
            said.append(f"--{name}")
        elif name == "tie-order":
            said += [f"--{name}", ",".join(str(v) for v in value)]
        elif isinstance(value, list | tuple):
            for each in value:
                said += [f"--{name}", str(each)]
        else:
            said += [f"--{name}", str(value)]
    if json:
        said.append("--json")
    return " ".join(["hustings", "count", *(_quoted(word) for word in said)])


def _quoted(word: str) -> str:
    if not any(words.hidden(sign) for sign in word):
        return shlex.quote(word)
    # A sign that can't be seen would be lost between page and shell: spelt out instead.
    spelt = "".join(
        (f"\\U{ord(sign):08x}" if ord(sign) > 0x7F else f"\\x{ord(sign):02x}")
        if words.hidden(sign)
        else f"\\{sign}"
        if sign in "\\'"
        else sign
        for sign in word
    )
    return f"$'{spelt}'"
