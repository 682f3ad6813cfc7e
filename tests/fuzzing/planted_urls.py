"""The product's addresses and one with a fault: what a run of bad input must find."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from limosa.config.urls import urlpatterns as own


def planted(request: HttpRequest, page: str) -> HttpResponse:
    """Show a page by its number, and forget that anything else may be asked for."""
    return HttpResponse(str(int(page)))


urlpatterns = [*own, path("planted/<str:page>/", planted)]
