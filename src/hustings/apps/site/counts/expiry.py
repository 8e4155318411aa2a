"""Nothing is kept longer than was promised, and nothing that belongs to no count.

Rows go first, files after: a process killed in between leaves files without a row, which
`sweep` takes an hour later. Both may run at any time, as often as one likes.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from hustings.apps.site.counts import store
from hustings.apps.site.counts.limits import ORPHAN
from hustings.apps.site.models import Count, RecentUpload

log = logging.getLogger("hustings.audit")

REMEMBER_ADDRESS = timedelta(hours=1)


def expire(*, now: datetime) -> int:
    """Delete every count whose time is up, and its files; return how many.

    Lock: each row as it is deleted. A worker that is still at one finds its row gone and
    stops. Demonstrations have no end and stay.
    """
    with transaction.atomic():
        due = list(
            Count.objects.select_for_update()
            .filter(expires_at__lte=now)
            .values_list("pk", "folder")
        )
        Count.objects.filter(pk__in=[pk for pk, _ in due]).delete()
    for pk, folder in due:
        store.remove(folder)
        log.info("count %s expired", pk)
    return len(due)


def forget_addresses(*, now: datetime) -> None:
    """Delete the hashes of addresses that are an hour old. Lock: each row as it goes."""
    RecentUpload.objects.filter(at__lte=now - REMEMBER_ADDRESS).delete()


def sweep(*, now: datetime) -> int:
    """Delete files that belong to nothing; return how many files or folders.

    What has changed within the hour is left alone: it may be arriving, or its row may be
    about to be written.
    """
    known = set(Count.objects.values_list("folder", flat=True))
    gone = 0
    for arrival, changed in list(store.arrivals()):
        if changed <= now - ORPHAN:
            arrival.unlink(missing_ok=True)
            gone += 1
    for folder, changed in list(store.folders()):
        if folder not in known and changed <= now - ORPHAN:
            store.remove(folder)
            gone += 1
    if gone:
        log.info("swept %s files without a count", gone)
    return gone
