"""A refund that had arrived and comes back is owed again: by another way, and never to nowhere."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from limosa.domain.accounts.models import Subscriber, UnappliedFunds
from limosa.domain.ledger.models import JournalEntry
from limosa.domain.ledger.queries import balance_of, wallet_in
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import StartRule
from limosa.domain.ordering.operations.apply_refund_status import apply_refund_status
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.put_refund_in_wallet import put_refund_in_wallet
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.queries import order_view
from limosa.domain.ordering.refusals import RefundNotAllowedError
from limosa.domain.payments.handles import refund_handle
from limosa.domain.payments.models import Dispute, Payment, Refund, RefundState
from limosa.domain.payments.requests import RefundRequest
from limosa.domain.payments.status_reports import (
    DisputeOutcome,
    RefundOutcome,
    RefundStatusReport,
)
from limosa.foundation.money import Money
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db
SUCCEEDED, FAILED, PENDING = RefundOutcome.SUCCEEDED, RefundOutcome.FAILED, RefundOutcome.PENDING
PAYABLE, LOSSES, CLEARING = "refunds_payable:fake:CNY", "losses:CNY", "clearing:fake:CNY"


def after(seconds: float) -> datetime:
    return MOMENT + timedelta(seconds=seconds)


def arrived(shop: Shop, part_minor: int | None = None) -> Refund:
    """Return a refund whose money has arrived."""
    payment = shop.pay(shop.place(rule=StartRule.NOW))
    refund = refund_order(
        order_number=payment.order_number, reason="staff", now=MOMENT, part_minor=part_minor
    )
    push_refunds(now=MOMENT)
    assert read(refund).state == RefundState.SUCCEEDED
    return read(refund)


def read(refund: Refund) -> Refund:
    return Refund.objects.select_related("payment").get(pk=refund.pk)


def hear(shop: Shop, refund: Refund, outcome: RefundOutcome) -> str:
    report = replace(shop.provider.query_refund(refund_handle(refund)), outcome=outcome)
    return shop.take(shop.provider.message(report))


def come_back(shop: Shop, refund: Refund, *, now: datetime = MOMENT) -> Refund:
    """Have the money come back, and us hear of it."""
    shop.provider.end_refund(refund.number, FAILED)
    assert hear(shop, refund, FAILED) == "differs_ask_again"
    push_refunds(now=now)
    return read(refund)


def dispute(shop: Shop, payment: Payment, outcome: DisputeOutcome) -> str:
    return shop.take(shop.provider.message(shop.provider.dispute(payment.number, outcome)))


def balances() -> list[int]:
    return [balance_of(code=code) for code in (PAYABLE, LOSSES, CLEARING)]


def wallet(refund: Refund, currency: str = "USD") -> Money:
    return wallet_in(subscriber_id=refund.payment.subscriber_id, currency=currency)


def test_it_is_owed_again_shown_to_the_staff_and_told_to_the_person(shop: Shop) -> None:
    refund = come_back(shop, arrived(shop))
    assert (refund.state, refund.came_back) == (RefundState.FAILED, 1)
    assert refund.payment.problem == "refund_came_back"
    assert balances() == [-refund.amount_minor, 0, refund.amount_minor]
    assert shop.provider.statement() == {"CNY": refund.amount_minor}
    message = Notification.objects.get(kind="refund_came_back")
    assert message.parameters["amount_minor"] == refund.amount_minor
    shop.check_books()


def test_the_person_is_not_shown_that_it_arrived(shop: Shop) -> None:
    refund = come_back(shop, arrived(shop))
    order = refund.payment.subscriber.orders.get(number=refund.payment.order_number)
    view = order_view(order=order, now=MOMENT)
    assert not view.is_final
    assert [step.happened_at for step in view.steps if step.kind == "refunded"] == [None]


def test_hearing_it_again_changes_nothing(shop: Shop) -> None:
    refund = come_back(shop, arrived(shop))
    entries = JournalEntry.objects.count()
    for _ in range(2):
        assert hear(shop, refund, FAILED) == "no_news"
    report = shop.provider.query_refund(refund_handle(refund))
    assert apply_refund_status(report=report, now=after(60)) == "no_news"
    assert push_refunds(now=after(9999)) == 0
    assert (read(refund).came_back, JournalEntry.objects.count()) == (1, entries)
    assert Notification.objects.filter(kind="refund_came_back").count() == 1
    shop.check_books()


def test_a_stale_word_of_success_does_not_close_it_again(shop: Shop) -> None:
    refund = come_back(shop, arrived(shop))
    assert hear(shop, refund, SUCCEEDED) == "differs_ask_again"
    assert push_refunds(now=MOMENT) == 1  # The provider itself says that it failed.
    assert read(refund).state == RefundState.FAILED
    assert push_refunds(now=after(9999)) == 0
    shop.check_books()


def test_a_stale_word_of_failure_does_not_open_what_the_provider_gave(shop: Shop) -> None:
    refund = arrived(shop)
    assert hear(shop, refund, FAILED) == "differs_ask_again"
    assert push_refunds(now=MOMENT) == 1
    assert read(refund).state == RefundState.SUCCEEDED
    assert push_refunds(now=after(9999)) == 0
    assert not Notification.objects.filter(kind="refund_came_back").exists()
    shop.check_books()


@pytest.mark.parametrize("order", [(SUCCEEDED, FAILED), (FAILED, SUCCEEDED)])
def test_whichever_word_comes_first_the_provider_has_the_last(
    shop: Shop, order: tuple[RefundOutcome, RefundOutcome]
) -> None:
    payment = shop.pay(shop.place(rule=StartRule.NOW))
    refund = refund_order(order_number=payment.order_number, reason="staff", now=MOMENT)
    shop.provider.refunds_wait = True
    push_refunds(now=MOMENT)
    shop.provider.end_refund(refund.number, FAILED)  # After it had succeeded.
    for outcome in order:
        hear(shop, refund, outcome)
    push_refunds(now=after(60))
    assert read(refund).state == RefundState.FAILED
    assert balances() == [-refund.amount_minor, 0, refund.amount_minor]
    shop.check_books()


def test_the_staff_finish_it_at_the_provider_and_it_is_booked_once_more(shop: Shop) -> None:
    refund = come_back(shop, arrived(shop))
    shop.provider.end_refund(refund.number)
    hear(shop, refund, SUCCEEDED)
    push_refunds(now=after(60))
    done = read(refund)
    assert (done.state, done.payment.problem) == (RefundState.SUCCEEDED, "")
    assert Notification.objects.filter(kind="order_refunded").count() == 2
    shop.check_books()
    assert come_back(shop, done, now=after(120)).came_back == 2
    shop.check_books()


def test_it_goes_into_the_wallet_at_the_rate_of_its_order(shop: Shop) -> None:
    refund = come_back(shop, arrived(shop))
    settled = put_refund_in_wallet(refund_number=refund.number, now=after(60))
    assert (settled.state, settled.wallet_minor) == (RefundState.SETTLED, refund.amount_minor)
    assert wallet(refund) == Money(2500, "USD")
    assert balances() == [0, 0, refund.amount_minor]
    assert read(refund).payment.problem == ""
    assert Notification.objects.filter(kind="money_in_wallet").count() == 1
    shop.check_books()


def test_it_goes_into_the_wallet_once(shop: Shop) -> None:
    refund = come_back(shop, arrived(shop))
    put_refund_in_wallet(refund_number=refund.number, now=after(60))
    with pytest.raises(RefundNotAllowedError):
        put_refund_in_wallet(refund_number=refund.number, now=after(61))
    assert wallet(refund) == Money(2500, "USD")


def test_a_part_goes_into_the_wallet_in_proportion(shop: Shop) -> None:
    refund = arrived(shop, part_minor=8931)
    put_refund_in_wallet(refund_number=come_back(shop, refund).number, now=after(60))
    assert wallet(refund).amount_minor == 2500 * 8931 // refund.payment.received_minor
    shop.check_books()


def test_one_that_failed_at_once_can_go_into_the_wallet_too(shop: Shop) -> None:
    payment = shop.pay(shop.place(rule=StartRule.NOW))
    refund = refund_order(order_number=payment.order_number, reason="staff", now=MOMENT)
    shop.provider.refunds_wait = True
    push_refunds(now=MOMENT)
    shop.provider.end_refund(refund.number, FAILED)
    push_refunds(now=after(60))
    put_refund_in_wallet(refund_number=refund.number, now=after(61))
    assert wallet(read(refund)) == Money(2500, "USD")
    shop.check_books()


@pytest.mark.parametrize("state", ["requested", "sent", "succeeded"])
def test_one_that_has_not_failed_does_not_go_into_the_wallet(shop: Shop, state: str) -> None:
    refund = arrived(shop)
    Refund.objects.update(state=state, finished_at=MOMENT if state == "succeeded" else None)
    with pytest.raises(RefundNotAllowedError):
        put_refund_in_wallet(refund_number=refund.number, now=after(60))
    assert wallet(refund) == Money(0, "USD")


def test_who_chose_the_wallet_has_it_there_at_once(shop: Shop) -> None:
    Subscriber.objects.update(unapplied_funds=UnappliedFunds.WALLET)
    refund = come_back(shop, arrived(shop))
    assert (refund.state, refund.payment.problem) == (RefundState.SETTLED, "")
    assert wallet(refund) == Money(2500, "USD")
    kinds = set(Notification.objects.values_list("kind", flat=True))
    assert "money_in_wallet" in kinds
    assert "refund_came_back" not in kinds
    shop.check_books()


def test_one_in_the_wallet_that_the_provider_gives_all_the_same_is_a_loss(shop: Shop) -> None:
    refund = come_back(shop, arrived(shop))
    put_refund_in_wallet(refund_number=refund.number, now=after(60))
    shop.provider.end_refund(refund.number)
    hear(shop, refund, SUCCEEDED)
    push_refunds(now=after(60))
    assert read(refund).payment.problem == "refund_twice"
    assert balances() == [0, refund.amount_minor, 0]
    shop.check_books()
    # And if that comes back too, the money is still yours and nothing is owed.
    again = come_back(shop, refund, now=after(120))
    assert again.state == RefundState.SETTLED
    assert balances() == [0, 0, refund.amount_minor]
    shop.check_books()


@pytest.mark.parametrize("is_dispute_first", [False, True])
def test_a_lost_dispute_settles_what_came_back_in_either_order(
    shop: Shop, *, is_dispute_first: bool
) -> None:
    refund = arrived(shop)
    if is_dispute_first:
        dispute(shop, refund.payment, DisputeOutcome.LOST)
        assert balance_of(code=LOSSES) == refund.amount_minor
        come_back(shop, refund)
    else:
        come_back(shop, refund)
        dispute(shop, refund.payment, DisputeOutcome.LOST)
    done = read(refund)
    assert (done.state, done.payment.problem) == (RefundState.SETTLED, "")
    assert Dispute.objects.get().settled_minor == refund.amount_minor
    assert balances() == [0, 0, 0]
    assert shop.provider.statement() == {}
    shop.check_books()


def test_while_it_is_disputed_it_does_not_go_into_the_wallet(shop: Shop) -> None:
    Subscriber.objects.update(unapplied_funds=UnappliedFunds.WALLET)
    refund = arrived(shop)
    dispute(shop, refund.payment, DisputeOutcome.OPEN)
    back = come_back(shop, refund)
    assert (back.state, back.payment.problem) == (RefundState.FAILED, "disputed")
    with pytest.raises(RefundNotAllowedError):
        put_refund_in_wallet(refund_number=refund.number, now=after(60))
    dispute(shop, refund.payment, DisputeOutcome.WON)
    assert read(refund).payment.problem == "refund_came_back"
    put_refund_in_wallet(refund_number=refund.number, now=after(61))
    shop.check_books()


@pytest.mark.parametrize(
    "cheat",
    [
        {"settled_minor": 1_000_000_000},
        {"settled_minor": -1},
        {"wallet_minor": 1},
        {"state": "settled"},
    ],
)
def test_the_database_refuses_to_settle_more_than_there_is(
    shop: Shop, cheat: dict[str, object]
) -> None:
    refund = arrived(shop)
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(**cheat)


def test_an_answer_that_the_failure_overtook_is_not_believed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = shop.pay(shop.place(rule=StartRule.NOW))
    refund = refund_order(order_number=payment.order_number, reason="staff", now=MOMENT)
    ask = shop.provider.refund

    def overtaken(request: RefundRequest) -> RefundStatusReport:
        answer = ask(request)
        shop.provider.end_refund(refund.number, FAILED)
        assert hear(shop, refund, FAILED) == "refund_failed"
        return answer

    monkeypatch.setattr(shop.provider, "refund", overtaken)
    push_refunds(now=MOMENT)
    assert read(refund).state == RefundState.FAILED
    push_refunds(now=after(1))
    assert read(refund).state == RefundState.FAILED
    assert read(refund).next_poll_at is None
