"""Logs that name nobody: a page's route is logged, never its address, query or sender."""

from __future__ import annotations

import logging
import traceback


class NobodyNamed(logging.Filter):
    """Replace what is logged about a request by its method and route, and what is logged of
    an exception by its type and place.

    An address may hold a link that only its holder should know; a query may hold what
    someone typed. A route ("counts/<str:link>/") holds neither. An exception's words may
    repeat a line of ballots or a voter's name, and so may a line of a traceback.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if request is not None:
            match = getattr(request, "resolver_match", None)
            route = f"/{match.route}" if match else "(no such page)"
            status = getattr(record, "status_code", "")
            record.msg = "%s %s %s"
            record.args = (status, getattr(request, "method", ""), route)
            record.__dict__.pop("request")
        elif record.name.startswith("django.security"):
            # Their messages repeat what was sent: a host name, a referer, a token.
            record.msg, record.args = "refused: %s", (record.name.rsplit(".", 1)[-1],)
        if isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
            record.msg, record.args = f"{record.getMessage()}: {_place(record.exc_info[1])}", ()
        # A traceback that another handler has written out already counts as one.
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def _place(error: BaseException) -> str:
    """Return an exception's type and the lines it came through, outermost first, without words.

    Of every exception it came from (`__cause__`, `__context__`) the same.
    """
    told: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(told) < 5:
        lines = traceback.extract_tb(seen.__traceback__)
        way = " > ".join(f"{line.filename}:{line.lineno} {line.name}" for line in lines[-8:])
        told.append(f"{type(seen).__name__} at {way or 'no line of ours'}")
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return ", from ".join(told)
