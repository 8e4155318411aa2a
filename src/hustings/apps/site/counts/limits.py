"""What a site allows visitors to send, count and keep: the operator's figures, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from difflib import get_close_matches
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

MIB = 1024 * 1024
PREFIX: Final = "HUSTINGS_COUNTS_"


@dataclass(frozen=True, slots=True)
class Limits:
    """The figures of one site: bytes, seconds, days or plain numbers, as the name says.

    Each is an environment variable, HUSTINGS_COUNTS_ and its name in capitals; all are at
    least 1.
    """

    keep_days: int = 30
    """How long a result and the ballots under it are kept."""
    file_bytes: int = 200 * MIB
    """The largest file that is taken."""
    paste_bytes: int = 5 * MIB
    """The longest pasted text that is taken."""
    at_once: int = 2
    """How many counts run at a time on this site, whatever the number of its processes."""
    queue: int = 30
    """How many may wait for a turn before the site says that it is busy."""
    per_hour: int = 60
    """How many times an hour one address may send ballots or ask for another count."""
    disk_bytes: int = 5 * 1024 * MIB
    """All that saved counts may take up together."""
    cpu_seconds: int = 300
    """Processor time for one count."""
    memory_bytes: int = 2 * 1024 * MIB
    """Address space for one count."""
    paths_bytes: int = 100 * MIB
    """The largest file of ballots' paths that is kept, compressed; larger ones are left out."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise _no_figure(PREFIX + field.name.upper())

    @property
    def keep(self) -> timedelta:
        """How long a result is kept."""
        return timedelta(days=self.keep_days)


# A file that could not be read leaves a message, and a form that was not right leaves its
# file: neither is worth keeping for long.
KEEP_MESSAGE = timedelta(days=1)
KEEP_DRAFT = timedelta(hours=1)

# A worker says every HEARTBEAT that it is alive; silence of STALE means that it is not.
HEARTBEAT = timedelta(seconds=2)
STALE = timedelta(seconds=30)

# Files without a row that nobody has written to for this long belong to nothing.
ORPHAN = timedelta(hours=1)


def limits() -> Limits:
    """Return this site's figures."""
    figures: Limits = settings.HUSTINGS_COUNTS
    return figures


def from_environment(environ: Mapping[str, str]) -> Limits:
    """Return the figures that environment variables give, and the defaults above for the rest.

    A name that is none of ours is refused: an operator who mistypes one would otherwise
    believe that it holds.

    Raises:
        ImproperlyConfigured: there is no figure of that name, or its value is not a whole
        number of 1 or more.
    """
    names = {PREFIX + field.name.upper(): field.name for field in fields(Limits)}
    given = {}
    for name, text in environ.items():
        if not name.startswith(PREFIX):
            continue
        if name not in names:
            near = get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}."
            raise ImproperlyConfigured(f"{name} is not a setting of the count pages: {hint}")
        # Not isdigit, which takes "²" for a number where int does not; nor a number so long
        # that no figure can mean it.
        if not (text.isascii() and text.isdecimal()) or len(text) > 18:
            raise _no_figure(name)
        given[names[name]] = int(text)
    return Limits(**given)


def _no_figure(name: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} must be a whole number of 1 or more.")
