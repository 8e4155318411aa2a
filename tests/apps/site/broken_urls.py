"""The site's addresses and one more, whose view breaks with a voter's name on its lips."""

from django.urls import path

from hustings.apps.site.urls import (  # noqa: F401 - Django looks for them here
    handler400,
    handler403,
    handler404,
    handler500,
    urlpatterns,
)
from tests.apps.site.test_security import broken_view

urlpatterns = [*urlpatterns, path("broken/", broken_view)]
