"""Money that a person adds to their wallet: credited once, spent once, and given back at most."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ledger.operations.post_entry import WalletTooLowError
from limosa.domain.ledger.queries import balance_of, wallet_in
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import OrderState
from limosa.domain.ordering.operations.cancel_order import cancel_order
from limosa.domain.ordering.operations.poll_due_payments import poll_due_payments
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.refund_top_up import refund_top_up
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.ordering.refusals import (
    OrderNotPayableError,
    PaymentMethodNotOfferedError,
    RefundNotAllowedError,
)
from limosa.domain.payments.models import Payment, Refund
from limosa.domain.payments.requests import Payer, PaymentMethodChoice
from limosa.domain.payments.status_reports import DisputeOutcome
from limosa.domain.wallets.models import TopUpState, WalletTopUp
from limosa.domain.wallets.operations.place_top_up import OPEN_TOP_UPS_MAX, place_top_up
from limosa.domain.wallets.refusals import TopUpAmountError, TopUpNotOfferedError, TopUpsOpenError
from limosa.foundation.money import Money
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db
OPEN, WON, LOST = DisputeOutcome.OPEN, DisputeOutcome.WON, DisputeOutcome.LOST
FIFTY = Money(5000, "USD")


def place(shop: Shop, amount: Money = FIFTY, *, key: str = "page") -> WalletTopUp:
    person = shop.running.subscriber
    return place_top_up(subscriber=person, amount=amount, key=key, now=MOMENT)


def begin(top_up: WalletTopUp, provider: str = "fake", method: str = "native") -> Payment:
    return start_payment(
        order=top_up,
        choice=PaymentMethodChoice(provider=provider, method=method),
        payer=Payer(ip="127.0.0.1"),
        now=MOMENT,
    )


def pay(shop: Shop, top_up: WalletTopUp, *, after: timedelta = timedelta()) -> Payment:
    """Pay through the provider, and take its notification."""
    payment, at = begin(top_up), MOMENT + after
    shop.take(shop.provider.message(shop.provider.pay(payment.number, at=at)), now=at)
    top_up.refresh_from_db()
    return shop.read(payment)


def held(shop: Shop) -> int:
    return wallet_in(subscriber_id=shop.running.subscriber_id, currency="USD").amount_minor


def spend(shop: Shop) -> None:
    """Buy the plan for 25 dollars from the wallet."""
    shop.start(shop.place(), "wallet", "wallet")


def hear(shop: Shop, payment: Payment, outcome: DisputeOutcome) -> str:
    return shop.take(shop.provider.message(shop.provider.dispute(payment.number, outcome)))


def test_what_was_paid_is_in_the_wallet_once(shop: Shop) -> None:
    top_up = place(shop)
    payment = pay(shop, top_up)
    message = shop.provider.message(shop.provider.pay(payment.number, at=MOMENT))
    for _ in range(2):
        shop.take(message)
        shop.ask(payment)
    assert (top_up.state, top_up.paid_at) == (TopUpState.PAID, MOMENT)
    assert held(shop) == 5000
    assert payment.pays_order
    assert Notification.objects.filter(kind="wallet_topped_up").count() == 1
    shop.check_books()


def test_the_same_page_places_one_top_up(shop: Shop) -> None:
    assert place(shop).number == place(shop).number
    assert place(shop, key="another").number != place(shop).number
    with pytest.raises(IntegrityError):
        place(shop, Money(2000, "USD"))


@pytest.mark.parametrize("minor", [499, 50_001, 0, -5000, 10**17])
def test_no_other_amount_than_the_limits_allow(shop: Shop, minor: int) -> None:
    with pytest.raises(TopUpAmountError):
        place(shop, Money(minor, "USD"))


def test_a_currency_without_amounts_is_not_offered(shop: Shop) -> None:
    with pytest.raises(TopUpNotOfferedError):
        place(shop, Money(5000, "CHF"))


def test_a_person_has_few_unpaid_ones(shop: Shop) -> None:
    for number in range(OPEN_TOP_UPS_MAX):
        place(shop, key=f"page-{number}")
    with pytest.raises(TopUpsOpenError):
        place(shop, key="one more")


def test_a_wallet_is_not_topped_up_from_a_wallet(shop: Shop) -> None:
    pay(shop, place(shop))
    with pytest.raises(PaymentMethodNotOfferedError):
        begin(place(shop, key="another"), "wallet", "wallet")
    assert held(shop) == 5000


def test_a_second_payment_goes_back(shop: Shop) -> None:
    top_up = place(shop)
    other = begin(top_up, method="h5")
    pay(shop, top_up)
    shop.take(shop.provider.message(shop.provider.pay(other.number, at=MOMENT)))
    push_refunds(now=MOMENT)
    assert shop.read(other).problem == "double"
    assert held(shop) == 5000
    shop.check_books()


def test_a_late_payment_goes_back(shop: Shop) -> None:
    top_up = place(shop)
    payment = pay(shop, top_up, after=timedelta(hours=1))
    push_refunds(now=MOMENT)
    assert payment.problem == "late"
    assert (held(shop), top_up.state) == (0, TopUpState.PLACED)
    shop.check_books()


def test_a_late_payment_goes_into_the_wallet_of_who_chose_that(shop: Shop) -> None:
    Subscriber.objects.update(unapplied_funds="wallet")
    pay(shop, place(shop), after=timedelta(hours=1))
    assert held(shop) == 5000
    shop.check_books()


def test_what_nobody_pays_is_cancelled(shop: Shop) -> None:
    top_up = place(shop)
    begin(top_up)
    for hours in (1, 2):
        poll_due_payments(now=MOMENT + timedelta(hours=hours))
    top_up.refresh_from_db()
    assert top_up.state == TopUpState.CANCELLED
    with pytest.raises(OrderNotPayableError):
        begin(top_up)


def test_what_is_paid_is_not_cancelled(shop: Shop) -> None:
    top_up = place(shop)
    pay(shop, top_up)
    assert not cancel_order(order_number=top_up.number, now=MOMENT)


def test_all_of_it_is_refunded_while_nothing_is_spent(shop: Shop) -> None:
    top_up = place(shop)
    payment = pay(shop, top_up)
    refund = refund_top_up(number=top_up.number, reason="person", now=MOMENT)
    push_refunds(now=MOMENT)
    top_up.refresh_from_db()
    assert refund.amount_minor == payment.received_minor
    assert (held(shop), top_up.state) == (0, TopUpState.REFUNDED)
    assert Notification.objects.filter(kind="top_up_refunded").count() == 1
    with pytest.raises(RefundNotAllowedError):
        refund_top_up(number=top_up.number, reason="person", now=MOMENT)
    shop.check_books()


def test_what_is_left_is_refunded_after_some_was_spent(shop: Shop) -> None:
    top_up = place(shop)
    payment = pay(shop, top_up)
    spend(shop)
    refund = refund_top_up(number=top_up.number, reason="person", now=MOMENT)
    push_refunds(now=MOMENT)
    assert refund.amount_minor == payment.received_minor // 2 + payment.received_minor % 2
    assert held(shop) == 0
    shop.check_books()


def test_parts_add_up_to_the_whole(shop: Shop) -> None:
    top_up = place(shop)
    payment = pay(shop, top_up)
    for part_minor in (1, 777, None):
        refund_top_up(number=top_up.number, reason="person", now=MOMENT, part_minor=part_minor)
        push_refunds(now=MOMENT)
        shop.check_books()
    top_up.refresh_from_db()
    assert top_up.reversed_minor == 5000
    assert sum(Refund.objects.values_list("amount_minor", flat=True)) == payment.received_minor


def test_nothing_is_refunded_of_what_is_spent_or_disputed_or_unpaid(shop: Shop) -> None:
    unpaid = place(shop, key="another")
    top_up = place(shop)
    payment = pay(shop, top_up)
    hear(shop, payment, OPEN)
    for number in (top_up.number, unpaid.number):
        with pytest.raises(RefundNotAllowedError):
            refund_top_up(number=number, reason="person", now=MOMENT)
    hear(shop, payment, WON)
    for part_minor in (0, -1, payment.received_minor + 1):
        with pytest.raises(RefundNotAllowedError):
            refund_top_up(number=top_up.number, reason="x", now=MOMENT, part_minor=part_minor)
    spend(shop)
    spend(shop)
    with pytest.raises(RefundNotAllowedError):
        refund_top_up(number=top_up.number, reason="person", now=MOMENT)


def test_disputed_money_is_not_spent_until_the_dispute_is_won(shop: Shop) -> None:
    payment = pay(shop, place(shop))
    hear(shop, payment, OPEN)
    hear(shop, payment, OPEN)
    assert held(shop) == 0
    assert balance_of(code="wallet_frozen:USD") == -5000
    assert Notification.objects.filter(kind="top_up_disputed").count() == 1
    with pytest.raises(WalletTooLowError):
        spend(shop)
    shop.check_books()
    hear(shop, payment, WON)
    assert held(shop) == 5000
    spend(shop)
    shop.check_books()


@pytest.mark.parametrize("spent", [0, 1, 2])
def test_a_lost_dispute_takes_what_is_left_and_the_rest_is_a_loss(shop: Shop, spent: int) -> None:
    top_up = place(shop)
    payment = pay(shop, top_up)
    for _ in range(spent):
        spend(shop)
    hear(shop, payment, OPEN)
    place_again = place(shop, key="another")
    pay(shop, place_again)
    hear(shop, payment, LOST)
    top_up.refresh_from_db()
    assert top_up.reversed_minor == 5000 - 2500 * spent
    assert held(shop) == 5000, "what was added later is not touched"
    lost = balance_of(code=f"losses:{payment.received_currency}")
    assert lost == payment.received_minor * spent // 2
    shop.check_books()


def test_a_refund_by_hand_takes_it_out_of_the_wallet(shop: Shop) -> None:
    top_up = place(shop)
    payment = pay(shop, top_up)
    report = shop.provider.refund_by_hand(payment.number, payment.received_minor // 2)
    shop.take(shop.provider.message(report))
    push_refunds(now=MOMENT)
    assert held(shop) == 2501, "half a cent rounded up"
    shop.check_books()


def test_an_order_is_still_paid_as_before(shop: Shop) -> None:
    order = shop.place()
    shop.pay(order)
    order.refresh_from_db()
    assert order.state == OrderState.FULFILLED
    shop.check_books()
