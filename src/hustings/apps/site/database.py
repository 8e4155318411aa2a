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

    Raises:
        ImproperlyConfigured: the address is of another kind or names no database.
    """
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgresql", "postgres"} or not name:
        # The address may hold a password, so the sentence does not repeat it.
        raise ImproperlyConfigured(
            "HUSTINGS_DATABASE_URL must look like postgresql://user:password@host:5432/name "
            "or postgresql:///name?host=/run/postgresql"
        )
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or options.pop("host", "")),
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
