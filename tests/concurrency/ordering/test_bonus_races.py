"""A person's last bonus, wanted from several sides at once, goes to one of them."""

from functools import partial
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.ledger.queries import spendable_in, wallet_drifts, wallet_in
from limosa.domain.ledger.wallets import lock_wallet
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.payments.status_reports import DisputeOutcome
from limosa.domain.wallets.models import Bonus, BonusUse, WalletTopUp
from limosa.domain.wallets.operations import use_bonus as using
from limosa.domain.wallets.operations.expire_bonuses import expire_bonuses
from limosa.domain.wallets.operations.place_top_up import place_top_up
from limosa.foundation.money import Money
from tests.books import check_books
from tests.concurrency.ordering.test_order_races import hear, place, start
from tests.concurrency.ordering.test_wallet_races import give_back, spend
from tests.concurrency.together import run_together
from tests.factories import MOMENT
from tests.factories.bonuses import make_tier
from tests.fakes.provider import FakeProvider

pytestmark = pytest.mark.django_db(transaction=True)


def topped_up(provider: FakeProvider, order: Order) -> tuple[WalletTopUp, str]:
    """Return a paid top-up of 20 dollars with five of bonus, by who placed an order for 25; and its
    payment's number."""
    make_tier(least_minor=2000, valid_days=1)
    top_up = place_top_up(
        subscriber=order.subscriber, amount=Money(2000, "USD"), key="page", now=MOMENT
    )
    payment = start(top_up)  # type: ignore[arg-type]
    hear(provider.message(provider.pay(payment.number, at=MOMENT)))
    return top_up, payment.number


def held(order: Order) -> tuple[int, int]:
    whose: dict[str, Any] = {"subscriber_id": order.subscriber_id, "currency": "USD"}
    held = spendable_in(**whose)
    return held.money.amount_minor, held.bonus.amount_minor


def check_at_rest(provider: FakeProvider) -> None:
    push_refunds(now=MOMENT)
    assert wallet_drifts() == []
    check_books(statements={"fake": provider.statement()})


def test_bonus_is_spent_or_taken_back_with_its_top_up(provider: FakeProvider) -> None:
    order = place()
    top_up, _ = topped_up(provider, order)
    said = sorted(run_together([partial(spend, order), partial(give_back, top_up)]))
    assert said in (["RefundNotAllowedError", "succeeded"], ["WalletTooLowError", "requested"])
    assert held(order) == (0, 0)
    check_at_rest(provider)


def test_bonus_is_spent_or_held_for_a_dispute(provider: FakeProvider) -> None:
    order = place()
    _, number = topped_up(provider, order)
    opened = provider.message(provider.dispute(number, DisputeOutcome.OPEN))
    said = sorted(run_together([partial(spend, order), partial(hear, opened)]))
    assert said in (["WalletTooLowError", "disputed"], ["disputed", "succeeded"])
    assert held(order) == (0, 0)
    check_at_rest(provider)
    hear(provider.message(provider.dispute(number, DisputeOutcome.LOST)))
    check_at_rest(provider)


def test_bonus_is_spent_or_expires(provider: FakeProvider) -> None:
    order = place()
    topped_up(provider, order)
    Bonus.objects.update(expires_at=MOMENT)

    def expire() -> str:
        return str(expire_bonuses(now=MOMENT))

    said = run_together([partial(spend, order), expire, expire])
    bonus = Bonus.objects.get()
    assert (bonus.used_minor, bonus.expired_minor) == (
        (500, 0) if "succeeded" in said else (0, 500)
    )
    check_at_rest(provider)


def test_bonus_comes_back_and_its_top_up_goes_back(provider: FakeProvider) -> None:
    """The person has both at the end, or neither: what they had of the bonus is paid for."""
    order = place()
    top_up, _ = topped_up(provider, order)
    spend(order)
    gift = Money(2500, "USD")
    credit_wallet(subscriber_id=order.subscriber_id, amount=gift, key="gift", now=MOMENT)

    def return_order() -> str:
        return refund_order(order_number=order.number, reason="staff", now=MOMENT).state

    said = sorted(run_together([return_order, partial(give_back, top_up)]))
    assert said == ["requested", "requested"]
    bonus = Bonus.objects.get()
    assert bonus.taken_minor + bonus.paid_minor == 500
    assert sum(held(order)) == 2500
    check_at_rest(provider)


def test_without_the_lock_the_same_bonus_is_drawn_twice(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: only the books then keep it from being spent twice."""
    order = place()
    top_up, _ = topped_up(provider, order)
    threads = []

    def unlocked(**whose: Any) -> Money:
        monkeypatch.setattr(using, "lock_wallet", lock_wallet)
        found = wallet_in(**whose)

        def give_back_elsewhere() -> None:
            give_back(top_up)
            connection.close()

        other = Thread(target=give_back_elsewhere)
        other.start()
        other.join()
        threads.append(other)
        return found

    monkeypatch.setattr(using, "lock_wallet", unlocked)
    assert run_together([partial(spend, order)]) == ["WalletTooLowError"]
    assert len(threads) == 1
    assert not BonusUse.objects.exists()
    check_at_rest(provider)
