"""What a visitor fills in: read without trusting it, and given back as typed when it is wrong.

Field names are `rule`, `format`, the shared questions by name, and `RULE.NAME` for what a
rule asks (`stv-scottish.seats`). Only the chosen rule's fields are read, so what was typed
under another one does no harm and is not lost.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import QueryDict

from hustings.apps.site.counts.limits import limits
from hustings.apps.site.counts.questions import (
    FORMATS,
    QUESTIONS,
    TIES,
    Question,
    defaults,
    in_form_words,
    questions,
    rule_names,
)
from hustings.apps.site.counts.services import Asked
from hustings.core.count import COUNTING_RULES, OptionInvalid, options_for
from hustings.core.count.reading import MOST_SEATS

LONGEST_FIELD: Final = 20_000
TIES_USUALLY: Final = "earlier"

# What stands above the fields that are no rule's question.
LABELS: Final[Mapping[str, str]] = {
    "file": "File of ballots",
    "text": "Ballots",
    "format": "Format",
    "rule": "Counting rule",
    "seats": "Seats to fill",
}


@dataclass(slots=True)
class CountForm:
    """The form's answers, as typed, and what is wrong with them by field."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(18))

    def value(self, name: str) -> str:
        """Return what stands in a field."""
        return self.values.get(name, "")

    def error(self, name: str) -> str | None:
        """Return what is wrong with a field's answer, if anything."""
        return self.errors.get(name)

    def ties_changed(self) -> bool:
        """Say whether something about ties is answered, or answered wrongly."""
        return any(
            name in self.errors or self.value(name) not in {"", TIES_USUALLY} for name in TIES
        )

    def options_changed(self, rule: str) -> bool:
        """Say whether something under "More options" is answered, or answered wrongly."""
        usual = as_typed(rule, defaults(rule))
        return any(
            field_name(rule, question.name) in self.errors
            or self.value(field_name(rule, question.name)) != usual.get(question.name, "")
            for question in own_questions(rule)
        )


def blank() -> CountForm:
    """Return a form as a visitor first sees it: each rule's own usual answers."""
    form = CountForm()
    for rule in rule_names():
        for name, value in as_typed(rule, defaults(rule)).items():
            form.values[field_name(rule, name)] = value
    form.values["source"] = "file"
    return form


def filled(asked: Asked) -> CountForm:
    """Return a form that asks for what was asked for before."""
    form = blank()
    if asked.rule not in COUNTING_RULES:
        return form
    form.values |= {
        "rule": asked.rule,
        "format": asked.file_format,
        f"{asked.rule}.seats": "" if asked.seats is None else str(asked.seats),
    }
    for name, value in as_typed(asked.rule, asked.options).items():
        form.values[field_name(asked.rule, name)] = value
    return form


def read(post: QueryDict) -> tuple[CountForm, Asked | None]:
    """Return the form as it was sent and, if all of it is right, what it asks for."""
    form = CountForm()
    for name in ("rule", "format", "source", "text", *TIES):
        form.values[name] = _sent(post, name)
    for rule in rule_names():
        form.values[f"{rule}.seats"] = _sent(post, f"{rule}.seats")
        for question in own_questions(rule):
            name = field_name(rule, question.name)
            form.values[name] = _sent(post, name)
    return form, _asked(form)


def settle_source(form: CountForm, *, file_bytes: int | None, kept: bool) -> None:
    """Settle whether a file or the text is to be counted, and note what is missing or wrong.

    What the form says is meant holds; where only the other has come, that is taken.

    Args:
        form: the answers as sent; its `source` is set, its `text` and `file` errors too.
        file_bytes: the length of the file that came, or None if none did.
        kept: a file that came earlier is here still.
    """
    text = form.value("text").strip()
    any_file = file_bytes is not None or kept
    if form.value("source") == "paste":
        paste = bool(text) or not any_file
    else:
        paste = bool(text) and not any_file
    form.values["source"] = "paste" if paste else "file"
    if paste and not text:
        form.errors["text"] = "Paste the ballots here, or upload a file."
    elif paste and len(form.value("text").encode("utf-8", "replace")) > limits().paste_bytes:
        form.errors["text"] = "This is too long to paste. Save it as a file and upload that."
    elif not paste and not any_file:
        form.errors["file"] = "Choose a file of ballots, or paste them."
    elif not paste and file_bytes == 0:
        form.errors["file"] = "The file is empty. Choose another."


