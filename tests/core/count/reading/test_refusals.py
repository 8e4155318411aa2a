"""What is wrong with a file is said with line, column, the line itself, and what was expected."""

from __future__ import annotations

import time

import pytest

from hustings.core.count import reading
from tests.core.count.reading.files import (
    BLT,
    CVR,
    DEBIAN,
    EXAMPLES,
    MARGIN,
    PREFLIB,
    RANKS,
    Pieces,
    read,
    refused,
    rows,
    spelled,
)

HEAD = b"3 1\n1 1 2 0\n"
NAMES = b'0\n"A"\n"B"\n"C"\n"T"\n'

# format, data, line, column, some of the sentence
PLACES = [
    # BLT
    ("blt", b"x\n", 1, 1, "begins with two numbers"),
    ("blt", b"3\n", 1, 1, "begins with two numbers"),
    ("blt", b"3 1 1\n", 1, 5, "begins with two numbers"),
    ("blt", b"0 1\n", 1, 1, "candidates must be from 1"),
    ("blt", b"3 0\n", 1, 3, "seats must be from 1"),
    ("blt", b"1000000 1\n", 1, 1, "candidates must be from 1 to 1,000"),
    ("blt", b"3 " + b"9" * 5000 + b"\n", 1, 3, "seats must be from 1 to 1,000"),
    ("blt", b"3 1\n-4\n", 2, 1, "withdrawn"),
    ("blt", b"3 1\n-1 -0\n", 2, 4, "withdrawn"),
    ("blt", HEAD + b"1 4 0\n" + NAMES, 3, 3, "from 1 to 3"),
    ("blt", HEAD + b"1 1 2 4 0\n" + NAMES, 3, 7, "from 1 to 3"),
    ("blt", HEAD + b"1 1=4 0\n" + NAMES, 3, 5, "from 1 to 3"),
    ("blt", HEAD + b"1 2=2 0\n" + NAMES, 3, 5, "twice at one rank"),
    ("blt", HEAD + b"1 1 2\n" + NAMES, 3, 6, "closes the ballot is missing"),
    ("blt", HEAD + b"1 1 0 2 0\n" + NAMES, 3, 5, "After the closing 0"),
    ("blt", HEAD + b"0 1 0\n" + NAMES, 3, 1, "count of ballots is 0"),
    ("blt", HEAD + b"0.0 1 0\n" + NAMES, 3, 1, "count of ballots is 0"),
    ("blt", HEAD + b"-2 1 0\n" + NAMES, 3, 1, "negative"),
    ("blt", HEAD + b"1e3 1 0\n" + NAMES, 3, 1, "count of ballots was expected"),
    ("blt", HEAD + b"1_0 1 0\n" + NAMES, 3, 1, "count of ballots was expected"),
    ("blt", HEAD + "٣ 1 0\n".encode() + NAMES, 3, 1, "count of ballots was expected"),
    ("blt", HEAD + b"9" * 400 + b" 1 0\n" + NAMES, 3, 1, "more than 15 digits"),
    ("blt", HEAD + b"1 +1 0\n" + NAMES, 3, 3, "from 1 to 3"),
    ("blt", HEAD + b"(a)\n" + NAMES, 3, 4, "without its ballot"),
    ("blt", HEAD + b'"A"\n"B"\n"C"\n', 3, 1, "a single 0 that closes the ballots is missing"),
    ("blt", HEAD, 2, 1, "ends before the line with a single 0"),
    ("blt", HEAD + b'0\n"A"\n"B"\n', 5, 1, "ends after 2 names: 3 were expected"),
    ("blt", HEAD + b'0\n"A"\n"B\n"C"\n', 5, 3, "closes this name is missing"),
    ("blt", HEAD + b'0\n"A"\n"B"\n"A"\n', 6, 2, "the name of candidate 1 too"),
    ("blt", HEAD + b'0\n"A"\n"B"\n" "\n', 6, 1, "there is none"),
    ("blt", HEAD + b'0\n"A"\n"B"\n"C\x1b[31m"\n', 6, 2, "control character"),
    ("blt", HEAD + b'0\n"A"\n"B"\n"C\xe2\x80\xaex"\n', 6, 2, "control character"),
    ("blt", HEAD + b'0\n"A"\n"B"\n"' + b"C" * 401 + b'"\n', 6, 2, "longer than 400"),
    ("blt", b"# nothing\n", 1, 1, "empty but for comments"),
    # PrefLib
    ("preflib", b"# TITLE: x\n3: 1\n", 1, 1, "NUMBER ALTERNATIVES"),
    ("preflib", b"# NUMBER ALTERNATIVES: many\n", 1, 24, "from 1 to 1,000"),
    ("preflib", b"# NUMBER ALTERNATIVES: 9999999\n", 1, 24, "from 1 to 1,000"),
    ("preflib", b"# DATA TYPE: wmg\n", 1, 14, "not ranked ballots"),
    ("preflib", PREFLIB.replace(b"NAME 3: Cy", b"NAME 3: Ann"), 9, 23, "Two alternatives"),
    ("preflib", PREFLIB.replace(b"NAME 3", b"NAME 2"), 9, 1, "named already"),
    ("preflib", PREFLIB.replace(b"ALTERNATIVES: 3", b"ALTERNATIVES: 4"), 9, 1, "number 4 is missi"),
    ("preflib", PREFLIB.replace(b"2: {1,3}", b"2: {1,4}"), 11, 5, "from 1 to 3"),
    ("preflib", PREFLIB.replace(b"1: 2", b"1: 0"), 12, 4, "from 1 to 3"),
    ("preflib", PREFLIB.replace(b"1: 2", b"1: 2,2"), 12, 3, "twice in this order"),
    ("preflib", PREFLIB.replace(b"1: 2", b"1: {2,2}"), 12, 5, "twice in this order"),
    ("preflib", PREFLIB.replace(b"1: 2", b"1: {2"), 12, 4, "expected"),
    ("preflib", PREFLIB.replace(b"1: 2", b"0: 2"), 12, 1, "count of ballots is 0"),
    ("preflib", PREFLIB.replace(b"1: 2", b"1 2"), 12, 1, "count of ballots was expected"),
    ("preflib", PREFLIB.replace(b"1: 2", b"1.5: 2"), 12, 1, "whole numbers"),
    ("preflib", PREFLIB[:-5], 11, 1, "6 voters, but the orders add up to 5"),
    ("preflib", b"2\n1,A\nB\n", 3, 1, "alternative 2 was expected"),
    ("preflib", b"2\n1,A\n2,B\n5,5\n", 4, 1, "Three numbers"),
    ("preflib", b"2\n1,A\n2,B\n", 3, 1, "Three numbers"),
    # ABIF
    ("abif", b"# only a remark\n", 1, 1, "no candidate"),
    ("abif", b"3: A>\n", 1, 6, "after the sign"),
    ("abif", b"3: A>>B\n", 1, 6, "A candidate was expected"),
    ("abif", b"3: A>A\n", 1, 6, "already"),
    ("abif", b"3: A*2,B*1\n", 1, 5, "cumulative"),
    ("abif", b"0: A\n", 1, 1, "count of ballots is 0"),
    ("abif", b"-3: A\n", 1, 1, "negative"),
    ("abif", b"what is this?\n", 1, 1, "was expected"),
    ("abif", b'3: A\n{"title": \n', 2, 1, "Metadata"),
    ("abif", b"{" + b"[" * 100_000 + b"\n", 1, 1, "Metadata"),
    ("abif", b"=A:[X]\n=A:[Y]\n", 2, 1, "declared already"),
    ("abif", b"=A:[X]\n=B:[X]\n", 2, 1, "already that of another"),
    # Debian
    ("debian", b"V: 12 aa\n", 1, 1, "No options were found"),
    ("debian", DEBIAN.partition(b"V: 213")[0], 7, 1, "before the first vote"),
    ("debian", DEBIAN.replace(b"Option 3", b"Option 4"), 6, 15, "Option 3 was expected"),
    ("debian", DEBIAN.replace(b"V: -11 \t\t00bb", b"V: -1 \t\t00bb"), 9, 4, "2 ranks stand here"),
    ("debian", DEBIAN.replace(b"V: -11", b"V: -1x"), 9, 6, "rank from 1 to 9"),
    ("debian", DEBIAN.replace(b"V: -11", b"W: -11"), 9, 1, "vote was expected"),
    # margin-irv
    ("margin-irv", b"0, x\nA,B\n", 1, 4, "ids were expected"),
    ("margin-irv", b"0, 0\nA,B\n", 1, 1, "each once"),
    ("margin-irv", b"0, 1\nA\n", 2, 1, "2 ids above, but 1 labels"),
    ("margin-irv", b"0, 1\n", 1, 1, "labels were expected"),
    ("margin-irv", MARGIN.replace(b"(1,) : 3", b"(9) : 3"), 6, 2, "not one of the ids"),
    ("margin-irv", MARGIN.replace(b"(1,) : 3", b"(1,0,5) : 3"), 6, 6, "not one of the ids"),
    ("margin-irv", MARGIN.replace(b"(1,) : 3", b"(1,) : -3"), 6, 8, "negative"),
    ("margin-irv", MARGIN.replace(b"(1,) : 3", b"(1,) : "), 6, 1, "an order and its count"),
    ("margin-irv", b",".join(b"%d" % i for i in range(2000)) + b"\n", 1, 1, "more than 1,000"),
    # Cast vote records
    ("csv-cvr", b"name,age\nA,3\n", 1, 1, "No column here is a rank"),
    ("csv-cvr", b"rank1,rank3\nA,B\n", 1, 7, "rank 3 is out of place"),
    ("csv-cvr", b"rank1,x,rank1\nA,B,C\n", 1, 1, "out of place"),
    ("csv-cvr", b"rank1,rank2\nA,B\nA,B,C\n", 3, 6, "3 cells stand in this line"),
    ("csv-cvr", b"rank1,rank2\nA,B\nA\n", 3, 2, "1 cell stands in this line"),
    ("csv-cvr", b"id,rank1,rank2\n1,A,B\n2,A\n", 3, 4, "2 cells stand"),
    ("csv-cvr", b"id,rank1,x\n1,A,y\nA\n", 3, 2, "1 cell stands"),
    ("csv-cvr", b"id,x,rank1\n1,y,A\nA\nA,B\n", 3, 2, "1 cell stands"),
    ("csv-cvr", b'rank1,rank2\nA,"B" C\n', 2, 3, "doesn't enclose it"),
    ("csv-cvr", b'rank1,rank2\nA,B\nA,"B\nC,D\n', 3, 1, "never closed"),
    ("csv-cvr", b"rank1,rank2\nA,B\nB,A|\n", 3, 3, "name is missing beside the |"),
    ("csv-cvr", b"rank1,count\nA,2\nB,0\n", 3, 3, "count of ballots is 0"),
    ("csv-cvr", b"rank1,count\nA,2\nB,\n", 3, 3, "count of ballots was expected"),
    ("csv-cvr", b"rank1\nA\nB\x07\n", 3, 1, "control character"),
    ("csv-cvr", b'id,rank1\n1,A\n"2\n3",B\x07\n', 4, 4, "control character"),
    ("csv-cvr", b"rank1\n\n", 2, 1, "no candidate in this file"),
    ("csv-cvr", b"rank1\n" + b"\n".join(b"c%d" % i for i in range(5000)), 1002, 1, "more than 1,0"),
    # One cell that looks like two, in a line that is then too short.
    ("csv-cvr", b'a,b,rank1,rank2\nx,y,A,B\n"x,y",A,B\n', 3, 10, "3 cells stand in this line"),
    ("csv-cvr", b'rank1,rank2,a,b\nA,B,x,y\nA,B,"x,y"\n', 3, 10, "3 cells stand in this line"),
    # Ranks
    ("csv-ranks", b"A,A,count\n1,2,3\n", 1, 3, "Two columns have this name"),
    ("csv-ranks", b"A,,count\n1,2,3\n", 1, 3, "there is none"),
    ("csv-ranks", b"A,votes,count\n1,2,3\n", 1, 9, "Two columns could be"),
    ("csv-ranks", b"count\n3\n", 1, 1, "No column here is a candidate"),
    ("csv-ranks", RANKS + b"1,2,x,5\n", 7, 5, "rank from 1 to 1,000"),
    ("csv-ranks", RANKS + b"1,2,0,5\n", 7, 5, "rank from 1 to 1,000"),
    ("csv-ranks", RANKS + b"1,2,99999999999,5\n", 7, 5, "rank from 1 to 1,000"),
    ("csv-ranks", RANKS + b"1,2,3\n", 7, 6, "3 cells stand"),
    ("csv-ranks", RANKS + b"1,2,3,-1\n", 7, 7, "negative"),
    ("csv-ranks", b",".join(b"c%d" % i for i in range(10**5)) + b"\n", 1, 1, "more than 1,000"),
]


