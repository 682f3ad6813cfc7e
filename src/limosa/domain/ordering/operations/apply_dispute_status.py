"""The payer asked their bank for the money back: withhold money and service, then decide."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from limosa.domain.esims.operations.resume_bundle import resume_bundle
from limosa.domain.esims.operations.suspend_bundle import suspend_bundle
from limosa.domain.esims.operations.withdraw_bundle import withdraw_bundle
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.notifications.operations.notify import notify
from limosa.domain.ordering.changes import announce_order
from limosa.domain.ordering.engine import bookings
from limosa.domain.ordering.engine.losing import LostMoney, decide, lose
from limosa.domain.ordering.funds import funds_source_of
from limosa.domain.ordering.locking import lock_reported_payment
from limosa.domain.ordering.models import OrderState
from limosa.domain.ordering.operations.reverse_purchase import reverse_purchase
from limosa.domain.ordering.owed_refunds import owed_refunds
from limosa.domain.ordering.plan_changes import is_disputed, resting_on
from limosa.domain.ordering.purchases import Purchase, lock_purchase
from limosa.domain.ordering.reversible import reversible_minor
from limosa.domain.payments.engine.problems import Mended, Problem
from limosa.domain.payments.models import (
    Dispute,
    DisputeState,
    Payment,
    Refund,
    RefundState,
)
from limosa.domain.payments.operations.count_refunded import count_refunded
from limosa.domain.payments.operations.decide_dispute import decide_dispute
from limosa.domain.payments.operations.open_dispute import open_dispute
from limosa.domain.payments.operations.resume_refunds import resume_refunds
from limosa.domain.payments.operations.settle_dispute import settle_dispute
from limosa.domain.payments.operations.settle_refund import settle_refund
from limosa.domain.payments.operations.unflag_payment import unflag_payment
from limosa.domain.payments.status_reports import DisputeOutcome, DisputeStatusReport
from limosa.domain.wallets.models import WalletTopUp
from limosa.domain.wallets.operations.freeze_top_up import freeze_top_up
from limosa.domain.wallets.operations.thaw_top_up import thaw_top_up
from limosa.foundation.errors import ProviderError
from limosa.foundation.money import Money


@transaction.atomic(savepoint=False)
def apply_dispute_status(*, provider_code: str, report: DisputeStatusReport, now: datetime) -> str:
    """Apply a provider's report on a dispute, once; return the result.

    Open: the money is booked as withheld, the bundle is suspended, or what is there of a top-up is
    frozen, and nothing of the payment can be refunded. Won: everything is restored, and refunds
    that waited are requested. Lost: only the
    amount that the provider names is lost; anything withheld beyond it is treated as won. The sale
    is reversed by as much as the lost money is worth, and the bundle ends if nothing is left of it.
    An excess settles refunds that are owed, so that nothing is paid twice, and the rest is a loss.
    A dispute that was decided before we heard of it goes through both steps. A provider may
    withhold or take more than was paid. An amount in another currency stands for the whole payment,
    since no rate says which part is meant.
    Locks:  the payment, its refunds that are owed, its order or top-up, the dispute, the bundle,
            the wallet.
    Raises: ProviderError(retryable=True) if the payment is not recorded as paid yet, or its
            previous dispute is undecided, or the dispute names no amount: nothing changed, and the
            provider sends the report again.
    """
    payment = lock_reported_payment(report, provider=provider_code)
    if payment is None:
        return "unknown_payment"
    refunds = owed_refunds(payment)
    bought = lock_purchase(payment.order_number)
    dispute = _dispute(provider_code, payment, bought, report, now)
    if dispute.state != DisputeState.OPEN:
        return "already_applied"
    if report.outcome is DisputeOutcome.OPEN:
        return "disputed"
    decide_dispute(dispute=dispute, payment=payment, decided_minor=_lost(dispute, report), now=now)
    if dispute.state == DisputeState.WON:
        _win(dispute, payment, bought, now)
    else:
        _lose(dispute, payment, bought, refunds, now)
    _go_on(payment, now)
    return f"dispute_{dispute.state}"


def _lost(dispute: Dispute, report: DisputeStatusReport) -> int:
    """Return what stays with the payer, in the currency in which the dispute is withheld."""
    if report.outcome is DisputeOutcome.WON:
        return 0
    if report.currency != dispute.currency:
        return dispute.amount_minor
    return report.amount_minor if report.lost_minor is None else report.lost_minor


def _dispute(
    provider_code: str,
    payment: Payment,
    bought: Purchase,
    report: DisputeStatusReport,
    now: datetime,
) -> Dispute:
    """Return the dispute's row, locked; a new one is opened first."""
    known = (
        Dispute.objects.select_for_update(of=("self",))
        .filter(provider=provider_code, reference=report.reference)
        .first()
    )
    if known is not None:
        return known
    if Dispute.objects.filter(payment=payment, state=DisputeState.OPEN).exists():
        raise ProviderError("a dispute of a payment that is disputed already", retryable=True)
    if report.amount_minor <= 0:
        raise ProviderError("a dispute of no money", retryable=True)
    dispute = open_dispute(payment=payment, report=report, now=now)
    post_entry(
        key=f"dispute:{provider_code}:{report.reference}",
        kind="dispute_opened",
        order_number=payment.order_number,
        legs=bookings.withdrawn(_held(dispute, payment)),
        now=now,
    )
    notify(
        subscriber_id=payment.subscriber_id,
        key=f"disputed:{dispute.pk}",
        kind="top_up_disputed" if isinstance(bought, WalletTopUp) else "order_disputed",
        parameters={
            "order_number": payment.order_number,
            "amount_minor": dispute.amount_minor,
            "currency": dispute.currency,
        },
        now=now,
    )
    if payment.pays_order:
        _hold_back(dispute, bought, now)
    announce_order(payment.order_number)
    return dispute


