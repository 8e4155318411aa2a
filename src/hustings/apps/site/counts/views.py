"""The count pages. A GET changes nothing, except that it deletes what has expired."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from hustings.apps.site.counts import (
    arrivals,
    downloads,
    expiry,
    forms,
    refusals,
    selectors,
    services,
)
from hustings.apps.site.counts.limits import MIB, limits
from hustings.apps.site.counts.maker import (
    address_of,
    is_maker,
    maker_of,
    new_maker,
    only_its_maker_deletes,
    only_its_maker_repeats,
    remember,
)
from hustings.apps.site.counts.questions import FORMATS, QUESTIONS, TIES
from hustings.apps.site.counts.refusals import Refused
from hustings.apps.site.models import Count
from hustings.core.count import COUNTING_RULES
from hustings.design import sheet

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

# How soon a page that waits is loaded again, in seconds: quickly at first.
RELOAD: Final = ((10, 1), (60, 2), (600, 5))
RELOAD_SLOWEST: Final = 15


def private(view: View[P]) -> View[P]:
    """Keep what a view shows out of search engines, caches and other sites' logs.

    Refusals become pages in plain words, with their status.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except Refused as refusal:
            response = _sorry(request, refusal)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Referrer-Policy"] = "same-origin"
        return response

    return wrapped


# --- Sending ballots --------------------------------------------------------------------


# The check for forged forms reads the form, and must find it received our way: so it
# stands below, on what is done with the form.
@csrf_exempt
@private
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        return _start_page(request, forms.blank())
    services.note_request(address=address_of(request), now=timezone.now())
    services.refuse_when_queue_is_full()
    with arrivals.receiving(request):
        return _send(request)


