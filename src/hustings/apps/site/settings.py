"""The site's settings: safe as they are, changed only by environment variables.

HUSTINGS_DATA          folder for the database, the secret key and saved files (./var)
HUSTINGS_DATABASE_URL  a PostgreSQL address; without it, SQLite in HUSTINGS_DATA
HUSTINGS_HOSTS         names the site answers to, with commas (localhost)
HUSTINGS_HTTPS         1 when a proxy in front speaks HTTPS and sets X-Forwarded-Proto
HUSTINGS_CLIENT_ADDRESS_HEADER
                       the header in which that proxy puts a visitor's address
HUSTINGS_SECRET_KEY    the key itself, where a platform hands it over; else a file is made
HUSTINGS_SOURCE_URL    where this site's source code can be had (AGPL, section 13)
HUSTINGS_COUNTS_…      any figure of counts/limits.py: HUSTINGS_COUNTS_KEEP_DAYS=90
HUSTINGS_LOG_LEVEL     how much the site's own parts say (INFO)
HUSTINGS_DEBUG         1 on a developer's own machine, never on a public one
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hustings import design
from hustings.apps.site import database, secret
from hustings.apps.site.counts import limits

DEBUG = os.environ.get("HUSTINGS_DEBUG") == "1"
HTTPS = os.environ.get("HUSTINGS_HTTPS") == "1"

HUSTINGS_DATA = Path(os.environ.get("HUSTINGS_DATA") or "var").absolute()
HUSTINGS_DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
HUSTINGS_CLIENT_ADDRESS_HEADER = os.environ.get("HUSTINGS_CLIENT_ADDRESS_HEADER", "")
HUSTINGS_SOURCE_URL = os.environ.get("HUSTINGS_SOURCE_URL", "")
HUSTINGS_COUNTS = limits.from_environment(os.environ)

SECRET_KEY = os.environ.get("HUSTINGS_SECRET_KEY") or secret.kept_in(HUSTINGS_DATA / "secret.key")
ALLOWED_HOSTS = [
    name.strip()
    for name in (os.environ.get("HUSTINGS_HOSTS") or "localhost,127.0.0.1,[::1]").split(",")
    if name.strip()
]

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "hustings.apps.site",
]

MIDDLEWARE = [
    # First, so that static files and every error carry the headers too.
    "hustings.apps.site.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Safe beside secrets in a page: the form's token is masked anew each time, and Django
    # adds a random length to what it compresses.
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Before the check for forged forms, which reads the whole body.
    "hustings.apps.site.bodies.SmallBodies",
    "django.middleware.csrf.CsrfViewMiddleware",
    "hustings.apps.site.errors.NoEmptyRefusals",
]

ROOT_URLCONF = "hustings.apps.site.urls"
WSGI_APPLICATION = "hustings.apps.site.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [design.TEMPLATES],
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "hustings.apps.site.jinja.environment",
            "context_processors": ["hustings.apps.site.jinja.site_context"],
        },
    }
]

_database_url = os.environ.get("HUSTINGS_DATABASE_URL")
DATABASES: dict[str, dict[str, Any]] = {
    "default": database.postgresql(_database_url)
    if _database_url
    else database.sqlite(HUSTINGS_DATA / "hustings.sqlite3")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "Europe/London"

STATIC_URL = "/static/"
STATIC_ROOT = HUSTINGS_DATA / "static"
STATICFILES_DIRS = [design.STATIC]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False

DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# No accounts yet, so no session; the one cookie is the token that proves a form is ours.
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "hustings.apps.site.errors.csrf_failure"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if HTTPS:
    # The proxy must set this header itself and drop a visitor's own.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"nobody": {"()": "hustings.apps.site.logs.NobodyNamed"}},
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "filters": ["nobody"],
            "formatter": "plain",
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # Django's own handlers would mail whole requests to administrators.
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # Pages that are not there are a visitor's news, not ours.
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "hustings": {
            "handlers": ["stderr"],
            "level": os.environ.get("HUSTINGS_LOG_LEVEL") or "INFO",
            "propagate": False,
        },
    },
}
