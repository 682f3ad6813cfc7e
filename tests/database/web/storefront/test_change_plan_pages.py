"""Changing a plan on the pages: what is left is shown, and what is shown is what counts."""

import html
import re
from typing import Any

import pytest
from django.urls import reverse

from limosa.domain.accounts.models import PaymentPin
from limosa.domain.catalog.models import Plan
from limosa.domain.esims.models import Bundle, BundleState, Esim
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.ordering.models import Order, OrderState, PlanChange, StartRule
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.payments.requests import Payer, PaymentMethodChoice
from tests.database.web.storefront.shop import PIN, Shop, set_pin
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_carrier, make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def bought(shop: Shop) -> Esim:
    """A month of 20 GB for 25.00 on an eSIM of its own, paid a moment ago."""
    set_pin(shop)
    return buy(shop, make_plan(), "first")


@pytest.fixture
def dear() -> Plan:
    return make_plan(carrier=make_carrier("att", name="AT&T"), prices={"USD": 4500})


def buy(shop: Shop, plan: Plan, key: str) -> Esim:
    quote = make_quote(
        subscriber=shop.person,
        esim=None,
        plan_code=plan.code,
        start_rule=StartRule.NOW,
        now=MOMENT,
    )
    pay(place_order(quote=quote, now=MOMENT), key)
    return Esim.objects.get(orders__quote=quote)


def pay(order: Order, key: str) -> None:
    credit_wallet(subscriber_id=order.subscriber_id, amount=order.total, key=key, now=MOMENT)
    start_payment(
        order=order,
        choice=PaymentMethodChoice(provider="wallet", method="wallet"),
        payer=Payer(ip="127.0.0.1"),
        now=MOMENT,
    )


def words_of(answer: Any) -> str:
    return html.unescape(text_of(answer))


def confirm_path(esim: Esim, plan: Plan) -> str:
    return reverse("change_to", args=[esim.public_id, plan.code])


def press(shop: Shop, esim: Esim, plan: Plan, **fields: str) -> Any:
    page = shop.client.get(confirm_path(esim, plan)).content.decode()
    found = re.search(r'name="shown" value="([^"]+)"', page)
    assert found
    return shop.client.post(confirm_path(esim, plan), {"shown": found[1], "pin": PIN, **fields})


def test_what_is_left_and_the_rest_to_pay_stand_beside_each_plan(
    shop: Shop, bought: Esim, dear: Plan
) -> None:
    page = words_of(shop.client.get(reverse("change_plan", args=[bought.public_id])))
    assert "$25.00" in page
    assert "100% of the $25.00 that you paid" in page
    assert "20 GB of 20 GB" in page
    assert "$20.00 to pay" in page
    assert "1 plan costs less than what is left" in page
    assert "It only counts towards another plan, and is never paid out." in page


def test_all_that_will_happen_is_said_before(shop: Shop, bought: Esim, dear: Plan) -> None:
    page = words_of(shop.client.get(confirm_path(bought, dear)))
    assert "− $25.00" in page
    assert "The old one keeps working meanwhile: 200 MB of its data, for 3 days at most." in page
    assert "As soon as the new eSIM is on a device, or when you say so." in page
    assert "What counts is held for 30 minutes." in page
    assert "Change, and pay $20.00" in page
    assert not PlanChange.objects.exists()


def test_on_the_same_esim_there_is_nothing_to_install(shop: Shop, bought: Esim) -> None:
    larger = make_plan(prices={"USD": 4500})
    page = words_of(shop.client.get(confirm_path(bought, larger)))
    assert "In one step, on the eSIM that you have." in page
    assert "You install the new eSIM" not in page


def test_a_press_places_the_order_and_leads_to_paying(shop: Shop, bought: Esim, dear: Plan) -> None:
    answer = press(shop, bought, dear)
    order = Order.objects.get(quote__value_minor__gt=0)
    assert answer["Location"] == reverse("pay", args=[order.number])
    assert (order.state, order.quote.total_minor) == (OrderState.PLACED, 2000)
    assert press(shop, bought, dear)["Location"] == answer["Location"]
    assert "$25.00 of your former plan counts towards it." in words_of(
        shop.client.get(reverse("order", args=[order.number]))
    )


