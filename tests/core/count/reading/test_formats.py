"""Each format says what its published description says. Sources stand in each reader's head."""

from __future__ import annotations

from fractions import Fraction

import pytest

from hustings.core.count import reading
from tests.core.count.reading.files import (
    ABIF,
    BLT,
    CVR,
    DEBIAN,
    EXAMPLES,
    MARGIN,
    PREFLIB,
    PREFLIB_OLD,
    RANKS,
    Pieces,
    read,
    spelled,
)


def test_blt():
    ballots = read(BLT)
    assert ballots.candidates == ('Ann "Annie" Ash', "Ben Beech", "Cy #1", "Di")
    assert (ballots.title, ballots.seats) == ("The choir's chair", 2)
    assert ballots.withdrawn == {1}
    assert dict(ballots.groups) == {
        (0, 2, 3): 3,
        ((1, 3), -1, 0): 2,
        (): 1,
        (3,): Fraction(3, 2),
    }
    assert ballots.blank == 1
    assert ballots.total == Fraction(15, 2)


@pytest.mark.parametrize(
    ("names", "expect"),
    [
        (b'"Ann"\n"Ben"\n"Title"\n', ("Ann", "Ben", "Title")),
        (b'"Ann"\n"Ben"\nWard 2 - Lochee\n', ("Ann", "Ben", "Ward 2 - Lochee")),
        (b'"Ann"\n"Ben"', ("Ann", "Ben", None)),
        (b'"Ann" "Ben"\n"Title"', ("Ann", "Ben", "Title")),
        (b'"Ann" "Ash Party"\n"Ben" "Beech"\n"T"', ("Ann Ash Party", "Ben Beech", "T")),
        (b'"Ann "A" Ash"\n"Ben"\n', ('Ann "A" Ash', "Ben", None)),
        (b"Ann\nBen # the other one\n", ("Ann", "Ben", None)),
        (b'\n"Ann"\n\n  "Ben"  \n\n\n', ("Ann", "Ben", None)),
    ],
)
def test_blt_names_come_quoted_or_not_and_the_title_may_be_missing(names, expect):
    ballots = read(b"2 1\n1 1 0\n0\n" + names)
    assert (*ballots.candidates, ballots.title) == expect


def test_blt_keeps_the_source_and_the_comment_that_may_follow_the_title():
    ballots = read(b'1 1\n1 1 0\n0\n"A"\n"T"\n"The archive"\n"Checked"\n')
    assert ballots.title == "T"
    assert "The archive; Checked" in ballots.notes[0]


def test_blt_ballot_ids_name_the_ballots_and_change_nothing_else():
    data = b'2 1\n(a 1) 1 2 0\n(b) 1 1 2 0\n(c) 1 2 0\n0\n"A"\n"B"\n'
    assert spelled(read(data)) == {("B",): 2, ("A", "B"): 1}
    labels = [label for label, _, _ in reading.rows(reading.BytesSource(data))]
    assert labels == ["a 1", "b", "c"]


def test_blt_candidate_marked_twice_is_for_the_counting_rule():
    assert spelled(read(b"2 1\n1 1 2 1 0\n0\nA\nB\n")) == {("A", "B", "A"): 1}


def test_blt_ranking_never_ends_in_a_skip():
    assert dict(read(b"2 1\n1 1 - - 0\n1 - 0\n0\nA\nB\n").groups) == {(0,): 1, (): 1}


def test_preflib_new():
    ballots = read(PREFLIB)
    assert ballots.candidates == ("Ann", "Ben", "Cy")
    assert ballots.title == "The choir"
    assert dict(ballots.groups) == {(0, (1, 2)): 3, ((0, 2),): 2, (1,): 1}


def test_preflib_old():
    ballots = read(PREFLIB_OLD)
    assert ballots.candidates == ("Ann", "Ben, of the Mill", "Cy")
    assert dict(ballots.groups) == {(0, 1, 2): 3, ((0, 2), 1): 2, (1,): 1}


