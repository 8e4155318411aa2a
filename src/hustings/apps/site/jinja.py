"""The design system's templates inside Django: the same environment, plus addresses."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment

from hustings import design


def environment(**options: Any) -> Environment:
    """Return the design system's environment with `url(name, …)` and `static(path)`."""
    jinja = design.build_environment(**options)
    jinja.globals["static"] = static
    jinja.globals["url"] = _url
    return jinja


def site_context(request: HttpRequest) -> dict[str, Any]:
    """What every page of the site is given: where we are, and where the source is."""
    return {
        "here": request.path,
        "debug": settings.DEBUG,
        "source_url": settings.HUSTINGS_SOURCE_URL,
    }


def _url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)
