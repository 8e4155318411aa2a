"""Counts cast vote records (rank columns only) with pyrankvote's instant run-off."""

import csv
import sys
from pathlib import Path

from pyrankvote import Ballot, Candidate, instant_runoff_voting

with Path(sys.argv[1]).open(newline="") as file:
    rows = csv.reader(file)
    next(rows)
    people = {name: Candidate(name) for name in sys.argv[2].split("|")}
    ballots = [Ballot(ranked_candidates=[people[name] for name in row if name]) for row in rows]

result = instant_runoff_voting(list(people.values()), ballots)
print(f"elected: {result.get_winners()[0].name}")
