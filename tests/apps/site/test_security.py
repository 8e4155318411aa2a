"""Nothing on the site reaches outside it, and nothing outside reaches in."""

from __future__ import annotations

import io
import logging
import os
import stat
import subprocess
import sys
import traceback
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured, RequestDataTooBig
from django.test import Client, RequestFactory, override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from hustings.apps.site import database, errors, headers, logs, secret
from hustings.apps.site.counts.limits import Limits


def plain_addresses(resolver: URLResolver | None = None, prefix: str = "/") -> list[str]:
    """Return every address of the site that takes no argument."""
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        address = prefix + str(entry.pattern)
        if "<" in address or "(" in address:
            continue
        if isinstance(entry, URLPattern):
            found.append(address)
        else:
            found += plain_addresses(entry, address)
    return found


ADDRESSES = [
    *plain_addresses(),
    "/no/such/page/",
    "/static/design/base.css",
    "/static/no-such-file.css",
    "/counts/no-such-count/",
]


@pytest.fixture
def visitor() -> Client:
    """A browser that is shown error pages as visitors are."""
    return Client(raise_request_exception=False)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["get", "post", "head"])
def test_every_answer_carries_the_headers(visitor, address, method):
    response = getattr(visitor, method)(address)
    response.close()
    policy = {
        name: sources
        for name, *sources in (
            part.split() for part in response["Content-Security-Policy"].split(";")
        )
    }
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["base-uri"] == ["'none'"]
    for name in ("style-src", "img-src", "form-action"):
        assert policy[name] == ["'self'"]
    # No page has a script, a font or a manifest.
    for name in ("script-src", "connect-src", "font-src", "manifest-src"):
        assert policy[name] == ["'none'"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert "http" not in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in response


@pytest.mark.parametrize("status", sorted(errors.WORDS))
def test_every_error_page_renders_in_the_design(rf, status):
    response = errors.error_page(rf.get("/"), status)
    heading, advice = errors.WORDS[status]
    assert response.status_code == status
    for words in (heading, advice):
        assert words in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "method", "address", "extra"),
    [
        (400, "get", "/", {"headers": {"host": "elsewhere.example"}}),
        (400, "post", "/counts/", {"data": {"source": "file"}}),
        (403, "post", f"/counts/{'x' * 24}/delete/", {}),
        (404, "get", "/no/such/page/", {}),
        (404, "get", f"/counts/{'x' * 24}/", {}),
        (404, "get", "/static/no-such-file.css", {}),
        (405, "post", "/", {}),
        (405, "put", "/counts/", {}),
        (405, "delete", f"/counts/{'x' * 24}/", {}),
        (405, "post", "/healthz", {}),
        (413, "post", "/counts/", {"CONTENT_LENGTH": str(10**12)}),
        (429, "post", "/counts/", {"data": {"source": "file"}}),
        (500, "get", "/broken/", {}),
    ],
)
@pytest.mark.urls("tests.apps.site.broken_urls")
def test_every_refusal_is_a_page_in_the_design(settings, status, method, address, extra):
    visitor = Client(raise_request_exception=False, enforce_csrf_checks=status == 403)
    if status == 429:
        settings.HUSTINGS_COUNTS = Limits(per_hour=1)
        getattr(visitor, method)(address, **extra)
    response = getattr(visitor, method)(address, **extra)
    assert response.status_code == status
    page = response.content.decode()
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert page.count("<h1>") == 1
    assert '<header class="masthead">' in page
    assert f"Error {status}" in page
    assert "elsewhere" not in page
    assert response["Content-Security-Policy"] == headers.CONTENT_SECURITY_POLICY


def test_a_method_that_is_not_taken_is_told_which_are(visitor):
    response = visitor.post("/healthz")
    assert response["Allow"] == "GET, HEAD"
    assert errors.WORDS[405][0] in response.content.decode()


def test_a_broken_view_shows_a_page_and_carries_the_headers(rf):
    def broken(request):
        return errors.broken(request)

    response = headers.SecurityHeaders(broken)(rf.get("/"))
    assert response.status_code == 500
    assert response["Content-Security-Policy"] == headers.CONTENT_SECURITY_POLICY


def test_too_large_a_form_is_told_so(rf):
    assert errors.bad_request(rf.post("/"), RequestDataTooBig()).status_code == 413


