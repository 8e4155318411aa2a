"""The pages that belong to no room: home, the style page, and a sign of life."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hustings.apps.site.counts import selectors


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "site/home.html", {"demonstrations": selectors.demonstrations()})


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404
    return render(request, "site/style.html", {})


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
