"""Making, repeating and deleting saved counts.

Each service is one transaction; those that put a count into the queue hold the queue's
lock. Files are whole before a row names them, and go after the row has gone.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac

from hustings.apps.site.counts import expiry, queue, refusals, selectors, store
from hustings.apps.site.counts.limits import KEEP_DRAFT, limits
from hustings.apps.site.counts.maker import (
    maker_hash,
    only_its_maker_deletes,
    only_its_maker_repeats,
)
from hustings.apps.site.models import Count, RecentUpload

log = logging.getLogger("hustings.audit")

# A disk that is quite full breaks more than this site.
SPARE_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """How ballots are to be counted: the counting rule, and what it needs to know."""

    rule: str
    seats: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    file_format: str = ""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Ballots that have arrived whole, in a file of their own."""

    path: Path
    size: int
    digest: str
    file_name: str
    origin: str


def make(*, arrived: Arrived, asked: Asked | None, maker: str, form: str, now: datetime) -> Count:
    """Save ballots and queue their count; without `asked`, keep them for an hour as a draft.

    `form` is the form's own token: the same maker sending the same form again, with the
    same bytes and answers, gets the count that is there, and the second file is dropped.
    Lock: the queue's.

    Raises:
        refusals.QueueFull, refusals.NoRoom: nothing is kept.
    """
    token = _form_token(maker, form, arrived.digest, asked)
    folder = store.adopt(arrived.path)
    return _queue_new(folder, token, ballots=arrived, asked=asked, maker=maker, now=now)


def again(*, count: Count, asked: Asked, maker: str, now: datetime) -> None:
    """Put a draft, a refused or an interrupted count back into the queue. Lock: the queue's.

    Only its maker may change what is asked; an interrupted count may be tried again, as it
    was asked, by anyone who has its link. Doing it twice is doing it once.

    Raises:
        refusals.NotYours, refusals.BallotsGone, refusals.QueueFull: nothing changes.
    """
    with transaction.atomic():
        queue.lock()
        count.refresh_from_db()
        standing = selectors.standing(count, now=now)
        if standing not in {Count.State.DRAFT, Count.State.REFUSED, Count.State.INTERRUPTED}:
            return
        same = standing == Count.State.INTERRUPTED and asked == asked_of(count)
        if not same:
            only_its_maker_repeats(count, maker)
        if not count.has_ballots:
            raise refusals.BallotsGone(
                "They could not be read, so they were not kept. Send them again, mended."
            )
        if count.expires_at is not None:
            count.expires_at = max(count.expires_at, count.made_at + limits().keep)
        _ask(count, asked, now=now)
        count.save()
        log.info("count %s asked for again", count.pk)
    queue.start_waiting(now=now)


def another(*, count: Count, asked: Asked, maker: str, form: str, now: datetime) -> Count:
    """Queue a new count of the ballots under one that is done. Lock: the queue's.

    The old one and its link stay as they are. Anyone may do it with a demonstration, else
    its maker only. `form` as in `make`.

    Raises:
        refusals.NotYours, refusals.BallotsGone, refusals.QueueFull, refusals.NoRoom:
        nothing is kept.
    """
    only_its_maker_repeats(count, maker)
    token = _form_token(maker, form, f"count {count.pk}", asked)
    try:
        folder = store.share_ballots(count.folder)
    except FileNotFoundError:
        raise refusals.BallotsGone("Send them again to count them in another way.") from None
    return _queue_new(folder, token, ballots=count, asked=asked, maker=maker, now=now)


def delete(*, count: Count, maker: str) -> None:
    """Delete a count, its ballots and its downloads, at once and for good. Lock: the row.

    Raises:
        refusals.NotYours: somebody else made it.
    """
    only_its_maker_deletes(count, maker)
    with transaction.atomic():
        Count.objects.filter(pk=count.pk).delete()
    store.remove(count.folder)
    log.info("count %s deleted by its maker", count.pk)


