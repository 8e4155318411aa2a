"""What is sent to a page that takes no file is small, or is refused before it is read.

The check for forged forms reads the whole body, by Django's own upload handlers, before a
view has a say: without this anybody could fill the disk through any address.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from hustings.apps.site.errors import error_page

MOST_BYTES: Final = 256 * 1024
"""More than any form without a file or pasted text needs."""


class SmallBodies:
    """Refuse a large body, except for a view that receives it in its own way.

    Such a view is `csrf_exempt` and makes the check itself once it has the body. Stands
    before Django's CsrfViewMiddleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: list[Any],  # noqa: ARG002
        kwargs: dict[str, Any],  # noqa: ARG002
    ) -> HttpResponse | None:
        """Answer 413 in place of the view, or nothing."""
        if getattr(view, "csrf_exempt", False):
            return None
        length = (request.META.get("CONTENT_LENGTH") or "0").lstrip("0")
        if not length or (length.isdecimal() and len(length) < 10 and int(length) <= MOST_BYTES):
            return None
        return error_page(request, 413, "This page takes no file. Go back and use what is on it.")
