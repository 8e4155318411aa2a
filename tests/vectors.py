"""Vectors: one case a line, each with its reason and source, read by every implementation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

VECTORS = Path(__file__).parent.parent / "spec" / "vectors"


def cases(name: str) -> list[Any]:
    """Return the cases of a vector file, each named by its `why`, for `parametrize`.

    A case without a reason or a source is refused: an expected value that nobody can
    trace is worth nothing.
    """
    found = []
    for number, line in enumerate((VECTORS / name).read_text("utf-8").splitlines(), start=1):
        case = json.loads(line)
        if not case.get("why") or not case.get("source"):
            raise ValueError(f"{name}, line {number}: a case needs its why and its source")
        found.append(pytest.param(case, id=case["why"]))
    if not found:
        raise ValueError(f"{name} has no cases")
    return found
