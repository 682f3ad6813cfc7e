"""The wallet: adding money to it, by which amounts, and what became of it."""

import re
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.ledger.queries import wallet_in
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.operations.refund_top_up import refund_top_up
from limosa.domain.payments.models import Payment
from limosa.domain.wallets.engine.bookings import bonus_granted
from limosa.domain.wallets.models import TopUpState, WalletTopUp
from tests.database.web.storefront.shop import ChannelInHand, Shop, pay_from_wallet
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.bonuses import make_bonus, make_tier
from tests.factories.payments import make_dispute
from tests.factories.wallets import make_top_up
from tests.scenario.security.test_huge_amounts import ANSWERS, PLAIN, amounts

pytestmark = pytest.mark.django_db
PAGE = "/wallet/"
SECONDS_MAX = 10.0  # Also beside other tests; what grows with the digits takes minutes.


def add(shop: Shop, **fields: str) -> Any:
    return shop.client.post(PAGE, {"amount": "5000", "page": "PAGE000001", **fields})


def added(shop: Shop, **fields: str) -> WalletTopUp:
    add(shop, **fields)
    return WalletTopUp.objects.latest("id")


def page_of(shop: Shop, top_up: WalletTopUp, name: str = "top_up") -> str:
    return text_of(shop.client.get(reverse(name, args=[top_up.number])))


def paid(shop: Shop, channel: type[ChannelInHand], **fields: str) -> WalletTopUp:
    top_up = added(shop, **fields)
    pay = reverse("pay", args=[top_up.number])
    shop.client.post(pay, {"method": "wechatpay"})
    channel.is_paid = True
    shop.client.post(reverse("check_payment", args=[top_up.number]))
    top_up.refresh_from_db()
    return top_up


def test_home_leads_to_the_wallet(shop: Shop) -> None:
    assert f'href="{PAGE}"' in text_of(shop.client.get("/"))


def test_the_page_offers_amounts_and_shows_what_is_there(shop: Shop) -> None:
    shop.fill_wallet(1240)
    page = text_of(shop.client.get(PAGE))
    assert "$12.40" in page
    assert re.findall(r'name="amount" value="(\d+)"', page) == ["1000", "2000", "5000", "10000"]
    assert "From $5.00 to $500.00" in page


def test_choosing_an_amount_leads_to_every_way_to_pay_but_the_wallet(shop: Shop) -> None:
    shop.fill_wallet(90_000)
    top_up = added(shop)
    page = page_of(shop, top_up, "pay")
    assert top_up.amount_minor == 5000
    ways = re.findall(r'data-way="(\w+)"', page)
    assert ways == ["wechatpay"], "the one that these tests have, and not the wallet"
    assert "¥357.23" in page
    assert "1 USD = 7.1446 CNY (European Central Bank, Nov 22)" in page


def test_an_amount_of_ones_own_counts_instead(shop: Shop) -> None:
    assert added(shop, own="12.50").amount_minor == 1250


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("4.99", "Please enter an amount from $5.00 to $500.00."),
        ("500.01", "Please enter an amount from $5.00 to $500.00."),
        ("-20", "Please enter the amount in plain digits, such as 10.00."),
        ("1,000", "Please enter the amount in plain digits, such as 10.00."),
        ("5.005", "Please enter the amount in plain digits, such as 10.00."),
        ("9" * 16, "Please enter the amount in plain digits, such as 10.00."),
    ],
)
def test_what_is_no_amount_is_refused_in_words(shop: Shop, own: str, said: str) -> None:
    answer = add(shop, own=own)
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert not WalletTopUp.objects.exists()


@pytest.mark.parametrize("amount", ["", "5001", "-1000", "bogus"])
def test_no_amount_is_made_up(shop: Shop, amount: str) -> None:
    assert add(shop, amount=amount).status_code == 400
    assert not WalletTopUp.objects.exists()


def test_pressing_twice_is_one_top_up_and_another_amount_another(shop: Shop) -> None:
    first = added(shop)
    assert added(shop) == first
    assert added(shop, amount="2000") != first
    assert added(shop, page="no page of ours") != first


def test_what_is_paid_is_in_the_wallet_and_has_a_page_and_a_receipt(
    shop: Shop, channel: type[ChannelInHand]
) -> None:
    top_up = paid(shop, channel)
    assert wallet_in(subscriber_id=shop.person.pk, currency="USD").amount_minor == 5000
    page = page_of(shop, top_up)
    assert "Added to your wallet" in page
    assert "Your balance is now $50.00" in page
    receipt = page_of(shop, top_up, "receipt")
    assert "¥357.23" in receipt
    assert "Money in a wallet is not taxed" in receipt
    assert shop.client.get(reverse("receipt_pdf", args=[top_up.number])).content[:4] == b"%PDF"
    assert top_up.number in text_of(shop.client.get(PAGE))
    order_page = shop.client.get(reverse("order", args=[top_up.number]))
    assert order_page["Location"] == reverse("top_up", args=[top_up.number])


def test_the_waiting_page_moves_on_when_it_is_paid(
    shop: Shop, channel: type[ChannelInHand]
) -> None:
    top_up = added(shop)
    shop.client.post(reverse("pay", args=[top_up.number]), {"method": "wechatpay"})
    assert "Waiting for your payment" in page_of(shop, top_up)
    status = reverse("pay_status", args=[top_up.number])
    assert shop.client.get(status).status_code == 204
    channel.is_paid = True
    shop.client.post(reverse("check_payment", args=[top_up.number]))
    assert shop.client.get(status)["HX-Redirect"] == reverse("order", args=[top_up.number])


