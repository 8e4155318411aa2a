"""The alternative vote (instant run-off): exclude the lowest until one has a majority.

Over-votes, skipped and repeated ranks, batches and thresholds follow the certified
tabulator RCTab. Spec: spec/count/av.md; the numbers after § below are its paragraphs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from hustings.core.count.ballots import Ballots, Ranking, Weight
from hustings.core.count.counted import Counted
from hustings.core.count.figures import exact, listed, spoken, votes
from hustings.core.count.marks import KINDS, Read, reader
from hustings.core.count.options import AvOptions, as_mapping, indices
from hustings.core.count.paths import WholePaths
from hustings.core.count.quota import droop_quota, exact_droop_quota
from hustings.core.count.record import CountRecord, Inactive, Stage, Tie, Transfer
from hustings.core.count.refusals import NobodyEligible
from hustings.core.count.ties import TieBreaker


@dataclass(slots=True)
class _Floor:
    """The counting floor: who holds which ballots now. A ballot moves only with its holder."""

    weights: Mapping[Ranking, Weight]
    read: Read
    continuing: set[int]
    piles: list[list[Ranking]]
    tallies: list[Weight]
    inactive: dict[int, Weight] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))

    def deal(self) -> None:
        """Give every ballot to its first holder (§7)."""
        moved, inactive = self._sort(list(self.weights))
        self._receive(moved, inactive)

    def clear(self, candidate: int) -> tuple[dict[int, Weight], Weight]:
        """Move an excluded candidate's ballots on (§16); return what went to whom, and nowhere."""
        pile, self.piles[candidate] = self.piles[candidate], []
        self.tallies[candidate] = 0
        return self._receive(*self._sort(pile))

    def _sort(self, pile: Sequence[Ranking]) -> tuple[dict[int, list[Ranking]], dict[int, Weight]]:
        moved: dict[int, list[Ranking]] = {c: [] for c in self.continuing}
        inactive: dict[int, Weight] = {}
        read, continuing, weights = self.read, self.continuing, self.weights
        for ranking in pile:
            holder = read(ranking, continuing)
            if holder >= 0:
                moved[holder].append(ranking)
            elif ranking:
                inactive[holder] = inactive.get(holder, 0) + weights[ranking]
        return moved, inactive

    def _receive(
        self, moved: Mapping[int, list[Ranking]], inactive: Mapping[int, Weight]
    ) -> tuple[dict[int, Weight], Weight]:
        gains: dict[int, Weight] = {}
        for candidate in sorted(moved):
            if moved[candidate]:
                gains[candidate] = sum(map(self.weights.__getitem__, moved[candidate]))
                self.tallies[candidate] += gains[candidate]
                self.piles[candidate] += moved[candidate]
        for kind, weight in inactive.items():
            self.inactive[kind] += weight
        return gains, sum(inactive.values())


@dataclass(frozen=True, slots=True)
class _Choice:
    """Who goes next, why in words, by which paragraph, and the tie that was broken."""

    leaving: tuple[int, ...]
    why: str
    paragraph: str
    ties: tuple[Tie, ...] = ()


@dataclass(frozen=True, slots=True)
class _Election:
    """Who is elected, why in words, by which paragraph, and the tie that was broken."""

    winner: int
    why: str
    paragraph: str
    ties: tuple[Tie, ...] = ()


def count(ballots: Ballots, seats: int, options: AvOptions, *, trace: bool) -> Counted:
    """Count one seat by the alternative vote.

    `seats` is 1: the front door has refused anything else. `elected` has one name, or none
    where the count was to stop before that. Stages are in order, those excluded together by
    votes, the fewest first. `trace` also returns the ballots' paths.

    Raises:
        NobodyEligible: all have withdrawn, are write-ins, or lack the minimum.
        UnknownCandidate: an option names a stranger. TieUnbroken: nothing decides a tie.

    Source: spec/count/av.md, which follows RCTab's published source where it says so.
    """
    return _Count(ballots, seats, options).run(trace=trace)


