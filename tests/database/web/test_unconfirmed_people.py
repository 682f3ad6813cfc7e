"""To every page there is or will be, a person with an unconfirmed address is a stranger.

The URL table is gone over by itself, with what belongs to the person in its places. There is no
list of exceptions: confirming happens before there is a session.
"""

import re
from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.database.web.storefront.shop import Shop, make_shop
from tests.factories.accounts import make_subscriber
from tests.factories.ordering import make_order

pytestmark = pytest.mark.django_db

_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
_BY_TYPE = {"int": "1", "day": "2026-11-24"}
_UNNAMED = {"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "1-x"}
# A page that both see may hold the token of its own form.
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')

Answer = tuple[int, str, bytes]


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """Return every route of a URL table."""
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def paths_of(shop: Shop, number: str) -> list[str]:
    """Return a path for every route, to the person's own things where there are any."""
    own = {"public_id": shop.esim.public_id, "code": shop.plan.code, "number": number}
    own["person_id"] = str(shop.person.pk)

    def value(match: re.Match[str]) -> str:
        return own.get(match[2]) or _BY_TYPE.get(match[1] or "", "x")

    found = []
    for route in routes(get_resolver().url_patterns):
        if route in _UNNAMED:
            found.append(f"/accounts/password/reset/key/{_UNNAMED[route]}/")
        else:
            assert "(" not in route, f"{route}: say what stands there"
            found.append("/" + _PARAMETER.sub(value, route))
    return found


def answers_to(client: Client, path: str) -> list[Answer]:
    """Return what is said to a look and to a form."""
    return [
        (
            answer.status_code,
            answer.get("Location", ""),
            b"" if answer.streaming else _TOKEN.sub(b"", answer.content),
        )
        for answer in (client.get(path), client.post(path))
    ]


def signed_in(shop: Shop) -> Client:
    client = Client()
    client.force_login(shop.person)
    return client


def test_every_url_answers_an_unconfirmed_person_as_a_stranger() -> None:
    shop = make_shop()
    number = make_order(subscriber=shop.person, esim=shop.esim).number
    addresses = EmailAddress.objects.filter(user=shop.person)
    closed = []
    for path in paths_of(shop, number):
        to_stranger = answers_to(Client(), path)
        addresses.update(verified=False)
        assert answers_to(signed_in(shop), path) == to_stranger, path
        addresses.update(verified=True)
        if answers_to(signed_in(shop), path) != to_stranger:
            closed.append(path)
    assert len(closed) > 20, closed  # The control: a confirmed person sees more.


def test_another_address_that_is_confirmed_opens_nothing_while_the_main_one_is_not() -> None:
    """As an earlier release could leave an account whose main address is somebody else's."""
    person = make_subscriber(email="Lin@example.com", password="tidal-godwit-7", is_confirmed=False)
    EmailAddress.objects.create(user=person, email="mal@example.com", verified=True)
    session = Client()
    session.force_login(person)
    assert session.get("/settings/").status_code == 302
    for email in (person.email, "mal@example.com"):
        client = Client()
        client.post("/accounts/login/", {"login": email, "password": "tidal-godwit-7"})
        assert client.get("/settings/").status_code == 302
    EmailAddress.objects.filter(email="lin@example.com").update(verified=True)
    assert session.get("/settings/").status_code == 200