def _hold_back(dispute: Dispute, bought: Purchase, now: datetime) -> None:
    if isinstance(bought, WalletTopUp):
        key = f"wallet-frozen:{dispute.provider}:{dispute.reference}"
        freeze_top_up(top_up=bought, key=key, now=now)
    else:
        for order in resting_on(bought):
            suspend_bundle(order_number=order.number, now=now)


def _let_go(dispute: Dispute, bought: Purchase, now: datetime, *, is_lost: bool) -> int | None:
    """Let an order's bundle run again, and what it counted towards; return what is free again of a
    top-up, in its currency."""
    if isinstance(bought, WalletTopUp):
        key = f"wallet-thawed:{dispute.provider}:{dispute.reference}"
        return thaw_top_up(top_up=bought, is_lost=is_lost, key=key, now=now).amount_minor
    for order in resting_on(bought):
        if not is_disputed(order):
            resume_bundle(order_number=order.number)
    return None


def _held(dispute: Dispute, payment: Payment) -> bookings.FundsSource:
    """Return the money that the provider withholds, in the currency in which it does so."""
    return _of_held(dispute, payment, dispute.amount_minor)


def _of_held(dispute: Dispute, payment: Payment, amount_minor: int) -> bookings.FundsSource:
    return replace(funds_source_of(payment, 0), received=Money(amount_minor, dispute.currency))


def _win(dispute: Dispute, payment: Payment, bought: Purchase, now: datetime) -> None:
    post_entry(
        key=f"dispute-won:{dispute.provider}:{dispute.reference}",
        kind="dispute_won",
        order_number=bought.number,
        legs=bookings.reinstated(_held(dispute, payment)),
        now=now,
    )
    if payment.pays_order:
        _let_go(dispute, bought, now, is_lost=False)


