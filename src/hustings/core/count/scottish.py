"""The Scottish transferable vote: weighted inclusive Gregory, five decimals, remainder ignored.

The Scottish Local Government Elections Order 2011 (SSI 2011/399), schedule 1, rules 46 to
53, with rule 53(2) as SSI 2021/437 amended it. The rule numbers beside the code are that
Order's; the Order of 2007 numbers each of them one lower. Spec: spec/count/stv-scottish.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from hustings.core.count.ballots import SKIPPED, Ballots, Mark, Ranking, Weight
from hustings.core.count.counted import Counted
from hustings.core.count.figures import decimal, exact, listed, spoken, votes
from hustings.core.count.options import ScottishOptions, as_mapping, indices
from hustings.core.count.quota import droop_quota
from hustings.core.count.record import CountRecord, Stage, Tie, Transfer
from hustings.core.count.refusals import SeatsInvalid, WeightInvalid
from hustings.core.count.ties import TieBreaker

PLACES: Final = 5
ONE: Final = 10**PLACES
"""One vote. Every number of votes in this module counts hundred-thousandths of a vote."""


def available(ranking: Ranking, start: int, continuing: Set[int]) -> tuple[int, int] | None:
    """Return the rank and the candidate of the next available preference from `start` on.

    Article 2: preferences must follow one another in consecutive order, those for
    candidates elected or excluded being ignored. So a rank left empty or over-voted ends
    the paper: what stands after it follows nothing. None if there is no such preference.

    Ranks are counted from 0; `start` may be the length of the ranking. Source: SSI 2011/399,
    article 2; spec/count/stv-scottish.md, paragraph 2.
    """
    for rank in range(start, len(ranking)):
        mark = ranking[rank]
        if isinstance(mark, tuple) or mark < 0:
            return None
        if mark in continuing:
            return rank, mark
    return None


def without(ranking: Ranking, withdrawn: Set[int]) -> Ranking:
    """Return the ranking as if the names of withdrawn candidates were not on it.

    Preferences below move up. An over-vote of which one name is left is a vote for it; empty
    ranks stay empty, except below the last mark that is left. Source:
    spec/count/stv-scottish.md, paragraph 3.
    """
    left: list[Mark] = []
    for mark in ranking:
        if isinstance(mark, tuple):
            named = tuple(c for c in mark if c not in withdrawn)
            if named:
                left.append(named if len(named) > 1 else named[0])
        elif mark not in withdrawn:
            left.append(mark)
    while left and left[-1] == SKIPPED:
        left.pop()
    return tuple(left)


_Papers: TypeAlias = tuple[Ranking, int, int, int]
"""Papers that say the same and came at the same value: ranking, how many, value, rank."""


@dataclass(frozen=True, slots=True)
class _Departure:
    """When a candidate's papers were moved on, and at what value.

    For a surplus, A / B of rule 49(3) is `surplus` x value / `total`; an exclusion keeps
    the value, and both are 0. `continuing` could receive at that stage.
    """

    stage: int
    continuing: frozenset[int]
    surplus: int = 0
    total: int = 0

    def value(self, received: int) -> int:
        """Return the value at which a paper received at `received` moves on.

        Both in hundred-thousandths of a vote; what is cut off is lost (rule 49(3)).
        """
        return self.surplus * received // self.total if self.total else received


def count(ballots: Ballots, seats: int, options: ScottishOptions, *, trace: bool) -> Counted:
    """Count `seats` vacancies, 1 or more, by the Scottish rules.

    `elected` is in order of election: by stage; within one, those who reached the quota
    first, by votes. `trace` also returns the papers' paths.

    Raises:
        WeightInvalid: a paper is not whole. SeatsInvalid: seats outnumber candidates.
        UnknownCandidate: an option names a stranger. TieUnbroken: a lot is needed and none
        was given.

    Source: SSI 2011/399, schedule 1, rules 46 to 53; spec/count/stv-scottish.md.
    """
    return _Count(ballots, seats, options).run(trace=trace)


class _Count:
    """One count in progress; `run` follows rules 46 to 53."""

    def __init__(self, ballots: Ballots, seats: int, options: ScottishOptions) -> None:
        names = ballots.candidates
        self.withdrawn = ballots.withdrawn | set(indices(options.withdrawn, "withdrawn", names))
        self.ballots = ballots
        self.options = options
        self.names = names
        self.seats = seats
        self.continuing = set(range(len(names))) - self.withdrawn
        if seats > len(self.continuing):
            raise SeatsInvalid(
                f"There are more seats ({seats}) than candidates ({len(self.continuing)}),"
                " so there is nothing to count. Give a smaller number with --seats."
            )
        self.piles: list[list[_Papers]] = [[] for _ in names]
        self.tallies = [0] * len(names)
        self.elected: list[int] = []
        self.stages: list[Stage] = []
        self.history: list[list[Weight]] = []
        self.departures: dict[int, _Departure] = {}
        self.blank = self.valid = self.unclear = 0
        self.quota = self.rounding_loss = 0
        self.breaker = TieBreaker.of(options, names, _show, earlier_first=True)

    def run(self, *, trace: bool) -> Counted:
        self._first_stage()
        while self._vacancies():
            over = [c for c in self.elected if self.tallies[c] > self.quota]
            if over:
                self._transfer_surplus(*self._largest(over))
            elif self._exclude():
                break
        elected = tuple(self.names[c] for c in self.elected)
        names = self.names
        record = CountRecord(
            rule="stv-scottish",
            options=as_mapping(self.options),
            seats=self.seats,
            candidates=names,
            total=exact(self.ballots.total),
            valid=exact(self.valid),
            blank=exact(self.blank),
            invalid=exact(self.ballots.invalid + self.unclear),
            quota=_show(self.quota),
            stages=tuple(self.stages),
            elected=elected,
            title=self.ballots.title,
            withdrawn=tuple(names[c] for c in sorted(self.withdrawn)),
            notes=self.ballots.notes + self._notes(),
        )
        paths = None
        if trace:
            standing = frozenset(range(len(names))) - self.withdrawn
            paths = ScottishPaths(
                names, len(self.stages), standing, self.withdrawn, self.departures
            )
        return Counted(record, paths)

    # -- rules 46 to 48: first stage, quota, return ------------------------------------

    def _first_stage(self) -> None:
        for marks, weight in self.ballots.groups.items():
            if not isinstance(weight, int):
                raise WeightInvalid(
                    f"A ballot weighs {exact(weight)}, but the Scottish counting rule gives every"
                    " ballot paper one vote (rule 46(2)). Count whole papers, or use another"
                    " counting rule."
                )
            ranking = without(marks, self.withdrawn) if self.withdrawn else marks
            if not ranking:
                self.blank += weight
                continue
            first = ranking[0]
            # Rule 44: no first preference, or one for several candidates, is no valid paper.
            if isinstance(first, tuple) or first < 0:
                self.unclear += weight
                continue
            self.valid += weight
            self.piles[first].append((ranking, weight, ONE, 0))
            self.tallies[first] += weight * ONE
        self.quota = int(droop_quota(self.valid, self.seats, decimals=0)) * ONE
        papers = f"{self.valid:,} valid paper{'' if self.valid == 1 else 's'}"
        why = (
            f"{papers} for {self.seats} seat{'' if self.seats == 1 else 's'} make a quota of"
            f" {spoken(_show(self.quota))}."
        )
        self._close("first preferences", why, "rules 46, 47")
        if self.continuing and len(self.continuing) == self._vacancies():
            self._fill_last(self.continuing, "There are as many candidates as seats", "rule 53(1)")

    def _close(
        self,
        action: str,
        why: str,
        paragraph: str,
        *,
        excluded: Sequence[int] = (),
        transfers: Sequence[Transfer] = (),
        ties: Sequence[Tie] = (),
        after_last: bool = False,
    ) -> None:
        """End a stage: whoever has the quota is deemed to be elected (rule 48(1))."""
        self.history.append(list(self.tallies))
        reached: list[int] = []
        if not after_last:
            reached = [c for c in self.continuing if self.tallies[c] >= self.quota]
            reached.sort(key=lambda c: (-self.tallies[c], c))
            self.continuing -= set(reached)
            self.elected += reached
        if reached:
            have = [f"{self.names[c]} ({spoken(_show(self.tallies[c]))})" for c in reached]
            are = "reaches the quota and is" if len(reached) == 1 else "reach the quota and are"
            why += f" {listed(have)} {are} elected."
            paragraph += "; rule 48(1)"
        self.stages.append(
            Stage(
                number=len(self.stages) + 1,
                action=action,
                tallies={
                    name: _show(tally) for name, tally in zip(self.names, self.tallies, strict=True)
                },
                non_transferable=_show(self.valid * ONE - sum(self.tallies)),
                rounding_loss=_show(self.rounding_loss),
                quota=_show(self.quota),
                elected=tuple(self.names[c] for c in reached),
                excluded=tuple(self.names[c] for c in excluded),
                transfers=tuple(transfers),
                ties=tuple(ties),
                why=why,
                paragraph=paragraph,
                after_last=after_last,
            )
        )

    def _vacancies(self) -> int:
        return self.seats - len(self.elected)

    # -- rules 49 and 50: surpluses ----------------------------------------------------

    def _largest(self, over: Sequence[int]) -> tuple[int, tuple[Tie, ...]]:
        """Rule 50: the highest surplus first; equal ones by earlier stages, then by lot."""
        most = max(self.tallies[c] for c in over)
        tied = sorted(c for c in over if self.tallies[c] == most)
        if len(tied) == 1:
            return tied[0], ()
        chosen, tie = self.breaker.choose(tied, "surplus", self.history)
        return chosen, (tie,)

    def _transfer_surplus(self, candidate: int, ties: tuple[Tie, ...]) -> None:
        """Rule 49: all papers move on, each at its share of the surplus."""
        name, total = self.names[candidate], self.tallies[candidate]
        surplus = total - self.quota
        leaving = self._depart(candidate, surplus=surplus, total=total)
        gains, lost = self._move(candidate, leaving)
        # What truncation took is the surplus less all that left, transferable or not.
        loss = surplus - sum(gains.values()) - lost
        self.rounding_loss += loss
        self.tallies[candidate] = self.quota
        transfer = self._transfer(candidate, gains, lost, loss, f"{_show(surplus)}/{_show(total)}")
        why = (
            f"{name} has {spoken(_show(surplus))} more than the quota; every paper moves on at"
            f" {spoken(_show(surplus))} of {spoken(_show(total))} of the value at which it came,"
            " cut after five decimals."
        )
        if ties:
            why = f"{ties[0].sentence} {why}"
        paragraph = "rules 49, 50" if ties else "rule 49"
        self._close(f"surplus of {name}", why, paragraph, transfers=[transfer], ties=ties)

    # -- rules 51 to 53: exclusion, last vacancies -------------------------------------

    def _exclude(self) -> bool:
        """Rule 51: exclude the lowest; return True if that fills the last vacancies."""
        fewest = min(self.tallies[c] for c in self.continuing)
        tied = sorted(c for c in self.continuing if self.tallies[c] == fewest)
        ties: tuple[Tie, ...] = ()
        candidate, paragraph = tied[0], "rule 51"
        if len(tied) > 1:
            # Rule 52. Candidates without a vote have had none at any stage; where all of
            # them must go, no order changes a figure, and no lot is demanded for it.
            immaterial = fewest == 0 and len(self.continuing) - len(tied) >= self._vacancies()
            candidate, tie = self.breaker.choose(
                tied, "exclusion", self.history, immaterial=immaterial
            )
            ties, paragraph = (tie,), "rules 51, 52"
        name = self.names[candidate]
        fact = ties[0].sentence if ties else f"{name} has the fewest votes ({_said(fewest)})"
        last = len(self.continuing) - 1 == self._vacancies()
        if last:
            self.continuing.discard(candidate)
            if ties:
                self.stages[-1] = replace(self.stages[-1], ties=self.stages[-1].ties + ties)
            reason = fact.rstrip(".") + (
                "; the exclusion leaves as many candidates as there are vacancies"
            )
            cited = "rules 51, 52, 53(1)" if ties else "rules 51, 53(1)"
            self._last_transfer(candidate, reason, cited)
            return True
        leaving = self._depart(candidate)
        gains, lost = self._move(candidate, leaving)
        self.tallies[candidate] = 0
        why = ties[0].sentence if ties else f"{fact} and is excluded."
        self._close(
            f"exclusion of {name}",
            f"No surplus is left to transfer. {why}",
            paragraph,
            excluded=[candidate],
            transfers=[self._transfer(candidate, gains, lost)],
            ties=ties,
        )
        return False

    def _last_transfer(self, candidate: int, reason: str, cited: str) -> None:
        """Rule 53: the rest are elected; then the transfer that the sheets may still show."""
        last = set(self.continuing)
        filled_at = len(self.stages) - 1
        # Counted as if the transfer were still required: the papers go to those who have
        # just been deemed elected, as the electronic count sends them.
        leaving = self._depart(candidate)
        gains, lost = self._move(candidate, leaving)
        self.tallies[candidate] = 0
        name = self.names[candidate]
        why = (
            f"The vacancies were filled when {name} was excluded, and no further transfer is"
            f" required; this one is shown because a count by machine may make it. It changes"
            " nothing."
        )
        self._close(
            f"exclusion of {name}",
            why,
            "rules 51, 53(2)",
            excluded=[candidate],
            transfers=[self._transfer(candidate, gains, lost)],
            after_last=True,
        )
        self._fill_last(last, reason, cited, filled_at=filled_at)

    def _fill_last(self, last: Set[int], reason: str, cited: str, *, filled_at: int = 0) -> None:
        """Rule 53(1): as many continue as there are vacancies, so all of them are elected.

        Said of the stage at whose end that was so, an index into `stages`. The text puts
        those whom it elects at one moment in no order among themselves; they are named by
        their votes on the last sheet.
        """
        group = sorted(last, key=lambda c: (-self.tallies[c], c))
        self.continuing.clear()
        self.elected += group
        names = tuple(self.names[c] for c in group)
        at = self.stages[filled_at]
        are = "is" if len(names) == 1 else "are"
        self.stages[filled_at] = replace(
            at,
            elected=at.elected + names,
            why=f"{at.why} {reason}, so {listed(names)} {are} elected.",
            paragraph=f"{at.paragraph}; {cited}",
        )

    # -- moving papers -----------------------------------------------------------------

    def _depart(self, candidate: int, *, surplus: int = 0, total: int = 0) -> _Departure:
        self.continuing.discard(candidate)
        leaving = _Departure(len(self.stages) + 1, frozenset(self.continuing), surplus, total)
        self.departures[candidate] = leaving
        return leaving

    def _move(self, candidate: int, leaving: _Departure) -> tuple[dict[int, int], int]:
        """Sort a candidate's papers by next available preference and credit those who get them.

        Returns the votes each received, and the votes of papers with no such preference.
        """
        pile, self.piles[candidate] = self.piles[candidate], []
        gains: dict[int, int] = {}
        lost = 0
        for ranking, number, received, stood in pile:
            value = leaving.value(received)
            found = available(ranking, stood + 1, leaving.continuing)
            if found is None:
                lost += number * value
                continue
            rank, heir = found
            self.piles[heir].append((ranking, number, value, rank))
            gains[heir] = gains.get(heir, 0) + number * value
        for heir, gain in gains.items():
            self.tallies[heir] += gain
        return dict(sorted(gains.items())), lost

    def _transfer(
        self,
        source: int,
        gains: Mapping[int, int],
        lost: int,
        loss: int = 0,
        value: str | None = None,
    ) -> Transfer:
        to = {self.names[c]: _show(gain) for c, gain in gains.items()}
        return Transfer(self.names[source], to, _show(lost), _show(loss), value)

    def _notes(self) -> tuple[str, ...]:
        if not self.unclear:
            return ()
        some = "1 paper gives" if self.unclear == 1 else f"{self.unclear:,} papers give"
        return (f"{some} no clear first preference and count as invalid (rule 44).",)


@dataclass(slots=True)
class ScottishPaths:
    """Paths of papers that may be divided: whom each counts for, and at what value.

    A paper passed on with a surplus is shown with its new holder at its new value; the
    rest of its vote stays where it elected somebody.
    """

    candidates: tuple[str, ...]
    stages: int
    standing: frozenset[int]
    withdrawn: frozenset[int] | Set[int]
    departures: Mapping[int, _Departure]
    _known: dict[Ranking, tuple[str, ...]] = field(default_factory=dict)

    def cells(self, ranking: Ranking) -> tuple[str, ...]:
        """Return one cell a stage. Spec: spec/count/record.md, paragraph 9."""
        known = self._known.get(ranking)
        if known is None:
            known = self._known[ranking] = self._cells(ranking)
        return known

    def _cells(self, marks: Ranking) -> tuple[str, ...]:
        ranking = without(marks, self.withdrawn)
        if not ranking:
            return ("(blank)",) * self.stages
        found = available(ranking, 0, self.standing)
        if found is None:
            return ("(invalid)",) * self.stages
        cells: list[str] = []
        value = ONE
        while True:
            rank, holder = found
            cell = f"{self.candidates[holder]} {_show(value)}"
            leaving = self.departures.get(holder)
            if leaving is None:
                return tuple(cells + [cell] * (self.stages - len(cells)))
            cells += [cell] * (leaving.stage - 1 - len(cells))
            value = leaving.value(value)
            found = available(ranking, rank + 1, leaving.continuing)
            if found is None:
                out = f"(non-transferable) {_show(value)}"
                return tuple(cells + [out] * (self.stages - len(cells)))


def _show(units: Weight) -> str:
    return decimal(int(units), PLACES)


def _said(units: int) -> str:
    return votes(_show(units)).removesuffix(" votes").removesuffix(" vote")
