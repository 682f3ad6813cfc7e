"""The console is there for the staff only."""

from datetime import date

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from limosa.web.console import urls
from tests.factories.accounts import make_operator, make_subscriber

pytestmark = pytest.mark.django_db
_ARGUMENTS = {
    "code": "own_network",
    "person_id": 1,
    "number": "L-00000000",
    "pk": 1,
    "proposal_id": 1,
    "provider": "wechatpay",
    "day": date(2026, 11, 21),
}
ROUTES: list[URLPattern] = list(urls.urlpatterns)


def address(route: URLPattern) -> str:
    names = route.pattern.regex.groupindex
    return reverse(f"console:{route.name}", kwargs={name: _ARGUMENTS[name] for name in names})


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: str(route.name))
def test_a_stranger_is_asked_to_sign_in_and_comes_back(route: URLPattern, client: Client) -> None:
    answer = client.get(address(route))
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/accounts/login/?next={address(route)}"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: str(route.name))
def test_to_a_subscriber_it_is_not_there(route: URLPattern, method: str, client: Client) -> None:
    client.force_login(make_subscriber())
    assert getattr(client, method)(address(route)).status_code == 404


def test_no_answer_may_be_kept_by_a_browser_or_a_proxy(client: Client) -> None:
    client.force_login(make_operator())
    answer = client.get(reverse("console:today"))
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["ask", "clear", "sale", "pause", "compare", "decide_refund"])
def test_a_deed_is_not_done_by_a_link(name: str, client: Client) -> None:
    client.force_login(make_operator())
    route = next(route for route in ROUTES if route.name == name)
    assert client.get(address(route)).status_code == 405
