"""Members of staff who put the same failed refund into the wallet at once do it once."""

from threading import Barrier
from typing import Any

import pytest
from django.db.models import QuerySet

from limosa.domain.ledger.queries import balance_of, wallet_in
from limosa.domain.ordering.engine.worth import worth
from limosa.domain.ordering.models import StartRule
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.put_refund_in_wallet import put_refund_in_wallet
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.payments.handles import refund_handle
from limosa.domain.payments.models import Refund, RefundState
from limosa.domain.payments.status_reports import RefundOutcome
from limosa.foundation.money import Money
from tests.concurrency.together import run_together
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.factories.catalog import make_plan
from tests.factories.esims import make_bundle
from tests.fakes.provider import FakeProvider

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 4


@pytest.fixture
def refund(provider: FakeProvider) -> Refund:
    """A refund of 25 dollars whose money came back."""
    shop = Shop(provider, make_bundle(plan=make_plan()))
    payment = shop.pay(shop.place(rule=StartRule.NOW))
    refund = refund_order(order_number=payment.order_number, reason="staff", now=MOMENT)
    push_refunds(now=MOMENT)
    provider.end_refund(refund.number, RefundOutcome.FAILED)
    shop.take(provider.message(provider.query_refund(refund_handle(refund))))
    push_refunds(now=MOMENT)
    refund.refresh_from_db()
    assert refund.state == RefundState.FAILED
    return refund


def put_at_once(refund: Refund) -> list[str]:
    def put() -> str:
        return put_refund_in_wallet(refund_number=refund.number, now=MOMENT).state

    return sorted(run_together([put] * THREADS))


def in_wallet(refund: Refund) -> Money:
    return wallet_in(subscriber_id=refund.payment.subscriber_id, currency="USD")


def test_one_of_them_does_it_and_the_others_are_told(refund: Refund) -> None:
    said = put_at_once(refund)
    assert said.count("RefundNotAllowedError") == THREADS - 1
    assert in_wallet(refund) == Money(2500, "USD")
    assert balance_of(code="refunds_payable:fake:CNY") == 0


def test_without_the_locks_only_the_entrys_key_keeps_it_once(
    refund: Refund, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: all have seen the refund owed before any settles it."""
    all_have_seen = Barrier(THREADS)

    def see_together(*arguments: Any) -> Money:
        all_have_seen.wait(timeout=10)
        return worth(*arguments)

    monkeypatch.setattr(f"{put_refund_in_wallet.__module__}.worth", see_together)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows.all())
    said = put_at_once(refund)
    assert "RefundNotAllowedError" not in said
    assert in_wallet(refund) == Money(2500, "USD")
