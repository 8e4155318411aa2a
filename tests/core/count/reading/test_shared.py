"""Real elections, read whole: totals from ../shared/data/ballots/README.md and the files' heads."""

from __future__ import annotations

import pytest

from hustings.core.count import reading
from tests.core.count.reading.files import spelled
from tests.shared import shared

pytestmark = pytest.mark.shared

# file, format, candidates, ballots, seats
KNOWN = [
    ("debian_leader_2007_tally.txt", "debian", 9, 482, None),
    ("debian_leader_2020_tally.txt", "debian", 4, 339, None),
    ("gnome_board_2018.blt", "blt", 11, None, 7),
    ("dublin_north_2002.soi", "preflib", 12, 43_942, None),
    ("dundee_2022_ward2_lochee.blt", "blt", 9, 5_843, 4),
    ("glasgow_2012_ward14.blt", "blt", 11, None, 4),
    ("nsw_2015_gosford.txt", "margin-irv", 6, 48_445, None),
    ("sanfrancisco_2007_mayor.txt", "margin-irv", 18, 149_465, None),
    ("alaska_2022_special_restricted.csv", "csv-ranks", 3, None, None),
    ("portland_or_council_d1_2024_cvr.csv", "csv-cvr", None, 42_871, None),
]


def ballots_of(name):
    data = shared(f"data/ballots/{name}").read_bytes()
    return data, reading.read(reading.BytesSource(data), name=name)


@pytest.mark.parametrize(("name", "form", "candidates", "total", "seats"), KNOWN)
def test_known_totals(name, form, candidates, total, seats):
    data, ballots = ballots_of(name)
    assert reading.sniff(data[: 1 << 16]) == form
    assert candidates in (None, len(ballots.candidates))
    assert total in (None, ballots.total)
    assert ballots.seats == seats


@pytest.mark.parametrize("name", [known[0] for known in KNOWN])
def test_rows_add_up_to_the_whole(name):
    data, ballots = ballots_of(name)
    found = list(reading.rows(reading.BytesSource(data), name=name))
    assert sum(weight for _, weight, _ in found) == ballots.total
    assert {ranking for _, _, ranking in found} == set(ballots.groups)


def test_san_francisco_has_its_blank_ballots_and_its_first_preferences():
    _, ballots = ballots_of("sanfrancisco_2007_mayor.txt")
    assert ballots.blank == 4_735
    newsom = ballots.candidates.index("7 (IND)")
    first = sum(n for ranking, n in ballots.groups.items() if ranking and ranking[0] == newsom)
    assert first == 106_395


def test_names_with_doubled_quotation_marks_and_an_unquoted_last_line():
    _, ballots = ballots_of("dundee_2022_ward2_lochee.blt")
    assert 'Charlie MALONE "Scottish Labour Party"' in ballots.candidates
    assert ballots.title == "Ward 2 - Lochee"


def test_debian_2007_is_latin_1():
    _, ballots = ballots_of("debian_leader_2007_tally.txt")
    assert "Raphaël Hertzog" in ballots.candidates


def test_alaska_equal_last_ranks_are_not_ranked():
    _, ballots = ballots_of("alaska_2022_special_restricted.csv")
    assert spelled(ballots)[("M",)] == 23_736
    assert spelled(ballots)[("M", "N", "S")] == 47_404


def test_portland_has_six_ranks_and_no_gaps():
    _, ballots = ballots_of("portland_or_council_d1_2024_cvr.csv")
    assert ballots.ranks == 6
    assert all(isinstance(m, int) and m >= 0 for ranking in ballots.groups for m in ranking)
    assert "Columns that are not used: Precinct." in ballots.notes
