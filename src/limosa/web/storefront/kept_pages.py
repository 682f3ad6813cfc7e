"""What a person's device keeps for when it has no connection, and for whom.

The service worker (static/offline_worker.js) keeps the pages that `kept_pages` names. Every page
names its person to it, in a header that tells nobody who that is: on another person's page, or on
one of nobody's, it deletes what it keeps before it shows that page.
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from limosa.domain.accounts.models import Subscriber
from limosa.domain.esims.queries import EsimView, home_esims, waiting_move
from limosa.domain.ordering.returns import withdrawn
from limosa.foundation.keys import key_from
from limosa.web.storefront.cards import urgency
from limosa.web.storefront.install_code import unused_code
from limosa.web.wording import formatting

PERSON_HEADER = "Limosa-Person"
NOBODY = "none"
ESIMS_MAX = 5  # Ours: each is a page that the device asks for.
_MARK_LENGTH = 16


class PersonHeader:
    """Names to the browser, on every page, the person whose page it is, or that it is nobody's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then name the person. An answer to a fault of ours names nobody, and so
        changes nothing: the database may be away."""
        answer = self.get_response(request)
        is_page = answer.headers.get("Content-Type", "").startswith("text/html")
        if is_page and answer.status_code < 500:
            answer.headers[PERSON_HEADER] = person_mark(request)
        return answer


def person_mark(request: HttpRequest) -> str:
    """Return a name for the signed-in person that only this installation can tell from others."""
    person = request.user
    if not person.is_authenticated:
        return NOBODY
    key = key_from(settings.SECRET_KEY, purpose="kept pages")
    return hmac.digest(key, str(person.pk).encode(), hashlib.sha256).hex()[: 2 * _MARK_LENGTH]


class KeptPage(NamedTuple):
    """A page to keep. `mark` changes with what it says; `secret` with the code that it shows, and
    is empty where it shows none: what the device has kept with another secret has to go at once."""

    path: str
    mark: str
    secret: str


def kept_pages(person: Subscriber, *, now: datetime) -> list[KeptPage]:
    """Return the pages that a person's device keeps: of their eSIMs, and the list of them.

    Four statements, and up to four for each eSIM.
    """
    views = sorted(home_esims(subscriber_id=person.pk, now=now), key=urgency)
    kept = [_page_of(view, person) for view in kept_views(views)]
    if not kept:
        return []
    everything = _digest(*(one.mark for one in kept))
    return [KeptPage(reverse("offline_esims"), everything, ""), *kept]


def kept_views(views: Sequence[EsimView]) -> list[EsimView]:
    """Return those of a person's eSIMs whose pages are kept: the first ones, without those that
    nobody is to install. Two statements. `views`: in the order of the home page."""
    gone = withdrawn([view.esim for view in views]) if views else set()
    return [view for view in views if view.esim.pk not in gone][:ESIMS_MAX]


@sensitive_variables()
def _page_of(view: EsimView, person: Subscriber) -> KeptPage:
    esim = view.esim
    code = unused_code(esim, waiting_move(esim))
    bundles = [*view.in_use, *view.queued, *view.on_hold]
    return KeptPage(
        path=reverse("arrival", args=[esim.public_id]),
        mark=_digest(
            formatting.language(),
            person.time_zone,
            esim.label,
            esim.state,
            code,
            view.remaining_bytes,
            *(f"{one.pk} {one.state} {one.ends_at}" for one in bundles),
        ),
        secret=_digest(esim.iccid, code) if code else "",
    )


def _digest(*parts: object) -> str:
    """Return a name for what a page says. Keyed, since it may stand for a code."""
    key = key_from(settings.SECRET_KEY, purpose="kept pages")
    text = "\0".join(str(part) for part in parts)
    return hmac.digest(key, text.encode(), hashlib.sha256).hex()[:_MARK_LENGTH]
