"""Bugs that might be made in the money core; the simulation must catch each.

Each is a context manager that changes one rule, and says which invariants may show it first.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from limosa.domain.esims.models import Bundle
from limosa.domain.ledger.operations import post_entry as posting
from limosa.domain.notifications.models import Notification
from limosa.domain.notifications.operations import notify as telling
from limosa.domain.ordering import locking
from limosa.domain.ordering.locking import Locked
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.operations import apply_notification as receiving
from limosa.domain.ordering.operations import apply_payment_status as applying
from limosa.domain.ordering.operations import apply_refund_status as refunding
from limosa.domain.ordering.operations import poll_payment as asking
from limosa.domain.ordering.operations import push_refunds as pushing
from limosa.domain.ordering.operations import start_payment as starting
from limosa.domain.payments.models import Payment, PaymentState, Refund, RefundState
from limosa.domain.payments.status_reports import (
    PaymentStatusReport,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
)
from limosa.domain.rows import insert_row_once
from limosa.foundation.identifiers import random_code
from limosa.foundation.money import Money
from limosa_lab.simulation.configuration import PAYMENTS, SUPPLIERS
from limosa_lab.simulation.held import Message
from limosa_lab.simulation.planted_later import LATER_BUGS
from limosa_lab.simulation.planted_several import SEVERAL_BUGS
from limosa_lab.simulation.planted_supplies import SUPPLY_BUGS
from limosa_lab.simulation.planting import PlantedBug, entering, replaced
from limosa_lab.simulation.renewal_choices import RENEWALS
from limosa_lab.simulation.renewals.planted import RENEWAL_BUGS
from limosa_lab.simulation.stage import current_actor, pause
from limosa_lab.simulation.world import World

_CORE: dict[str, PlantedBug] = {}
_bug = entering(_CORE)


@_bug("F1", "F3", without_polling=True)
def _acknowledge_before_commit() -> Iterator[None]:
    """Answers the provider before anything is stored: a crash in between forgets the
    notification."""
    from limosa_lab.simulation import actions

    true = actions.take_in

    def take_in(world: World, message: Message) -> str:
        message.is_acknowledged = True
        pause("answered: acknowledged too early")
        return true(world, message)

    with replaced(actions, "take_in", take_in):
        yield


@_bug("I1", "I4", "E0", "F1", "F4")
def _no_lock_on_payment() -> Iterator[None]:
    """Two reports both read the payment as not applied yet."""
    true = QuerySet.select_for_update

    def unlocked(rows: Any, *arguments: Any, **options: Any) -> Any:
        return rows.all() if rows.model is Payment else true(rows, *arguments, **options)

    bare = locking.LOCK_PAYMENT.partition("FOR UPDATE")[0]
    with (
        replaced(QuerySet, "select_for_update", unlocked),
        replaced(locking, "LOCK_PAYMENT", bare),
    ):
        yield


@_bug("I4", "I5", "E0")
def _no_lock_on_order() -> Iterator[None]:
    """Two payments of one order both find it unpaid."""
    true = QuerySet.select_for_update

    def unlocked(rows: Any, *arguments: Any, **options: Any) -> Any:
        return rows.all() if rows.model is Order else true(rows, *arguments, **options)

    bare = locking.LOCK_ORDER.partition("FOR UPDATE")[0]
    with (
        replaced(QuerySet, "select_for_update", unlocked),
        replaced(locking, "LOCK_ORDER", bare),
    ):
        yield


@_bug("I4", "I5", "I7", "E0", "F1", "F9")
def _apply_twice() -> Iterator[None]:
    """Nothing shows that a payment was applied: no inbox, no state, no time, no entry key."""
    true_apply, true_post = applying.apply_payment_status, posting.post_entry

    def apply(*, provider_code: str, report: PaymentStatusReport, **arguments: Any) -> Any:
        Payment.objects.filter(
            number=report.payment_number, pays_order=False, applied_at__isnull=False
        ).update(
            state=PaymentState.EXPIRED,
            received_minor=0,
            refunded_minor=0,
            in_wallet=False,
            paid_at=None,
            applied_at=None,
        )
        return true_apply(provider_code=provider_code, report=report, **arguments)

    def post(*, key: str, **arguments: Any) -> bool:
        return true_post(key=f"{key}:{random_code(4)}", **arguments)

    with ExitStack() as stack:
        stack.enter_context(replaced(receiving, "apply_payment_status", apply))
        stack.enter_context(replaced(applying, "post_entry", post))
        yield


@_bug("I8")
def _float_rounding() -> Iterator[None]:
    """The channel's amount is computed in floating point, and truncated."""

    def convert(amount: Money, *, to_currency: str, rate: Decimal) -> Money:
        return Money(int(amount.amount_minor * float(rate)), to_currency)

    with replaced(starting, "convert", convert):
        yield


