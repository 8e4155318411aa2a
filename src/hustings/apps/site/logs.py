"""Logs that name nobody: a page's route is logged, never its address, query or sender."""

from __future__ import annotations

import logging


class NobodyNamed(logging.Filter):
    """Replace what Django logs about a request by its method and route.

    An address may hold a link that only its holder should know; a query may hold what
    someone typed. A route ("counts/<str:link>/") holds neither.
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
        return True
