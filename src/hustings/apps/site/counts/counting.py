"""One turn of one count: read the ballots, count them, write the files, say how it ended.

It ends in exactly one of three ways: done, with its files whole; refused, with a sentence;
or not at all, and then whoever looks sees that it was interrupted. What goes to the log
says which count and what kind of trouble, never a name or a line of a file.
"""

from __future__ import annotations

import logging
import os
import threading
import traceback
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from hustings.apps.site.counts import queue, store
from hustings.apps.site.counts.limits import HEARTBEAT, limits
from hustings.apps.site.counts.questions import in_form_words
from hustings.apps.site.models import Count
from hustings.core import count as core
from hustings.core.count import reading

log = logging.getLogger("hustings.audit")

OVER: Final = "over"


class OutOfTime(Exception):  # noqa: N818 - what happened
    """The processor time for one count is used up."""


class PathsTooLarge(Exception):  # noqa: N818 - what happened
    """The ballots' paths would be larger than the site keeps."""


@dataclass(slots=True)
class Progress:
    """How far a count is, as its heart tells it."""

    state: str = Count.State.READING
    bytes_read: int = 0


class Heart(threading.Thread):
    """Say every two seconds that a count is alive; end the process when it is not ours any more."""

    def __init__(self, turn: queue.Turn, progress: Progress) -> None:
        super().__init__(daemon=True)
        self._turn = turn
        self._progress = progress

    def run(self) -> None:
        """Beat until the process ends."""
        rest = threading.Event()
        while not rest.wait(HEARTBEAT.total_seconds()):
            state, bytes_read = self._progress.state, self._progress.bytes_read
            if state == OVER:
                return
            try:
                queue.beat(turn=self._turn, state=state, bytes_read=bytes_read, now=timezone.now())
            except queue.Lost:
                if self._progress.state == OVER:
                    return
                # Deleted, or given to another: the files may be gone under our hands.
                os._exit(0)
            except DatabaseError:
                # It may be busy or restarting. After STALE without a beat others may take over.
                log.warning("count %s: no heartbeat just now", self._turn.pk)
                close_old_connections()


def do(turn: queue.Turn, progress: Progress | None = None) -> None:
    """Read and count the ballots of one turn, and record how it ended."""
    progress = progress or Progress()
    try:
        _count(turn, progress)
    except (queue.Lost, FileNotFoundError):
        # Deleted in the middle. If it was not, its files were: it stays as interrupted.
        progress.state = OVER
        queue.interrupt(turn=turn, now=timezone.now())
    except Exception as error:
        progress.state = OVER
        if isinstance(error, MemoryError):
            # What filled the memory hangs on the frames; without it the end can be written.
            traceback.clear_frames(error.__traceback__)
        refusal, keep_ballots = _refusal(turn, error)
        with suppress(queue.Lost):
            queue.refuse(turn=turn, refusal=refusal, keep_ballots=keep_ballots, now=timezone.now())


def _count(turn: queue.Turn, progress: Progress) -> None:
    count = Count.objects.filter(pk=turn.pk, lease=turn.lease).first()
    if count is None:
        raise queue.Lost
    store.remove_all_but_ballots(count.folder)
    source = store.KeptBallots(count.folder)

    def read(so_far: int) -> None:
        progress.bytes_read = so_far

    form, name = count.file_format or None, count.file_name
    ballots = reading.read(source, format=form, name=name, progress=read)
    _step(turn, progress, Count.State.COUNTING)
    options = core.options_for(count.rule, count.options)
    counted = core.count(ballots, count.rule, seats=count.seats, options=options, trace=True)
    record = core.record_text(counted.record).encode()
    _step(turn, progress, Count.State.WRITING)
    kept = count.size + store.write_whole(count.folder, store.record_name(turn.lease), [record])
    paths = 0
    if counted.paths is not None:
        lines = core.path_lines(reading.rows(source, format=form, name=name), counted.paths)
        with suppress(PathsTooLarge):
            paths = store.write_whole(count.folder, store.paths_name(turn.lease), _packed(lines))
    progress.state = OVER
    queue.finish(
        turn=turn,
        title=count.title or reading.visible(counted.record.title or ""),
        has_paths=bool(paths),
        bytes_kept=kept + paths,
        now=timezone.now(),
    )


def _step(turn: queue.Turn, progress: Progress, state: str) -> None:
    """Go on to the next state, visibly, if the turn is still ours."""
    progress.state = state
    queue.beat(turn=turn, state=state, bytes_read=progress.bytes_read, now=timezone.now())


def _refusal(turn: queue.Turn, error: Exception) -> tuple[dict[str, Any], bool]:
    """Return what a person is told about an exception, and whether the ballots stay.

    Ballots that can't be read go at once, unless they were pasted: a text can be mended
    where it stands. What is not ours is logged by its kind and place only.
    """
    if isinstance(error, reading.Unreadable):
        shown = reading.visible(error.shown_line)
        pasted = Count.objects.filter(pk=turn.pk, origin=Count.Origin.PASTE).exists()
        return {
            "kind": "file",
            "sentence": _plain(error.sentence),
            "line": error.line,
            "column": error.column,
            "before": shown[: error.caret],
            "here": shown[error.caret : error.caret + 1],
            "after": shown[error.caret + 1 :],
        }, pasted
    if isinstance(error, core.TieUnbroken):
        # How to decide it is asked by the form below.
        return {
            "kind": "tie",
            "option": error.option,
            "sentence": reading.visible(error.fact),
            "candidates": [reading.visible(name) for name in error.candidates],
        }, True
    if isinstance(error, core.CountRefused):
        return {"kind": "count", "option": error.option, "sentence": _plain(error.sentence)}, True
    own_computer = "Count it on your own computer, with the hustings command."
    if isinstance(error, MemoryError):
        sentence = f"This count needs more memory than this site gives to one. {own_computer}"
        return {"kind": "limit", "sentence": sentence}, True
    if isinstance(error, OutOfTime):
        sentence = f"This count takes longer than this site gives to one. {own_computer}"
        return {"kind": "limit", "sentence": sentence}, True
    place = traceback.extract_tb(error.__traceback__)[-1]
    log.error(
        "count %s broke: %s in %s, line %s", turn.pk, type(error).__name__, place.name, place.lineno
    )
    sentence = (
        "Something broke here. It is our mistake, not yours, and it has been noted. Another "
        "counting rule may work; the hustings command on your own computer shows more."
    )
    return {"kind": "broken", "sentence": sentence}, True


def _plain(sentence: str) -> str:
    """Return a refusal's sentence for a page: no command line, and no sign that hides.

    It may repeat a name from the file, and some databases refuse a NUL.
    """
    return in_form_words(reading.visible(sentence))


def _packed(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield blocks compressed, and raise PathsTooLarge when there is more than is kept."""
    most, length = limits().paths_bytes, 0
    pack = zlib.compressobj(6, zlib.DEFLATED, 31)
    for packed in chain(map(pack.compress, blocks), _last(pack)):
        length += len(packed)
        if length > most:
            raise PathsTooLarge
        yield packed


def _last(pack: Any) -> Iterator[bytes]:
    # Not before everything else has been packed.
    yield pack.flush()