def field_name(rule: str, question: str) -> str:
    """Return the name of a question's field: shared, or the rule's own."""
    return question if question in TIES else f"{rule}.{question}"


def field_id(name: str) -> str:
    """Return the id of a field, to link to."""
    return name.replace(".", "-")


def label_of(name: str) -> str:
    """Return what stands above a field."""
    question = name.rpartition(".")[2]
    return LABELS[question] if question in LABELS else QUESTIONS[question].label


def own_questions(rule: str) -> list[Question]:
    """Return the questions that stand below a rule, and not below all of them."""
    return [question for question in questions(rule) if question.name not in TIES]


def as_typed(rule: str, options: Mapping[str, Any]) -> dict[str, str]:
    """Return options as they would be typed into a rule's fields."""
    typed = {}
    for question in questions(rule):
        value = options.get(question.name)
        if question.kind == "names":
            typed[question.name] = "\n".join(value or ())
        elif question.kind == "yes":
            typed[question.name] = "1" if value else ""
        elif value is None or value == "unlimited" or (question.name == "min-votes" and not value):
            typed[question.name] = ""
        else:
            typed[question.name] = str(value)
    return typed


def _sent(post: QueryDict, name: str) -> str:
    value = post.get(name, "")
    return value if name == "text" else value[:LONGEST_FIELD].replace("\0", "")


def _asked(form: CountForm) -> Asked | None:
    """Return what the form asks for, or fill in its errors and return None."""
    rule = form.value("rule")
    if rule not in COUNTING_RULES:
        form.errors["rule"] = "Choose the counting rule."
    if form.value("format") not in {"", *FORMATS}:
        form.errors["format"] = "Choose a format from the list."
    if rule not in COUNTING_RULES:
        return None
    seats = _seats(form, rule)
    options: dict[str, Any] = {}
    for question in questions(rule):
        name = field_name(rule, question.name)
        try:
            value = _answer(question, form.value(name))
        except ValueError as error:
            form.errors[name] = str(error)
        else:
            if value is not None:
                options[question.name] = value
    if options.get("tie") == "order" and "tie-order" not in options:
        form.errors["tie-order"] = "Give the names in order, one a line, or choose another way."
    if options.get("tie") == "lot" and "seed" not in options:
        form.errors["seed"] = "Give the seed for the lot, or choose another way."
    if form.errors:
        return None
    try:
        # The counting rule's own word is the last one.
        options_for(rule, options)
    except OptionInvalid as refusal:
        name = refusal.option if refusal.option in QUESTIONS else "rule"
        form.errors[field_name(rule, name) if name != "rule" else name] = in_form_words(
            refusal.sentence
        )
        return None
    return Asked(rule=rule, seats=seats, options=options, file_format=form.value("format"))


def _seats(form: CountForm, rule: str) -> int | None:
    text = form.value(f"{rule}.seats").strip()
    if COUNTING_RULES[rule].seats == "one" or not text:
        return 1 if COUNTING_RULES[rule].seats == "one" else None
    seats = _whole(text)
    if seats is None or not 1 <= seats <= MOST_SEATS:
        form.errors[f"{rule}.seats"] = f"Give a whole number from 1 to {MOST_SEATS}."
        return None
    return seats


def _whole(text: str) -> int | None:
    """Return the whole number that digits stand for; None for anything else.

    So many digits that no figure here can mean it are no number, and are not made into one.
    """
    if not (text.isascii() and text.isdecimal()) or len(text.lstrip("0")) > 9:
        return None
    return int(text.lstrip("0") or "0")


def _answer(question: Question, typed: str) -> Any:
    """Return an answer as the rule takes it; None if the question was left alone."""
    text = typed.strip()
    if question.kind == "yes":
        return text == "1"
    if not text:
        return None
    if question.kind == "choice":
        if text not in dict(question.choices):
            raise ValueError("Choose one from the list.")
        return text
    if question.kind == "number":
        number = _whole(text)
        if number is None:
            raise ValueError("Give a whole number, or leave it empty.")
        if number < question.least:
            raise ValueError(f"Give {question.least} or more, or leave it empty.")
        return number
    if question.kind == "names":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if "\n" in text or "\r" in text:
        raise ValueError("Give one line.")
    return text
