"""The site's secret key, made once and readable by its owner only."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key


def kept_in(path: Path) -> str:
    """Return the key in `path`, making the file (mode 0600) when it is not there.

    Two processes that start together agree: the file is written whole under another
    name and linked into place, and whoever comes second reads the first one's key.

    Raises:
        ImproperlyConfigured: the file is there but too short to be a key.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(get_random_secret_key())
            with suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink()
    key = path.read_text(encoding="ascii").strip()
    if len(key) < 50:
        raise ImproperlyConfigured(f"{path} is too short to be a key: remove it and start again")
    return key