def test_the_pages_follow_until_the_former_plan_has_ended(
    shop: Shop, bought: Esim, dear: Plan
) -> None:
    press(shop, bought, dear)
    order = Order.objects.get(quote__value_minor__gt=0)
    pay(order, "rest")
    former_page = reverse("esim", args=[bought.public_id])
    assert "It keeps running until that is installed" in words_of(shop.client.get(former_page))
    order_page = reverse("order", args=[order.number])
    assert "The old plan keeps running until" in words_of(shop.client.get(order_page))
    answer = shop.client.post(reverse("end_former", args=[order.number]))
    assert answer["Location"] == order_page
    assert "The old plan has ended." in words_of(shop.client.get(order_page))
    assert "so it has ended here" in words_of(shop.client.get(former_page))
    former = Bundle.objects.get(esim=bought)
    assert former.state == BundleState.EXPIRED
    former_order = words_of(shop.client.get(reverse("order", args=[former.order_number])))
    assert "Return this plan" not in former_order
    assert "You changed this plan to another one. $25.00 of it counts there." in former_order
    receipt = words_of(shop.client.get(reverse("receipt", args=[order.number])))
    assert "Counts from your former plan" in receipt


@pytest.mark.parametrize("shown", ["", "bogus"])
def test_what_we_did_not_show_is_refused(shop: Shop, bought: Esim, dear: Plan, shown: str) -> None:
    answer = press(shop, bought, dear, shown=shown)
    assert answer.status_code == 409
    assert not PlanChange.objects.exists()


def test_what_is_lost_is_agreed_to_first(shop: Shop, bought: Esim) -> None:
    cheap = make_plan(prices={"USD": 900})
    page = words_of(shop.client.get(confirm_path(bought, cheap)))
    assert "I know that $16.00 of what is left of my plan are lost." in page
    assert "A change that cost nothing can't be returned." in page
    assert press(shop, bought, cheap).status_code == 409
    assert not PlanChange.objects.exists()
    answer = press(shop, bought, cheap, lose="1")
    order = Order.objects.get(quote__value_minor=900)
    assert answer["Location"] == reverse("order", args=[order.number])
    page = words_of(shop.client.get(answer["Location"]))
    assert "$9.00 of your former plan counts towards it." in page
    assert "Return this plan" not in page
    assert shop.client.get(reverse("receipt", args=[order.number])).status_code == 200


def test_what_others_paid_for_does_not_count(shop: Shop, bought: Esim, dear: Plan) -> None:
    Order.objects.update(link="0" * 64)
    page = words_of(shop.client.get(reverse("change_plan", args=[bought.public_id])))
    assert "Somebody else paid for this plan" in page
    assert shop.client.get(confirm_path(bought, dear)).status_code == 302


@pytest.mark.parametrize("pin", ["", "111222"])
def test_on_a_new_esim_it_takes_the_pin(shop: Shop, bought: Esim, dear: Plan, pin: str) -> None:
    assert press(shop, bought, dear, pin=pin).status_code == 400
    assert not PlanChange.objects.exists()


def test_whoever_has_no_pin_sets_one_first(shop: Shop, bought: Esim, dear: Plan) -> None:
    PaymentPin.objects.all().delete()
    page = words_of(shop.client.get(confirm_path(bought, dear)))
    assert "You don't have one yet." in page
    assert 'data-testid="change"' not in page


def test_on_the_same_esim_whoever_pays_needs_no_pin(shop: Shop, bought: Esim) -> None:
    larger = make_plan(prices={"USD": 4500})
    assert press(shop, bought, larger, pin="").status_code == 302


def test_nobody_changes_what_is_not_theirs(shop: Shop, bought: Esim, dear: Plan) -> None:
    press(shop, bought, dear)
    number = Order.objects.get(quote__value_minor__gt=0).number
    shop.client.force_login(make_subscriber())
    for path in (
        reverse("change_plan", args=[bought.public_id]),
        confirm_path(bought, dear),
    ):
        assert shop.client.get(path).status_code == 404
    assert shop.client.post(reverse("end_former", args=[number])).status_code == 404