def test_abif():
    ballots = read(ABIF)
    # Declared first, as declared; then the others by name.
    assert ballots.candidates == ("Ann Ash", "Ben Beech", "C", "Di Dale")
    assert ballots.title == "The choir"
    assert spelled(ballots) == {
        ("Ann Ash", ("Ben Beech", "C")): 27,
        ("Di Dale", "Ben Beech"): 3,
        ("Ben Beech", ("Ann Ash", "C")): 2,  # by score: 9, then 5 and 5
        (): 1,
    }
    assert "2 of the candidates are in ballots but not declared." in ballots.notes


def test_abif_vote_may_come_before_the_line_that_says_who_its_token_is():
    ballots = read(b"2: B>A\n=A:[Zoe]\n1: [Zoe]\n=B:[Ben]\n")
    assert spelled(ballots) == {("Ben", "Zoe"): 2, ("Zoe",): 1}
    rows = list(reading.rows(reading.BytesSource(b"2: B>A\n=A:[Zoe]\n1: [Zoe]\n=B:[Ben]\n")))
    assert [(label, weight) for label, weight, _ in rows] == [(1, 2), (3, 1)]
    assert [ranking for _, _, ranking in rows] == list(ballots.groups)


def test_abif_leaves_scores_aside_where_an_order_is_written_and_says_so():
    ballots = read(b"2: A/1>B/9\n")
    assert spelled(ballots) == {("A", "B"): 2}
    assert "left aside" in ballots.notes[0]


def test_abif_data_about_ballots_is_passed_over():
    data = b'ABIF 1.0 {"title": "T"}\n7: D>C: { "precinct": 51 }\n3 * C>D # late\n'
    ballots = read(data, format="abif")
    assert spelled(ballots) == {("D", "C"): 7, ("C", "D"): 3}
    assert ballots.title == "T"


def test_debian_only_the_order_of_ranks_means_anything():
    ballots = read(DEBIAN)
    assert ballots.candidates == ("Raphaël", "Ann", "None Of The Above")
    assert dict(ballots.groups) == {(1, 0, 2): 2, ((1, 2),): 1, (0, 2): 1, (): 1}


def test_debian_latin_1_is_read_and_said():
    ballots = read(DEBIAN.decode().encode("latin-1"))
    assert ballots.candidates[0] == "Raphaël"
    assert "Latin-1" in ballots.notes[0]


def test_debian_voters_find_their_own_line_by_its_hash():
    labels = [label for label, _, _ in reading.rows(reading.BytesSource(DEBIAN))]
    assert labels == ["00aa", "00bb", "00cc", "00dd", "00ee"]


def test_margin_irv():
    ballots = read(MARGIN)
    assert ballots.candidates == ("LAB", "LIB", "GRN")
    assert dict(ballots.groups) == {(): 4, (0, 2): 16, (1,): 3, (2, 1, 0): 1}


def test_margin_irv_candidates_can_be_told_apart_where_labels_repeat():
    ballots = read(b"0, 7\nIND,IND\n-+-\n(7,) : 2\n")
    assert ballots.candidates == ("0 (IND)", "7 (IND)")
    assert dict(ballots.groups) == {(1,): 2}


def test_cast_vote_records():
    ballots = read(CVR)
    assert ballots.candidates == ("Ann", "Ben", 'Cy "C" Clay')
    assert ballots.ranks == 3
    assert spelled(ballots) == {
        ("Ben", "Ann"): 2,
        ("Ann", "-", "Ben"): 1,
        (("Ann", "Ben"), 'Cy "C" Clay'): 1,
        ("overvote", "-", "Ann"): 1,
        (): 1,
    }
    assert ballots.notes == ("Columns that are not used: precinct.",)


@pytest.mark.parametrize(
    "columns",
    [
        "rank1,rank2",
        "Rank 1,Rank 2",
        "choice_1,choice_2",
        "1st choice,2nd choice",
        "First Choice,Second Choice",
        "Preference 1,Preference 2",
        '"rank1","rank2"',
    ],
)
def test_rank_columns_have_many_names(columns):
    assert spelled(read(columns.encode() + b"\nB,A\n")) == {("B", "A"): 1}


