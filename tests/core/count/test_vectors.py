"""Hand-counted elections: each rule's paragraphs, one case at a time."""

from __future__ import annotations

from fractions import Fraction

import pytest

from hustings.core import count as counting
from hustings.core.count import lot
from tests.core.count.elections import counted, differences
from tests.vectors import cases


@pytest.mark.parametrize("case", cases("count/quota.jsonl"))
def test_quotas_are_those_of_the_rules(case):
    def quota():
        votes = Fraction(case["votes"])
        return counting.droop_quota(votes, case["seats"], decimals=case["decimals"])

    if case["expect"] == "error":
        with pytest.raises(ValueError, match="no quota for"):
            quota()
    else:
        assert quota() == Fraction(case["expect"])


@pytest.mark.parametrize("case", cases("count/lot.jsonl"))
def test_a_lot_is_drawn_as_anybody_can_repeat_it(case):
    assert list(lot.drawn(case["seed"], case["stage"], case["names"])) == case["expect"]
    # The vector's own tickets, so that its order can be checked without our code.
    if "tickets" in case:
        assert sorted(case["tickets"], key=case["tickets"].get) == case["expect"]


def check(rule, case):
    if "error" in case["expect"]:
        with pytest.raises(getattr(counting, case["expect"]["error"])):
            counted(rule, case)
    else:
        assert differences(counted(rule, case).record, case["expect"]) == []


@pytest.mark.parametrize("case", cases("count/av.jsonl"))
def test_av_counts_as_by_hand(case):
    check("av", case)


@pytest.mark.parametrize("case", cases("count/stv-scottish.jsonl"))
def test_the_scottish_rule_counts_as_by_hand(case):
    check("stv-scottish", case)


@pytest.mark.parametrize("case", cases("count/plurality.jsonl"))
def test_plurality_counts_as_by_hand(case):
    check("plurality", case)
