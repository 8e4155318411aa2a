"""Which database holds the site's state: a file beside it, or a PostgreSQL server."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def sqlite(path: Path) -> dict[str, Any]:
    """Return settings for a SQLite file that loses nothing it has confirmed.

    WAL lets readers go on while one writes. FULL makes a commit wait for the disk: with
    less, a confirmed write can vanish in a power cut. IMMEDIATE takes the write lock at
    the start of a transaction, so that two writers queue instead of failing half-way.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
            ),
        },
    }


def postgresql(url: str) -> dict[str, Any]:
    """Return settings for `postgresql://user:password@host:port/name`.

    For a socket, leave the host out and give its folder: `postgresql:///name?host=/run/postgresql`.
    A sign that means something in an address (/ @ : ? # %) is written with a percent sign.

    Raises:
        ImproperlyConfigured: the address is of another kind or names no database.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        # Its words repeat what stands where a port should be: often half of a password.
        raise _not_an_address() from None
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgresql", "postgres"} or not name:
        raise _not_an_address()
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or options.pop("host", "")),
        "PORT": str(port or options.pop("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def _not_an_address() -> ImproperlyConfigured:
    # The address may hold a password, so the sentence does not repeat it.
    return ImproperlyConfigured(
        "HUSTINGS_DATABASE_URL must look like postgresql://user:password@host:5432/name "
        "or postgresql:///name?host=/run/postgresql; in a user name or a password write "
        "/ as %2F, @ as %40, : as %3A, ? as %3F, # as %23 and % as %25"
    )