@pytest.mark.parametrize(
    ("data", "expect"),
    [
        (b"rank2,rank1\nA,B\n", {("B", "A"): 1}),
        (b"rank1,where,rank2\nA,x,B\nA,y,B\n", {("A", "B"): 2}),
        (b"rank1,rank2,where\nA,B,x\nA,B,y\n", {("A", "B"): 2}),
        (b"id,rank1,where\n1,A,x\n2,,y\n", {("A",): 1, (): 1}),
        (b"rank1,rank2,weight\nA,B,3\nA,B,0.5\n", {("A", "B"): Fraction(7, 2)}),
        (b"count,id,rank1\n3,x,A\n2,y,B\n", {("A",): 3, ("B",): 2}),
        (b"rank1;rank2\nA;B\n", {("A", "B"): 1}),
        (b"rank1\trank2\nA\tB\n", {("A", "B"): 1}),
        (b"\xef\xbb\xbfrank1,rank2\r\nA,B\r\n", {("A", "B"): 1}),
        (b"rank1,rank2\rA,B\rB,A\r", {("A", "B"): 1, ("B", "A"): 1}),
        (b'rank1\n"A\nb"\n"A b"\n', {("A b",): 2}),
        (b'x,rank1\n"1,5",A\n"a\n""b",A\n', {("A",): 2}),
        (b"rank1\nA|A\n A | B \n", {("A",): 1, (("A", "B"),): 1}),
        (b"rank1,rank2\nA,overvote\nUWI,A\n", {("A", "overvote"): 1, ("UWI", "A"): 1}),
        (b"rank1\nA\n\nskipped\n", {("A",): 1, (): 1}),
    ],
)
def test_columns_and_cells_of_cast_vote_records(data, expect):
    assert spelled(read(data)) == expect


def test_candidates_of_cast_vote_records_have_the_same_order_whatever_the_order_of_ballots():
    assert read(b"rank1\nZoe\nAnn\n").candidates == read(b"rank1\nAnn\nZoe\n").candidates


def test_equal_last_ranks_are_not_ranked():
    assert spelled(read(RANKS)) == {
        ("Cy", "Ann", "Ben"): 40,
        ("Cy",): 30,
        ("Ann",): 20,
        ("Cy", "Ben"): 10,
        (("Ann", "Ben"), "Cy"): 5,
    }


@pytest.mark.parametrize(
    ("row", "expect"),
    [
        ("1,1,1,1", ()),  # all share the last rank: nobody is ranked
        ("1,3,3,3", ("A",)),
        ("1,2,2,3", ("A", ("B", "C"), "D")),  # equal, but not last
        ("1,2,2,4", ("A", ("B", "C"), "D")),  # the tie takes up rank 3
        ("1,2,2,", ("A", ("B", "C"))),  # an empty cell says who is not ranked
        ("1,1,2,", (("A", "B"), "C")),
        ("1,,3,", ("A", "-", "C")),
        (",,,", ()),
        ("2,1.0,,", ("B", "A")),
    ],
)
def test_ranks_in_a_row(row, expect):
    ballots = read(f"A,B,C,D,#\n1,2,3,4,1\n{row},2\n".encode())
    first, second = spelled(ballots).items() if len(ballots.groups) == 2 else (None, None)
    assert first == (("A", "B", "C", "D"), 1)
    assert second == (expect, 2)


@pytest.mark.parametrize("form", EXAMPLES)
def test_every_example_is_recognised_by_its_content_alone(form):
    assert reading.sniff(EXAMPLES[form]) == form


@pytest.mark.parametrize(
    ("data", "expect"),
    [
        (b"A,B,C,count\n1,,,15\n2,1,3,4\n", {("A",): 15, ("B", "A", "C"): 4}),
        (b"ballot_id,A,B,C\nx7,,1,\n", {("B",): 1}),
        (b"A;B;C\n;;1\n", {("C",): 1}),
    ],
)
def test_a_table_of_ranks_may_begin_with_a_vote_for_one(data, expect):
    # docs/how-to/ballot-files.md: a number in each cell, or nothing; ids have their own column.
    assert reading.sniff(data) == "csv-ranks"
    assert spelled(read(data)) == expect


