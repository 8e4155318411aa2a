"""Every address of the site; each room brings its own below its name."""

from __future__ import annotations

from django.urls import include, path

from hustings.apps.site import views

urlpatterns = [
    path("", views.home, name="home"),
    path("counts/", include("hustings.apps.site.counts.urls")),
    path("style/", views.style, name="style"),
    path("healthz", views.healthz, name="healthz"),
]

handler400 = "hustings.apps.site.errors.bad_request"
handler403 = "hustings.apps.site.errors.forbidden"
handler404 = "hustings.apps.site.errors.not_found"
handler500 = "hustings.apps.site.errors.broken"
