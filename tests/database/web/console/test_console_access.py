"""The console is there for the staff only."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from limosa.domain.accounts.models import StaffRole
from limosa.domain.support.models import AuditEntry
from limosa.web.console import urls
from tests.factories.accounts import make_operator, make_second_step, make_subscriber, sign_in_staff

pytestmark = pytest.mark.django_db
_ARGUMENTS = {
    "code": "own_network",
    "person_id": 1,
    "number": "L-00000000",
    "pk": 1,
    "proposal_id": 1,
    "provider": "wechatpay",
    "supplier": "own_network",
    "country": "US",
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


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: str(route.name))
def test_staff_without_a_second_step_are_led_to_set_one_up(
    route: URLPattern, method: str, client: Client
) -> None:
    client.force_login(make_operator())
    answer = getattr(client, method)(address(route))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/2fa/")


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: str(route.name))
def test_a_session_from_before_the_second_step_was_set_up_is_asked_for_it(
    route: URLPattern, method: str, client: Client
) -> None:
    person = make_operator()
    make_second_step(person)
    client.force_login(person)
    answer = getattr(client, method)(address(route))
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/accounts/2fa/reauthenticate/?next={address(route)}"


# Before these, the staff show once more that it is they.
NEED_PROOF = {
    "refund",
    "refund_top_up",
    "sign_refund",
    "refund_to_wallet",
    "export",
    "margins_file",
}
NEED_PROOF |= {"offer_bonus", "liabilities_file", "promotion_file"}
NEED_PROOF |= {"make_codes", "export_codes", "activate_codes", "void_codes"}
NEED_PROOF |= {"staff", "add_staff", "change_staff", "remove_staff"}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: str(route.name))
def test_refunds_exports_and_staff_changes_ask_again_after_ten_minutes(
    route: URLPattern, client: Client
) -> None:
    def is_asked(minutes: int) -> bool:
        sign_in_staff(client, ago=timedelta(minutes=minutes))
        answer = client.post(address(route))
        return "/reauthenticate/?next=" in answer.headers.get("Location", "")

    assert [is_asked(minutes) for minutes in (9, 11)] == [False, route.name in NEED_PROOF]
    assert not AuditEntry.objects.exclude(action__in=["clear_payment"]).exists()


def test_no_answer_may_be_kept_by_a_browser_or_a_proxy(client: Client) -> None:
    sign_in_staff(client)
    answer = client.get(reverse("console:today"))
    assert "no-store" in answer.headers["Cache-Control"]


# A viewer looks at all of the console but for these, which are nothing but an action.
SHUT_TO_VIEWERS = {"staff", "remove_staff", "export", "margins_file", "refund"}
SHUT_TO_VIEWERS |= {"sell_listed_plan", "add_pricing_rule", "pricing_rule"}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: str(route.name))
def test_a_viewer_writes_nowhere(route: URLPattern, client: Client) -> None:
    sign_in_staff(client, make_operator(staff_role=StaffRole.VIEWER))
    assert client.post(address(route)).status_code in {403, 405}
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: str(route.name))
def test_a_viewer_reads_everywhere_but_where_something_is_done(
    route: URLPattern, client: Client
) -> None:
    sign_in_staff(client, make_operator(staff_role=StaffRole.VIEWER))
    answer = client.get(address(route))
    if answer.status_code == 403:
        assert "Your role doesn't allow this" in answer.content.decode()
        return
    assert route.name not in SHUT_TO_VIEWERS
    assert answer.status_code in {200, 302, 404}


@pytest.mark.parametrize("name", sorted(SHUT_TO_VIEWERS))
def test_what_is_nothing_but_a_deed_is_shut_to_viewers(name: str, client: Client) -> None:
    sign_in_staff(client, make_operator(staff_role=StaffRole.VIEWER))
    route = next(route for route in ROUTES if route.name == name)
    assert client.get(address(route)).status_code == 403


DEEDS = ["ask", "clear", "sale", "pause", "compare", "sign_refund", "turn_down_refund"]
DEEDS += ["add_staff", "change_staff", "fetch_price_list", "decide_prices", "price_ending"]


@pytest.mark.parametrize("name", DEEDS)
def test_a_deed_is_not_done_by_a_link(name: str, client: Client) -> None:
    sign_in_staff(client)
    route = next(route for route in ROUTES if route.name == name)
    assert client.get(address(route)).status_code == 405
