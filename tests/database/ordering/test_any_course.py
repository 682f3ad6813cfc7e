"""Whatever happens, and in whatever order: once all is quiet, the books are even.

Each example is a course of events around two orders, good ones and faults. Then everything that is
under way comes to its end (notifications arrive, workers run), and check_books looks at it all. The
second half plants a disorder of each kind, to see that check_books finds it.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limosa.domain.charging.operations.record_usage import UsageReport, record_usage
from limosa.domain.esims.models import Bundle
from limosa.domain.esims.operations.advance_bundles import advance_bundles
from limosa.domain.ledger.models import Account
from limosa.domain.ordering.models import Order, OrderState, StartRule
from limosa.domain.ordering.operations.cancel_order import cancel_order
from limosa.domain.ordering.operations.deliver_waiting_orders import deliver_waiting_orders
from limosa.domain.ordering.operations.poll_due_payments import poll_due_payments
from limosa.domain.ordering.operations.poll_payment import poll_payment
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.put_refund_in_wallet import put_refund_in_wallet
from limosa.domain.ordering.operations.receive_notification import receive_notification
from limosa.domain.ordering.operations.recognize_revenue import recognize_revenue
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.payments.handles import payment_handle
from limosa.domain.payments.models import (
    Dispute,
    DisputeState,
    InboxMessage,
    Payment,
    Refund,
    RefundState,
)
from limosa.domain.payments.status_reports import DisputeOutcome, ProviderState, RefundOutcome
from limosa.foundation.errors import DomainRefusal
from limosa.foundation.money import Money
from limosa.foundation.volume import GB
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.fakes.provider import FakeProvider

pytestmark = pytest.mark.django_db
OPEN_REFUNDS = {RefundState.REQUESTED, RefundState.SENT}
WAITS = {
    "a moment": timedelta(seconds=20),
    "a minute": timedelta(seconds=61),
    "the quote's life": timedelta(minutes=31),
    "a day": timedelta(days=1),
    "a month": timedelta(days=32),
}


@dataclass(slots=True)
class Course:
    """Two orders of one person, and a clock."""

    shop: Shop
    now: datetime = MOMENT
    orders: list[Order] = field(default_factory=list)
    records: int = 0

    @property
    def provider(self) -> FakeProvider:
        return self.shop.provider

    def take(self, step: str, which: int, how: str) -> None:
        """Take a step; the business may refuse it."""
        action: Callable[[int, str], None] = getattr(self, f"_{step}")
        with suppress(DomainRefusal):
            action(which, how)

    def settle(self) -> None:
        """Bring to its end what is under way: providers tell and give back, workers run."""
        self.provider.refunds_wait = False
        for payment in Payment.objects.exclude(provider="wallet"):
            self._tell(payment)
        for _ in range(4):
            self.now += timedelta(hours=1)
            self._work(0, "")
            for refund in Refund.objects.filter(state=RefundState.SENT):
                self.provider.end_refund(refund.number)
            for dispute in Dispute.objects.filter(state=DisputeState.OPEN):
                self._decide(dispute, is_won=dispute.amount_minor % 2 == 0)
            for refund in Refund.objects.filter(state=RefundState.FAILED):
                put_refund_in_wallet(refund_number=refund.number, now=self.now)

    def _order(self, which: int) -> Order:
        return Order.objects.get(pk=self.orders[which % len(self.orders)].pk)

    def _payments(self, which: int) -> list[Payment]:
        number = self._order(which).number
        return list(Payment.objects.filter(order_number=number, provider="fake").order_by("id"))

    def _place(self, _which: int, how: str) -> None:
        rule = StartRule.NOW if how < "m" else StartRule.AFTER_CURRENT
        self.orders.append(self.shop.place(rule=rule, now=self.now))

    def _start(self, which: int, how: str) -> None:
        self.shop.start(self._order(which), method="native" if how < "m" else "h5", now=self.now)

    def _wallet(self, which: int, _how: str) -> None:
        self.shop.pay_from_wallet(self._order(which), self.now)

    def _pay(self, which: int, how: str) -> None:
        amounts = {"amount": Money(1, "CNY"), "currency": Money(500, "JPY")}
        for payment in self._payments(which):
            if self.provider.query(payment_handle(payment)).state is not ProviderState.SUCCEEDED:
                self.provider.pay(payment.number, at=self.now, amount=amounts.get(how))

    def _hear(self, which: int, how: str) -> None:
        for payment in self._payments(which):
            self._tell(payment, how)

    def _tell(self, payment: Payment, how: str = "") -> None:
        report = self.provider.query(payment_handle(payment))
        if report.state is not ProviderState.SUCCEEDED:
            return
        if how == "amount":
            report = replace(report, amount_minor=7)
        if how == "merchant":
            report = replace(report, merchant="other")
        message = self.provider.message(report)
        for _ in range(2):
            receive_notification(
                provider_code="fake", headers=message.headers, body=message.body, now=self.now
            )

    def _ask(self, which: int, _how: str) -> None:
        for payment in self._payments(which):
            poll_payment(payment_number=payment.number, now=self.now)

    def _cancel(self, which: int, _how: str) -> None:
        cancel_order(order_number=self._order(which).number, now=self.now)

    def _refund(self, which: int, how: str) -> None:
        self.provider.refunds_wait = how < "m"
        refund_order(order_number=self._order(which).number, reason="asked", now=self.now)

    def _dispute(self, which: int, how: str) -> None:
        """Dispute all of a payment or a third, once; we may hear only that it is lost."""
        for payment in self._payments(which):
            if payment.applied_at is None or payment.disputes.exists():
                continue
            report = self.provider.dispute(
                payment.number,
                DisputeOutcome.LOST if how == "late" else DisputeOutcome.OPEN,
                amount_minor=max(payment.received_minor // 3, 1) if how == "part" else None,
            )
            self.shop.take(self.provider.message(report), now=self.now)

    def _end_dispute(self, which: int, how: str) -> None:
        for payment in self._payments(which):
            for dispute in payment.disputes.filter(state=DisputeState.OPEN):
                self._decide(dispute, is_won=how == "won")

    def _decide(self, dispute: Dispute, *, is_won: bool) -> None:
        report = self.provider.dispute(
            dispute.payment.number,
            DisputeOutcome.WON if is_won else DisputeOutcome.LOST,
            amount_minor=dispute.amount_minor,
        )
        for _ in range(2):
            self.shop.take(self.provider.message(report), now=self.now)

    def _bounce(self, which: int, how: str) -> None:
        """Have a refund fail, even after it arrived; or tell again of one, true or not."""
        for refund in Refund.objects.filter(payment__in=self._payments(which)):
            if refund.number not in self.provider.refunds:
                continue
            report = self.provider.refunds[refund.number]
            if how == "fail":
                report = self.provider.end_refund(refund.number, RefundOutcome.FAILED)
            elif how == "stale":
                report = replace(report, outcome=RefundOutcome.SUCCEEDED)
            if report.outcome is RefundOutcome.SUCCEEDED and refund.state in OPEN_REFUNDS:
                continue  # A provider does not say so of one that it has not given.
            self.shop.take(self.provider.message(report), now=self.now)

    def _pause(self, which: int, _how: str) -> None:
        self.shop.pause(is_paused=bool(which))

    def _use(self, which: int, _how: str) -> None:
        self.records += 1
        report = UsageReport(
            record_id=str(self.records),
            iccid=self.shop.running.esim.iccid,
            started_at=self.now,
            ended_at=self.now,
            uplink_bytes=0,
            downlink_bytes=(1 + 20 * which) * GB,
        )
        record_usage(feed="test", reports=[report], now=self.now)

    def _wait(self, _which: int, how: str) -> None:
        self.now += WAITS[how]

    def _work(self, _which: int, _how: str) -> None:
        poll_due_payments(now=self.now)
        deliver_waiting_orders(now=self.now)
        push_refunds(now=self.now)
        recognize_revenue(now=self.now)
        advance_bundles(now=self.now)


# What leads on comes more often than what leads away.
STEPS = [
    *[("place", "early"), ("place", "normal"), ("start", "early"), ("start", "normal")],
    *[("wallet", ""), ("pay", ""), ("pay", ""), ("pay", "amount"), ("pay", "currency")],
    *[("hear", ""), ("hear", ""), ("hear", "amount"), ("hear", "merchant"), ("ask", "")],
    *[("cancel", ""), ("refund", "early"), ("refund", "normal"), ("pause", ""), ("use", "")],
    *[("dispute", ""), ("dispute", "part"), ("dispute", "late")],
    *[("end_dispute", "won"), ("end_dispute", "lost"), ("bounce", "fail"), ("bounce", "stale")],
    *[("wait", how) for how in WAITS],
    *[("work", "")] * 3,
]
steps = st.tuples(st.sampled_from(STEPS), st.integers(0, 1))


@given(course=st.lists(steps, min_size=8, max_size=25))
@settings(
    max_examples=50,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@pytest.mark.timeout(300)
def test_once_all_is_quiet_the_books_are_even(
    shop: Shop, course: list[tuple[tuple[str, str], int]]
) -> None:
    with transaction.atomic():
        vars(shop.provider).update(vars(FakeProvider()))
        events = Course(shop)
        for opening in ("early", "normal"):
            events.take("place", 0, opening)
            events.take("start", len(events.orders) - 1, opening)
        for (step, how), which in course:
            events.take(step, which, how)
        events.settle()
        final = [RefundState.SUCCEEDED, RefundState.SETTLED]
        assert not Refund.objects.exclude(state__in=final).exists()
        assert not Order.objects.filter(state=OrderState.PAID).exists()
        shop.check_books()
        transaction.set_rollback(True)


def _lose_the_bundle(number: str) -> None:
    Bundle.objects.filter(order_number=number).delete()


def _give_it_unpaid(number: str) -> None:
    Payment.objects.filter(order_number=number).update(pays_order=False)


def _keep_what_pays_nothing(number: str) -> None:
    Order.objects.filter(number=number).update(state="placed", paid_at=None, fulfilled_at=None)
    Bundle.objects.filter(order_number=number).delete()
    Payment.objects.filter(order_number=number).update(pays_order=False)


def _have_both(number: str) -> None:
    Payment.objects.filter(order_number=number).update(refunded_minor=F("received_minor"))


def _recognize_past_the_journal(number: str) -> None:
    Order.objects.filter(number=number).update(recognized_minor=1)


def _take_more(number: str) -> None:
    Payment.objects.filter(order_number=number).update(
        amount_minor=F("amount_minor") + 1, received_minor=F("received_minor") + 1
    )


def _take_the_bundle_back(number: str) -> None:
    Bundle.objects.filter(order_number=number).update(state="refunded", ended_at=MOMENT)


def _use_past_the_records(number: str) -> None:
    Bundle.objects.filter(order_number=number).update(used_bytes=1)


def _leave_it_waiting(number: str) -> None:
    Order.objects.filter(number=number).update(state="paid", fulfilled_at=None)


def _forget_a_notification(_number: str) -> None:
    InboxMessage.objects.update(result="")


def _write_a_wallet(number: str) -> None:
    Account.objects.create(
        code="wallet:0:USD",
        kind="wallet",
        currency="USD",
        subscriber=Order.objects.get(number=number).subscriber,
        balance_minor=5,
    )


@pytest.mark.parametrize(
    "spoil",
    [
        _lose_the_bundle,
        _give_it_unpaid,
        _keep_what_pays_nothing,
        _have_both,
        _recognize_past_the_journal,
        _take_more,
        _take_the_bundle_back,
        _use_past_the_records,
        _leave_it_waiting,
        _forget_a_notification,
        _write_a_wallet,
    ],
)
def test_a_planted_disorder_is_found(shop: Shop, spoil: Callable[[str], None]) -> None:
    order = shop.place()
    shop.pay(order)
    shop.check_books()
    spoil(order.number)
    with pytest.raises(AssertionError):
        shop.check_books()


def test_a_statement_that_differs_by_one_is_found(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = shop.pay(shop.place())
    shop.check_books()
    for off in (-1, 1, -payment.amount_minor):
        wrong = {"CNY": payment.amount_minor + off}
        monkeypatch.setattr(shop.provider, "statement", lambda said=wrong: said)
        with pytest.raises(AssertionError):
            shop.check_books()
