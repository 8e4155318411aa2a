"""A ballot's path says for whom it counted at every stage, and why for nobody."""

from __future__ import annotations

from hustings.core.count import OVERVOTED, SKIPPED, Ballots, count, options_for

A, B, C, D = range(4)
NAMES = ("Ada", "Ben", "Cleo", "Dora")


def test_paths_are_given_only_when_asked_for():
    ballots = Ballots(NAMES, {(A,): 1})
    assert count(ballots, "plurality").paths is None
    assert count(ballots, "plurality", trace=True).paths is not None


def test_the_path_of_each_ballot_under_av():
    """Counted by hand: Dora goes, then Cleo; Ada 6, Ben 5, and 4 that count for nobody."""
    groups = {
        (A,): 6,
        (B,): 5,
        (C,): 1,
        (C, (A, B)): 1,
        (C, SKIPPED, SKIPPED, A): 1,
        (D, C, D, A): 1,
        (): 2,
        (D, C, B): 1,
    }
    given = {"overvote": "exhaust", "max-skipped": 1, "repeat": "exhaust", "until-two": True}
    counted = count(Ballots(NAMES, groups), "av", options=options_for("av", given), trace=True)
    paths = counted.paths
    assert [stage.excluded for stage in counted.record.stages] == [(), ("Dora",), ("Cleo",)]
    assert paths.cells((A,)) == ("Ada", "Ada", "Ada")
    assert paths.cells((D, C, B)) == ("Dora", "Cleo", "Ben")
    assert paths.cells((C,)) == ("Cleo", "Cleo", "(exhausted)")
    assert paths.cells((C, (A, B))) == ("Cleo", "Cleo", "(overvoted)")
    assert paths.cells((C, SKIPPED, SKIPPED, A)) == ("Cleo", "Cleo", "(skipped)")
    assert paths.cells((D, C, D, A)) == ("Dora", "Cleo", "(repeated)")
    assert paths.cells(()) == ("(blank)",) * 3


def test_a_ballot_once_inactive_stays_so_though_its_over_vote_would_be_none_now():
    """Ben and Cleo both continue when the over-vote is read; Cleo goes later."""
    groups = {(A,): 6, (B,): 5, (C,): 3, (D, (B, C)): 2}
    options = options_for("av", {"overvote": "exhaust-if-multiple-continuing"})
    paths = count(Ballots(NAMES, groups), "av", options=options, trace=True).paths
    assert paths.cells((D, (B, C))) == ("Dora", "(overvoted)", "(overvoted)")


def test_the_path_of_each_paper_under_the_scottish_rule():
    """The election of spec/count/stv-scottish.md: Ada's papers move at 0.38888."""
    groups = {(A, B): 10, (A, C): 5, (A,): 3, (B,): 4, (C, B): 4, (C,): 2, (D, B): 2}
    groups |= {(OVERVOTED, A): 1, (): 1}
    paths = count(Ballots(NAMES, groups), "stv-scottish", seats=2, trace=True).paths
    one, cut = "1.00000", "0.38888"
    assert paths.cells((A, B)) == (f"Ada {one}", *[f"Ben {cut}"] * 3)
    assert paths.cells((A, C)) == (
        f"Ada {one}",
        f"Cleo {cut}",
        f"Cleo {cut}",
        f"(non-transferable) {cut}",
    )
    assert paths.cells((A,)) == (f"Ada {one}", *[f"(non-transferable) {cut}"] * 3)
    assert paths.cells((C, B)) == (f"Cleo {one}",) * 3 + (f"Ben {one}",)
    assert paths.cells((D, B)) == (f"Dora {one}", f"Dora {one}", f"Ben {one}", f"Ben {one}")
    assert paths.cells((OVERVOTED, A)) == ("(invalid)",) * 4
    assert paths.cells(()) == ("(blank)",) * 4
