"""Count records to draw, made by moving votes about: consistent, and nobody's real count."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from hustings.core.count.record import CountRecord, Inactive, Stage, Tie, Transfer

NAMES = (
    "Ann Ash",
    "Bo Birch",
    "Cat Cedar",
    "Dee Doe",
    "Eli Elder",
    "Fay Fir",
    "Gus Gorse",
    "Hal Hazel",
    "Ivy Islay-Macfarlane",
    "Jo Juniper",
    "Kit Kapok",
    "Lil Larch",
    "Mo Maple",
    "Ned Nutmeg",
    "Ola Oak",
    "Pip Poplar",
    "Quin Quince",
    "Ros Rowan",
    "Sid Spruce",
    "Una Upas-Featherstonehaugh",
)
HOSTILE = (
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "\"quoted\" & 'single'",
    "\u202eright to left override",
    "two\nlines\tand a tab",
    "\u05d0\u05d1\u05d2 \u05d3\u05d4\u05d5",
    "\U0001f469\u200d\U0001f692 Fire \U0001f1eb\U0001f1ef",
    "x" * 500,
    "e\u0301" * 40,
    "a\x00b\x1bc\ufffe",
    "]]>{{ 7 * 7 }}{% raw %}",
    "",
)


def a_count(
    *,
    seed: int = 1,
    candidates: int = 9,
    seats: int = 4,
    stages: int = 60,
    ballots: int = 5843,
    places: int = 5,
    names: tuple[str, ...] = NAMES,
    rule: str = "stv-scottish",
) -> CountRecord:
    """Return a record that looks like a count: surpluses first, then the last goes out.

    Who gains is drawn from `seed`, not from ballots; every stage adds up exactly. At the last
    of `stages` the strongest fill what seats are left.
    """
    dice = Random(seed)
    paper = names[:candidates]
    if len(paper) < candidates:
        paper = tuple(f"Candidate {n + 1}" for n in range(candidates))
    unit = Fraction(1, 10**places)
    valid = ballots - ballots // 140
    weights = [dice.paretovariate(1.1) for _ in paper]
    held = {n: Fraction(int(valid * w / sum(weights))) for n, w in zip(paper, weights, strict=True)}
    held[paper[0]] += valid - sum(held.values())
    quota = Fraction(valid // (seats + 1) + 1)
    lost = rounding = Fraction(0)
    elected: list[str] = []
    out: list[str] = []
    rows: list[Stage] = []
    passed: set[str] = set()

    def text(votes: Fraction) -> str:
        digits = str(int(votes / unit)).zfill(places + 1)
        return f"{digits[:-places]}.{digits[-places:]}" if places else digits

    def row(action: str, excluded: tuple[str, ...], moves: tuple[Transfer, ...], why: str) -> None:
        standing = [n for n in paper if n not in out and n not in elected]
        new = sorted((n for n in standing if held[n] >= quota), key=lambda n: -held[n])
        room = seats - len(elected)
        if len(standing) <= room or len(rows) + 1 >= max(stages, 2):
            new = sorted(standing, key=lambda n: -held[n])
        new = new[:room]
        elected.extend(new)
        rows.append(
            Stage(
                number=len(rows) + 1,
                action=action,
                tallies={n: text(held[n]) for n in paper},
                non_transferable=text(lost),
                rounding_loss=text(rounding),
                quota=text(quota),
                elected=tuple(new),
                excluded=excluded,
                transfers=moves,
                ties=(),
                why=why,
                paragraph="rule 46" if len(rows) == 0 else "rule 50",
                inactive=Inactive(exhausted=text(lost - rounding)),
            )
        )

    row("first preferences", (), (), "Every valid paper goes to its first preference.")
    while len(elected) < seats and len(rows) < stages:
        rich = [n for n in elected if held[n] > quota and n not in passed]
        standing = [n for n in paper if n not in out and n not in elected]
        if not standing:
            break
        source = rich[0] if rich else min(standing, key=lambda n: held[n])
        amount = held[source] - quota if rich else held[source]
        if rich:
            passed.add(source)
        else:
            out.append(source)
            standing.remove(source)
        shares = [dice.random() ** 2 for _ in standing]
        spread = Fraction(dice.uniform(0.55, 0.95)).limit_denominator(100)
        to: dict[str, str] = {}
        for name, share in zip(standing, shares, strict=True):
            part = amount * spread * Fraction(share / sum(shares)).limit_denominator(10**6)
            part = part / unit // 1 * unit
            if part:
                held[name] += part
                to[name] = text(part)
        rest = amount - sum((Fraction(v) for v in to.values()), Fraction(0))
        loss = min(rest, 3 * unit) if places else Fraction(0)
        held[source] -= amount
        lost += rest
        rounding += loss
        move = Transfer(source, to, text(rest - loss), text(loss), "0.12345" if rich else None)
        if rich:
            row("surplus", (), (move,), f"{source} has more votes than the quota.")
        else:
            row("exclusion", (source,), (move,), f"{source} has the fewest votes.")
    return CountRecord(
        rule=rule,
        options={},
        seats=seats,
        candidates=paper,
        total=str(ballots),
        valid=str(valid),
        blank=str(ballots - valid - 3),
        invalid="3",
        quota=text(quota),
        stages=tuple(rows),
        elected=tuple(elected),
        title="Lochside Ward, 2022",
    )


def one_stage() -> CountRecord:
    """Return a plurality count of two, with a tie that the stated order broke."""
    tie = Tie(
        ("Ann Ash", "Bo Birch"),
        ("Bo Birch",),
        "election",
        "order",
        "Ann Ash and Bo Birch had 50 votes each; Bo Birch comes first in the stated order.",
    )
    stage = Stage(
        number=1,
        action="votes counted",
        tallies={"Ann Ash": "50", "Bo Birch": "50"},
        non_transferable="0",
        rounding_loss="0",
        quota=None,
        elected=("Bo Birch",),
        excluded=(),
        transfers=(),
        ties=(tie,),
        why="The candidate with the most votes is elected.",
        paragraph="plurality 2",
    )
    return CountRecord(
        rule="plurality",
        options={"tie": "order", "tie_order": ("Bo Birch", "Ann Ash")},
        seats=1,
        candidates=("Ann Ash", "Bo Birch"),
        total="101",
        valid="100",
        blank="1",
        invalid="0",
        quota=None,
        stages=(stage,),
        elected=("Bo Birch",),
    )
