"""Real elections through the pages: what the site's record says is what is known of them."""

from __future__ import annotations

import json

import pytest

from hustings.apps.site.models import Count
from tests.shared import shared

pytestmark = [pytest.mark.django_db, pytest.mark.shared]

# File, rule, seats, who is elected; source: ../shared/data/ballots/README.md.
KNOWN = [
    ("alaska_2022_special_restricted.csv", "av", "", "M"),  # Peltola: the columns are N, S and M
    ("sanfrancisco_2007_mayor.txt", "av", "", "7"),
    ("dublin_north_2002.soi", "stv-scottish", "4", "Sargent|Ryan|Wright|Glennon"),
    ("dundee_2022_ward2_lochee.blt", "stv-scottish", "", "MALONE|SCULLIN|SMITH|TOLLAND"),
    ("glasgow_2012_ward14.blt", "stv-scottish", "", "BALFOUR|CAREY|FINDLAY|FISHER"),
    ("nsw_2015_gosford.txt", "av", "", "LAB"),
    ("portland_or_council_d1_2024_cvr.csv", "stv-scottish", "3", ""),
]


@pytest.mark.parametrize(("name", "rule", "seats", "known"), KNOWN)
def test_a_known_result_is_on_the_site_too(visitor, name, rule, seats, known):
    ballots = shared(f"data/ballots/{name}").read_bytes()
    count = visitor.count(ballots, rule, name=name, **{f"{rule}.seats": seats})
    assert count.state == Count.State.DONE, count.refusal
    assert count.has_paths
    record = json.loads(b"".join(visitor.get(f"/counts/{count.public_id}/count.json")))
    winners = "|".join(sorted(record["elected"])).casefold()
    for who in known.split("|"):
        assert who.casefold() in winners
    if known:
        assert len(record["elected"]) == len(known.split("|"))
    page = visitor.get(f"/counts/{count.public_id}/")
    assert page.status_code == 200