def test_what_was_not_paid_in_time_starts_over(shop: Shop) -> None:
    top_up = added(shop)
    with time_machine.travel(MOMENT + timedelta(minutes=31), tick=False):
        for name in ("top_up", "pay"):
            page = page_of(shop, top_up, name)
            assert "Payment time expired" in page
            assert f'href="{PAGE}"' in page


def test_a_refund_is_on_the_page_and_on_the_receipt(
    shop: Shop, channel: type[ChannelInHand]
) -> None:
    top_up = paid(shop, channel)
    refund_top_up(number=top_up.number, reason="person", now=MOMENT, part_minor=10_000)
    assert "Partial refund pending" in page_of(shop, top_up)
    assert "-¥100.00" in page_of(shop, top_up, "receipt").replace("−", "-")


def test_a_dispute_is_said(shop: Shop, channel: type[ChannelInHand]) -> None:
    top_up = paid(shop, channel)
    make_dispute(payment=Payment.objects.get(order_number=top_up.number))
    assert "This payment is disputed" in page_of(shop, top_up)


def test_nobody_else_sees_it(shop: Shop, channel: type[ChannelInHand]) -> None:
    top_up = paid(shop, channel)
    other = Client()
    other.force_login(make_subscriber())
    for name in ("top_up", "pay", "pay_status", "asking", "receipt", "receipt_pdf"):
        path = reverse(name, args=[top_up.number])
        assert other.get(path).status_code == 404, name
        assert Client().get(path).status_code in {302, 404}, name
    for name in ("check_payment", "pay"):
        assert other.post(reverse(name, args=[top_up.number])).status_code == 404


def test_a_currency_without_amounts_says_so(shop: Shop) -> None:
    shop.person.currency = "CHF"
    shop.person.save()
    assert "added to a wallet in CHF" in text_of(shop.client.get(PAGE))
    add(shop)
    assert not WalletTopUp.objects.exists()


def test_only_its_person_s_own_method_pays_it(shop: Shop) -> None:
    top_up = added(shop)
    answer = shop.client.post(reverse("pay", args=[top_up.number]), {"method": "wallet"})
    assert answer["Location"] == reverse("pay", args=[top_up.number])
    pin = shop.client.get(reverse("pin", args=[top_up.number]), {"with": "wallet"})
    assert pin["Location"] == reverse("pay", args=[top_up.number])
    assert WalletTopUp.objects.get().state == TopUpState.PLACED


def test_a_huge_or_odd_amount_is_refused_at_once(shop: Shop) -> None:
    slowest = 0.0
    for text in (text for text in amounts() if not PLAIN.fullmatch(text.strip())):
        began = time.perf_counter()
        assert add(shop, own=text).status_code in ANSWERS
        slowest = max(slowest, time.perf_counter() - began)
    assert not WalletTopUp.objects.exists()
    assert slowest < SECONDS_MAX
    assert added(shop, own="20").amount_minor == 2000  # The control: a good one is taken.


def test_a_bonus_is_shown_before_paying_and_apart_from_money_after_it(
    shop: Shop, channel: type[ChannelInHand]
) -> None:
    make_tier(starts_at=timezone.now(), valid_days=90)
    page = text_of(shop.client.get(PAGE))
    assert page.count("+ $5.00 bonus") == 2, "on top of 50 and of 100 dollars"
    assert "Add $50.00 or more, get $5.00 bonus for 90 days." in page
    assert "spent last, after your own money" in page
    top_up = added(shop)
    assert "plus $5.00 bonus, for 90 days" in page_of(shop, top_up, "pay")
    assert "plus $5.00 bonus, for 90 days" in page_of(shop, top_up)
    assert "+ $5.00 bonus" not in text_of(shop.client.get("/")), "nothing is paid yet"
    pay = reverse("pay", args=[top_up.number])
    shop.client.post(pay, {"method": "wechatpay"})
    channel.is_paid = True
    shop.client.post(reverse("check_payment", args=[top_up.number]))
    assert "$5.00" in page_of(shop, top_up)
    assert "plus $5.00 bonus, until" in text_of(shop.client.get(PAGE))
    assert "+ $5.00 bonus" in text_of(shop.client.get("/"))
    statement = text_of(shop.client.get("/statement/"))
    assert "Bonus on a top-up" in statement
    rows = shop.client.get(reverse("statement_csv")).content.decode().splitlines()
    assert [row.rsplit(",", 1)[1] for row in rows] == ["of", "wallet", "bonus"]
    assert shop.client.get(reverse("statement_pdf")).content.startswith(b"%PDF")


def test_without_a_tier_nothing_is_said_of_bonus(shop: Shop) -> None:
    assert "bonus" not in text_of(shop.client.get(PAGE)).lower()


def test_what_bonus_paid_of_an_order_is_on_its_receipt_and_comes_back_as_bonus(shop: Shop) -> None:
    top_up = make_top_up(subscriber=shop.person, bonus_minor=500)
    make_bonus(top_up=top_up)
    post_entry(
        key=f"bonus:{top_up.number}",
        kind="bonus_granted",
        legs=bonus_granted(top_up.bonus, subscriber_id=shop.person.pk),
        now=MOMENT,
    )
    shop.fill_wallet(2200)
    pay_from_wallet(shop)
    order = Order.objects.latest("id")
    receipt = text_of(shop.client.get(reverse("receipt", args=[order.number])))
    assert re.search(r"Of which bonus.*\$3\.00", receipt, re.DOTALL)
    refund_order(order_number=order.number, reason="staff", now=timezone.now())
    page = text_of(shop.client.get(reverse("order", args=[order.number])))
    assert "$3.00 of it came back as bonus." in page
    receipt = text_of(shop.client.get(reverse("receipt", args=[order.number])))
    assert "Came back as bonus" in receipt
    assert "+ $5.00 bonus" in text_of(shop.client.get("/"))
