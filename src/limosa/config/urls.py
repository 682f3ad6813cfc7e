"""Every URL of `limosa web`, but for /events/ (see servers/web.py)."""

from django.urls import include, path

urlpatterns = [
    path("", include("limosa.web.feeds.urls")),
    path("", include("limosa.web.storefront.urls")),
    path("accounts/", include("allauth.urls")),
    path("console/", include("limosa.web.console.urls")),
]
handler500 = "limosa.web.outage.answer_fault"
