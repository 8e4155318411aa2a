"""Who made a count: the browser that holds a random value in a signed cookie, and nobody else.

There are no accounts here. The cookie says nothing about a person, goes only to the count
pages, and can't be read by scripts; the site keeps its hash.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from hustings.apps.site.counts.refusals import NotYours
from hustings.apps.site.models import Count

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


def maker_hash(maker: str) -> str:
    """Return what is kept of the value in a maker's cookie."""
    return hashlib.sha256(maker.encode()).hexdigest()


def is_maker(count: Count, maker: str) -> bool:
    """Say whether a count was made by the browser that holds this value."""
    return (
        bool(maker) and bool(count.maker) and constant_time_compare(count.maker, maker_hash(maker))
    )


def only_its_maker_repeats(count: Count, maker: str) -> None:
    """Refuse to let anyone but its maker say how a count's ballots are counted again.

    Those of a demonstration that is done are everybody's.

    Raises:
        NotYours: this browser did not make it.
    """
    open_to_all = bool(count.demonstration) and count.state == Count.State.DONE
    if not (open_to_all or is_maker(count, maker)):
        raise NotYours("Send the ballots yourself to count them in another way.")


def only_its_maker_deletes(count: Count, maker: str) -> None:
    """Refuse to let anyone but its maker delete a count.

    Raises:
        NotYours: this browser did not make it.
    """
    if not is_maker(count, maker):
        raise NotYours(
            "It goes by itself when its time is up. Only the browser it was made in can "
            "delete it before that."
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
