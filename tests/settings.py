"""Settings for tests: the site's own, with a folder of their own that goes when they end.

On SQLite unless HUSTINGS_TEST_DATABASE_URL names a PostgreSQL server.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

if "HUSTINGS_TEST_DATA" not in os.environ:
    # The folder is handed to processes that tests start, and removed by whoever made it.
    os.environ["HUSTINGS_TEST_DATA"] = tempfile.mkdtemp(prefix="hustings-tests-")
    _maker = os.getpid()

    def _remove() -> None:
        if os.getpid() == _maker:
            shutil.rmtree(os.environ["HUSTINGS_TEST_DATA"], ignore_errors=True)

    atexit.register(_remove)

os.environ["HUSTINGS_DATA"] = os.environ["HUSTINGS_TEST_DATA"]
os.environ["HUSTINGS_SECRET_KEY"] = "for-tests-only-and-long-enough-to-be-taken-as-a-key-of-a-site"
os.environ.pop("HUSTINGS_DEBUG", None)
os.environ.pop("HUSTINGS_HTTPS", None)
os.environ.pop("HUSTINGS_DATABASE_URL", None)
if os.environ.get("HUSTINGS_TEST_DATABASE_URL"):
    os.environ["HUSTINGS_DATABASE_URL"] = os.environ["HUSTINGS_TEST_DATABASE_URL"]

from hustings.apps.site.settings import *  # noqa: F403

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

# Pages under test link to static files by their plain names; the hashed, compressed
# store is tested where it is collected.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
