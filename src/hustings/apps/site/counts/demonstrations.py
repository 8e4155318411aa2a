"""Elections that the operator puts up for everyone to see: counted here and now, and kept.

Nobody made them, so nobody can delete them; anybody may count their ballots again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from hustings.apps.site.counts import counting, queue, refusals, store
from hustings.apps.site.counts.services import clean_name
from hustings.apps.site.models import Count

log = logging.getLogger("hustings.audit")


def keep(
    *,
    title: str,
    source: bytes | Path,
    rule: str,
    options: Mapping[str, Any] | None = None,
    seats: int | None = None,
    file_name: str = "",
    now: datetime,
) -> str:
    """Count an election that everyone may see, here and now; return its public id.

    The same bytes asked for in the same way are the same demonstration: it is there once,
    under one link, and never expires. One that was cut short is counted again. Lock: the
    queue's, while the row is made.

    Raises:
        refusals.NotNow: it could not be counted; the sentence says why.
    """
    ballots = source if isinstance(source, bytes) else source.read_bytes()
    name = file_name or (source.name if isinstance(source, Path) else "")
    how = json.dumps([rule, seats, sorted((options or {}).items())]).encode()
    digest = hashlib.sha256(ballots).digest()
    key = hashlib.sha256(digest + how).hexdigest()

    count = Count.objects.filter(demonstration=key).first()
    if count is None or not store.path(count.folder, store.BALLOTS).exists():
        arrival = store.new_arrival()
        with open(store.open_new(arrival), "wb") as out:  # noqa: PTH123 - a descriptor
            out.write(ballots)
        folder = store.adopt(arrival)
        with transaction.atomic():
            queue.lock()
            Count.objects.filter(demonstration=key).delete()
            count = Count.objects.create(
                public_id=count.public_id if count else secrets.token_urlsafe(18),
                folder=folder,
                demonstration=key,
                state=Count.State.INTERRUPTED,
                file_name=clean_name(name),
                size=len(ballots),
                digest=digest.hex(),
                bytes_kept=len(ballots),
                rule=rule,
                seats=seats,
                options=dict(options or {}),
                made_at=now,
            )
            log.info("count %s made, a demonstration", count.pk)
    if (
        count.state != Count.State.DONE
        or not store.path(count.folder, store.record_name(count.lease)).exists()
    ):
        turn = queue.Turn(count.pk, secrets.token_hex(16))
        Count.objects.filter(pk=count.pk).update(
            state=Count.State.READING, lease=turn.lease, heartbeat_at=now
        )
        counting.do(turn)
        count.refresh_from_db()
        if count.state != Count.State.DONE:
            raise refusals.NotNow(str(count.refusal.get("sentence", "It was cut short.")))
    if title and count.title != title:
        Count.objects.filter(pk=count.pk).update(title=clean_name(title, length=300))
    return count.public_id
