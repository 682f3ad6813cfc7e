"""A refund and a dispute of one payment, in any order: the payer has the money once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from limosa.domain.ledger.queries import balance_of
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import Order, OrderState, StartRule
from limosa.domain.ordering.operations.apply_refund_status import apply_refund_status
from limosa.domain.ordering.operations.deliver_waiting_orders import deliver_waiting_orders
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.receive_notification import receive_notification
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.payments.handles import refund_handle
from limosa.domain.payments.models import Dispute, Payment, Refund, RefundState
from limosa.domain.payments.status_reports import DisputeOutcome, RefundOutcome, RefundStatusReport
from limosa.foundation.errors import ProviderError
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db
OPEN, WON, LOST = DisputeOutcome.OPEN, DisputeOutcome.WON, DisputeOutcome.LOST
PAYABLE, LOSSES, CLEARING = "refunds_payable:fake:CNY", "losses:CNY", "clearing:fake:CNY"


def after(seconds: float) -> datetime:
    return MOMENT + timedelta(seconds=seconds)


def paid(shop: Shop) -> Payment:
    return shop.pay(shop.place(rule=StartRule.NOW))


def ask_back(payment: Payment, part_minor: int | None = None) -> Refund:
    return refund_order(
        order_number=payment.order_number, reason="staff", now=MOMENT, part_minor=part_minor
    )


def hear_dispute(
    shop: Shop,
    payment: Payment,
    outcome: DisputeOutcome,
    *,
    minor: int | None = None,
    now: datetime = MOMENT,
) -> str:
    report = shop.provider.dispute(payment.number, outcome, amount_minor=minor)
    message = shop.provider.message(report)
    return receive_notification(
        provider_code="fake", headers=message.headers, body=message.body, now=now
    )


def hear_refund(shop: Shop, refund: Refund, outcome: RefundOutcome) -> str:
    report = replace(shop.provider.query_refund(refund_handle(refund)), outcome=outcome)
    return shop.take(shop.provider.message(report))


def read(refund: Refund) -> Refund:
    return Refund.objects.select_related("payment").get(pk=refund.pk)


def no_more_is_given_than_was_paid(payment: Payment) -> None:
    refunds = Refund.objects.filter(payment=payment)
    disputes = Dispute.objects.filter(payment=payment, state="lost")
    lost = sum(one.amount_minor - one.reversed_minor - one.settled_minor for one in disputes)
    lost += sum(one.settled_minor for one in refunds if one.state == RefundState.SUCCEEDED)
    given = sum(one.amount_minor for one in disputes)
    given += sum(
        one.amount_minor if one.state == RefundState.SUCCEEDED else one.owed_minor
        for one in refunds
    )
    assert given - lost <= payment.received_minor


def _request(shop: Shop, payment: Payment) -> Refund:
    return ask_back(payment)


def _send(shop: Shop, payment: Payment) -> Refund:
    shop.provider.refunds_wait = True
    refund = ask_back(payment)
    push_refunds(now=MOMENT)
    return refund


def _fail(shop: Shop, payment: Payment) -> Refund:
    refund = _send(shop, payment)
    shop.provider.end_refund(refund.number, RefundOutcome.FAILED)
    push_refunds(now=after(60))
    assert read(refund).state == RefundState.FAILED
    return refund


OWED = [_request, _send, _fail]


@pytest.mark.parametrize("owe", OWED)
def test_a_lost_dispute_settles_the_refund_that_is_owed(
    shop: Shop, owe: Callable[[Shop, Payment], Refund]
) -> None:
    payment = paid(shop)
    refund = owe(shop, payment)
    assert balance_of(code=PAYABLE) == -payment.received_minor
    hear_dispute(shop, payment, OPEN)
    assert hear_dispute(shop, payment, LOST) == "dispute_lost"
    assert hear_dispute(shop, payment, LOST) == "already_applied"
    done = read(refund)
    assert (done.state, done.settled_minor) == (RefundState.SETTLED, payment.received_minor)
    assert done.payment.problem == ""
    assert Dispute.objects.get().settled_minor == payment.received_minor
    assert [balance_of(code=code) for code in (PAYABLE, LOSSES, CLEARING)] == [0, 0, 0]
    assert not Notification.objects.filter(kind="order_refunded").exists()
    no_more_is_given_than_was_paid(payment)
    shop.check_books()


@pytest.mark.parametrize("owe", OWED)
def test_a_settled_refund_is_not_asked_for_again_and_nothing_more_goes_back(
    shop: Shop, owe: Callable[[Shop, Payment], Refund]
) -> None:
    payment = paid(shop)
    refund = owe(shop, payment)
    hear_dispute(shop, payment, LOST)
    if refund.number in shop.provider.refunds:
        shop.provider.end_refund(refund.number, RefundOutcome.FAILED)
    push_refunds(now=after(120))  # It asks once what became of it.
    assert push_refunds(now=after(9999)) == 0
    assert read(refund).state == RefundState.SETTLED
    assert shop.provider.statement() == {}
    shop.check_books()


def test_while_a_dispute_is_open_the_provider_is_not_asked_for_the_refund(shop: Shop) -> None:
    payment = paid(shop)
    refund = ask_back(payment)
    hear_dispute(shop, payment, OPEN)
    assert push_refunds(now=after(9999)) == 0
    assert read(refund).payment.problem == "disputed"
    shop.check_books()


def test_one_that_the_provider_has_is_asked_after_though_a_dispute_is_open(shop: Shop) -> None:
    payment = paid(shop)
    refund = _send(shop, payment)
    hear_dispute(shop, payment, OPEN)
    shop.provider.end_refund(refund.number, RefundOutcome.FAILED)
    assert push_refunds(now=after(60)) == 1
    failed = read(refund)
    # The dispute is what is looked at first; the failure comes up when it is decided.
    assert (failed.state, failed.payment.problem) == (RefundState.FAILED, "disputed")
    hear_dispute(shop, payment, WON)
    assert shop.read(payment).problem == "refund_failed"
    shop.check_books()


def test_a_dispute_that_is_won_has_the_refund_pushed_again(shop: Shop) -> None:
    payment = paid(shop)
    refund = ask_back(payment)
    hear_dispute(shop, payment, OPEN)
    hear_dispute(shop, payment, WON, now=after(60))
    assert push_refunds(now=after(60)) == 1
    assert read(refund).state == RefundState.SUCCEEDED
    assert shop.provider.statement() == {}
    shop.check_books()


def test_one_that_was_refused_before_the_news_is_pushed_at_once_when_the_dispute_is_won(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> RefundStatusReport:
        raise ProviderError("charge_disputed", retryable=False)

    payment = paid(shop)
    refund = ask_back(payment)
    with monkeypatch.context() as patch:
        patch.setattr(shop.provider, "refund", refuse)
        push_refunds(now=MOMENT)
    assert shop.read(payment).problem == "refund_refused"
    hear_dispute(shop, payment, OPEN)
    hear_dispute(shop, payment, WON, now=after(60))
    assert shop.read(payment).problem == ""
    assert push_refunds(now=after(60)) == 1
    assert read(refund).state == RefundState.SUCCEEDED
    shop.check_books()


def test_a_refusal_that_comes_after_the_news_does_not_hide_the_dispute(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = paid(shop)
    refund = ask_back(payment)

    def refuse(*_: object) -> RefundStatusReport:
        hear_dispute(shop, payment, OPEN)  # It arrives during the call.
        raise ProviderError("charge_disputed", retryable=False)

    monkeypatch.setattr(shop.provider, "refund", refuse)
    push_refunds(now=MOMENT)
    assert shop.read(payment).problem == "disputed"
    assert read(refund).state == RefundState.REQUESTED
    hear_dispute(shop, payment, LOST)
    assert (read(refund).state, shop.read(payment).problem) == (RefundState.SETTLED, "")
    shop.check_books()


def test_one_that_succeeds_after_the_dispute_was_lost_is_a_loss_and_is_shown(shop: Shop) -> None:
    payment = paid(shop)
    refund = _send(shop, payment)
    hear_dispute(shop, payment, LOST)
    shop.provider.end_refund(refund.number)
    assert hear_refund(shop, refund, RefundOutcome.SUCCEEDED) == "differs_ask_again"
    assert read(refund).state == RefundState.SETTLED
    push_refunds(now=MOMENT)
    done = read(refund)
    assert (done.state, done.payment.problem) == (RefundState.SUCCEEDED, "refund_twice")
    assert balance_of(code=LOSSES) == payment.received_minor
    assert balance_of(code=PAYABLE) == 0
    assert not Notification.objects.filter(kind="order_refunded").exists()
    shop.check_books()


def test_the_order_of_success_and_loss_makes_no_difference_to_the_books(shop: Shop) -> None:
    balances = []
    for is_late in (False, True):
        payment = paid(shop)
        refund = _send(shop, payment)
        before = [balance_of(code=code) for code in (PAYABLE, LOSSES, CLEARING)]
        if not is_late:
            shop.provider.end_refund(refund.number)
            push_refunds(now=after(60))
        hear_dispute(shop, payment, LOST)
        if is_late:
            shop.provider.end_refund(refund.number)
            push_refunds(now=after(60))
        moved = [balance_of(code=code) for code in (PAYABLE, LOSSES, CLEARING)]
        balances.append([now - then for now, then in zip(moved, before, strict=True)])
        shop.check_books()
    assert balances[0] == balances[1]


def test_a_stale_word_of_success_does_not_end_what_the_provider_did_not_give(shop: Shop) -> None:
    payment = paid(shop)
    refund = _send(shop, payment)
    hear_dispute(shop, payment, LOST)
    shop.provider.end_refund(refund.number, RefundOutcome.FAILED)
    for _ in range(2):
        assert hear_refund(shop, refund, RefundOutcome.SUCCEEDED) == "differs_ask_again"
        push_refunds(now=MOMENT)
        assert read(refund).state == RefundState.SETTLED
    assert push_refunds(now=after(9999)) == 0
    shop.check_books()


@pytest.mark.parametrize("outcome", [RefundOutcome.FAILED, RefundOutcome.PENDING])
def test_a_settled_refund_that_fails_or_still_waits_stays_settled(
    shop: Shop, outcome: RefundOutcome
) -> None:
    payment = paid(shop)
    refund = _send(shop, payment)
    hear_dispute(shop, payment, LOST)
    assert hear_refund(shop, refund, outcome) == "already_applied"
    assert read(refund).state == RefundState.SETTLED
    shop.check_books()


def test_one_that_got_through_during_the_dispute_is_asked_after_until_it_ends(shop: Shop) -> None:
    payment = paid(shop)
    refund = _send(shop, payment)
    Refund.objects.update(state=RefundState.REQUESTED, reference="")  # The answer was lost.
    hear_dispute(shop, payment, LOST)
    assert push_refunds(now=MOMENT) == 1
    assert push_refunds(now=after(60)) == 1
    shop.provider.end_refund(refund.number)
    assert push_refunds(now=after(120)) == 1
    assert read(refund).state == RefundState.SUCCEEDED
    assert push_refunds(now=after(9999)) == 0
    shop.check_books()


def test_a_part_that_was_owed_is_settled_and_the_rest_undoes_the_sale(shop: Shop) -> None:
    payment = paid(shop)
    refund = ask_back(payment, 1000)
    hear_dispute(shop, payment, LOST)
    assert (read(refund).state, read(refund).settled_minor) == (RefundState.SETTLED, 1000)
    dispute = Dispute.objects.get()
    assert dispute.reversed_minor == payment.received_minor - 1000
    assert Order.objects.get(number=payment.order_number).state == OrderState.REFUNDED
    assert balance_of(code=LOSSES) == 0
    no_more_is_given_than_was_paid(payment)
    shop.check_books()


def test_a_dispute_of_a_part_leaves_room_for_the_refund_of_another(shop: Shop) -> None:
    payment = paid(shop)
    refund = ask_back(payment, 1000)
    hear_dispute(shop, payment, LOST, minor=2000)
    assert (read(refund).state, Dispute.objects.get().settled_minor) == ("requested", 0)
    push_refunds(now=after(60))
    assert read(refund).state == RefundState.SUCCEEDED
    no_more_is_given_than_was_paid(payment)
    shop.check_books()


@pytest.mark.parametrize("owe", OWED)
def test_a_dispute_of_a_part_settles_a_part_and_the_rest_is_for_a_person(
    shop: Shop, owe: Callable[[Shop, Payment], Refund]
) -> None:
    payment = paid(shop)
    refund = owe(shop, payment)
    hear_dispute(shop, payment, LOST, minor=1000)
    left = read(refund)
    assert (left.state, left.settled_minor) == (RefundState.FAILED, 1000)
    assert left.payment.problem == "refund_failed"
    assert balance_of(code=PAYABLE) == 1000 - payment.received_minor
    push_refunds(now=after(60))
    asked_twice = shop.provider.refunds.keys() - {refund.number}
    assert not asked_twice
    no_more_is_given_than_was_paid(payment)
    shop.check_books()


def test_money_that_pays_nothing_and_is_disputed_goes_back_once(shop: Shop) -> None:
    order = shop.place(rule=StartRule.NOW)
    first, second = shop.start(order), shop.start(order, method="h5")
    for payment in (first, second):
        shop.take(shop.provider.message(shop.provider.pay(payment.number, at=MOMENT)))
    refund = Refund.objects.get(payment=second)
    hear_dispute(shop, second, LOST)
    assert read(refund).state == RefundState.SETTLED
    push_refunds(now=after(60))
    assert shop.provider.statement() == {"CNY": shop.read(first).received_minor}
    assert balance_of(code=LOSSES) == 0
    shop.check_books()


def test_a_second_dispute_settles_what_the_first_left(shop: Shop) -> None:
    payment = paid(shop)
    refund = ask_back(payment)
    hear_dispute(shop, payment, LOST, minor=1000)
    report = replace(
        shop.provider.dispute(payment.number, LOST, amount_minor=1000), reference="another"
    )
    message = shop.provider.message(report)
    shop.take(message)
    assert read(refund).settled_minor == 2000
    assert Dispute.objects.filter(settled_minor=1000).count() == 2
    no_more_is_given_than_was_paid(payment)


def test_only_what_is_answered_changes_what_has_ended(shop: Shop) -> None:
    payment = paid(shop)
    refund = _fail(shop, payment)
    report = shop.provider.end_refund(refund.number)
    assert apply_refund_status(report=report, now=after(61), is_answer=False) == "differs_ask_again"
    assert read(refund).state == RefundState.FAILED
    assert push_refunds(now=after(61)) == 1
    assert (read(refund).state, read(refund).payment.problem) == (RefundState.SUCCEEDED, "")
    shop.check_books()


def test_one_that_is_disputed_and_not_delivered_does_not_hold_up_the_others(shop: Shop) -> None:
    shop.pause()
    disputed, other = paid(shop), paid(shop)
    hear_dispute(shop, disputed, OPEN)
    deliver_waiting_orders(now=after(16 * 60))
    states = [Order.objects.get(number=payment.order_number).state for payment in (disputed, other)]
    assert states == [OrderState.PAID, OrderState.REFUNDED]
    hear_dispute(shop, disputed, WON)
    deliver_waiting_orders(now=after(17 * 60))
    assert Order.objects.get(number=disputed.order_number).state == OrderState.REFUNDED
    push_refunds(now=after(17 * 60))
    shop.check_books()
