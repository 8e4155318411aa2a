"""The addresses of the count pages. A count's own begin with its link: 24 signs, unguessable."""

from __future__ import annotations

from django.urls import path, register_converter

from hustings.apps.site.counts import views


class LinkConverter:
    """The random part of a count's lasting link."""

    regex = "[A-Za-z0-9_-]{24}"

    def to_python(self, value: str) -> str:
        """Return it as it is."""
        return value

    def to_url(self, value: str) -> str:
        """Return it as it is."""
        return value


register_converter(LinkConverter, "count_link")

urlpatterns = [
    path("", views.start, name="counts"),
    path("deleted/", views.deleted, name="counts-deleted"),
    path("<count_link:link>/", views.show, name="count"),
    path("<count_link:link>/again/", views.again, name="count-again"),
    path("<count_link:link>/delete/", views.delete, name="count-delete"),
    path("<count_link:link>/count.json", views.record, name="count-record"),
    path("<count_link:link>/count.html", views.page, name="count-page"),
    path("<count_link:link>/paths.csv", views.paths, name="count-paths"),
]
