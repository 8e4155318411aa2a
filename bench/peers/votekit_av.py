"""Counts cast vote records (rank columns only) with VoteKit, the fastest way it has.

Its `IRV` class takes about sixty times as long as `FastSTV` with one seat on the same
grouped profile, so the latter is what we measure.
"""

import sys

from votekit.cvr_loaders import load_ranking_csv
from votekit.elections import FastSTV

people = sys.argv[2].split("|")
profile = load_ranking_csv(
    sys.argv[1], rank_cols=list(range(len(people))), header_row=0, print_profile=False
)
elected = FastSTV(profile.group_ballots(), n_seats=1).get_elected()
print(f"elected: {next(iter(elected[0]))}")
