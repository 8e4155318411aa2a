"""A second, slow opinion: each rule counted paper by paper, straight from its page.

The sources are spec/count/*.md and the Order's rules 46 to 53; nothing of the engine is
imported. Papers are single, marks are names, numbers are fractions; every stage goes over
every paper again. Marks: a name, None for an empty rank, a frozenset of names, "?" for an
over-vote of nobody knows whom.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import takewhile
from math import floor


class Undecided(Exception):  # noqa: N818
    """A tie that the recount has no means to break."""


class NobodyCanBeElected(Exception):  # noqa: N818
    """av.md, 13: of several who could be elected nobody has the minimum; or there is none."""


def pick(tied, history, order, *, most):
    """Choose among equals: backwards through earlier stages, then by the stated order."""
    left = sorted(tied)
    for votes in reversed(history[:-1]):
        best = (max if most else min)(votes[name] for name in left)
        left = [name for name in left if votes[name] == best]
    if len(left) > 1:
        if not set(left) <= set(order):
            raise Undecided(left)
        left = [name for name in order if name in left]
        return left[0] if most else left[-1]
    return left[0]


def names_at(mark):
    """Whom a rank names: nobody where it is empty, or where nobody knows whom."""
    if mark is None or mark == "?":
        return frozenset()
    return mark if isinstance(mark, frozenset) else frozenset([mark])


def skipped(paper, rank, continuing, o):
    """av.md, 4: more than so many empty ranks right above this mark."""
    above = list(takewhile(lambda mark: mark is None, reversed(paper[:rank])))
    limit = o.get("max_skipped")
    return "(skipped)" if limit is not None and len(above) > limit else None


def repeated(paper, rank, continuing, o):
    """av.md, 5: somebody named here was named above."""
    above = frozenset().union(*map(names_at, paper[:rank]))
    again = o.get("repeat") == "exhaust" and names_at(paper[rank]) & above
    return "(repeated)" if again else None


def decided(paper, rank, continuing, o):
    """av.md, 2 and 3: a continuing candidate, the end at an over-vote, or None to read on."""
    mark = paper[rank]
    still = names_at(mark) & continuing
    if isinstance(mark, str) and mark != "?":
        return mark if still else None
    doubt = mark == "?" or len(still) > 1
    return {
        "exhaust": "(overvoted)",
        "skip": None,
        "exhaust-if-multiple-continuing": "(overvoted)" if doubt else next(iter(still), None),
    }[o.get("overvote", "exhaust")]


def av_holder(paper, continuing, o):
    """Say for whom one paper counts: the first check (2) that says anything, rank by rank."""
    paper = paper[: o.get("max_rankings")]
    said = (
        check(paper, rank, frozenset(continuing), o)
        for rank, mark in enumerate(paper)
        if mark is not None
        for check in (skipped, repeated, decided)
    )
    return next((answer for answer in said if answer), "(exhausted)")


def av(names, papers, order, *, weight=1, **o):
    """Return the stages as {name or reason: votes} with who went, and who won or None.

    Every paper weighs `weight`. Raises NobodyCanBeElected where the page has a refusal.
    """
    papers = [paper for paper in papers if paper]
    labels = set(o.get("write_in", ()))
    continuing = [name for name in names if name not in o.get("withdrawn", ())]
    if not set(continuing) - labels:
        raise NobodyCanBeElected
    holders = [av_holder(paper, continuing, o) for paper in papers]
    history, winner, stages, gone, first_active = [], None, [], [], None

    def choose(tied, *, most):
        return pick(tied, history, order, most=most)

    while True:
        votes = {name: weight * holders.count(name) for name in names}
        reasons = {kind: weight * holders.count(kind) for kind in set(holders) - set(names)}
        history.append(votes)
        stages.append(({**votes, **reasons}, set(gone)))
        active = sum(votes[name] for name in continuing)
        first_active = active if first_active is None else first_active
        if winner is None:
            base = first_active if o.get("threshold") == "first-round" else active
            winner = elected(continuing, labels, votes, o, base=base, choose=choose)
        if len(stages) == o.get("stop_after"):  # 18
            return stages, winner
        if winner is not None and not (o.get("until_two") and len(continuing) > 2):  # 9, 17
            return stages, winner
        gone = leaving(continuing, labels, votes, o, winner=winner, choose=choose)
        continuing = [name for name in continuing if name not in gone]
        holders = [
            av_holder(paper, continuing, o) if holder in gone else holder
            for paper, holder in zip(papers, holders, strict=True)
        ]


def elected(continuing, labels, votes, o, *, base, choose):
    """av.md, 8 to 10 and 12: who is elected at the end of a stage, or None."""
    minimum = o.get("min_votes", 0)
    if any(votes[name] for name in continuing if name in labels):
        return None
    people = [name for name in continuing if name not in labels]
    enough = {
        "droop": lambda held: held >= floor(Fraction(base) / 2) + 1,
        "droop-exact": lambda held: 2 * held > base,
        "hare": lambda held: held >= base,
    }[o.get("quota", "droop")]
    over = [n for n in people if votes[n] > 0 and enough(votes[n]) and votes[n] >= minimum]
    assert len(over) < 2, "nobody can share more than half"
    if over or len(people) == 1:
        return (over or people)[0]
    if len(continuing) == 2 and min(votes[name] for name in continuing) >= minimum:
        top = max(votes[name] for name in people)
        tied = [name for name in people if votes[name] == top]
        return tied[0] if len(tied) == 1 else choose(tied, most=True)
    return None


def leaving(continuing, labels, votes, o, *, winner, choose):
    """av.md, 11 to 15: the first of these paragraphs that finds somebody."""
    with_votes = [name for name in continuing if name in labels and votes[name]]
    if with_votes:
        return with_votes
    short = [name for name in continuing if votes[name] < o.get("min_votes", 0)]
    if winner is None and {name for name in continuing if name not in labels} <= set(short):
        raise NobodyCanBeElected
    short = [name for name in short if name != winner]  # 17: the candidate elected stays in
    if short:
        return short
    together = batch(continuing, votes, o) if o.get("batch") else []
    if together:
        return together
    low = min(votes[name] for name in continuing)
    tied = [name for name in continuing if votes[name] == low]
    tied = [name for name in tied if name in labels] or tied  # 12, its last sentence
    return tied if len(tied) == 1 else [choose(tied, most=False)]


def batch(continuing, votes, o):
    """av.md, 14: largest set of lowest candidates with fewer votes together than the next one."""
    best = []
    for level in {votes[name] for name in continuing}:
        below = [name for name in continuing if votes[name] < level]
        enough_left = len(continuing) - len(below) >= (2 if o.get("until_two") else 1)
        if sum(votes[name] for name in below) < level and enough_left and len(below) > len(best):
            best = below
    return best if len(best) > 1 else []


def cut(value):
    """Five decimal places, any remainder ignored."""
    return Fraction(floor(value * 100000), 100000)


def next_preference(paper, after, continuing):
    """Article 2: in consecutive order; the ranks of those out of the count are ignored."""
    for rank in range(after, len(paper)):
        mark = paper[rank]
        if not isinstance(mark, str) or mark == "?":
            return None
        if mark in continuing:
            return rank
    return None


def scottish(names, papers, seats, order):
    """Return [votes by name after each stage], those elected in order, and whether one is extra.

    `at` is each paper's rank and value now, or None once it is non-transferable.
    """
    valid = [p for p in papers if p and isinstance(p[0], str) and p[0] != "?"]
    quota = floor(Fraction(len(valid), seats + 1)) + 1
    continuing, elected, kept = set(names), [], {}
    at = [(0, Fraction(1)) for _ in valid]
    history = []

    def totals():
        votes = {name: kept.get(name, Fraction(0)) for name in names}
        for paper, place in zip(valid, at, strict=True):
            if place and paper[place[0]] not in kept:
                votes[paper[place[0]]] += place[1]
        return votes

    def end_of_stage():
        votes = totals()
        history.append(votes)
        new = sorted(
            (n for n in continuing if votes[n] >= quota), key=lambda n: (-votes[n], names.index(n))
        )
        elected.extend(new)
        continuing.difference_update(new)

    def move(name, share):
        for index, (paper, place) in enumerate(zip(valid, at, strict=True)):
            if place and paper[place[0]] == name:
                rank = next_preference(paper, place[0] + 1, continuing)
                at[index] = None if rank is None else (rank, share(place[1]))

    end_of_stage()
    if len(continuing) == seats - len(elected):
        elected.extend(sorted(continuing, key=lambda n: (-history[-1][n], names.index(n))))
        return history, elected, False
    while len(elected) < seats:
        votes = history[-1]
        over = [n for n in elected if votes[n] > quota]
        if over:
            most = max(votes[n] for n in over)
            tied = [n for n in over if votes[n] == most]
            name = tied[0] if len(tied) == 1 else pick(tied, history, order, most=True)
            surplus = votes[name] - quota
            move(name, lambda v, s=surplus, t=votes[name]: cut(s * v / t))
            kept[name] = Fraction(quota)
            end_of_stage()
            continue
        low = min(votes[n] for n in continuing)
        tied = [n for n in continuing if votes[n] == low]
        name = tied[0] if len(tied) == 1 else pick(tied, history, order, most=False)
        continuing.discard(name)
        last = len(continuing) == seats - len(elected)
        move(name, lambda v: v)
        if last:
            votes = totals()
            history.append(votes)
            elected.extend(sorted(continuing, key=lambda n: (-votes[n], names.index(n))))
            return history, elected, True
        end_of_stage()
    return history, elected, False
