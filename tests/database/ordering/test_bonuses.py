"""Bonus on top of a top-up: given once, spent last, never paid out, taken back with its top-up."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.ledger.operations.post_entry import WalletTooLowError
from limosa.domain.ledger.queries import balance_of, spendable_in, wallet_in
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.operations.refund_top_up import refund_top_up
from limosa.domain.ordering.refusals import RefundNotAllowedError
from limosa.domain.payments.models import Payment, Refund
from limosa.domain.payments.status_reports import DisputeOutcome
from limosa.domain.wallets.engine.bonuses import split
from limosa.domain.wallets.models import Bonus, BonusTier, BonusUse, WalletTopUp
from limosa.domain.wallets.operations.end_tier import end_tier
from limosa.domain.wallets.operations.expire_bonuses import expire_bonuses
from limosa.domain.wallets.operations.grant_bonus import grant_bonus
from limosa.domain.wallets.operations.offer_tier import WantedTier, offer_tier
from limosa.domain.wallets.operations.place_top_up import place_top_up
from limosa.domain.wallets.refusals import TierTermsError
from limosa.foundation.money import Money
from tests.database.ordering.shop import Shop
from tests.database.ordering.test_wallet_top_ups import begin, hear
from tests.factories import MOMENT
from tests.factories.bonuses import make_tier

pytestmark = pytest.mark.django_db
OPEN, WON, LOST = DisputeOutcome.OPEN, DisputeOutcome.WON, DisputeOutcome.LOST
DAY = timedelta(days=1)


def add(shop: Shop, minor: int = 5000, *, now: datetime = MOMENT) -> tuple[WalletTopUp, Payment]:
    """Add money to the wallet, through the provider."""
    key = f"page-{WalletTopUp.objects.count()}"
    top_up = place_top_up(
        subscriber=shop.running.subscriber, amount=Money(minor, "USD"), key=key, now=now
    )
    payment = begin(top_up)
    shop.take(shop.provider.message(shop.provider.pay(payment.number, at=now)), now=now)
    top_up.refresh_from_db()
    return top_up, shop.read(payment)


def held(shop: Shop) -> tuple[int, int]:
    """Return the money and the bonus that the person has."""
    person = shop.running.subscriber_id
    held = spendable_in(subscriber_id=person, currency="USD")
    assert held.money == wallet_in(subscriber_id=person, currency="USD")
    return held.money.amount_minor, held.bonus.amount_minor


def spend(shop: Shop, now: datetime = MOMENT) -> str:
    """Buy the plan for 25 dollars from the wallet; return the order's number."""
    order = shop.place(now=now)
    shop.start(order, "wallet", "wallet", now)
    return order.number


def give(shop: Shop, minor: int) -> None:
    credit_wallet(
        subscriber_id=shop.running.subscriber_id,
        amount=Money(minor, "USD"),
        key=f"gift:{minor}",
        now=MOMENT,
    )


def test_a_bonus_is_given_once_with_the_money(shop: Shop) -> None:
    make_tier()
    top_up, payment = add(shop)
    for _ in range(2):
        shop.ask(payment)
    assert held(shop) == (5000, 500)
    assert balance_of(code="bonus_discounts:USD") == 500
    with pytest.raises(IntegrityError), transaction.atomic():
        grant_bonus(top_up=top_up, now=MOMENT)
    shop.check_books()


def test_what_was_shown_is_given_even_if_the_tier_has_ended(shop: Shop) -> None:
    tier = make_tier()
    top_up = place_top_up(
        subscriber=shop.running.subscriber, amount=Money(5000, "USD"), key="page", now=MOMENT
    )
    assert end_tier(tier_id=tier.pk, now=MOMENT)
    assert not end_tier(tier_id=tier.pk, now=MOMENT)
    payment = begin(top_up)
    shop.take(shop.provider.message(shop.provider.pay(payment.number, at=MOMENT)))
    assert held(shop) == (5000, 500)
    add(shop)
    assert held(shop) == (10_000, 500)
    shop.check_books()


def test_a_tier_is_for_its_currency_and_its_time(shop: Shop) -> None:
    make_tier(currency="EUR")
    make_tier(starts_at=MOMENT + DAY)
    make_tier(starts_at=MOMENT - DAY, ends_at=MOMENT)
    make_tier(least_minor=5001)
    add(shop)
    assert held(shop) == (5000, 0)
    add(shop, 5001, now=MOMENT + DAY)
    assert held(shop) == (10_001, 500)


