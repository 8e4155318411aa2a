"""Reading saved counts: by link, in the queue, on the disk. Nothing here writes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from django.db.models import Sum

from hustings.apps.site.counts import store
from hustings.apps.site.counts.limits import STALE
from hustings.apps.site.models import Count
from hustings.core.count import CountRecord, from_json
from hustings.design.sheet import Source


class Expired(Exception):  # noqa: N818 - what happened
    """The count's time is up; it may no longer be shown."""


def by_link(public_id: str, *, now: datetime) -> Count:
    """Return the count under a link.

    Raises:
        Count.DoesNotExist: there is none, or no longer.
        Expired: there is one, but its time is up.
    """
    count = Count.objects.get(public_id=public_id)
    if count.expires_at is not None and count.expires_at <= now:
        raise Expired
    return count


def standing(count: Count, *, now: datetime) -> str:
    """Return a count's state as it is to be shown: what nobody works on is interrupted.

    That is a running count whose worker has fallen silent, and a waiting one for which no
    worker is alive although it has waited; both can be started again. The row itself is
    corrected by whoever next touches the queue.
    """
    silent = now - STALE
    if count.state in Count.RUNNING and (count.heartbeat_at or silent) <= silent:
        return Count.State.INTERRUPTED
    if count.state == Count.State.WAITING and (count.queued_at or silent) <= silent:
        alive = Count.objects.filter(state__in=Count.RUNNING, heartbeat_at__gt=silent)
        if not alive.exists():
            return Count.State.INTERRUPTED
    return count.state


def ahead(count: Count) -> int:
    """Return how many counts wait before this one."""
    return Count.objects.filter(
        state=Count.State.WAITING, queued_at__lt=count.queued_at or count.made_at
    ).count()


def waiting() -> int:
    """Return how many counts wait for a turn."""
    return Count.objects.filter(state=Count.State.WAITING).count()


def bytes_kept() -> int:
    """Return the bytes of all saved counts, as their rows say."""
    return int(Count.objects.aggregate(total=Sum("bytes_kept"))["total"] or 0)


def demonstrations() -> list[Count]:
    """Return the finished counts that everybody may see, oldest first."""
    done = Count.objects.filter(demonstration__isnull=False, state=Count.State.DONE)
    return list(done.order_by("made_at", "pk"))


def result(count: Count) -> CountRecord:
    """Return the count record of a count that is done, read from its file."""
    text = store.path(count.folder, store.record_name(count.lease)).read_text("utf-8")
    record = from_json(json.loads(text))
    return replace(record, title=count.title) if count.title else record


def source_of(count: Count) -> Source:
    """Return what a result page says of the file: name, SHA-256, how it was read."""
    read_as = ("--format", count.file_format) if count.file_format else ()
    return Source(name=count.file_name, sha256=count.digest, arguments=read_as)


def pasted_text(count: Count) -> str:
    """Return the text that was pasted, for its maker to mend."""
    return store.path(count.folder, store.BALLOTS).read_text("utf-8")
