"""Plurality: one stage, one mark a ballot, the most votes win.

Spec: spec/count/plurality.md; the numbers after § below are its paragraphs.
"""

from __future__ import annotations

from hustings.core.count.ballots import Ballots, Weight
from hustings.core.count.counted import Counted
from hustings.core.count.figures import exact, listed, votes
from hustings.core.count.marks import KINDS, reader
from hustings.core.count.options import PluralityOptions, as_mapping, indices
from hustings.core.count.paths import WholePaths
from hustings.core.count.record import CountRecord, Inactive, Stage, Tie
from hustings.core.count.refusals import SeatsInvalid
from hustings.core.count.ties import TieBreaker


def count(ballots: Ballots, seats: int, options: PluralityOptions, *, trace: bool) -> Counted:
    """Count `seats` seats by plurality: the first mark of each ballot, once.

    Raises CountRefused where seats outnumber those who can be elected, or a tie for the
    last seat is not broken.
    """
    names = ballots.candidates
    withdrawn = ballots.withdrawn | set(indices(options.withdrawn, "withdrawn", names))
    write_ins = set(indices(options.write_in, "write-in", names)) - withdrawn
    standing = frozenset(range(len(names))) - withdrawn
    eligible = sorted(standing - write_ins)
    if seats > len(eligible):
        raise SeatsInvalid(
            f"There are more seats ({seats}) than candidates who can be elected ({len(eligible)})."
            " Give a smaller number with --seats."
        )
    read = reader(len(names), overvote=options.overvote)
    tallies: list[Weight] = [0] * len(names)
    inactive: dict[int, Weight] = dict.fromkeys(KINDS, 0)
    for ranking, weight in ballots.groups.items():
        if ranking:
            holder = read(ranking, standing)
            if holder < 0:
                inactive[holder] += weight
            else:
                tallies[holder] += weight

    breaker = TieBreaker.of(options, names, exact)
    elected: list[int] = []
    ties: list[Tie] = []
    left = list(eligible)
    while len(elected) < seats:
        most = max(tallies[c] for c in left)
        best = [c for c in left if tallies[c] == most]
        if len(best) <= seats - len(elected):
            taken = best  # §5: equal votes are no tie while there are seats for all of them
        else:
            chosen, tie = breaker.choose(best, "election", [tallies])
            ties.append(tie)
            taken = [chosen]
        elected += taken
        left = [c for c in left if c not in taken]

    winners = tuple(names[c] for c in elected)
    valid = ballots.total - ballots.invalid - ballots.blank
    counting = sum(tallies)
    have = [f"{names[c]} ({votes(exact(tallies[c]))})" for c in elected]
    are = "is" if len(winners) == 1 else "are"
    why = f"{listed(have)} {are} elected with the most votes of {votes(exact(counting))}."
    if write_ins:
        labels = listed([names[c] for c in sorted(write_ins)])
        why += f" {labels} cannot be elected, as a label for people not on the ballot paper."
    stage = Stage(
        number=1,
        action="first preferences",
        tallies={name: exact(tally) for name, tally in zip(names, tallies, strict=True)},
        non_transferable=exact(valid - counting),
        rounding_loss="0",
        quota=None,
        elected=winners,
        excluded=(),
        transfers=(),
        ties=tuple(ties),
        why=" ".join([*(tie.sentence for tie in ties), why]),
        paragraph="plurality §3, §4; ties" if ties else "plurality §3, §4",
        inactive=Inactive(**{KINDS[kind]: exact(weight) for kind, weight in inactive.items()}),
    )
    record = CountRecord(
        rule="plurality",
        options=as_mapping(options),
        seats=seats,
        candidates=names,
        total=exact(ballots.total),
        valid=exact(valid),
        blank=exact(ballots.blank),
        invalid=exact(ballots.invalid),
        quota=None,
        stages=(stage,),
        elected=winners,
        title=ballots.title,
        withdrawn=tuple(names[c] for c in sorted(withdrawn)),
        notes=ballots.notes,
    )
    return Counted(record, WholePaths(names, (standing,), read) if trace else None)