def test_a_tier_that_has_not_begun_never_runs_once_it_is_ended() -> None:
    tier = make_tier(starts_at=MOMENT + DAY)
    assert end_tier(tier_id=tier.pk, now=MOMENT)
    assert not end_tier(tier_id=tier.pk, now=MOMENT)
    tier.refresh_from_db()
    assert tier.ends_at == tier.starts_at


@pytest.mark.parametrize(
    ("least", "bonus", "days", "ends_at"),
    [
        (5000, 0, None, None),
        (5000, 5001, None, None),
        (5000, 500, 0, None),
        (5000, 500, 3651, None),
        (5000, 500, None, MOMENT),
    ],
)
def test_no_tier_is_offered_that_makes_no_sense(
    least: int, bonus: int, days: int | None, ends_at: datetime | None
) -> None:
    wanted = WantedTier(
        least=Money(least, "USD"),
        bonus=Money(bonus, "USD"),
        valid_days=days,
        starts_at=MOMENT,
        ends_at=ends_at,
    )
    with pytest.raises(TierTermsError):
        offer_tier(wanted=wanted, now=MOMENT)
    assert not BonusTier.objects.exists()


def test_money_is_spent_first_and_bonus_for_the_rest(shop: Shop) -> None:
    make_tier(least_minor=4500)
    add(shop, 4500)
    spend(shop)
    assert held(shop) == (2000, 500)
    spend(shop)
    assert held(shop) == (0, 0)
    with pytest.raises(WalletTooLowError):
        spend(shop)
    assert BonusUse.objects.count() == 1
    shop.check_books()


@pytest.mark.parametrize(
    ("money", "bonuses"),
    [(0, []), (2499, []), (999, [1, 1500]), (2500, [700]), (0, [400]), (999, [])],
)
def test_the_wallet_pays_as_the_rule_says(shop: Shop, money: int, bonuses: list[int]) -> None:
    for minor in bonuses:
        tier = make_tier(least_minor=1500, bonus_minor=minor)
        add(shop, 1500)
        end_tier(tier_id=tier.pk, now=MOMENT)
    if money:
        give(shop, money)
    before = held(shop)
    due = split(2500, money_minor=before[0], bonus_minor=before[1])
    if due is None:
        with pytest.raises(WalletTooLowError):
            spend(shop)
        assert held(shop) == before
        return
    number = spend(shop)
    assert held(shop) == (before[0] - due.money_minor, before[1] - due.bonus_minor)
    shop.check_books()
    refund_order(order_number=number, reason="staff", now=MOMENT)
    assert held(shop) == before
    shop.check_books()


def test_what_goes_back_of_an_order_goes_back_to_bonus_first(shop: Shop) -> None:
    make_tier(least_minor=2100)
    add(shop, 2100)
    number = spend(shop)
    assert held(shop) == (0, 100)
    refund_order(order_number=number, reason="staff", part_minor=300, now=MOMENT)
    assert held(shop) == (0, 400)
    refund_order(order_number=number, reason="staff", part_minor=300, now=MOMENT)
    assert held(shop) == (200, 500)
    refund_order(order_number=number, reason="staff", now=MOMENT)
    assert held(shop) == (2100, 500)
    shop.check_books()


def test_what_comes_back_has_the_time_back_for_which_it_was_spent(shop: Shop) -> None:
    make_tier(least_minor=2100, valid_days=10)
    add(shop, 2100)
    number = spend(shop, MOMENT + DAY)
    refund_order(order_number=number, reason="staff", now=MOMENT + 4 * DAY)
    assert Bonus.objects.get().expires_at == MOMENT + 13 * DAY
    shop.check_books()


def test_what_is_left_expires_once_its_time_is_over(shop: Shop) -> None:
    make_tier(least_minor=2100, valid_days=10)
    add(shop, 2100)
    number = spend(shop)
    assert expire_bonuses(now=MOMENT + 10 * DAY - timedelta(seconds=1)) == 0
    assert expire_bonuses(now=MOMENT + 10 * DAY) == 1
    assert expire_bonuses(now=MOMENT + 10 * DAY) == 0
    assert held(shop) == (0, 0)
    assert balance_of(code="bonus_discounts:USD") == 400
    shop.check_books()
    later = MOMENT + 11 * DAY
    refund_order(order_number=number, reason="staff", now=later)
    assert held(shop) == (2100, 400)
    assert expire_bonuses(now=later) == 0, "the time for which it was spent doesn't count"
    assert expire_bonuses(now=later + 10 * DAY) == 1
    assert held(shop) == (2100, 0)
    shop.check_books()