def note_request(*, address: str, now: datetime) -> None:
    """Note that an address asks for work, unless it has asked too often within the hour.

    Kept: a keyed hash, for an hour. Lock: the queue's, so that requests at the same
    moment can't all be the last one allowed.

    Raises:
        refusals.TooManyFromAddress: nothing is noted.
    """
    key = salted_hmac("hustings.site.counts.address", address, algorithm="sha256").hexdigest()
    with transaction.atomic():
        queue.lock()
        expiry.forget_addresses(now=now)
        recent = RecentUpload.objects.filter(address=key).order_by("at")
        if recent.count() >= limits().per_hour:
            wait = recent[0].at + expiry.REMEMBER_ADDRESS - now
            minutes = max(1, math.ceil(wait.total_seconds() / 60))
            raise refusals.TooManyFromAddress(
                f"From your address {limits().per_hour} counts were asked for within the hour, "
                f"which is as many as this site does. Try again in {_minutes(minutes)}.",
                retry_after=timedelta(minutes=minutes),
            )
        RecentUpload.objects.create(address=key, at=now)


def asked_of(count: Count) -> Asked:
    """Return what was asked of a count."""
    return Asked(
        rule=count.rule,
        seats=count.seats,
        options=dict(count.options),
        file_format=count.file_format,
    )


def clean_name(name: str, *, length: int = 200) -> str:
    """Return a name on one line without control characters, cut to `length`."""
    line = " ".join(name.encode("utf-8", "replace").decode().split())
    return "".join(sign for sign in line if sign.isprintable())[:length]


def _queue_new(
    folder: str,
    token: str,
    *,
    ballots: Arrived | Count,
    asked: Asked | None,
    maker: str,
    now: datetime,
) -> Count:
    """Make the count of a folder's ballots, unless the same form has made one; return that one.

    A folder that no row comes to name is removed. Lock: the queue's.
    """
    try:
        with transaction.atomic():
            queue.lock()
            count = Count.objects.filter(form_token=token).first()
            if count is None:
                refuse_without_room(more=ballots.size)
                count = Count(
                    public_id=secrets.token_urlsafe(18),
                    folder=folder,
                    form_token=token,
                    maker=maker_hash(maker),
                    origin=ballots.origin,
                    file_name=clean_name(ballots.file_name),
                    size=ballots.size,
                    digest=ballots.digest,
                    bytes_kept=ballots.size,
                    made_at=now,
                    expires_at=now + (limits().keep if asked else KEEP_DRAFT),
                )
                _ask(count, asked, now=now)
                count.save()
                log.info("count %s made", count.pk)
    except BaseException:
        store.remove(folder)
        raise
    if count.folder != folder:
        store.remove(folder)
    queue.start_waiting(now=now)
    return count


def _form_token(maker: str, form: str, ballots: str, asked: Asked | None) -> str:
    """Return what two sendings of one form have in common, and nothing else has.

    The maker is in it, so that no browser's form answers for another's; the ballots and
    the answers are, so that a form that was gone back to and filled in anew is a new one.
    """
    answers = "" if asked is None else json.dumps(asdict(asked), sort_keys=True)
    return hashlib.sha256(json.dumps([maker, form, ballots, answers]).encode()).hexdigest()


def _ask(count: Count, asked: Asked | None, *, now: datetime) -> None:
    """Set what is asked of a count and put it at the end of the queue."""
    if asked is None:
        count.state = Count.State.DRAFT
        return
    refuse_when_queue_is_full()
    count.rule = asked.rule
    count.seats = asked.seats
    count.options = dict(asked.options)
    count.file_format = asked.file_format
    count.state = Count.State.WAITING
    count.lease = ""
    count.refusal = {}
    count.bytes_read = 0
    count.queued_at = now
    count.heartbeat_at = None
    count.finished_at = None


def refuse_when_queue_is_full() -> None:
    """Refuse if as many counts wait as the site allows.

    Raises:
        refusals.QueueFull: they do.
    """
    if (waiting := selectors.waiting()) >= limits().queue:
        raise refusals.QueueFull(
            f"{waiting} counts are waiting for their turn, which is as many as this site lets "
            "wait. Try again in a few minutes; nothing of what you sent was kept.",
            retry_after=timedelta(minutes=2),
        )


def refuse_without_room(*, more: int) -> None:
    """Refuse to take `more` bytes if the site's cap or its disk does not allow for them.

    Raises:
        refusals.NoRoom: there is no room.
    """
    if (
        selectors.bytes_kept() + store.arriving_bytes() + more > limits().disk_bytes
        or store.free_bytes() < more + SPARE_BYTES
    ):
        raise refusals.NoRoom(
            "This site keeps counts for a while, and the space for them is used up just now. "
            "Try again tomorrow, or count on your own computer with the hustings command."
        )


def _minutes(minutes: int) -> str:
    return "a minute" if minutes == 1 else f"{minutes} minutes"
