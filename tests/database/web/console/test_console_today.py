"""The first page shows the work that waits, and what was taken on which day."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from limosa.domain.ordering.models import Order
from limosa.domain.support.models import RefundProposal
from limosa.domain.support.operations.clear_payment import clear_payment
from limosa.foundation.money import Money
from limosa.web.console import attention
from limosa.web.console.takings import takings
from tests.factories import MOMENT
from tests.factories.accounts import make_operator, sign_in_staff
from tests.factories.catalog import make_plan, make_supplier
from tests.factories.connectivity import make_supply
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment, make_refund

pytestmark = pytest.mark.django_db
ZONE = "America/Los_Angeles"


def test_takings_are_summed_per_day_at_the_operators_place_and_per_currency() -> None:
    # 18:00 UTC on the 22nd; in Los Angeles the 22nd began at 08:00 UTC.
    for hours, amount_minor in ((0, 1000), (-9, 200), (-11, 30), (-24 * 13, 4)):
        make_payment(
            state="succeeded",
            amount_minor=amount_minor,
            currency="CNY",
            paid_at=MOMENT + timedelta(hours=hours),
        )
    make_payment(state="succeeded", amount_minor=2500, currency="USD", paid_at=MOMENT)
    cny, usd = takings(time_zone=ZONE, now=MOMENT)
    assert (cny.currency, usd.currency) == ("CNY", "USD")
    assert [day.amount.amount_minor for day in cny.days] == [4, *[0] * 11, 30, 1200]
    assert (cny.today.payments, cny.total) == (2, Money(1234, "CNY"))
    assert cny.most == cny.today
    assert usd.total == Money(2500, "USD")


def test_what_nobody_took_the_wallets_and_what_is_too_old_is_no_taking() -> None:
    make_payment()
    make_payment(state="succeeded", provider="wallet", paid_at=MOMENT)
    make_payment(state="succeeded", paid_at=MOMENT - timedelta(days=15))
    assert takings(time_zone=ZONE, now=MOMENT) == []


def test_a_payment_with_a_problem_stays_on_the_list_until_somebody_has_looked() -> None:
    payment = make_payment(problem="late")
    make_payment()
    assert list(attention.payments_to_look_at()) == [payment]
    clear_payment(payment_number=payment.number, actor=make_operator(), now=MOMENT)
    assert list(attention.payments_to_look_at()) == []


def test_a_new_problem_brings_a_payment_back() -> None:
    payment = make_payment(problem="late")
    clear_payment(payment_number=payment.number, actor=make_operator(), now=MOMENT)
    payment.problem = "refund_failed"
    payment.save()
    assert list(attention.payments_to_look_at()) == [payment]


def test_only_refunds_that_take_long_need_a_look() -> None:
    old = make_refund(requested_at=MOMENT - timedelta(minutes=11), next_poll_at=MOMENT)
    make_refund(requested_at=MOMENT - timedelta(minutes=9), next_poll_at=MOMENT)
    make_refund(
        requested_at=MOMENT - timedelta(days=1),
        state="succeeded",
        next_poll_at=None,
        finished_at=MOMENT,
    )
    assert list(attention.refunds_open_long(now=MOMENT)) == [old]


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (99, "99"), (100, "99+")])
def test_a_count_stops_at_a_hundred(number: int, text: str) -> None:
    assert str(attention.Count(number)) == text


def test_the_page_shows_each_kind_of_work(client: Client) -> None:
    sign_in_staff(client)
    now = timezone.now()
    payment = make_payment(problem="double", created_at=now)
    order = make_order(state="paid", paid_at=now - timedelta(minutes=4))
    refund = make_refund(requested_at=now - timedelta(hours=3), next_poll_at=now)
    page = client.get(reverse("console:today")).content.decode()
    for text in (payment.order_number, "Paid twice", order.number, "4 min", "3 h"):
        assert text in page
    assert refund.payment.order_number in page


def test_what_waits_for_a_second_signature_is_shown_with_its_amount(client: Client) -> None:
    sign_in_staff(client)
    now = timezone.now()
    whole = make_payment(state="succeeded", refunded_minor=862)
    part = make_payment(state="succeeded")
    dollars = make_payment(state="succeeded", amount_minor=9900, currency="USD")
    for payment, part_minor in ((whole, None), (part, 2500), (dollars, None)):
        RefundProposal.objects.create(
            order=Order.objects.get(number=payment.order_number),
            part_minor=part_minor,
            detail="?",
            needs_second=True,
            proposed_by=make_operator(),
            proposed_at=now - timedelta(hours=3),
        )
    page = client.get(reverse("console:today")).content.decode()
    start = page.index('aria-labelledby="sign"')
    section = strip_tags(page[start : page.index("</section>", start)])
    for text in ("¥195.00", "$99.00", "¥170.00", "¥25.00", "in full", "3 h"):
        assert text in section
    for payment in (whole, part, dollars):
        assert payment.order_number in section


def test_a_quiet_day_says_so(client: Client) -> None:
    sign_in_staff(client)
    page = client.get(reverse("console:today")).content.decode()
    assert "Every payment is accounted for." in page
    assert "No one is waiting for an answer." in page


def test_a_supplier_that_is_not_set_up_is_not_in_service(client: Client) -> None:
    sign_in_staff(client, make_operator())
    make_plan(supplier=make_supplier("gone", name="Gone Mobile"), code="gone-20")
    today = strip_tags(client.get(reverse("console:today")).content.decode())
    assert re.search(r"Gone Mobile\s+not set up", today)
    assert "in service" not in today
    plans = strip_tags(client.get(reverse("console:plans")).content.decode())
    assert "not offered: Gone Mobile is not set up" in plans


def test_what_suppliers_kept_of_refunded_orders_is_summed_by_currency_for_a_while(
    client: Client,
) -> None:
    now = timezone.now()

    def keep(minor: int, currency: str, *, order: str = "refunded", **fields: Any) -> None:
        number = make_order(state=order).number
        cost = {"cost_minor": minor, "cost_currency": currency}
        make_supply(order_number=number, **{"state": "kept", "ended_at": now} | cost | fields)

    keep(150, "USD")
    keep(25, "USD")
    keep(900, "EUR")
    keep(1, "USD", order="fulfilled")  # Another supplier delivered it.
    keep(2, "USD", ended_at=now - attention.KEPT_LATELY - timedelta(minutes=1))
    keep(4, "USD", state="cancelled")
    assert attention.kept_after_refunds(now=now) == [Money(900, "EUR"), Money(175, "USD")]
    sign_in_staff(client)
    page = client.get(reverse("console:today")).content.decode()
    line = page.partition('data-testid="kept-after-refunds"')[2].partition("</p>")[0]
    assert "9.00" in line
    assert "1.75" in line


def test_nothing_is_said_of_suppliers_that_kept_nothing(client: Client) -> None:
    sign_in_staff(client)
    page = client.get(reverse("console:today")).content.decode()
    assert "kept-after-refunds" not in page
