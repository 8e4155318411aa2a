"""What the alternative vote is known to do wrong, it does here too: shown, not hidden."""

from __future__ import annotations

from hustings.core.count import Ballots, count

# The textbook example of non-monotonicity with 100 voters (as in the literature on Smith's
# 1973 theorem): A wins; five voters then raise A from second to first place, and A loses.
# Counted by hand: before, 35-32-33, B is excluded and A has 51; after, 40-32-28, C is
# excluded and B has 60.
A, B, C = 0, 1, 2
SAME = {(A, B, C): 30, (C, B, A): 28, (B, A, C): 16, (B, C, A): 16, (A, C, B): 5}


def test_raising_the_winner_can_make_the_winner_lose():
    before = count(Ballots(("A", "B", "C"), {**SAME, (C, A, B): 5}), "av").record
    assert before.stages[0].tallies == {"A": "35", "B": "32", "C": "33"}
    assert before.stages[-1].tallies["A"] == "51"
    assert before.elected == ("A",)

    after = count(Ballots(("A", "B", "C"), {**SAME, (A, C, B): 10}), "av").record
    assert after.stages[0].tallies == {"A": "40", "B": "32", "C": "28"}
    assert after.stages[-1].tallies["B"] == "60"
    assert after.elected == ("B",)


def test_a_candidate_who_beats_everybody_one_to_one_can_be_excluded_first():
    """
    The example of the centre squeezed out, in its simplest form: against Left the Centre
    has 60 of 100, against Right 61, and fewest first preferences.
    """
    left, centre, right = 0, 1, 2
    groups = {(left, centre): 40, (right, centre): 39, (centre, left): 11, (centre, right): 10}
    record = count(Ballots(("Left", "Centre", "Right"), groups), "av").record
    assert record.stages[1].excluded == ("Centre",)
    assert record.elected == ("Left",)