@_bug("I7", "I9", "F1", "F4")
def _refund_with_a_new_number() -> Iterator[None]:
    """Each attempt at a refund is a new refund to the provider."""
    true = vars(pushing)["refund_request"]

    def request(refund: Refund) -> Any:
        return replace(true(refund), number=f"LR{random_code(22)}", total=true(refund).total)

    with replaced(pushing, "refund_request", request):
        yield


@_bug("I6", "F1")
def _trust_the_return_page() -> Iterator[None]:
    """Anybody who returns from the payment page has paid."""
    from limosa_lab.simulation import actions

    def trust(*, payment_number: str, now: datetime) -> str:
        payment = Payment.objects.get(number=payment_number)
        report = PaymentStatusReport(
            payment_number=payment.number,
            state=ProviderState.SUCCEEDED,
            transaction_id="from the address",
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            merchant="ours",
            paid_at=now,
        )
        return applying.apply_payment_status(provider_code=payment.provider, report=report, now=now)

    with replaced(actions, "poll_payment", trust):
        yield


def _believing(change: Callable[[PaymentStatusReport, Payment], PaymentStatusReport]) -> Any:
    """Return an _apply_success that sees a report after `change`."""
    true = applying._apply_success

    def apply(held: Locked, report: PaymentStatusReport, now: datetime, *, is_answer: bool) -> Any:
        seen = report if held.payment.provider == "wallet" else change(report, held.payment)
        return true(held, seen, now, is_answer=is_answer)

    return replaced(applying, "_apply_success", apply)


@_bug("I8")
def _accept_any_currency() -> Iterator[None]:
    """500 yen count as 500 dollars."""
    with _believing(lambda report, payment: replace(report, currency=payment.currency)):
        yield


@_bug("I8")
def _accept_any_amount() -> Iterator[None]:
    """A payment that succeeded counts, whatever its amount."""
    with _believing(lambda report, payment: replace(report, amount_minor=payment.amount_minor)):
        yield


@_bug("I8")
def _accept_any_merchant() -> Iterator[None]:
    """Money that went to another merchant pays the order."""
    with _believing(lambda report, _: replace(report, merchant="ours")):
        yield


@_bug("F4", "F6")
def _forget_late_money() -> Iterator[None]:
    """Unapplied funds are booked as owed, but nobody is asked to refund them."""
    with replaced(applying, "request_refund", lambda **_: None):
        yield


@_bug("F1", "F4", "F5", "F6")
def _refund_is_done_when_sent() -> Iterator[None]:
    """A refund counts as finished once the provider has accepted it."""
    true = vars(pushing)["apply_refund_status"]

    def apply(*, report: RefundStatusReport, **more: Any) -> str:
        return str(true(report=replace(report, outcome=RefundOutcome.SUCCEEDED), **more))

    with replaced(pushing, "apply_refund_status", apply):
        yield


@_bug("I4")
def _entry_apart_from_order() -> Iterator[None]:
    """The journal has a transaction of its own; a crash after it leaves money without an order."""
    true = vars(applying)["post_entry"]

    def post(**arguments: Any) -> Any:
        done = true(**arguments)
        _commit_in_between()
        return done

    with replaced(applying, "post_entry", post):
        yield


def _commit_in_between() -> None:
    """Commit, and continue in the same block as if it were another transaction."""
    connection = transaction.get_connection()
    pause("COMMIT in between")
    with connection.cursor() as cursor:
        cursor.execute("COMMIT")
        actor = current_actor()
        if actor is not None:
            actor.changed = True
        pause("committed in between")
        cursor.execute("BEGIN")


