"""Who made a count: the browser that holds a random value in a signed cookie, and nobody else.

There are no accounts here. The cookie says nothing about a person, goes only to the count
pages, and can't be read by scripts; the site keeps its hash.
"""

from __future__ import annotations

import ipaddress
import secrets
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE: Final = "hustings_maker"
SALT: Final = "hustings.site.counts.maker"
# Longer than any operator is likely to keep a count; it is renewed with every count made.
COOKIE_SECONDS: Final = 400 * 24 * 3600


def maker_of(request: HttpRequest) -> str:
    """Return the value in this browser's cookie, or "" if it has none that we signed."""
    value = request.get_signed_cookie(COOKIE, default="", salt=SALT)
    return value or ""


def new_maker() -> str:
    """Return a fresh value, for a browser that has none."""
    return secrets.token_urlsafe(24)


def remember(response: HttpResponse, request: HttpRequest, maker: str) -> None:
    """Give the browser its cookie."""
    response.set_signed_cookie(
        COOKIE,
        maker,
        salt=SALT,
        max_age=COOKIE_SECONDS,
        path="/counts/",
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def address_of(request: HttpRequest) -> str:
    """Return where a request comes from, to be hashed at once; never kept or logged.

    With HUSTINGS_CLIENT_ADDRESS_HEADER set (by an operator whose proxy sets that header
    and drops a visitor's own) the last value in it, else the connection's other end. Of
    IPv6 only the network: one household has more addresses than anyone can count.
    """
    header = str(getattr(settings, "HUSTINGS_CLIENT_ADDRESS_HEADER", "") or "")
    shown = request.headers.get(header, "") if header else request.META.get("REMOTE_ADDR", "")
    text = shown.rsplit(",", 1)[-1].strip()
    try:
        address = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        # Some servers add the port.
        text = text.rsplit(":", 1)[0].strip("[]")
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return "somewhere"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
