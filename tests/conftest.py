"""What all tests share: how many cases the properties are tried on."""

from __future__ import annotations

import os

from hypothesis import settings

# `make test-all` tries thirty times as many elections, files and records.
settings.register_profile("short", deadline=None)
settings.register_profile("long", deadline=None, max_examples=3000)
settings.load_profile("long" if os.environ.get("TESTS") == "all" else "short")
