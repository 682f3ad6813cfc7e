"""Who gets money back, and that a refund is carried through whatever the provider answers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from limosa.domain.esims.models import Bundle, BundleState
from limosa.domain.ledger.queries import balance_of, wallet_in
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import Order, OrderState, StartRule
from limosa.domain.ordering.operations.apply_refund_status import apply_refund_status
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.refusals import RefundNotAllowedError
from limosa.domain.payments.handles import refund_handle, refund_request
from limosa.domain.payments.models import Payment, Refund, RefundState
from limosa.domain.payments.requests import RefundRequest
from limosa.domain.payments.status_reports import RefundOutcome, RefundStatusReport
from limosa.foundation.errors import ProviderError
from limosa.foundation.money import Money
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.factories.charging import make_usage_record

pytestmark = pytest.mark.django_db
SUCCEEDED, FAILED = RefundOutcome.SUCCEEDED, RefundOutcome.FAILED


def after(seconds: float) -> datetime:
    return MOMENT + timedelta(seconds=seconds)


def paid(shop: Shop) -> Order:
    order = shop.place(rule=StartRule.NOW)
    shop.pay(order)
    return Order.objects.get(pk=order.pk)


def ask_back(order: Order, now: datetime = MOMENT) -> Refund:
    return refund_order(order_number=order.number, reason="asked", now=now)


def refund_of(order: Order) -> Refund:
    return Refund.objects.select_related("payment").get(payment__order_number=order.number)


def _use(bundle: Bundle) -> None:
    record = make_usage_record(esim=bundle.esim, downlink_bytes=1, uplink_bytes=0)
    record.deductions.create(bundle=bundle, deducted_bytes=1)
    Bundle.objects.filter(pk=bundle.pk).update(used_bytes=1)


def _end(bundle: Bundle) -> None:
    Bundle.objects.filter(pk=bundle.pk).update(state=BundleState.EXPIRED, ended_at=MOMENT)


def _let_time_pass(bundle: Bundle) -> None:
    """The worker has not written it yet."""
    Bundle.objects.filter(pk=bundle.pk).update(starts_at=after(-60), ends_at=MOMENT)


@pytest.mark.parametrize("spoil", [_use, _end, _let_time_pass])
def test_what_was_used_or_is_over_is_not_paid_back(
    shop: Shop, spoil: Callable[[Bundle], None]
) -> None:
    order = paid(shop)
    spoil(Bundle.objects.get(order_number=order.number))
    with pytest.raises(RefundNotAllowedError):
        ask_back(order)
    assert not Refund.objects.exists()
    assert Order.objects.get().state == OrderState.FULFILLED
    shop.check_books()


def test_an_order_that_was_never_paid_is_not_paid_back(shop: Shop) -> None:
    order = shop.place()
    with pytest.raises(RefundNotAllowedError):
        ask_back(order)


def test_an_order_is_paid_back_once(shop: Shop) -> None:
    order = paid(shop)
    ask_back(order)
    with pytest.raises(RefundNotAllowedError):
        ask_back(order)
    push_refunds(now=MOMENT)
    assert Refund.objects.count() == 1
    assert shop.provider.statement() == {}
    shop.check_books()


def test_the_wallet_has_it_back_at_once_and_nobody_is_asked(shop: Shop) -> None:
    order = shop.place()
    shop.pay_from_wallet(order)
    assert wallet_in(subscriber_id=order.subscriber_id, currency="USD") == Money(0, "USD")
    assert ask_back(order).number == refund_of(order).number
    assert refund_of(order).state == RefundState.SUCCEEDED
    assert wallet_in(subscriber_id=order.subscriber_id, currency="USD") == Money(2500, "USD")
    assert push_refunds(now=after(60)) == 0
    shop.check_books()


def refuse(*, is_retryable: bool) -> Callable[..., RefundStatusReport]:
    def answer(*_: object, **__: object) -> RefundStatusReport:
        raise ProviderError("no", retryable=is_retryable)

    return answer


def test_a_silent_provider_is_asked_again_each_minute_with_the_same_number(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = paid(shop)
    ask_back(order)
    with monkeypatch.context() as patch:
        patch.setattr(shop.provider, "refund", refuse(is_retryable=True))
        assert [push_refunds(now=after(second)) for second in (0, 59, 60)] == [1, 0, 1]
    shop.check_books()  # Owed, and not given yet.
    assert balance_of(code="refunds_payable:fake:CNY") == -refund_of(order).amount_minor
    assert push_refunds(now=after(120)) == 1
    assert refund_of(order).state == RefundState.SUCCEEDED
    assert shop.provider.statement() == {}
    shop.check_books()


def test_one_that_got_through_though_its_answer_was_lost_is_given_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = paid(shop)
    ask_back(order)
    genuine = shop.provider.refund

    def lose_the_answer(request: RefundRequest) -> RefundStatusReport:
        genuine(request)
        raise ProviderError("no answer", retryable=True)

    with monkeypatch.context() as patch:
        patch.setattr(shop.provider, "refund", lose_the_answer)
        push_refunds(now=MOMENT)
    push_refunds(now=after(60))
    assert shop.provider.statement() == {}
    shop.check_books()


def test_the_providers_name_of_it_is_kept_from_whoever_brings_it(shop: Shop) -> None:
    """A settlement may name it by nothing else, and the answer may have been lost."""
    refund = refund_order(order_number=paid(shop).number, reason="asked", now=MOMENT)
    report = shop.provider.refund(refund_request(refund))
    apply_refund_status(report=report, now=MOMENT)
    refund.refresh_from_db()
    assert (refund.state, refund.reference) == (RefundState.SUCCEEDED, report.reference)
    assert refund.reference


def test_one_that_takes_its_time_is_asked_after_until_it_is_done(shop: Shop) -> None:
    order = paid(shop)
    ask_back(order)
    shop.provider.refunds_wait = True
    push_refunds(now=MOMENT)
    push_refunds(now=after(60))
    assert refund_of(order).state == RefundState.SENT
    shop.check_books()
    shop.provider.end_refund(refund_of(order).number)
    push_refunds(now=after(120))
    assert refund_of(order).state == RefundState.SUCCEEDED
    assert push_refunds(now=after(9999)) == 0
    shop.check_books()


def test_one_that_the_provider_has_forgotten_is_asked_for_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = paid(shop)
    ask_back(order)
    Refund.objects.update(state=RefundState.SENT)
    push_refunds(now=MOMENT)  # It has never heard of it.
    assert refund_of(order).state == RefundState.REQUESTED
    push_refunds(now=after(60))
    assert refund_of(order).state == RefundState.SUCCEEDED
    shop.check_books()


def test_one_that_is_refused_is_shown_and_tried_again_each_hour(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = paid(shop)
    ask_back(order)
    with monkeypatch.context() as patch:
        patch.setattr(shop.provider, "refund", refuse(is_retryable=False))
        assert [push_refunds(now=after(second)) for second in (0, 3599)] == [1, 0]
    assert refund_of(order).payment.problem == "refund_refused"
    shop.check_books()
    assert push_refunds(now=after(3600)) == 1
    done = refund_of(order)
    assert (done.state, done.payment.problem) == (RefundState.SUCCEEDED, "")
    shop.check_books()


def test_one_that_fails_stays_owed_until_the_operators_have_ended_it(shop: Shop) -> None:
    order = paid(shop)
    refund = ask_back(order)
    shop.provider.refunds_wait = True
    push_refunds(now=MOMENT)
    report = shop.provider.query_refund(refund_handle(refund))
    assert (
        apply_refund_status(report=replace(report, outcome=FAILED), now=after(1)) == "refund_failed"
    )
    assert apply_refund_status(report=replace(report, outcome=FAILED), now=after(2)) == "no_news"
    failed = refund_of(order)
    assert (failed.state, failed.payment.problem) == (RefundState.FAILED, "refund_failed")
    assert push_refunds(now=after(9999)) == 0
    shop.check_books()
    assert not Notification.objects.filter(kind="order_refunded").exists()

    done = shop.provider.end_refund(refund.number)
    assert apply_refund_status(report=done, now=after(10_000)) == "refunded"
    assert refund_of(order).payment.problem == ""
    assert Notification.objects.filter(kind="order_refunded").count() == 1
    shop.check_books()


def test_what_succeeded_is_final(shop: Shop) -> None:
    order = paid(shop)
    refund = ask_back(order)
    push_refunds(now=MOMENT)
    report = shop.provider.query_refund(refund_handle(refund))
    for outcome in set(RefundOutcome) - {FAILED}:  # See test_refunds_that_come_back.
        late = apply_refund_status(report=replace(report, outcome=outcome), now=after(60))
        assert late == "already_applied"
    shop.check_books()


def test_news_of_an_unknown_refund_changes_nothing(shop: Shop) -> None:
    report = RefundStatusReport(refund_number="LR0", payment_number="LM0", outcome=SUCCEEDED)
    assert apply_refund_status(report=report, now=MOMENT) == "unknown_refund"
    assert not Payment.objects.exists()
    shop.check_books()
