"""Runs `hustings` as a person would: a real process, its output, its exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

HUSTINGS = str(Path(sys.executable).with_name("hustings"))

WARD = b"""\
3 1
4 1 2 0
3 2 1 0
2 3 2 0
0
"Ann Ash"
"Ben Beech"
"Cy Clay"
"The choir"
"""

TIED = b'2 1\n1 1 0\n1 2 0\n0\n"A"\n"B"\n"T"\n'

COUNCIL = b"""\
4 2
5 1 2 0
3 2 0
2 3 2 0
1 4 3 0
0
"Ann"
"Ben"
"Cy"
"Di"
"Council"
"""

CVR = b"""\
ballot_id,rank1,rank2
b1,Ann,Ben
b2,Ben,
"b,3",Ann,
b4,,
b5,Ann|Ben,
"""


def hustings(
    *words: str | Path,
    given: bytes = b"",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run to the end; a traceback fails whatever test this is."""
    done = subprocess.run(
        [HUSTINGS, *map(str, words)],
        input=given,
        capture_output=True,
        timeout=120,
        env={**os.environ, "COLUMNS": "100", **(env or {})},
        cwd=cwd,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done