def test_without_days_it_never_expires(shop: Shop) -> None:
    make_tier()
    add(shop)
    assert expire_bonuses(now=MOMENT + 5000 * DAY) == 0


def test_a_refunded_top_up_takes_its_bonus_with_it(shop: Shop) -> None:
    make_tier()
    top_up, payment = add(shop)
    half = payment.received_minor // 2
    refund_top_up(number=top_up.number, reason="person", part_minor=half, now=MOMENT)
    assert held(shop) == (2501, 250)
    refund_top_up(number=top_up.number, reason="person", now=MOMENT)
    push_refunds(now=MOMENT)
    assert held(shop) == (0, 0)
    assert balance_of(code="bonus_discounts:USD") == 0
    shop.check_books()


def test_spent_bonus_is_taken_off_the_refund(shop: Shop) -> None:
    make_tier(least_minor=4500)
    top_up, payment = add(shop, 4500)
    spend(shop)
    spend(shop)
    BonusTier.objects.all().delete()
    add(shop, 4500)
    assert held(shop) == (4500, 0)
    refund = refund_top_up(number=top_up.number, reason="person", now=MOMENT)
    push_refunds(now=MOMENT)
    top_up.refresh_from_db()
    assert (top_up.reversed_minor, held(shop)) == (4050, (0, 0)), "450 were paid for the bonus"
    assert refund.amount_minor < payment.received_minor
    assert balance_of(code="bonus_discounts:USD") == 500 - 450
    with pytest.raises(RefundNotAllowedError):
        refund_top_up(number=top_up.number, reason="person", now=MOMENT)
    shop.check_books()


def test_a_refund_by_hand_takes_the_bonus_back_by_the_same_rule(shop: Shop) -> None:
    make_tier()
    _, payment = add(shop)
    report = shop.provider.refund_by_hand(payment.number, payment.received_minor)
    shop.take(shop.provider.message(report))
    push_refunds(now=MOMENT)
    assert held(shop) == (0, 0)
    shop.check_books()


def test_bonus_is_held_while_its_top_up_is_disputed(shop: Shop) -> None:
    make_tier(valid_days=10)
    _, payment = add(shop)
    hear(shop, payment, OPEN)
    give(shop, 2400)
    assert held(shop) == (2400, 0)
    with pytest.raises(WalletTooLowError):
        spend(shop)
    assert expire_bonuses(now=MOMENT + 20 * DAY) == 0
    shop.check_books()
    won = shop.provider.message(shop.provider.dispute(payment.number, WON))
    shop.take(won, now=MOMENT + 5 * DAY)
    assert held(shop) == (7400, 500)
    assert Bonus.objects.get().expires_at == MOMENT + 15 * DAY
    shop.check_books()


@pytest.mark.parametrize("spent", [0, 1])
def test_a_lost_dispute_takes_what_is_left_of_the_bonus(shop: Shop, spent: int) -> None:
    make_tier(least_minor=2100)
    _, payment = add(shop, 2100)
    numbers = [spend(shop) for _ in range(spent)]
    hear(shop, payment, OPEN)
    assert held(shop) == (0, 0)
    hear(shop, payment, LOST)
    give(shop, 5000)
    assert held(shop) == (5000, 0), "what was added later is not touched"
    shop.check_books()
    for number in numbers:
        refund_order(order_number=number, reason="staff", now=MOMENT)
        assert held(shop) == (7100, 0), "what comes back of it is taken too"
    shop.check_books()


def test_bonus_that_comes_back_during_a_dispute_is_held(shop: Shop) -> None:
    make_tier(least_minor=2100)
    _, payment = add(shop, 2100)
    number = spend(shop)
    hear(shop, payment, OPEN)
    refund_order(order_number=number, reason="staff", now=MOMENT)
    assert held(shop) == (2100, 0)
    shop.check_books()
    hear(shop, payment, WON)
    assert held(shop) == (2100, 500)
    shop.check_books()


def test_bonus_of_a_refunded_top_up_that_comes_back_was_paid_for(shop: Shop) -> None:
    make_tier(least_minor=2100)
    top_up, _ = add(shop, 2100)
    number = spend(shop)
    give(shop, 3000)
    refund_top_up(number=top_up.number, reason="person", now=MOMENT)
    push_refunds(now=MOMENT)
    assert held(shop) == (500, 0), "2,100 went back, and 400 paid for the spent bonus"
    refund_order(order_number=number, reason="staff", now=MOMENT)
    assert held(shop) == (2600, 400)
    assert Refund.objects.count() == 2
    shop.check_books()