@pytest.mark.parametrize(
    ("form", "data", "line", "column", "sentence"),
    PLACES,
    ids=[f"{p[0]}: {p[4]} ({i})" for i, p in enumerate(PLACES)],
)
def test_a_refusal_names_line_and_column_and_says_why(form, data, line, column, sentence):
    refusal = refused(data, format=form)
    assert sentence in refusal.sentence
    assert (refusal.line, refusal.column) == (line, column)
    assert len(refusal.shown_line) <= 121
    assert refusal.sentence.endswith((".", "?"))


def test_columns_count_characters_not_bytes():
    refusal = refused("rank1,rank2\nÄöü,B\nÄöü,A|\n".encode())
    assert (refusal.line, refusal.column, refusal.shown_line) == (3, 5, "Äöü,A|")
    assert refusal.caret == 4


def test_the_line_shown_is_cut_around_the_place_and_safe_to_print():
    bad = b"1 " + b"1 2 " * 200 + b"\x1b[2J 1 0"
    refusal = refused(HEAD + bad + b"\n" + NAMES)
    assert refusal.column == 803
    assert refusal.shown_line[refusal.caret] == "␛"
    assert "\x1b" not in refusal.shown_line
    assert refusal.shown_line.startswith("…")
    assert len(refusal.shown_line) <= 121