def test_a_name_the_site_does_not_answer_to_is_refused(visitor):
    response = visitor.get("/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert "elsewhere" not in response.content.decode()


FETCHING = {"src", "srcset", "data", "poster", "action", "formaction", "manifest", "ping"}


class Asks(HTMLParser):
    """What a page would fetch, run or style by itself."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(tag)
        self.inline += [f"{tag} {name}" for name in given if name == "style" or name[:2] == "on"]
        self.addresses += [value for name, value in given.items() if name in FETCHING]
        if tag in {"link", "use", "image", "a"}:
            self.addresses += [given[n] for n in ("href", "xlink:href") if n in given]
        if given.get("http-equiv", "").lower() == "refresh":
            self.addresses.append(given["content"].partition("url=")[2])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "debug"),
    # With DEBUG most errors are Django's own pages for developers; the style page is ours.
    [*((address, False) for address in ADDRESSES), ("/style/", True)],
)
def test_no_page_reaches_another_origin_or_has_inline_code(visitor, settings, address, debug):
    settings.DEBUG = debug
    response = visitor.get(address)
    response.close()
    if not response["Content-Type"].startswith("text/html"):
        return
    asks = Asks(response.content.decode())
    assert asks.inline == []
    assert [a for a in asks.addresses if urlsplit(a).scheme or urlsplit(a).netloc] == []


def test_the_check_above_would_notice():
    asks = Asks(
        "<p style=x onclick=y><script>1</script><style></style>"
        "<img src='https://a.example/'><link href=//b.example>"
    )
    assert asks.inline == ["p style", "p onclick", "script", "style"]
    assert asks.addresses == ["https://a.example/", "//b.example"]


def test_a_form_from_elsewhere_is_refused_in_plain_words(rf):
    response = errors.csrf_failure(rf.post("/"), reason="CSRF cookie not set.")
    assert response.status_code == 403
    assert "CSRF" not in response.content.decode()


def in_fresh_process(code: str, **environ: str) -> str:
    """Run code where the settings are read anew; return what it printed."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("HUSTINGS_", "DJANGO_"))}
    clean["DJANGO_SETTINGS_MODULE"] = "hustings.apps.site.settings"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=clean | environ,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_settings_are_safe_as_they_are(tmp_path):
    printed = in_fresh_process(
        "from django.conf import settings as s\n"
        "print(s.DEBUG, s.ALLOWED_HOSTS, s.CSRF_COOKIE_HTTPONLY, s.CSRF_COOKIE_SAMESITE,"
        " s.DATABASES['default']['ENGINE'], s.USE_TZ)",
        HUSTINGS_DATA=str(tmp_path / "data"),
    )
    assert printed == (
        "False ['localhost', '127.0.0.1', '[::1]'] True Strict django.db.backends.sqlite3 True"
    )
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_https_turns_on_what_needs_it(tmp_path):
    printed = in_fresh_process(
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "from django.conf import settings as s\n"
        "by_proxy = {'host': 'localhost', 'x-forwarded-proto': 'https'}\n"
        "response = Client().get('/healthz', headers=by_proxy)\n"
        "print(response.status_code, s.CSRF_COOKIE_SECURE, response['Strict-Transport-Security'])",
        HUSTINGS_DATA=str(tmp_path),
        HUSTINGS_HTTPS="1",
    )
    assert printed == "200 True max-age=31536000"


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "secret.key"
    key = secret.kept_in(path)
    assert len(key) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret.kept_in(path) == key
    assert [p.name for p in tmp_path.iterdir()] == ["secret.key"]


def test_a_secret_key_that_is_too_short_is_refused(tmp_path):
    (tmp_path / "secret.key").write_text("short")
    with pytest.raises(ImproperlyConfigured, match="too short"):
        secret.kept_in(tmp_path / "secret.key")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://ada:p%40ss@db.example:5433/votes",
            ("votes", "ada", "p@ss", "db.example", "5433"),
        ),
        ("postgresql:///votes?host=/run/postgresql", ("votes", "", "", "/run/postgresql", "")),
        ("postgresql://ada@/votes?host=/run/x", ("votes", "ada", "", "/run/x", "")),
    ],
)
def test_a_database_address_is_understood(url, expected):
    read = database.postgresql(url)
    assert tuple(read[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")) == expected


@pytest.mark.parametrize(
    "url",
    [
        "mysql://ada:hidden@db/votes",
        "postgresql://ada:hidden@db/",
        "x",
        # What stands after the colon is taken for a port, and Python's refusal repeats it.
        "postgresql://ada:hidden/rest@db/votes",
        "postgresql://ada:hidden?rest@db/votes",
        "postgresql://ada:hidden#rest@db/votes",
        "postgresql://ada:[hidden@db/votes",
        "postgresql://ada:secret@db:hidden/votes",
        "postgresql://ada:secret@db:99999/hidden",
    ],
)
def test_a_database_address_of_another_kind_is_refused_without_repeating_it(url):
    with pytest.raises(ImproperlyConfigured) as refusal:
        database.postgresql(url)
    told = "".join(traceback.format_exception(refusal.value, chain=True))
    assert "HUSTINGS_DATABASE_URL must look like" in told
    assert "hidden" not in told.replace(url, "")
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


def test_serving_with_such_an_address_prints_none_of_it(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", "from hustings.cli import main; main()", "manage", "check"],
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "hustings.apps.site.settings",
            "HUSTINGS_DATA": str(tmp_path),
            "HUSTINGS_DATABASE_URL": "postgresql://ada:hidden/rest@db/votes",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "HUSTINGS_DATABASE_URL must look like" in done.stdout + done.stderr
    assert "hidden" not in done.stdout + done.stderr


def test_sqlite_confirms_only_what_is_on_the_disk(tmp_path: Path):
    options = database.sqlite(tmp_path / "x")["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "synchronous = FULL" in options["init_command"]
    assert "journal_mode = WAL" in options["init_command"]


def logged(record: logging.LogRecord) -> str:
    logs.NobodyNamed().filter(record)
    return record.getMessage()


def test_a_log_line_has_the_route_and_not_the_address():
    request = RequestFactory().get("/counts/a-secret-link/?name=Rosa")
    record = logging.makeLogRecord(
        {"name": "django.request", "msg": "Broken: %s", "args": (request.get_full_path(),)}
    )
    record.request, record.status_code = request, 500
    line = logged(record)
    assert "Rosa" not in line
    assert "a-secret-link" not in line
    assert "500 GET" in line


def test_a_refused_host_is_not_repeated_in_the_log():
    record = logging.makeLogRecord(
        {"name": "django.security.DisallowedHost", "msg": "Invalid HTTP_HOST: %r", "args": ("x.y",)}
    )
    assert logged(record) == "refused: DisallowedHost"


def broken_view(request):
    # The name is in the exception's words, in what it came from, and on the lines themselves.
    try:
        {}["Rosa Parks"]
    except KeyError as error:
        raise ValueError("no voter Rosa Parks in line 3") from error


@pytest.mark.urls("tests.apps.site.broken_urls")
def test_an_exceptions_words_are_not_logged_but_where_it_was_raised_is(settings):
    """As it is really written: through Django's own handler and the site's formatter."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(logs.NobodyNamed())
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        response = Client(raise_request_exception=False).get("/broken/?name=Rosa")
    finally:
        logger.removeHandler(handler)
    assert response.status_code == 500
    written = stream.getvalue()
    assert "500 GET /broken/" in written
    assert "ValueError at " in written
    assert "from KeyError at " in written
    assert f"test_security.py:{broken_view.__code__.co_firstlineno + 5} broken_view" in written
    assert "Rosa" not in written
    assert "Parks" not in written
    assert "Rosa" not in response.content.decode()


@override_settings(DEBUG=False)
def test_what_a_visitor_sent_is_not_shown_by_a_broken_page(rf):
    request = rf.get("/?name=Rosa")
    assert "Rosa" not in errors.broken(request).content.decode()


@pytest.mark.parametrize("address", ["/", "/counts/deleted/", f"/counts/{24 * chr(65)}/again/"])
def test_a_page_that_takes_no_file_does_not_read_one(address):
    """The check for forged forms would write the whole body to the disk before it says no."""

    class Unread:
        def read(self, *_: object) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    body = Unread()
    answer = Client(enforce_csrf_checks=True).generic(
        "POST",
        address,
        content_type="multipart/form-data; boundary=b",
        CONTENT_LENGTH=str(300 * 1024 * 1024),
        **{"wsgi.input": body},
    )
    assert answer.status_code == 413
    assert "takes no file" in answer.content.decode()
