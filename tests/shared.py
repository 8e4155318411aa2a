"""Real elections kept beside the checkout: used where they are, named as not run where not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).parent.parent.parent / "shared"


def shared(path: str) -> Path:
    """Return a file of ../shared, or skip the test (fail it if SHARED=required)."""
    found = SHARED / path
    if not found.exists():
        if os.environ.get("SHARED") == "required":
            pytest.fail(f"../shared/{path} is required and is not here")
        pytest.skip("not run: ../shared is not here")
    return found
