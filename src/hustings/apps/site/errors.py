"""Pages for what went wrong, in plain words: what happened and what to do now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

WORDS: Final = {
    400: (
        "This request can’t be read",
        "Something in it is not as it should be. Go back, reload the page and try again.",
    ),
    403: (
        "This is not open to you",
        "The page is there, but what you asked for is not allowed from here.",
    ),
    404: (
        "There is no page here",
        "The address may be mistyped, or what was here has been kept as promised and is gone.",
    ),
    405: (
        "This page can’t be used like that",
        "It does not take what was sent to it. Go back, reload the page and use what is on it.",
    ),
    413: (
        "This is too large",
        "This site does not take as much. The hustings command counts larger files.",
    ),
    500: (
        "Something broke here",
        "It is our mistake, not yours, and it has been noted. Try again in a while.",
    ),
}


def error_page(request: HttpRequest, status: int, sentence: str | None = None) -> HttpResponse:
    """Return the page for an error status; `sentence` replaces the usual advice."""
    heading, advice = WORDS[status]
    context = {"status": status, "heading": heading, "advice": sentence or advice}
    return render(request, "site/error.html", context, status=status)


class NoEmptyRefusals:
    """Put a page where Django answers a method that is not taken with nothing at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            # Its own headers stay: Allow, and what a private page's view has set.
            response.content = error_page(request, 405).content
            response["Content-Type"] = "text/html; charset=utf-8"
        return response


# Django hands these their second argument by its name.


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, DisallowedHost):
        return error_page(
            request,
            400,
            "This site does not go by the name in the address. Whoever runs it says which names "
            "it answers to, with HUSTINGS_HOSTS.",
        )
    return error_page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return error_page(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    return error_page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    return error_page(
        request,
        403,
        "The form did not come from a page of this site, or the page was open for a long time. "
        "Go back, reload it and send it again; cookies from this site must be allowed.",
    )
