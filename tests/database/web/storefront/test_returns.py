"""Returning a plan, and what the order's page says of money that went another way."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from limosa.domain.connectivity.answers import SupplierEsim, SupplierUsage
from limosa.domain.connectivity.capabilities import Capabilities
from limosa.domain.connectivity.models import Supply
from limosa.domain.esims.links import digest_of_number
from limosa.domain.esims.models import Bundle, Esim, EsimState
from limosa.domain.ledger.queries import wallet_in
from limosa.domain.ordering.models import Order, OrderState, Quote
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.payments.models import Dispute, DisputeState, Payment, Refund
from limosa.foundation.money import Money
from tests.database.web.storefront.shop import ChannelInHand, Shop
from tests.database.web.storefront.test_home_page import text_of
from tests.database.web.storefront.test_order_pages import order_by, page_of, paid_by_wallet
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_supplier
from tests.factories.connectivity import make_supply
from tests.factories.ordering import make_order
from tests.factories.payments import make_dispute, make_payment, make_refund
from tests.fakes.supplier import LOST_BEFORE
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db


def return_path(order: Order) -> str:
    return reverse("return_order", args=[order.number])


def dispute(payment: Payment, state: str = DisputeState.OPEN) -> None:
    make_dispute(payment=payment, state=state)


def test_an_unused_plan_is_returned_after_one_question(shop: Shop) -> None:
    order = paid_by_wallet(shop)
    assert return_path(order) in text_of(page_of(shop, order))
    question = text_of(shop.client.get(return_path(order)))
    assert "Return this plan?" in question
    assert "$25.00" in question
    assert Order.objects.get().state == OrderState.FULFILLED
    answer = shop.client.post(return_path(order), follow=True)
    page = text_of(answer)
    assert "Refund complete" in page
    assert "We could not deliver" not in page
    assert Refund.objects.get().reason == "person"
    assert wallet_in(subscriber_id=shop.person.pk, currency="USD") == Money(6000, "USD")
    assert return_path(order) not in page


def test_the_money_of_a_channel_goes_back_by_it(shop: Shop, channel: type[ChannelInHand]) -> None:
    order = order_by(shop)
    channel.is_paid = True
    shop.client.post(reverse("check_payment", args=[order.number]))
    question = text_of(shop.client.get(return_path(order)))
    assert "¥178.62" in question
    assert "WeChat Pay" in question
    page = text_of(shop.client.post(return_path(order), follow=True))
    assert "Your refund is on its way" in page
    assert "The refund goes to the original payment method." in page


def test_pressing_twice_returns_once(shop: Shop) -> None:
    order = paid_by_wallet(shop)
    for _ in range(2):
        shop.client.post(return_path(order))
    assert Refund.objects.count() == 1
    assert wallet_in(subscriber_id=shop.person.pk, currency="USD") == Money(6000, "USD")


@pytest.mark.parametrize("why", ["used", "over", "disputed"])
def test_what_the_rule_forbids_is_not_offered_and_says_why(
    shop: Shop, why: str, clock: time_machine.Traveller
) -> None:
    order = paid_by_wallet(shop, start="now")
    bundle = Bundle.objects.get(order_number=order.number)
    if why == "used":
        Bundle.objects.filter(pk=bundle.pk).update(used_bytes=1)
    elif why == "over":
        clock.move_to(bundle.ends_at or MOMENT)
    else:
        dispute(Payment.objects.get(order_number=order.number))
    shop.client.force_login(shop.person)
    assert return_path(order) not in text_of(page_of(shop, order))
    answer = shop.client.get(return_path(order), follow=True)
    assert "can&#x27;t be refunded" in text_of(answer)
    shop.client.post(return_path(order))
    assert Order.objects.get().state == OrderState.FULFILLED
    assert not Refund.objects.exists()


def test_only_the_owner_returns_a_plan(shop: Shop) -> None:
    order = paid_by_wallet(shop)
    shop.client.force_login(make_subscriber())
    assert shop.client.get(return_path(order)).status_code == 404
    assert shop.client.post(return_path(order)).status_code == 404
    assert Order.objects.get().state == OrderState.FULFILLED


def unusable(order: Order, problem: str, **fields: Any) -> Payment:
    return make_payment(
        order=order, state="succeeded", pays_order=False, problem=problem, provider="stripe",
        amount_minor=2500, currency="USD", **fields,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("late", "Paid after the order expired"),
        ("double", "Duplicate payment"),
        ("wrong_amount", "Payment of a different amount"),
    ],
)
def test_money_that_pays_nothing_says_why_and_where_it_is(
    shop: Shop, problem: str, words: str
) -> None:
    order = paid_by_wallet(shop)
    payment = unusable(order, problem)
    refund = make_refund(payment=payment, reason=problem)
    page = text_of(page_of(shop, order))
    assert words in page
    assert "Being refunded to a card" in page
    Refund.objects.filter(pk=refund.pk).update(
        state="succeeded", finished_at=MOMENT + timedelta(minutes=2)
    )
    Payment.objects.filter(pk=payment.pk).update(problem="")  # An operator has looked at it.
    page = text_of(page_of(shop, order))
    assert words in page
    assert "Refunded to a card, Nov 22" in page
    assert "Receipt" in page


def test_money_that_went_into_the_wallet_says_so(shop: Shop) -> None:
    order = paid_by_wallet(shop)
    unusable(order, "double", in_wallet=True)
    assert "Added to your wallet, Nov 22" in text_of(page_of(shop, order))


def test_a_part_that_was_given_back_stands_on_the_page(shop: Shop) -> None:
    order = paid_by_wallet(shop)
    payment = Payment.objects.get(order_number=order.number)
    make_refund(payment=payment, amount_minor=500, state="succeeded", finished_at=MOMENT)
    page = text_of(page_of(shop, order))
    assert "Partially refunded" in page
    assert "$5.00" in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("open", "This plan's data can't be used until the bank has decided."),
        ("won", "the payment stands"),
        ("lost", "Dispute closed: money returned to the payer"),
    ],
)
def test_a_dispute_says_what_it_means(shop: Shop, state: str, words: str) -> None:
    order = paid_by_wallet(shop)
    dispute(Payment.objects.get(order_number=order.number), state)
    assert words in text_of(page_of(shop, order))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("open", "This plan's data can't be used until PayPal has decided."),
        ("open", "It can't be refunded until PayPal has decided."),
    ],
)
def test_a_dispute_at_paypal_says_who_decides(shop: Shop, state: str, words: str) -> None:
    order = paid_by_wallet(shop)
    Payment.objects.filter(order_number=order.number).update(provider="paypal")
    dispute(Payment.objects.get(order_number=order.number), state)
    page = text_of(page_of(shop, order))
    assert words in page
    assert "bank" not in page


def test_of_a_dispute_lost_in_part_only_that_part_stands_on_the_page(shop: Shop) -> None:
    order = paid_by_wallet(shop)
    dispute(Payment.objects.get(order_number=order.number), DisputeState.LOST)
    Dispute.objects.update(decided_minor=1000)
    line = text_of(page_of(shop, order)).partition("money returned to the payer")[2]
    assert line.split("$")[1].startswith("10.00")


def called_off(shop: Shop, *, part_minor: int | None = None, **refund: Any) -> Order:
    """Return an order whose money, or a part of it, was asked back; with the refund as told."""
    order = paid_by_wallet(shop)
    refund_order(
        order_number=order.number, reason="staff", now=timezone.now(), part_minor=part_minor
    )
    is_over = refund.get("state") in {"succeeded", "failed", "settled"}
    Refund.objects.update(finished_at=timezone.now() if is_over else None, **refund)
    return Order.objects.get(pk=order.pk)


def refuse(order: Order) -> None:
    Payment.objects.filter(order_number=order.number).update(
        provider="wechatpay", problem="refund_refused"
    )


def test_a_refund_that_was_refused_is_not_said_to_be_on_its_way(shop: Shop) -> None:
    order = called_off(shop, state="requested")
    refuse(order)
    page = text_of(page_of(shop, order))
    for words in (
        "has not been accepted yet",
        "Refund requested",
        "WeChat Pay has not accepted it yet",
    ):
        assert words in page
    for claim in ("on its way", "Refund sent", "nothing you need to do", "Refund complete"):
        assert claim not in page
    number = Refund.objects.get().number
    note = text_of(shop.client.get(reverse("credit_note", args=[order.number, number])))
    assert "Requested, not accepted yet" in note


def test_a_part_that_was_refused_is_not_said_to_be_back(shop: Shop) -> None:
    order = called_off(shop, part_minor=1000, state="requested")
    refuse(order)
    page = text_of(page_of(shop, order))
    assert "Partial refund pending" in page
    assert "WeChat Pay has not accepted it yet" in page
    assert "Being refunded" not in page
    receipt = text_of(shop.client.get(reverse("receipt", args=[order.number])))
    assert "A partial refund of this order is pending" in receipt


@pytest.mark.parametrize("state", ["requested", "sent", "failed"])
def test_a_receipt_does_not_call_refunded_what_is_not_back(shop: Shop, state: str) -> None:
    order = called_off(shop, state=state)
    receipt = text_of(shop.client.get(reverse("receipt", args=[order.number])))
    assert "was refunded" not in receipt
    assert "The money has not been refunded yet" in receipt


def test_a_plan_is_returned_only_once_its_supplier_has_counted(
    shop: Shop, settings: Settings
) -> None:
    order = paid_by_wallet(shop)
    bundle = Bundle.objects.get(order_number=order.number)
    Bundle.objects.exclude(pk=bundle.pk).delete()
    esim = bundle.esim
    Esim.objects.filter(pk=esim.pk).update(
        supplier=make_supplier("wholesale"), state=EsimState.READY, installed_at=None
    )
    delivered_by_wholesale(order, esim)
    with wholesale_in(settings) as supplier:
        supplier.usages[esim.iccid] = SupplierUsage(
            esim=SupplierEsim(iccid=esim.iccid), as_of=MOMENT, used_bytes=0
        )
        assert "can be 3 hours late" in text_of(shop.client.get(return_path(order)))
        supplier.script(LOST_BEFORE)
        page = text_of(shop.client.post(return_path(order), follow=True))
        assert "Nothing was refunded yet" in page
        assert Order.objects.get().state == OrderState.FULFILLED
        page = text_of(shop.client.post(return_path(order), follow=True))
        assert "Being returned" in page
        assert page.count("We are asking the carrier to cancel this plan") == 1
        assert "install the eSIM meanwhile" in page
        assert return_path(order) not in page
        assert Order.objects.get().state == OrderState.FULFILLED
        assert_no_code(shop, esim)


def delivered_by_wholesale(order: Order, esim: Esim) -> Supply:
    return make_supply(
        order_number=order.number,
        supplier=make_supplier("wholesale"),
        state="delivered",
        reference="W-1",
        asked_at=MOMENT,
        ended_at=MOMENT,
        iccid=esim.iccid,
        activation_code=esim.activation_code,
    )


def assert_no_code(shop: Shop, esim: Esim) -> None:
    page = text_of(shop.client.get(reverse("install", args=[esim.public_id])))
    assert esim.activation_code not in page
    assert "Nothing to install" in page
    assert shop.client.get(reverse("install_code", args=[esim.public_id])).status_code == 404
    progress = shop.client.get(reverse("install_progress", args=[esim.public_id]))
    assert progress["HX-Refresh"] == "true"
    for path in (
        reverse("home"),
        reverse("esim", args=[esim.public_id]),
        reverse("esim_devices", args=[esim.public_id]),
    ):
        page = shop.client.get(path).content.decode()
        for place in ("install", "esim_again", "esim_move"):
            assert f'href="{reverse(place, args=[esim.public_id])}' not in page, path


def test_an_unpaid_order_that_stands_in_the_way_is_named_with_what_to_do(
    shop: Shop, settings: Settings, clock: time_machine.Traveller
) -> None:
    order = paid_by_wallet(shop)
    esim = Bundle.objects.get(order_number=order.number).esim
    Bundle.objects.exclude(order_number=order.number).delete()
    Esim.objects.filter(pk=esim.pk).update(
        supplier=make_supplier("wholesale"), state=EsimState.READY, installed_at=None
    )
    delivered_by_wholesale(order, esim)
    unpaid = make_order(subscriber=order.subscriber, esim=esim, state=OrderState.PLACED)
    Quote.objects.filter(pk=unpaid.quote_id).update(expires_at=MOMENT + timedelta(minutes=20))
    clock.move_to(MOMENT)
    shop.client.force_login(shop.person)
    said = "another order for its eSIM can still be paid"
    with wholesale_in(settings):
        page = text_of(page_of(shop, order))
        assert said in page
        assert f'href="{reverse("order", args=[unpaid.number])}"' in page
        assert "doesn't take this plan back" not in page
        for answer in (
            shop.client.get(return_path(order), follow=True),
            shop.client.post(return_path(order), follow=True),
        ):
            assert said in text_of(answer)
            assert "t return this plan yourself" not in text_of(answer)
        Order.objects.filter(pk=unpaid.pk).update(subscriber=make_subscriber())
        page = text_of(page_of(shop, order))
        assert said in page
        assert unpaid.number not in page
        Order.objects.filter(pk=unpaid.pk).update(link=digest_of_number(esim.public_id))
        page = text_of(page_of(shop, order))
        assert said not in page, "what strangers leave unpaid keeps nobody from returning a plan"
        assert return_path(order) in page
        Order.objects.filter(pk=unpaid.pk).update(link="")
        assert said in text_of(page_of(shop, order))
        clock.move_to(MOMENT + timedelta(minutes=20))
        assert return_path(order) in text_of(page_of(shop, order))
        Order.objects.filter(pk=unpaid.pk).update(state=OrderState.PAID, paid_at=MOMENT)
        assert said not in text_of(page_of(shop, order))


@pytest.mark.parametrize("why", ["no cancel", "refused"])
def test_what_the_supplier_does_not_take_back_is_said_and_its_code_stays(
    shop: Shop, settings: Settings, why: str
) -> None:
    order = paid_by_wallet(shop)
    esim = Bundle.objects.get(order_number=order.number).esim
    Bundle.objects.exclude(order_number=order.number).delete()
    Esim.objects.filter(pk=esim.pk).update(
        supplier=make_supplier("wholesale"), state=EsimState.READY, installed_at=None
    )
    supply = delivered_by_wholesale(order, esim)
    with wholesale_in(settings) as supplier:
        if why == "no cancel":
            supplier.capabilities = Capabilities()
        else:
            Supply.objects.filter(pk=supply.pk).update(return_asked_at=MOMENT)
        page = text_of(page_of(shop, order))
        assert return_path(order) not in page
        assert ("and it refused" in page) == (why == "refused")
        assert ("The carrier doesn't take this plan back" in page) == (why == "no cancel")
        page = text_of(shop.client.get(return_path(order), follow=True))
        assert "t return this plan yourself" in page
        shop.client.post(return_path(order))
        assert Order.objects.get().state == OrderState.FULFILLED
        path = reverse("install", args=[esim.public_id])
        assert esim.activation_code in text_of(shop.client.get(path))
        refund_order(order_number=order.number, reason="staff", now=timezone.now())
        assert_no_code(shop, esim)
