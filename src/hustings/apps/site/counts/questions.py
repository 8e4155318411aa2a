"""The counting rules' options as questions of a form: one for each, in plain words.

The names are those of the command line, so that what a page asks and what a command says
are the same thing. Which rule has which option is the rule's business: a question is only
asked where the rule's own options have a field of that name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from hustings.core.count import COUNTING_RULES, as_mapping, options_for
from hustings.core.count.reading import FORMATS as READ

Kind = Literal["choice", "number", "yes", "names", "text"]


@dataclass(frozen=True, slots=True)
class Question:
    """One option: how it is asked for, and what may be answered."""

    name: str
    label: str
    kind: Kind
    help: str
    choices: tuple[tuple[str, str], ...] = ()
    least: int = 0

    @property
    def options(self) -> list[dict[str, str]]:
        """The choices as the form's component takes them."""
        return [{"value": value, "label": label} for value, label in self.choices]


# How ties are broken is asked once, for whatever rule; the rest below each rule.
TIES: Final = ("tie", "tie-order", "seed")

QUESTIONS: Final[Mapping[str, Question]] = {
    question.name: question
    for question in (
        Question(
            "tie",
            "If candidates are tied",
            "choice",
            "A counting rule whose text sends every tie to the earlier stages looks there first "
            "in any case.",
            (
                ("earlier", "Look back at the earlier stages, then at the order or seed below"),
                ("order", "Use the order below"),
                ("lot", "Draw a lot from the seed below"),
            ),
        ),
        Question(
            "tie-order",
            "Order for ties",
            "names",
            "One name a line, best off first: the first is kept or elected before the others.",
        ),
        Question(
            "seed",
            "Seed for a lot",
            "text",
            "Any line of text. Publish it before the ballots are opened; then anybody can repeat "
            "the lot, and nobody can steer it.",
        ),
        Question(
            "overvote",
            "Several candidates at one rank",
            "choice",
            "What happens to a ballot when the count comes to such a rank.",
            (
                ("exhaust", "The ballot counts no further"),
                ("skip", "The rank is passed over"),
                (
                    "exhaust-if-multiple-continuing",
                    "It counts for the one who is still in; no further if there are several",
                ),
            ),
        ),
        Question(
            "max-skipped",
            "Empty ranks in a row that are allowed",
            "number",
            "A ballot with more of them counts no further there. Leave empty for no limit.",
        ),
        Question(
            "repeat",
            "The same candidate ranked twice",
            "choice",
            "What happens to a ballot when the count comes to the second time.",
            (
                ("skip", "The second is passed over"),
                ("exhaust", "The ballot counts no further"),
            ),
        ),
        Question(
            "max-rankings",
            "Ranks that are read",
            "number",
            "Marks below this rank are ignored. Leave empty to read all.",
            least=1,
        ),
        Question(
            "batch",
            "Exclude several at once where that is safe",
            "yes",
            "From the fewest votes up, all whose votes together are fewer than the next "
            "candidate’s go in one stage: none of them could overtake that one.",
        ),
        Question(
            "until-two",
            "Count on until two candidates are left",
            "yes",
            "Even when one of them has a majority before that.",
        ),
        Question(
            "threshold",
            "The votes needed are worked out",
            "choice",
            "From the ballots that still count.",
            (
                ("each-round", "anew in every round"),
                ("first-round", "once, in the first round"),
            ),
        ),
        Question(
            "quota",
            "Votes needed to be elected",
            "choice",
            "The usual one is more than half.",
            (
                ("droop", "more than half, in whole votes (Droop)"),
                ("droop-exact", "more than half, not rounded (exact Droop)"),
                ("hare", "all of them (Hare)"),
            ),
        ),
        Question(
            "min-votes",
            "Votes without which nobody stays in",
            "number",
            "At every stage all who have fewer go at once, and nobody is elected with fewer. "
            "Leave empty for no such minimum.",
        ),
        Question(
            "stop-after",
            "Stop after this stage",
            "number",
            "For a look at the first stages only. Leave empty to count to the end.",
            least=1,
        ),
        Question(
            "withdrawn",
            "Candidates who have withdrawn",
            "names",
            "One name a line, as the file has it. Their votes go to the next preference.",
        ),
        Question(
            "write-in",
            "Write-in candidates",
            "names",
            "One name a line, as the file has it.",
        ),
    )
}

FORMATS: Final[Mapping[str, str]] = {name: form.summary for name, form in READ.items()}


def questions(rule: str) -> list[Question]:
    """Return the questions of one counting rule, in the order of this page."""
    has = defaults(rule)
    return [question for name, question in QUESTIONS.items() if name in has]


def defaults(rule: str) -> dict[str, Any]:
    """Return the value each option of a rule has when nothing is said."""
    return dict(as_mapping(options_for(rule, {})))


def rule_names() -> list[str]:
    """Return the counting rules, in the order of their registry."""
    return list(COUNTING_RULES)


def in_form_words(sentence: str) -> str:
    """Return a sentence written for the command line with its options named as the form does.

    "--tie-order A,B,…" is “Order for ties”: nobody here has a command line before them.
    What stands in quotation marks is somebody's name or answer, and stays as it is.
    """

    def label(match: re.Match[str]) -> str:
        if match["name"] is None:
            return match[0]
        question = QUESTIONS.get(match["name"])
        name = question.label if question else match["name"].replace("-", " ")
        return f"“{name}”"

    # What a command line would show after the option (TEXT, A,B,…) goes with it.
    option = r"--(?P<name>[a-z][a-z-]*[a-z])(?: (?:[A-Z][A-Z,…]*)\b…?)?"
    return re.sub(f"“[^”]*”|{option}", label, sentence)