@pytest.mark.parametrize("data", [b"A,B\n,\n", b"A,B\n1,two\n", b"Dear Sir,\nall is well,\n"])
def test_a_table_without_a_rank_in_its_first_line_is_not_one_of_ranks(data):
    with pytest.raises(reading.UnknownFormat):
        reading.sniff(data)


@pytest.mark.parametrize("heading", ["Ballot ID", "id", "CVR number"])
@pytest.mark.parametrize("count", ["Count", "WEIGHT", "ballots", "#"])
def test_columns_of_ids_and_counts_are_called_alike_in_both_kinds_of_csv(heading, count):
    # docs/how-to/ballot-files.md lists the names once, for both.
    ranks = read(f"{heading},A,B,{count}\nx,1,2,3\n".encode(), format="csv-ranks")
    votes = read(f"{heading},rank1,rank2,{count}\nx,A,B,3\n".encode(), format="csv-cvr")
    assert spelled(ranks) == spelled(votes) == {("A", "B"): 3}


def test_the_old_preflib_heading_is_recognised_too():
    assert reading.sniff(PREFLIB_OLD) == "preflib"


def test_the_name_decides_where_the_content_does_not():
    assert reading.sniff(b"nonsense\n", "ward.blt") == "blt"
    assert reading.sniff(b"nonsense\n", "WARD.SOI") == "preflib"


@pytest.mark.parametrize("form", EXAMPLES)
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_how_a_file_arrives_does_not_matter(form, size):
    data = EXAMPLES[form]
    assert reading.read(Pieces(data, size)) == read(data)


@pytest.mark.parametrize("form", EXAMPLES)
@pytest.mark.parametrize("ends", [b"\r\n", b"\r"])
def test_line_ends_of_other_systems_do_not_matter(form, ends):
    assert read(EXAMPLES[form].replace(b"\n", ends)) == read(EXAMPLES[form])


@pytest.mark.parametrize("form", EXAMPLES)
def test_a_last_line_without_an_end_is_whole(form):
    assert read(EXAMPLES[form].rstrip(b"\n")) == read(EXAMPLES[form])


@pytest.mark.parametrize("form", EXAMPLES)
def test_rows_are_the_same_ballots_in_file_order(form):
    data = EXAMPLES[form]
    total: dict[object, object] = {}
    for _, weight, ranking in reading.rows(reading.BytesSource(data)):
        total[ranking] = total.get(ranking, 0) + weight  # type: ignore[operator]
    assert list(total.items()) == list(read(data).groups.items())


def test_names_in_two_encodings_are_each_read_as_what_they_are():
    ballots = read("rank1\nRené\n".encode() + "Zoë\n".encode("latin-1") + b"\x81\x9d\n")
    assert ballots.candidates == ("René", "Zoë", r"\x81\x9d")


def test_a_space_that_does_not_break_does_not_make_another_candidate():
    assert read("rank1\nAnn\u00a0Ash\nAnn Ash\n".encode()).candidates == ("Ann Ash",)


@pytest.mark.parametrize("quoted", ["id", "where", "rank1", "rank2", "more", "all"])
@pytest.mark.parametrize(
    "columns",
    ["id,rank1,rank2", "where,id,rank1,rank2", "rank1,rank2,id,more", "id,rank2,more,rank1"],
)
def test_quotation_marks_around_any_column_change_nothing(columns, quoted):
    names = columns.split(",")
    cells = {"id": "x%d", "where": "North, East", "rank1": "Ann", "rank2": "Ben", "more": ""}

    def line(n: int, mark: str) -> str:
        values = [(cells[c] % n if c == "id" else cells[c]) for c in names]
        must = [c == "where" or mark in (c, "all") for c in names]
        return ",".join(f'"{v}"' if m else v for v, m in zip(values, must, strict=True))

    data = "\n".join([columns, *(line(n, quoted) for n in range(3))]).encode()
    found = read(data)
    assert spelled(found) == {("Ann", "Ben"): 3}
    labels = [label for label, _, _ in reading.rows(reading.BytesSource(data))]
    assert labels == ["x0", "x1", "x2"]
