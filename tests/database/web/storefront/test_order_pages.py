"""Following an order, whatever becomes of it."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from limosa.domain.catalog.models import Supplier
from limosa.domain.esims.models import Esim, EsimState
from limosa.domain.ordering.models import Order, OrderState, Quote
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.payments.models import Payment, Refund
from limosa.domain.support.models import Case
from tests.database.web.storefront.shop import (
    PIN,
    ChannelInHand,
    Shop,
    pay_from_wallet,
    press_pay,
    set_pin,
)
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.payments import make_dispute
from tests.factories.promotions import make_promotion

pytestmark = pytest.mark.django_db


def order_by(shop: Shop, **chosen: str) -> Order:
    shop.client.post(shop.renew_path, press_pay(shop, shop.renew_path, **chosen))
    return Order.objects.latest("id")


def paid_by_wallet(shop: Shop, **chosen: str) -> Order:
    shop.fill_wallet(6000)
    pay_from_wallet(shop, **chosen)
    return Order.objects.latest("id")


def page_of(shop: Shop, order: Order, name: str = "order") -> Any:
    return shop.client.get(reverse(name, args=[order.number]))


def test_the_waiting_page_shows_a_code_and_moves_on_when_paid(
    shop: Shop, channel: type[ChannelInHand]
) -> None:
    order = order_by(shop)
    page = text_of(page_of(shop, order, "pay"))
    assert "¥178.62" in page
    assert 'role="img" aria-label="QR code for the payment"' in page
    assert "Price held until 10:30 AM" in page
    assert f"/events/orders/{order.number}?t=" in page
    assert page_of(shop, order, "pay_status").status_code == 204
    channel.is_paid = True
    answer = shop.client.post(reverse("check_payment", args=[order.number]))
    assert answer["Location"] == reverse("order", args=[order.number])
    assert page_of(shop, order, "pay_status")["HX-Redirect"] == answer["Location"]
    assert page_of(shop, order, "pay")["Location"] == answer["Location"]


def test_asking_too_early_says_so(shop: Shop) -> None:
    order = order_by(shop)
    answer = shop.client.post(reverse("check_payment", args=[order.number]), follow=True)
    assert escape("The payment hasn't arrived yet.") in text_of(answer)


def test_the_demo_leads_to_its_own_payment_page(shop: Shop, settings: Any) -> None:
    settings.DEMO_SCAN_URL = "http://demo.example"
    page = text_of(page_of(shop, order_by(shop), "pay"))
    assert 'href="http://demo.example/wechatpay/scan?code_url=weixin%3A%2F%2Fwxpay' in page


def test_the_other_way_of_the_same_channel_is_one_press_away(shop: Shop) -> None:
    order = order_by(shop)
    shop.client.post(reverse("pay", args=[order.number]), {"method": "wechatpay", "way": "h5"})
    assert "https://pay.example/h5/" in text_of(page_of(shop, order, "pay"))


@pytest.mark.parametrize("policy", ["strict-origin-when-cross-origin", "same-origin"])
def test_only_a_page_that_must_know_the_site_is_told_it(
    shop: Shop, channel: type[ChannelInHand], monkeypatch: pytest.MonkeyPatch, policy: str
) -> None:
    needs_origin = policy != "same-origin"
    h5 = replace(channel.methods["h5"], needs_origin=needs_origin)
    monkeypatch.setattr(channel, "methods", {**channel.methods, "h5": h5})
    order = order_by(shop)
    shop.client.post(reverse("pay", args=[order.number]), {"method": "wechatpay", "way": "h5"})
    said = 'referrerpolicy="strict-origin-when-cross-origin"'
    page = page_of(shop, order, "pay")
    assert (said in text_of(page)) is needs_origin
    assert page["Referrer-Policy"] == "same-origin"
    onward = shop.client.get(reverse("pay", args=[order.number]), {"open": "1"})
    assert onward["Referrer-Policy"] == policy
    assert 'name="referrer"' not in text_of(onward)  # It would overrule what the answer says.


def test_an_unpaid_order_can_be_paid_from_the_wallet_instead(shop: Shop) -> None:
    order = order_by(shop)
    shop.fill_wallet(6000)
    assert 'data-way="wallet"' in text_of(page_of(shop, order, "pay"))
    set_pin(shop)
    asked = shop.client.post(reverse("pay", args=[order.number]), {"method": "wallet"})
    assert Order.objects.get().state == OrderState.PLACED
    shop.client.post(asked["Location"], {"pin": PIN})
    assert Order.objects.get().state == OrderState.FULFILLED


def test_an_order_whose_time_is_over_says_so(shop: Shop, clock: time_machine.Traveller) -> None:
    order = order_by(shop)
    clock.shift(timedelta(minutes=31))
    assert "The time to pay for this order has expired" in text_of(page_of(shop, order, "pay"))


def test_a_delivered_order_shows_every_step_with_its_second(shop: Shop) -> None:
    page = text_of(page_of(shop, paid_by_wallet(shop)))
    for step in ("placed", "paid", "credited", "queued"):
        assert f'data-step="{step}"' in page
    assert page.count(">10:00:00 AM</time>") == 4
    assert "Nov 22, Los Angeles time" in page
    # 3.6 GB end a month before the others: nobody adds them up with the later end.
    assert "23.6 GB" not in page
    assert "until Dec 24, 11:59 PM (Los Angeles)" in page
    assert "Also 3.6 GB until Nov 24, 11:59 PM" in page
    assert "</b> after payment" not in page  # From the wallet there is nothing to measure.
    assert "http-equiv" not in page


def test_a_step_of_another_day_says_which(shop: Shop) -> None:
    order = paid_by_wallet(shop)
    Order.objects.update(fulfilled_at=MOMENT + timedelta(days=2))
    page = text_of(page_of(shop, order))
    assert ">Nov 24 10:00:00 AM</time>" in page


def test_one_that_starts_now_is_ready(shop: Shop) -> None:
    page = text_of(page_of(shop, paid_by_wallet(shop, start="now")))
    assert "Ready to use" in page
    assert "Network updated" in page


def test_a_new_esim_is_ready_to_install_and_not_to_use(shop: Shop) -> None:
    order = paid_by_wallet(shop, start="now")
    Quote.objects.update(esim=None)
    Esim.objects.update(state=EsimState.READY, installed_at=None)
    payment = Payment.objects.get(order_number=order.number)
    payment.paid_at = MOMENT
    payment.save()
    page = text_of(page_of(shop, order))
    for claim in (
        "Ready to use",
        "Network updated",
        "No need to restart",
        "nothing you need to do",
    ):
        assert claim not in page
    assert page.count("Ready to install") >= 2
    assert reverse("install", args=[shop.esim.public_id]) in page
    assert "Install the eSIM on your device; then you can use it." in page


def test_what_a_promotion_adds_stands_beside_the_plan(shop: Shop) -> None:
    make_promotion(bonus_bytes=10_000_000_000)
    page = text_of(page_of(shop, paid_by_wallet(shop, start="now")))
    plan = Order.objects.latest("id").quote.plan.name["en"]
    assert page.count(f"{plan} + 10 GB") == 1
    assert "30 GB</p>" in page


def test_a_moving_order_is_live_and_refreshes_without_scripts(shop: Shop) -> None:
    Supplier.objects.update(is_paused=True)
    order = paid_by_wallet(shop)
    page = text_of(page_of(shop, order))
    assert "Paid. Your data is on its way" in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert 'sse-connect="/events/orders/' in page
    assert page_of(shop, order, "order_timeline").status_code == 200


def test_after_a_minute_the_page_says_why_and_what_happens(
    shop: Shop, clock: time_machine.Traveller
) -> None:
    Supplier.objects.update(is_paused=True)
    order = paid_by_wallet(shop)
    clock.shift(timedelta(seconds=61))
    page = text_of(page_of(shop, order))
    assert "Paid, taking longer than usual" in page
    assert "If it is not done by 10:15 AM, you get a full refund" in page


def test_a_refunded_order_says_where_the_money_is(shop: Shop) -> None:
    Supplier.objects.update(is_paused=True)
    order = paid_by_wallet(shop)
    refund_order(order_number=order.number, reason="late", now=MOMENT + timedelta(minutes=15))
    answer = page_of(shop, order, "order_timeline")
    assert answer.status_code == 286  # Nothing more will come: HTMX stops asking.
    assert "Refund complete" in text_of(answer)


def test_what_was_not_delivered_is_said_before_and_after_the_money_is_back(shop: Shop) -> None:
    Supplier.objects.update(is_paused=True)
    order = paid_by_wallet(shop)
    refund_order(
        order_number=order.number, reason="not_delivered", now=MOMENT + timedelta(minutes=15)
    )
    said = page_of(shop, order)
    Refund.objects.update(state="sent", finished_at=None)
    for page, heading in (
        (said, "Refund complete"),
        (page_of(shop, order), "Your refund is on its way"),
    ):
        text = text_of(page)
        assert heading in text
        assert "We could not deliver the plan. " in text
        assert 'data-testid="choose-again"' in text


def looks_again(page: str) -> str:
    """Return the address that a page of an order that is done asks by itself; empty: none."""
    found = re.search(r'<div hx-get="([^"]+)" hx-trigger="every 60s" hx-target="#timeline">', page)
    return found[1] if found else ""


def test_the_page_of_an_order_that_is_done_sees_a_later_dispute_by_itself(shop: Shop) -> None:
    order = paid_by_wallet(shop, start="now")
    page = text_of(page_of(shop, order))
    assert "sse-connect" not in page  # No stream is held for it.
    assert "htmx-2.min.js" in page
    address = looks_again(page)
    assert shop.client.get(address).status_code == 204
    payment = Payment.objects.get(order_number=order.number)
    make_dispute(payment=payment)
    answer = shop.client.get(address)
    part = text_of(answer)
    assert (answer.status_code, "On hold" in part) == (286, True)
    assert looks_again(part) not in {"", address}
    assert shop.client.get(looks_again(part)).status_code == 204


def test_a_refund_that_follows_is_seen_until_it_is_back(shop: Shop) -> None:
    order = paid_by_wallet(shop)
    address = looks_again(text_of(page_of(shop, order)))
    refund_order(order_number=order.number, reason="staff", now=MOMENT)
    Refund.objects.update(state="sent", finished_at=None)
    part = text_of(shop.client.get(address))
    assert "Your refund is on its way" in part
    Refund.objects.update(state="succeeded", finished_at=MOMENT)
    part = text_of(shop.client.get(looks_again(part)))
    assert "Refund complete" in part


def test_an_old_order_is_not_asked_for_any_more(shop: Shop, clock: time_machine.Traveller) -> None:
    order = paid_by_wallet(shop)
    address = looks_again(text_of(page_of(shop, order)))
    clock.shift(timedelta(days=1))
    answer = shop.client.get(address)
    assert (answer.status_code, looks_again(text_of(answer))) == (286, "")
    page = text_of(page_of(shop, order))
    assert looks_again(page) == ""
    assert "htmx" not in page


def test_help_is_one_press_and_holds_the_trace(shop: Shop) -> None:
    order = paid_by_wallet(shop)
    page = text_of(shop.client.post(reverse("help", args=[order.number])))
    case = Case.objects.get()
    assert case.number in page
    assert case.trace
    shop.client.post(reverse("help", args=[order.number]), {"message": "Still slow."})
    assert Case.objects.get().message == "Still slow."
    assert f'href="{reverse("case", args=[case.number])}"' in text_of(page_of(shop, order))


def test_a_message_that_is_too_long_says_what_to_do(shop: Shop) -> None:
    order = paid_by_wallet(shop)
    answer = shop.client.post(reverse("help", args=[order.number]), {"message": "x" * 2001})
    assert answer.status_code == 400
    assert "at most 2000 characters" in text_of(answer)
    assert not Case.objects.exists()


def test_another_person_s_order_is_not_there(shop: Shop) -> None:
    number = paid_by_wallet(shop).number
    shop.client.force_login(make_subscriber())
    for name in ("order", "order_timeline", "pay", "pay_status", "receipt", "receipt_pdf"):
        assert shop.client.get(reverse(name, args=[number])).status_code == 404
    for name in ("check_payment", "help", "pay"):
        assert shop.client.post(reverse(name, args=[number])).status_code == 404


def test_a_stranger_s_order_is_not_there(shop: Shop) -> None:
    number = paid_by_wallet(shop).number
    assert Client().get(reverse("order", args=[number])).status_code == 404


def test_a_refund_that_failed_is_not_said_to_have_arrived(shop: Shop) -> None:
    order = paid_by_wallet(shop)
    refund_order(order_number=order.number, reason="staff", now=MOMENT)
    Refund.objects.update(state="failed", finished_at=MOMENT)
    page = text_of(page_of(shop, order))
    assert "Your refund could not be delivered yet" in page
    assert "the money is still yours" in page
    assert "Refund complete" not in page


def test_a_refund_in_the_wallet_is_said_to_be_there(shop: Shop) -> None:
    order = paid_by_wallet(shop)
    refund_order(order_number=order.number, reason="staff", now=MOMENT)
    amount = Refund.objects.get().amount_minor
    Refund.objects.update(
        state="settled", settled_minor=amount, wallet_minor=amount, finished_at=MOMENT
    )
    page = text_of(page_of(shop, order))
    assert "Refund complete" in page
    assert (
        "It could not be refunded to the original payment method, so it is in your wallet."
    ) in page