@_bug("I5")
def _fulfil_twice() -> Iterator[None]:
    """Each delivery of the notification creates another bundle."""
    true = vars(receiving)["apply_payment_status"]

    def apply(*, provider_code: str, report: PaymentStatusReport, **arguments: Any) -> Any:
        result = true(provider_code=provider_code, report=report, **arguments)
        if result == "already_applied":
            _give_again(report.payment_number)
        return result

    with replaced(receiving, "apply_payment_status", apply):
        yield


def _give_again(payment_number: str) -> None:
    payment = Payment.objects.get(number=payment_number)
    for bundle in Bundle.objects.filter(order_number=payment.order_number):
        bundle.pk = None
        bundle.order_number = f"{bundle.order_number}#{random_code(4)}"
        bundle.save(force_insert=True)


@_bug("F1", "F3", without_polling=True)
def _lose_a_capture() -> Iterator[None]:
    """A capture whose answer is lost counts as not made."""
    true = asking._capture

    def capture(payment: Payment, provider: Any, now: datetime) -> PaymentStatusReport:
        true(payment, provider, now)
        Payment.objects.filter(pk=payment.pk).update(state="failed")
        return PaymentStatusReport(payment_number=payment.number, state=ProviderState.FAILED)

    with ExitStack() as stack:
        stack.enter_context(replaced(asking, "_capture", capture))
        stack.enter_context(replaced(receiving, "_apply", _apply_no_payment))
        yield


def _apply_no_payment(provider_code: str, report: Any, now: datetime) -> str:
    """Store payments' notifications and do nothing."""
    if isinstance(report, RefundStatusReport):
        return refunding.apply_refund_status(report=report, now=now)
    del provider_code
    return "no_news"


@_bug("I6")
def _pending_is_paid() -> Iterator[None]:
    """The worker takes "pending" for "paid"."""
    true = asking._ask

    def ask(payment: Payment, provider: Any, now: datetime) -> PaymentStatusReport:
        report = true(payment, provider, now)
        if report.state is not ProviderState.PENDING:
            return report
        return replace(
            report,
            state=ProviderState.SUCCEEDED,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            merchant="ours",
            paid_at=now,
        )

    with replaced(asking, "_ask", ask):
        yield


@_bug("I2", "I3", "E0")
def _spend_without_looking() -> Iterator[None]:
    """A wallet is taken to hold what is asked for, and is written, but never below zero."""
    unguarded = posting._MOVE_WALLET.replace(
        "balance_minor - %(debit)s", "greatest(balance_minor - %(debit)s, 0)"
    ).replace("AND balance_minor >= %(debit)s", "")
    with (
        replaced(posting, "_MOVE_WALLET", unguarded),
        replaced(applying, "use_bonus", lambda **_: 0),
    ):
        yield


@_bug("F3")
def _keep_nothing_in_the_inbox() -> Iterator[None]:
    """A notification is applied but not stored."""
    with replaced(receiving, "keep_in_inbox", lambda **_: None):
        yield


@_bug("F5")
def _forget_to_mail() -> Iterator[None]:
    """A message is stored, but never due to be mailed."""

    def insert(message: Notification) -> bool:
        message.next_mail_at = None
        return insert_row_once(message)

    with replaced(telling, "insert_row_once", insert):
        yield


@_bug("F4", "F5", "F6")
def _give_up_on_refunds() -> Iterator[None]:
    """A provider that does not answer counts as having refused."""
    true = pushing._push

    def push(refund: Refund, now: datetime) -> None:
        true(refund, now)
        left = Refund.objects.filter(pk=refund.pk, state=RefundState.REQUESTED)
        left.update(next_poll_at=None)

    with replaced(pushing, "_push", push):
        yield


PLANTED_BUGS: dict[str, PlantedBug] = {**_CORE, **LATER_BUGS, **SUPPLY_BUGS}
BUGS = {
    PAYMENTS: PLANTED_BUGS,
    SUPPLIERS: {**SUPPLY_BUGS, **SEVERAL_BUGS},
    RENEWALS: RENEWAL_BUGS,
}


def planted(name: str) -> AbstractContextManager[None]:
    """Return the bug's context; an empty name plants nothing. Raises KeyError."""
    every = {**PLANTED_BUGS, **SEVERAL_BUGS, **RENEWAL_BUGS}
    return every[name].plant() if name else nullcontext()