@csrf_protect
def _send(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    maker = maker_of(request) or new_maker()
    form, asked = forms.read(request.POST)
    token = request.POST.get("token", "")[:64]
    draft = _own_draft(request.POST.get("kept", ""), maker, now)
    file = request.FILES.get(arrivals.FIELD)
    sent = file.arrived if isinstance(file, arrivals.ArrivedFile) else None
    forms.settle_source(form, file_bytes=sent.size if sent else None, kept=draft is not None)
    arrived = sent if form.value("source") == "file" and not form.error("file") else None

    if asked is None or form.errors:
        if arrived is not None:
            kept = services.make(arrived=arrived, asked=None, maker=maker, form=token, now=now)
            if draft is not None and draft.pk != kept.pk:
                _drop(draft, maker)
            draft = kept
        response = _start_page(request, form, draft=draft, status=422)
    else:
        if arrived is None and form.value("source") == "paste":
            arrived = arrivals.paste(form.value("text"))
        if arrived is not None:
            count = services.make(arrived=arrived, asked=asked, maker=maker, form=token, now=now)
            _drop(draft, maker)
        else:
            assert draft is not None  # noqa: S101 - settle_source has seen to it
            if draft.state in {Count.State.DRAFT, Count.State.REFUSED, Count.State.INTERRUPTED}:
                services.again(count=draft, asked=asked, maker=maker, now=now)
                count = draft
            else:
                # Sent once already, and gone back to: the count under that link stays.
                count = services.another(count=draft, asked=asked, maker=maker, form=token, now=now)
        response = _see(count)
    remember(response, request, maker)
    return response


def _drop(draft: Count | None, maker: str) -> None:
    """Delete a file that was kept for a form, now that another took its place.

    Never a count that was asked for since: its link was promised to last.
    """
    if draft is not None and draft.state == Count.State.DRAFT:
        services.delete(count=draft, maker=maker)


def _own_draft(link: str, maker: str, now: datetime) -> Count | None:
    """Return the file that was kept while its form was put right, if it is this browser's."""
    if not link:
        return None
    try:
        count = selectors.by_link(link[:32], now=now)
    except (Count.DoesNotExist, selectors.Expired):
        return None
    return count if is_maker(count, maker) and count.has_ballots else None


def _start_page(
    request: HttpRequest,
    form: forms.CountForm,
    *,
    draft: Count | None = None,
    status: int = 200,
) -> HttpResponse:
    context = _form_context(form) | {
        "draft": draft,
        "demonstrations": selectors.demonstrations(),
    }
    return render(request, "site/counts/start.html", context, status=status)


# --- One count --------------------------------------------------------------------------


@private
@require_safe
def show(request: HttpRequest, link: str) -> HttpResponse:
    now = timezone.now()
    count = _find(link, now)
    yours = is_maker(count, maker_of(request))
    standing = selectors.standing(count, now=now)
    if standing == Count.State.DONE:
        return _result(request, count, yours=yours)
    if standing == Count.State.REFUSED:
        return _refused(request, count, yours=yours)
    if standing == Count.State.INTERRUPTED:
        return render(request, "site/counts/interrupted.html", {"count": count, "yours": yours})
    if standing == Count.State.DRAFT:
        if not yours:
            raise Http404
        return _again_page(request, count, forms.blank())
    return _progress(request, count, standing, yours=yours, now=now)


def _progress(
    request: HttpRequest, count: Count, standing: str, *, yours: bool, now: datetime
) -> HttpResponse:
    waited = (now - (count.queued_at or count.made_at)).total_seconds()
    pause = next((pause for most, pause in RELOAD if waited < most), RELOAD_SLOWEST)
    still = request.GET.get("still") == "1"
    read = 100 * count.bytes_read // count.size if count.size else None
    context = {
        "count": count,
        "standing": standing,
        "yours": yours,
        "ahead": selectors.ahead(count) if standing == Count.State.WAITING else 0,
        "percent": min(read, 100) if read is not None else None,
        "still": still,
    }
    response = render(request, "site/counts/progress.html", context)
    if not still:
        # As a header, not an element: the page has a link that stops it.
        response["Refresh"] = f"{pause}; url={reverse('count', args=[count.public_id])}"
    return response


def _result(request: HttpRequest, count: Count, *, yours: bool) -> HttpResponse:
    body = sheet.result_body(
        selectors.result(count),
        source=selectors.source_of(count),
        downloads=downloads.offers(count),
    )
    context = {
        "count": count,
        "title": _title(count),
        "body": body,
        "until": date_format(localtime(count.expires_at), "j F Y, H:i T")
        if count.expires_at
        else "",
        "yours": yours,
        "may_repeat": yours or bool(count.demonstration),
        "link": request.build_absolute_uri(reverse("count", args=[count.public_id])),
    }
    return render(request, "site/counts/result.html", context)


def _refused(request: HttpRequest, count: Count, *, yours: bool) -> HttpResponse:
    form = forms.filled(services.asked_of(count))
    refusal = count.refusal
    option = refusal.get("option", "")
    if refusal.get("kind") == "tie":
        form.errors["tie-order"] = "Give an order here, or a seed below."
    elif option in QUESTIONS or option == "seats":
        form.errors[forms.field_name(count.rule, option)] = refusal["sentence"]
    context = _form_context(form) | {
        "count": count,
        "refusal": refusal,
        "yours": yours,
        "draft": None,
        "ties_first": refusal.get("kind") == "tie",
    }
    if yours and refusal.get("kind") == "file" and count.has_ballots:
        form.values["source"] = "paste"
        form.values["text"] = selectors.pasted_text(count)
    return render(request, "site/counts/refused.html", context)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, link: str) -> HttpResponse:
    now = timezone.now()
    count = _find(link, now)
    maker = maker_of(request)
    done = count.state == Count.State.DONE
    if request.method != "POST":
        only_its_maker_repeats(count, maker)
        return _again_page(request, count, forms.filled(services.asked_of(count)))
    services.note_request(address=address_of(request), now=now)
    if request.POST.get("as_asked"):
        services.again(count=count, asked=services.asked_of(count), maker=maker, now=now)
        return _see(count)
    form, asked = forms.read(request.POST)
    if asked is None:
        return _again_page(request, count, form, status=422)
    if done:
        maker = maker or new_maker()
        token = request.POST.get("token", "")[:64]
        new = services.another(count=count, asked=asked, maker=maker, form=token, now=now)
        response = _see(new)
        remember(response, request, maker)
        return response
    services.again(count=count, asked=asked, maker=maker, now=now)
    return _see(count)


