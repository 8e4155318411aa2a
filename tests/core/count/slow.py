"""A second, slow opinion: each rule counted paper by paper, straight from its page.

Written from spec/count/*.md and the Order's rules 46 to 53 without looking at the
engine, and importing nothing of it. Papers are single, marks are names, numbers are
fractions; every stage goes over every paper again. Marks: a name, None for an empty
rank, a frozenset of names, "?" for an over-vote of nobody knows whom.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor


class Undecided(Exception):  # noqa: N818
    """A tie that the recount has no means to break."""


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


def av_holder(paper, continuing, o):
    """Read one paper from the top (av.md, 2 to 6)."""
    empty, seen = 0, []
    for mark in paper[: o.get("max_rankings")]:
        if mark is None:
            empty += 1
            continue
        if o.get("max_skipped") is not None and empty > o["max_skipped"]:
            return "(skipped)"
        empty = 0
        names = [] if mark == "?" else sorted(mark) if isinstance(mark, frozenset) else [mark]
        if o.get("repeat") == "exhaust":
            if any(name in seen for name in names):
                return "(repeated)"
            seen += names
        if len(names) == 1:
            if names[0] in continuing:
                return names[0]
            continue
        how = o.get("overvote", "exhaust")
        if how == "exhaust":
            return "(overvoted)"
        if how == "skip":
            continue
        still = [name for name in names if name in continuing]
        if mark == "?" or len(still) > 1:
            return "(overvoted)"
        if still:
            return still[0]
    return "(exhausted)"


def av(names, papers, order, **o):
    """Return the stages as (holders' totals by name and reason), and who won."""
    papers = [paper for paper in papers if paper]
    continuing = list(names)
    holders = [av_holder(paper, continuing, o) for paper in papers]
    history, winner, stages = [], None, []
    while True:
        votes = {name: holders.count(name) for name in names}
        history.append(votes)
        stages.append({**votes, **{k: holders.count(k) for k in set(holders) - set(names)}})
        active = sum(votes[name] for name in continuing)
        if winner is None:
            over = [name for name in continuing if votes[name] >= floor(active / 2) + 1]
            if over or len(continuing) == 1:
                winner = (over or continuing)[0]
            elif len(continuing) == 2:
                top = max(votes[name] for name in continuing)
                tied = [name for name in continuing if votes[name] == top]
                winner = tied[0] if len(tied) == 1 else pick(tied, history, order, most=True)
        if winner is not None and (not o.get("until_two") or len(continuing) <= 2):
            return stages, winner
        gone = batch(continuing, votes, o) if o.get("batch") else []
        if not gone:
            low = min(votes[name] for name in continuing)
            tied = [name for name in continuing if votes[name] == low]
            gone = tied if len(tied) == 1 else [pick(tied, history, order, most=False)]
        continuing = [name for name in continuing if name not in gone]
        holders = [
            av_holder(paper, continuing, o) if holder in gone else holder
            for paper, holder in zip(papers, holders, strict=True)
        ]


def batch(continuing, votes, o):
    """Largest set of lowest candidates whose votes together are fewer than the next one's."""
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
