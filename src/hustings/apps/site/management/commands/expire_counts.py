"""`hustings manage expire_counts`: delete what has had its time, and tidy up after accidents."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from hustings.apps.site.counts import expiry, queue


class Command(BaseCommand):
    """Run it daily, or as often as you like; it does nothing that is not due."""

    help = (
        "Delete saved counts whose time is up, files that belong to no count, and hashed "
        "addresses older than an hour; give a turn to counts that wait."
    )

    def handle(self, **_options: Any) -> None:
        """Do all of it, and say what was deleted."""
        now = timezone.now()
        expired = expiry.expire(now=now)
        swept = expiry.sweep(now=now)
        expiry.forget_addresses(now=now)
        queue.start_waiting(now=now)
        self.stdout.write(f"Counts deleted: {expired}. Left-over files deleted: {swept}.")
