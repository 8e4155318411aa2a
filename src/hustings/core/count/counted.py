"""What a count gives back: its record and, if asked for, every ballot's path."""

from __future__ import annotations

from dataclasses import dataclass

from hustings.core.count.paths import Paths
from hustings.core.count.record import CountRecord


@dataclass(frozen=True, slots=True)
class Counted:
    """A finished count. `paths` is None unless the count was asked to trace."""

    record: CountRecord
    paths: Paths | None = None