@pytest.mark.parametrize(
    ("data", "kind", "sentence"),
    [
        (b"", reading.EmptyFile, "empty"),
        (b"\n \n", reading.UnknownFormat, "none of the formats"),
        ("3 1\n1 1 0\n".encode("utf-16"), reading.NotText, "UTF-16"),
        ("3 1\n1 1 0\n".encode("utf-16-le"), reading.NotText, "UTF-16"),
        (b"PK\x03\x04....", reading.NotText, "spreadsheet"),
        (b"3 1\n1 1\0 0\n" + b"1 1 0\n" * 99, reading.NotText, "NUL"),
        (b"Dear Sir or Madam,\n", reading.UnknownFormat, "none of the formats"),
        (b'{"election": [1, 2]}', reading.BadBallot, "no candidate"),
    ],
)
def test_what_is_no_file_of_ballots_is_said_to_be_none(data, kind, sentence):
    refusal = refused(data)
    assert isinstance(refusal, kind)
    assert sentence in str(refusal)


def test_a_nul_byte_late_in_a_file_is_a_bad_line():
    data = HEAD + b"1 1 0\n" * 20_000 + b"1 \0 0\n" + NAMES
    assert refused(data).line == 20_003


def test_a_format_that_does_not_exist_is_the_callers_mistake():
    with pytest.raises(KeyError):
        read(BLT, format="xls")