def _again_page(
    request: HttpRequest, count: Count, form: forms.CountForm, *, status: int = 200
) -> HttpResponse:
    context = _form_context(form) | {
        "count": count,
        "title": _title(count),
        "ties_first": False,
    }
    return render(request, "site/counts/again.html", context, status=status)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, link: str) -> HttpResponse:
    count = _find(link, timezone.now())
    maker = maker_of(request)
    if request.method == "POST":
        services.delete(count=count, maker=maker)
        return _redirect(reverse("counts-deleted"))
    only_its_maker_deletes(count, maker)
    return render(request, "site/counts/delete.html", {"count": count, "title": _title(count)})


@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    return render(request, "site/counts/deleted.html", {})


# --- Downloads --------------------------------------------------------------------------


@private
@require_safe
def record(_request: HttpRequest, link: str) -> HttpResponseBase:
    return downloads.record(_find_done(link))


@private
@require_safe
def page(_request: HttpRequest, link: str) -> HttpResponseBase:
    count = _find_done(link)
    return downloads.page(count, _page(count))


@private
@require_safe
def paths(request: HttpRequest, link: str) -> HttpResponseBase:
    count = _find_done(link)
    if not count.has_paths:
        raise Http404
    accepted = request.headers.get("Accept-Encoding", "")
    return downloads.paths(count, accepts_gzip="gzip" in accepted)


def _page(count: Count) -> str:
    return sheet.result_page(selectors.result(count), source=selectors.source_of(count))


# --- What they share --------------------------------------------------------------------


def _find(link: str, now: datetime) -> Count:
    try:
        return selectors.by_link(link, now=now)
    except Count.DoesNotExist:
        raise Http404 from None
    except selectors.Expired:
        expiry.expire(now=now)
        raise refusals.Gone(
            "This count was kept as long as was promised. It has been deleted, and the ballots "
            "with it. Whoever has the file can count it again."
        ) from None


def _find_done(link: str) -> Count:
    now = timezone.now()
    count = _find(link, now)
    if count.state != Count.State.DONE:
        raise Http404
    return count


def _title(count: Count) -> str:
    return count.title or count.file_name or "Pasted ballots"


def _see(count: Count) -> HttpResponse:
    return _redirect(reverse("count", args=[count.public_id]))


def _redirect(address: str) -> HttpResponse:
    # 303: whatever was sent, go there with GET.
    return HttpResponse(status=303, headers={"Location": address})


def _sorry(request: HttpRequest, refusal: Refused) -> HttpResponse:
    response = render(
        request, "site/counts/sorry.html", {"refusal": refusal}, status=refusal.status
    )
    if refusal.retry_after is not None:
        response["Retry-After"] = str(max(1, refusal.retry_after // timedelta(seconds=1)))
    return response


def _form_context(form: forms.CountForm) -> dict[str, Any]:
    errors = [
        {"field": forms.field_id(name), "text": f"{forms.label_of(name)}: {text}"}
        for name, text in form.errors.items()
    ]
    return {
        "form": form,
        "errors": errors,
        "rules": [
            {
                "rule": rule,
                "several": rule.seats == "many",
                "questions": forms.own_questions(name),
                "open": form.value("rule") == name and form.options_changed(name),
            }
            for name, rule in COUNTING_RULES.items()
        ],
        "ties": [QUESTIONS[name] for name in TIES],
        "ties_open": form.ties_changed(),
        "formats": [{"value": "", "label": "Found out from the file"}]
        + [{"value": name, "label": label} for name, label in FORMATS.items()],
        "field_name": forms.field_name,
        "field_id": forms.field_id,
        "file_mb": limits().file_bytes // MIB,
        "paste_mb": limits().paste_bytes // MIB,
        "keep_days": limits().keep_days,
    }
