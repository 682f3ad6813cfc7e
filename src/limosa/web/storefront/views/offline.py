"""What a device keeps and shows while it has no connection."""

import hashlib
import json
from functools import cache
from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import etag

import limosa
from limosa.web.storefront.access import person_of
from limosa.web.storefront.cards import cards_of
from limosa.web.storefront.kept_pages import (
    NOBODY,
    PERSON_HEADER,
    kept_pages,
    kept_views,
    person_mark,
)

_STATIC = Path(limosa.__file__).parent / "web" / "static"
_WORKER = "offline_worker.js"
# What a kept page is drawn with.
_FILES = ("limosa.css", "limosa.js", "img/favicon.svg")


@cache
def worker_tag() -> str:
    """Return the tag of the service worker's text, as HTTP has it."""
    return f'"{hashlib.sha256(worker_source().encode()).hexdigest()}"'


@cache_control(max_age=0, public=True)
@etag(lambda _request: worker_tag())
def worker(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Return the service worker. It stands at the root, since a worker is for what is below it.

    Browsers look for a new one at every page, so as long as there is none they get no text.
    """
    return HttpResponse(worker_source(), content_type="text/javascript; charset=utf-8")


@cache
def worker_source() -> str:
    """Return the service worker with its settings, which name it by all that it is made of: a
    browser takes a worker with another text for a new one, and that begins with nothing kept."""
    files = {name: static(name) for name in _FILES}
    texts = [_read(name) for name in (_WORKER, *_FILES)]
    version = hashlib.sha256(b"\0".join([*texts, *map(str.encode, files.values())])).hexdigest()
    given = {
        "version": version[:12],
        "files": [*files.values()],
        "offline": reverse("offline"),
        "esims": reverse("offline_esims"),
        "pages": reverse("kept_pages"),
        "signOut": reverse("account_logout"),
        "home": reverse("home"),
        "always": ["/esims/", reverse("orders")],
        "personHeader": PERSON_HEADER,
        "nobody": NOBODY,
    }
    return f'"use strict";\nconst GIVEN = {json.dumps(given)};\n{_read(_WORKER).decode()}'


def _read(name: str) -> bytes:
    return (_STATIC / name).read_bytes()


def offline(request: HttpRequest) -> HttpResponse:
    """Show that there is no connection. The device keeps this page: it has nothing of a person."""
    return render(request, "storefront/offline.html")


@login_required
def offline_esims(request: HttpRequest) -> HttpResponse:
    """Show a person's eSIMs, and where each one's page "On arrival" is. The device keeps this."""
    person, now = person_of(request), timezone.now()
    cards = cards_of(person, now=now)
    kept = {view.esim.pk for view in kept_views([card.view for card in cards])}
    cards = [card for card in cards if card.esim.pk in kept]
    zones = {card.esim.time_zone for card in cards}
    # The figures are in the time of their eSIM; so is their moment, where that is one.
    zone = zones.pop() if len(zones) == 1 else person.time_zone
    named = {"cards": cards, "now": now, "zone": zone}
    return render(request, "storefront/offline_esims.html", named)


def pages(request: HttpRequest) -> JsonResponse:
    """Return which pages the device is to keep, for whom, and what each one says by now."""
    person = request.user
    found = kept_pages(person, now=timezone.now()) if person.is_authenticated else []
    return JsonResponse(
        {
            "person": person_mark(request),
            "pages": {one.path: {"mark": one.mark, "secret": one.secret} for one in found},
        }
    )