def _lose(
    dispute: Dispute, payment: Payment, bought: Purchase, refunds: list[Refund], now: datetime
) -> None:
    """Reverse what is left of the sale, or what was kept of a top-up, and settle promised refunds;
    anything beyond is a loss."""
    key = f"dispute-lost:{dispute.provider}:{dispute.reference}"
    _part(dispute, payment, now)
    is_top_up = isinstance(bought, WalletTopUp)
    is_kept = is_top_up and payment.pays_order
    kept_minor = _let_go(dispute, bought, now, is_lost=True) if is_kept else None
    _exchange(dispute, payment, key, now)
    money = lose(
        disputed_minor=dispute.disputed_minor,
        left_minor=reversible_minor(bought=bought, payment=payment, kept_minor=kept_minor),
        owed_minor=[refund.owed_minor for refund in refunds],
    )
    if money.reversed_minor:
        reverse_purchase(
            bought=bought,
            payment=payment,
            part_minor=money.reversed_minor,
            key=key,
            place=bookings.DISPUTED,
            now=now,
        )
        count_refunded(payment=payment, part_minor=money.reversed_minor)
    for refund, part_minor in zip(refunds, money.settled_minor, strict=True):
        if part_minor:
            _settle(refund, dispute, payment, part_minor, now)
    if money.lost_minor:
        post_entry(
            key=f"{key}:loss",
            kind="dispute_lost",
            order_number=bought.number,
            legs=bookings.lost(funds_source_of(payment, money.lost_minor)),
            now=now,
        )
    settle_dispute(
        dispute=dispute,
        settled_minor=sum(money.settled_minor),
        reversed_minor=money.reversed_minor,
    )
    if not payment.pays_order:
        return
    if bought.state == OrderState.REFUNDED:
        withdraw_bundle(order_number=bought.number, now=now)
    elif money.reversed_minor and not is_top_up:
        _tell_of_part(dispute, payment, money.reversed_minor, now)
    _end_what_rests_on(bought, money, now)
    _let_go(dispute, bought, now, is_lost=True)


def _end_what_rests_on(bought: Purchase, money: LostMoney, now: datetime) -> None:
    """End the plans towards which an order counted, if that is not paid for any more."""
    if isinstance(bought, WalletTopUp) or not money.lost_minor:
        return
    for other in resting_on(bought)[1:]:
        withdraw_bundle(order_number=other.number, now=now)


def _part(dispute: Dispute, payment: Payment, now: datetime) -> None:
    """Book the withheld money that comes back after all, or what is taken beyond it."""
    decided = decide(held_minor=dispute.amount_minor, lost_minor=dispute.taken_minor)
    named = f"{dispute.provider}:{dispute.reference}"
    if decided.returned_minor:
        legs = bookings.reinstated(_of_held(dispute, payment, decided.returned_minor))
        key, kind = f"dispute-won:{named}", "dispute_won"
    elif decided.further_minor:
        legs = bookings.withdrawn(_of_held(dispute, payment, decided.further_minor))
        key, kind = f"dispute-further:{named}", "dispute_opened"
    else:
        return
    post_entry(key=key, kind=kind, order_number=payment.order_number, legs=legs, now=now)


def _tell_of_part(dispute: Dispute, payment: Payment, reversed_minor: int, now: datetime) -> None:
    notify(
        subscriber_id=payment.subscriber_id,
        key=f"dispute-part:{dispute.pk}",
        kind="order_part_refunded",
        parameters={
            "order_number": payment.order_number,
            "amount_minor": reversed_minor,
            "currency": payment.received_currency,
        },
        now=now,
    )


def _exchange(dispute: Dispute, payment: Payment, key: str, now: datetime) -> None:
    """Convert what was withheld in another currency to the payment's own."""
    if dispute.stands_for_minor is None:
        return
    stands_for = funds_source_of(payment, dispute.stands_for_minor).received
    post_entry(
        key=f"{key}:exchange",
        kind="dispute_lost",
        order_number=payment.order_number,
        legs=bookings.stands_for(
            _of_held(dispute, payment, dispute.taken_minor), payment=stands_for
        ),
        now=now,
    )


def _settle(
    refund: Refund, dispute: Dispute, payment: Payment, part_minor: int, now: datetime
) -> None:
    post_entry(
        key=f"refund-settled:{refund.number}:{dispute.pk}",
        kind="refund_settled",
        order_number=payment.order_number,
        legs=bookings.settled(funds_source_of(payment, part_minor)),
        now=now,
    )
    settle_refund(refund=refund, part_minor=part_minor, now=now)


def _go_on(payment: Payment, now: datetime) -> None:
    """Resume what waited for the decision, or flag it; otherwise clear the flag."""
    resume_refunds(payment=payment, now=now)
    failed = payment.refunds.filter(state=RefundState.FAILED).order_by("-came_back").first()
    then = None
    if failed is not None:
        then = Problem.REFUND_CAME_BACK if failed.came_back else Problem.REFUND_FAILED
    unflag_payment(payment=payment, by=Mended.DISPUTE_CLOSED, then=then)
    announce_order(payment.order_number)
