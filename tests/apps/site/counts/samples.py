"""One small election in every format, with its results worked out by hand.

Twelve ballots: 5 say Ann, Bea; 4 say Bea, Cy; 3 say Cy, Bea.

- Alternative vote: 7 are needed. Cy (3) is excluded, all three ballots go to Bea: 7 to 5.
- Scottish rules, two seats: the quota is 12 / 3 + 1 = 5. Ann has 5. Cy is excluded, Bea has 7.
- Plurality: Ann has 5, the most.
"""

from __future__ import annotations

KINDS = (("Ann", "Bea", 5), ("Bea", "Cy", 4), ("Cy", "Bea", 3))
NUMBER = {"Ann": 1, "Bea": 2, "Cy": 3}

BLT = b"""3 2
5 1 2 0
4 2 3 0
3 3 2 0
0
"Ann"
"Bea"
"Cy"
"Ferry crew"
"""

PREFLIB = b"""# FILE NAME: crew.soi
# TITLE: Ferry crew
# DATA TYPE: soi
# NUMBER ALTERNATIVES: 3
# NUMBER VOTERS: 12
# NUMBER UNIQUE ORDERS: 3
# ALTERNATIVE NAME 1: Ann
# ALTERNATIVE NAME 2: Bea
# ALTERNATIVE NAME 3: Cy
5: 1,2
4: 2,3
3: 3,2
"""

ABIF = b"5: Ann>Bea\n4: Bea>Cy\n3: Cy>Bea\n"

CSV_RANKS = b"Ann,Bea,Cy,count\n1,2,,5\n,1,2,4\n,2,1,3\n"

CSV_CVR = (
    "ballot_id,rank1,rank2\n"
    + "".join(
        f"{first}{n},{first},{second}\n" for first, second, many in KINDS for n in range(many)
    )
).encode()

MARGIN_IRV = b"0, 1, 2\nAnn,Bea,Cy\n-+-+-\n(0,1) : 5\n(1,2) : 4\n(2,1) : 3\n"

DEBIAN = (
    "     Option 1----->: Ann\n   /  Option 2---->: Bea\n   |/  Option 3--->: Cy\n   ||/\n"
    + "".join(
        f"V: {ranks}\t\t{n:064x}\n"
        for ranks, many in (("12-", 5), ("-12", 4), ("-21", 3))
        for n in range(many)
    )
).encode()

FILES = {
    "blt": ("crew.blt", BLT),
    "preflib": ("crew.soi", PREFLIB),
    "abif": ("crew.abif", ABIF),
    "csv-ranks": ("crew.csv", CSV_RANKS),
    "csv-cvr": ("records.csv", CSV_CVR),
    "margin-irv": ("crew.txt", MARGIN_IRV),
    "debian": ("tally.txt", DEBIAN),
}

# Rule -> seats, and who is elected, in order.
RESULTS = {
    "av": ("", ["Bea"]),
    "stv-scottish": ("2", ["Ann", "Bea"]),
    "plurality": ("1", ["Ann"]),
}

TIED = b"2: Ann\n2: Bea\n"
"""Nothing separates these two: a count by any rule for one seat must ask."""
