"""Whose turn it is: at most so many counts run at once, the others wait in order.

All of it is rows, so that any number of web processes agree. A count that runs has a
lease, drawn anew for each turn; a worker's every write names its lease and does nothing
when the row has another, or is gone. So a worker that was thought dead and wakes up
changes nothing, and a count ends in exactly one way.
"""

from __future__ import annotations

import logging
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from hustings.apps.site.counts import store
from hustings.apps.site.counts.limits import KEEP_MESSAGE, STALE, limits
from hustings.apps.site.models import Count, CountQueue

log = logging.getLogger("hustings.audit")


@dataclass(frozen=True, slots=True)
class Turn:
    """One attempt at one count: the row and the lease that goes with this attempt."""

    pk: int
    lease: str


class Lost(Exception):  # noqa: N818 - what happened
    """The turn is over: the count was deleted, or given to another worker. Stop."""


def lock() -> None:
    """Take the queue's lock until the transaction ends.

    Every change of who waits and who runs is made under it.
    """
    CountQueue.objects.get_or_create(pk=1)
    CountQueue.objects.select_for_update().get(pk=1)


def start_waiting(*, now: datetime) -> list[Turn]:
    """Give free places to whoever has waited longest; return the turns given.

    Counts whose worker has fallen silent are marked as interrupted first: they may have
    killed it, so they are not tried again unless somebody asks. Lock: the queue's.
    Workers are started once the transaction is through.
    """
    turns = []
    with transaction.atomic():
        lock()
        silent = Count.objects.filter(state__in=Count.RUNNING, heartbeat_at__lt=now - STALE)
        for pk in silent.values_list("pk", flat=True):
            log.warning("count %s interrupted: its worker fell silent", pk)
        silent.update(state=Count.State.INTERRUPTED, lease="", finished_at=now)
        places = limits().at_once - Count.objects.filter(state__in=Count.RUNNING).count()
        waiting = Count.objects.filter(state=Count.State.WAITING).order_by("queued_at", "pk")
        for count in waiting[: max(places, 0)]:
            turn = Turn(count.pk, secrets.token_hex(16))
            Count.objects.filter(pk=count.pk).update(
                state=Count.State.READING, lease=turn.lease, heartbeat_at=now, bytes_read=0
            )
            turns.append(turn)
            transaction.on_commit(lambda turn=turn: launch(turn))  # type: ignore[misc]
    return turns


def launch(turn: Turn) -> None:
    """Start a worker process for one turn, and a thread that notices how it ends.

    The worker is its own session: a web server that stops or is killed does not take it
    along. When this process is gone, the worker itself starts whoever is next.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "hustings.apps.site.counts.work", str(turn.pk)],
            env=os.environ | {"HUSTINGS_COUNT_LEASE": turn.lease},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        log.error("count %s: no worker could be started (%s)", turn.pk, type(error).__name__)
        interrupt(turn=turn, now=timezone.now())
        return
    threading.Thread(target=_see_off, args=(process, turn), daemon=True).start()


def _see_off(process: subprocess.Popen[bytes], turn: Turn) -> None:
    """Wait for a worker's end; if it left its count unfinished, say so, and start the next."""
    process.wait()
    try:
        interrupt(turn=turn, now=timezone.now())
        start_waiting(now=timezone.now())
    except Exception as error:
        # The server may be stopping. What this missed, the next request or
        # `expire_counts` makes good.
        log.error("after count %s: %s", turn.pk, type(error).__name__)
    finally:
        close_old_connections()
        connection.close()


def beat(*, turn: Turn, state: str, bytes_read: int, now: datetime) -> None:
    """Say that the worker is alive and how far it is. Lock: the row.

    Raises:
        Lost: the turn is over.
    """
    _write(turn, state=state, bytes_read=bytes_read, heartbeat_at=now)


def finish(*, turn: Turn, title: str, has_paths: bool, bytes_kept: int, now: datetime) -> None:
    """Record that the count is done and its files are whole. Lock: the row.

    Raises:
        Lost: the turn is over; the files belong to nobody and are swept.
    """
    _write(
        turn,
        state=Count.State.DONE,
        title=title[:300],
        has_paths=has_paths,
        bytes_kept=bytes_kept,
        heartbeat_at=None,
        finished_at=now,
    )
    log.info("count %s done", turn.pk)


def refuse(*, turn: Turn, refusal: Mapping[str, Any], keep_ballots: bool, now: datetime) -> None:
    """Record why there is no result. Lock: the row.

    Where the ballots can't be read they go at once (`keep_ballots` is False), and the
    message goes after a day; a demonstration's stays.

    Raises:
        Lost: the turn is over.
    """
    with transaction.atomic():
        _write(
            turn,
            state=Count.State.REFUSED,
            refusal=dict(refusal),
            heartbeat_at=None,
            finished_at=now,
        )
        count = Count.objects.get(pk=turn.pk)
        if not keep_ballots:
            count.has_ballots = False
            count.bytes_kept = 0
        if not keep_ballots or refusal["kind"] == "file":
            soon = now + KEEP_MESSAGE
            count.expires_at = min(count.expires_at or soon, soon)
        count.save(update_fields=["has_ballots", "bytes_kept", "expires_at"])
    if not keep_ballots:
        store.remove(count.folder)
    log.info("count %s refused", turn.pk)


def interrupt(*, turn: Turn, now: datetime) -> None:
    """Mark a count as interrupted if this turn still has it; otherwise do nothing."""
    changed = Count.objects.filter(pk=turn.pk, lease=turn.lease, state__in=Count.RUNNING).update(
        state=Count.State.INTERRUPTED, lease="", heartbeat_at=None, finished_at=now
    )
    if changed:
        log.warning("count %s interrupted: its worker ended early", turn.pk)


def _write(turn: Turn, **values: Any) -> None:
    changed = Count.objects.filter(pk=turn.pk, lease=turn.lease, state__in=Count.RUNNING).update(
        **values
    )
    if not changed:
        raise Lost