class _Count:
    """One count in progress; `run` goes through the paragraphs once, from top to bottom."""

    def __init__(self, ballots: Ballots, seats: int, options: AvOptions) -> None:
        names = ballots.candidates
        withdrawn = ballots.withdrawn | set(indices(options.withdrawn, "withdrawn", names))
        self.ballots = ballots
        self.seats = seats
        self.options = options
        self.names = names
        self.withdrawn = withdrawn
        self.write_ins = frozenset(indices(options.write_in, "write-in", names))
        # §6: a withdrawn candidate never continues; the rank is used, so it is not a skip.
        continuing = set(range(len(names))) - withdrawn
        if not continuing - self.write_ins:
            raise NobodyEligible(
                "Nobody is left who could be elected: every candidate is withdrawn or a write-in."
            )
        read = reader(
            len(names),
            overvote=options.overvote,
            max_skipped=options.max_skipped,
            repeat=options.repeat,
            max_rankings=options.max_rankings,
        )
        self.floor = _Floor(ballots.groups, read, continuing, [[] for _ in names], [0] * len(names))
        self.valid = ballots.total - ballots.invalid - ballots.blank
        self.breaker = TieBreaker.of(options, names, exact)
        self.history: list[list[Weight]] = []
        self.continuing_at: list[frozenset[int]] = []
        self.stages: list[Stage] = []
        self.quota: Weight = 0
        self.half: Weight = 0
        self.winner: int | None = None

    def run(self, *, trace: bool) -> Counted:
        options = self.options
        self.floor.deal()
        self._close("first preferences", _Choice((), "", "av §7"), ())
        while not self._finished():
            choice = self._choose()
            choice = replace(choice, why=f"{self._so_far()} {choice.why}")
            # All who go at once leave before any of their ballots is read again.
            self.floor.continuing -= set(choice.leaving)
            transfers = []
            for candidate in choice.leaving:
                gains, lost = self.floor.clear(candidate)
                to = {self.names[c]: exact(gain) for c, gain in gains.items()}
                transfers.append(Transfer(self.names[candidate], to, exact(lost)))
            action = f"exclusion of {listed(self._named(choice.leaving))}"
            self._close(action, choice, transfers)
        read = self.floor.read
        record = CountRecord(
            rule="av",
            options=as_mapping(options),
            seats=self.seats,
            candidates=self.names,
            total=exact(self.ballots.total),
            valid=exact(self.valid),
            blank=exact(self.ballots.blank),
            invalid=exact(self.ballots.invalid),
            quota=exact(self.quota),
            stages=tuple(self.stages),
            elected=() if self.winner is None else (self.names[self.winner],),
            title=self.ballots.title,
            withdrawn=tuple(self._named(sorted(self.withdrawn))),
            notes=self.ballots.notes + self._notes(),
        )
        paths = WholePaths(self.names, tuple(self.continuing_at), read) if trace else None
        return Counted(record, paths)

    # -- the end of a stage: threshold, election ---------------------------------------

    def _close(self, action: str, choice: _Choice, transfers: Sequence[Transfer]) -> None:
        floor, why, paragraph = self.floor, choice.why, choice.paragraph
        self.history.append(list(floor.tallies))
        self.continuing_at.append(frozenset(floor.continuing))
        active = sum(floor.tallies[c] for c in floor.continuing)
        if not self.stages or self.options.threshold == "each-round":
            self.quota = self._threshold(active)
        elected: tuple[str, ...] = ()
        outcome = ""
        election_ties: tuple[Tie, ...] = ()
        if election := self._elect():
            self.winner = election.winner
            elected = (self.names[election.winner],)
            outcome, election_ties = election.why, election.ties
            paragraph = f"{paragraph}; {election.paragraph}"
        if not why:
            why = f"{votes(exact(active)).capitalize()} count as first preferences."
        self.stages.append(
            Stage(
                number=len(self.stages) + 1,
                action=action,
                tallies={
                    name: exact(tally)
                    for name, tally in zip(self.names, floor.tallies, strict=True)
                },
                non_transferable=exact(self.valid - active),
                rounding_loss="0",
                quota=exact(self.quota),
                elected=elected,
                excluded=tuple(self._named(choice.leaving)),
                transfers=tuple(transfers),
                ties=(*choice.ties, *election_ties),
                why=f"{why} {outcome}".strip(),
                paragraph=paragraph,
                inactive=Inactive(
                    **{KINDS[kind]: exact(weight) for kind, weight in floor.inactive.items()}
                ),
            )
        )

    def _threshold(self, active: Weight) -> Weight:
        """§8: by default more than half of the ballots that count at this stage."""
        self.half = exact_droop_quota(active, 1)
        if self.options.quota == "hare":
            quota: Weight = active
        elif self.options.quota == "droop-exact":
            quota = self.half
        else:
            quota = droop_quota(active, 1, decimals=0)
        return max(quota, Fraction(self.options.min_votes))

    def _reaches(self, candidate: int) -> bool:
        """§8, §9: no one is elected by a threshold of nothing, and half is not more than half."""
        tally = self.floor.tallies[candidate]
        more = tally > self.half if self.options.quota == "droop-exact" else tally > 0
        return more and tally >= self.quota

    def _elect(self) -> _Election | None:
        """§9-10: elect whoever has the votes, or nobody yet."""
        floor = self.floor
        if self.winner is not None:
            return None
        if any(floor.tallies[c] for c in self.write_ins & floor.continuing):
            return None  # §12
        standing = sorted(floor.continuing - self.write_ins)
        # More than half of the ballots, or all of them: no two candidates can have that.
        for candidate in standing:
            if self._reaches(candidate):
                return self._win(candidate, f"reaches the threshold of {self._need()}", "§9")
        if len(standing) == 1:
            return self._win(standing[0], "is the only candidate left", "§10")
        # §10: the last two are decided between themselves, whatever the threshold says.
        if len(floor.continuing) == 2 and all(
            floor.tallies[c] >= self.options.min_votes for c in floor.continuing
        ):
            most = max(floor.tallies[c] for c in standing)
            best = [c for c in standing if floor.tallies[c] == most]
            if len(best) == 1:
                reason = f"has the more votes of the last two, though not {self._need()}"
                return self._win(best[0], reason, "§10")
            chosen, tie = self.breaker.choose(best, "election", self.history)
            return _Election(chosen, tie.sentence, "§10; ties", (tie,))
        return None

    def _win(self, candidate: int, reason: str, section: str) -> _Election:
        held = votes(exact(self.floor.tallies[candidate]))
        sentence = f"{self.names[candidate]}, with {held}, {reason} and is elected."
        return _Election(candidate, sentence, section)

    def _finished(self) -> bool:
        if self.options.stop_after is not None and len(self.stages) >= self.options.stop_after:
            return True  # §18
        if self.winner is None:
            return False
        return not self.options.until_two or len(self.floor.continuing) <= 2  # §17

    # -- who goes next -----------------------------------------------------------------

    def _choose(self) -> _Choice:
        """§11: write-ins first, then those below the minimum, then a batch, then the lowest."""
        return self._write_ins() or self._below_minimum() or self._batch() or self._lowest()

    def _write_ins(self) -> _Choice | None:
        """§12: labels that stand for people who are not on the paper cannot be elected."""
        tallies = self.floor.tallies
        found = [c for c in sorted(self.write_ins & self.floor.continuing) if tallies[c]]
        if not found:
            return None
        why = (
            f"{self._with_votes(found)} cannot be elected, as a label for people who are not"
            f" on the ballot paper, and {_was(found)} excluded before anybody else."
        )
        return _Choice(tuple(found), why, "av §12, §16")

    def _below_minimum(self) -> _Choice | None:
        """§13: everybody with fewer votes than the stated minimum goes at once."""
        tallies, least = self.floor.tallies, self.options.min_votes
        found = [c for c in sorted(self.floor.continuing) if tallies[c] < least]
        if self.winner is None and self.floor.continuing - self.write_ins <= set(found):
            raise NobodyEligible(
                f"Every candidate has fewer than the {spoken(str(least))} votes that --min-votes"
                " asks for, so nobody can be elected. Give a smaller minimum."
            )
        found = [c for c in found if c != self.winner]  # §17: the one elected stays in
        if not found:
            return None
        found.sort(key=lambda c: tallies[c])
        why = (
            f"{self._with_votes(found)} had fewer than the minimum of {spoken(str(least))}"
            f" and {_was(found)} excluded."
        )
        return _Choice(tuple(found), why, "av §13, §16")

    def _batch(self) -> _Choice | None:
        """§14: those go at once who could not reach the next even with all their votes together."""
        if not self.options.batch:
            return None
        tallies, continuing = self.floor.tallies, self.floor.continuing
        ascending = sorted(continuing, key=lambda c: (tallies[c], c))
        safe: tuple[int, ...] = ()
        together: Weight = 0
        for place, candidate in enumerate(ascending):
            left = len(ascending) - place
            lowest_of_equals = place == 0 or tallies[ascending[place - 1]] != tallies[candidate]
            if place and lowest_of_equals and together < tallies[candidate]:
                if self.options.until_two and left < 2:
                    break  # §17: two must be left
                safe = tuple(ascending[:place])
            together += tallies[candidate]
        if len(safe) < 2:
            return None
        total = sum(tallies[c] for c in safe)
        next_up = ascending[len(safe)]
        why = (
            f"{self._with_votes(safe)} have {votes(exact(total))} together, fewer than the"
            f" {spoken(exact(tallies[next_up]))} of {self.names[next_up]}, so none of them could"
            " catch up, and all were excluded at once."
        )
        return _Choice(safe, why, "av §14, §16")

    def _lowest(self) -> _Choice:
        """§15: the candidate with the fewest votes goes; equal ones by the rules for ties."""
        tallies, continuing = self.floor.tallies, self.floor.continuing
        fewest = min(tallies[c] for c in continuing)
        tied = [c for c in sorted(continuing) if tallies[c] == fewest]
        labels = [c for c in tied if c in self.write_ins]
        if labels and len(labels) < len(tied):
            tied = labels  # §12: a label that holds no votes yet goes before any candidate
        if len(tied) == 1:
            name = self.names[tied[0]]
            why = f"{name} had the fewest votes ({spoken(exact(fewest))}) and was excluded."
            return _Choice((tied[0],), why, "av §15, §16")
        # Ties among those who hold nothing cannot matter while all of them must go.
        must_stay = 2 if self.options.until_two else 1
        immaterial = (
            fewest == 0
            and len(continuing) - len(tied) >= must_stay
            and self.options.stop_after is None
        )
        chosen, tie = self.breaker.choose(tied, "exclusion", self.history, immaterial=immaterial)
        return _Choice((chosen,), tie.sentence, "av §15, §16; ties", (tie,))

    # -- words -------------------------------------------------------------------------

    def _need(self) -> str:
        quota = spoken(exact(self.quota))
        return f"more than {quota}" if self.options.quota == "droop-exact" else quota

    def _so_far(self) -> str:
        if self.winner is not None:
            name = self.names[self.winner]
            return f"{name} is elected already, and the count goes on until two are left."
        if any(self.floor.tallies[c] for c in self.write_ins & self.floor.continuing):
            return "Nobody is elected while write-ins hold votes."
        return f"Nobody had reached {self._need()}."

    def _named(self, candidates: Sequence[int]) -> list[str]:
        return [self.names[c] for c in candidates]

    def _with_votes(self, candidates: Sequence[int]) -> str:
        tallies = self.floor.tallies
        return listed([f"{self.names[c]} ({spoken(exact(tallies[c]))})" for c in candidates])

    def _notes(self) -> tuple[str, ...]:
        notes = []
        if self.winner is None:
            stop = self.options.stop_after
            notes.append(f"The count was stopped after stage {stop}, before anybody was elected.")
        return tuple(notes)


def _was(candidates: Sequence[int]) -> str:
    return "was" if len(candidates) == 1 else "were"
