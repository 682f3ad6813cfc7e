"""Every URL of `limosa web`, but for /events/ (see servers/web.py)."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