@pytest.mark.parametrize("size", [1000, 1 << 22])
def test_a_line_without_end_is_refused_before_it_fills_the_memory(size):
    refusal = None
    drawn = 0

    class Endless:
        def chunks(self):
            nonlocal drawn
            yield HEAD
            while True:
                drawn += size
                yield b"1" * size

    try:
        reading.read(Endless(), format="blt")
    except reading.TooLarge as found:
        refusal = found
    assert refusal is not None
    assert refusal.line == 3
    assert drawn < 3 << 22


@pytest.mark.parametrize("form", EXAMPLES)
def test_a_hundred_megabytes_in_one_line_are_refused_at_once(form):
    refusal = None
    started = time.process_time()
    try:
        reading.read(Pieces(b"7" * 100_000_000, 1 << 22), format=form)
    except reading.TooLarge as found:
        refusal = found
    assert refusal is not None
    assert time.process_time() - started < 2


def test_the_first_bad_line_in_the_file_is_the_one_named():
    data = HEAD + b"1 9 0\n1 8 0\n1 9 0\n" + NAMES
    assert refused(data).line == 3


def test_bad_lines_are_skipped_if_asked_and_listed_and_in_no_total():
    data = HEAD + b"1 9 0\n1 1 0\nrubbish\n1 9 0\n" + NAMES
    ballots = read(data, skip_bad=True)
    assert ballots.total == 2
    assert ballots.invalid == 0
    assert ballots.notes[0] == "3 bad lines skipped; they are in no total."
    assert [note[: note.index(",")] for note in ballots.notes[1:]] == [
        "Skipped line 3",
        "Skipped line 5",
        "Skipped line 6",
    ]
    assert ballots.notes[1].endswith("Line: 1 9 0")
    assert [label for label, _, _ in rows(data, skip_bad=True)] == [2, 4]


def test_only_twenty_skipped_lines_are_listed_but_all_are_counted():
    data = b"rank1,rank2\nA,B\n" + b"".join(b"A,B,%d\n" % (i % 50) for i in range(1000))
    notes = read(data, skip_bad=True).notes
    assert notes[0].startswith("1,000 bad lines skipped")
    assert len(notes) == 22
    assert notes[-1] == "… and 980 more."


def test_a_file_with_nothing_but_bad_lines_is_refused_even_so():
    refusal = refused(b"3 1\nx\ny\n" + NAMES, skip_bad=True)
    assert "right format" in refusal.sentence


def test_skipping_does_not_hide_that_a_preflib_file_is_not_complete():
    notes = read(PREFLIB.replace(b"1: 2", b"1: 9"), skip_bad=True).notes
    assert any("6 voters, but the orders add up to 5" in note for note in notes)


def test_skipping_bad_records_leaves_the_others_as_they_were():
    assert spelled(read(CVR + b"b7,x\n", skip_bad=True)) == spelled(read(CVR))
