"""Every page answers in four languages, whole, without inline code, in few statements."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.ledger.queries import TrialRow
from limosa.domain.support.operations.open_case import open_case
from limosa.domain.support.operations.pause_supplier import pause_supplier
from limosa.foundation.money import Money
from limosa.web.console.views.money import Book
from tests.factories import MOMENT
from tests.factories.accounts import make_operator, make_subscriber, sign_in_staff
from tests.factories.catalog import make_plan, make_rates
from tests.factories.charging import make_daily_usage
from tests.factories.esims import make_bundle
from tests.factories.notifications import make_notification
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment, make_refund
from tests.factories.promotions import make_promotion
from tests.factories.ratings import make_rating
from tests.factories.settlements import make_difference, make_settlement, make_total

pytestmark = pytest.mark.django_db
LANGUAGES = ["en", "zh-hans", "zh-hant", "es"]
SHOWS = ["look", "waiting", "refunds", "unknown", "all"]


def fill() -> tuple[Subscriber, list[str]]:
    """Make one of everything; return the operator and the addresses of all pages."""
    operator = make_operator()
    bundle = make_bundle(plan=make_plan(kind="unlimited"))
    order = make_order(esim=bundle.esim, state="paid")
    payment = make_payment(order=order, state="succeeded", problem="refund_failed")
    make_refund(payment=payment, next_poll_at=MOMENT)
    make_notification(subscriber=order.subscriber)
    make_daily_usage(esim=bundle.esim)
    make_rates()
    promotion = make_promotion(percent_off=0, amount_off_minor=200, durations=["1 month"])
    credit_wallet(
        subscriber_id=order.subscriber_id, amount=Money(500, "USD"), key="gift", now=MOMENT
    )
    case = open_case(order=order, message="Where is it?", now=MOMENT)
    pause_supplier(supplier_code="own_network", is_paused=True, actor=operator, now=MOMENT)
    settlement = make_settlement()
    make_total(settlement)
    difference = make_difference(settlement=settlement, payment=payment)
    lists = ["today", "people", "payments", "plans", "money", "cases", "record", "find"]
    lists += ["channels", "settlements", "staff", "ratings"]
    return operator, [
        *(reverse(f"console:{name}") for name in lists),
        *(f"{reverse('console:payments')}?show={show}" for show in SHOWS),
        f"{reverse('console:settlements')}?show=days",
        reverse("console:settlement", args=[settlement.provider, settlement.day]),
        reverse("console:difference", args=[difference.pk]),
        reverse("console:person", args=[order.subscriber_id]),
        reverse("console:order", args=[order.number]),
        reverse("console:refund", args=[order.number]),
        reverse("console:case", args=[case.number]),
        reverse("console:rating", args=[make_rating(comment="Quick.").pk]),
        f"{reverse('console:ratings')}?show=all",
        reverse("console:promotions"),
        reverse("console:promotion", args=[promotion.code]),
        reverse("console:make_promotion"),
        reverse("console:remove_staff", args=[make_operator(staff_role="support").pk]),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_answers_whole(language: str, client: Client) -> None:
    operator, addresses = fill()
    operator.language = language
    operator.save()
    sign_in_staff(client, operator)
    for address in addresses:
        answer = client.get(address)
        page = answer.content.decode()
        assert answer.status_code == 200, address
        assert page.count("<h1") == 1, address
        for gap in ("{{", "{%", "None<", ">None "):
            assert gap not in page, (address, gap)


def test_no_page_has_inline_code_or_styles(client: Client) -> None:
    operator, addresses = fill()
    sign_in_staff(client, operator)
    for address in addresses:
        page = client.get(address).content.decode()
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=)", page), address


def test_no_page_shows_a_whole_iccid_or_an_activation_code(client: Client) -> None:
    operator, addresses = fill()
    sign_in_staff(client, operator)
    pages = "".join(client.get(address).content.decode() for address in addresses)
    assert not re.search(r"\b89\d{16,18}\b", pages)
    assert "LPA:1$" not in pages


@pytest.mark.parametrize("name", ["today", "people", "payments", "plans", "money", "cases"])
def test_the_statements_of_a_list_do_not_grow_with_it(name: str, client: Client) -> None:
    operator, _ = fill()
    sign_in_staff(client, operator)

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(f"console:{name}")).status_code == 200
        return len(queries)

    few = statements()
    for _ in range(5):
        order = make_order(state="paid")
        payment = make_payment(order=order, state="succeeded", problem="late")
        make_refund(payment=payment, next_poll_at=MOMENT)
        open_case(order=order, message="", now=MOMENT)
    assert statements() == few


def test_lists_go_on_by_id_without_gap_or_repeat(client: Client) -> None:
    sign_in_staff(client)
    for number in range(120):
        make_subscriber(email=f"p{number}@example.com", date_joined=MOMENT + timedelta(number))
    found: list[str] = []
    address = reverse("console:people")
    for _ in range(3):
        page = client.get(address).content.decode()
        found += re.findall(r">(p\d+@example\.com)<", page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        address = reverse("console:people") + older[1] if older else ""
    assert address == ""
    assert len(found) == len(set(found)) == 120


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "2026-13-45"])
@pytest.mark.parametrize("name", ["people", "record", "person"])
def test_a_page_mark_that_makes_no_sense_gives_the_first_page(
    name: str, before: str, client: Client
) -> None:
    operator = make_operator()
    sign_in_staff(client, operator)
    arguments = [operator.pk] if name == "person" else []
    answer = client.get(reverse(f"console:{name}", args=arguments), {"before": before})
    assert answer.status_code == 200


@pytest.mark.parametrize("address", ["payments/?show=what", "cases/?show=what", "people/999999/"])
def test_what_is_not_there_is_not_found(address: str, client: Client) -> None:
    sign_in_staff(client)
    assert client.get(f"/console/{address}").status_code == 404


def test_a_book_out_of_balance_would_be_shown() -> None:
    rows = [
        TrialRow(code="a", kind="clearing", currency="USD", debit_minor=100, credit_minor=0),
        TrialRow(code="b", kind="suspense", currency="USD", debit_minor=0, credit_minor=90),
    ]
    book = Book("USD", rows)
    assert book.difference == Money(10, "USD")
    assert book.suspense == Money(-90, "USD")
