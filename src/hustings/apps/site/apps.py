"""The site as a Django app."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "hustings.apps.site"
    label = "site"
    verbose_name = "Site"
