"""Bugs around and after a payment: disputes, wallets, saved methods, settlements.

As in planted_bugs.py, each is a context manager that changes one rule.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from limosa.domain.ordering.engine.bookings import FundsSource
from limosa.domain.ordering.engine.fees import fees_kept
from limosa.domain.ordering.engine.reversal import Reversal, Sale, reverse
from limosa.domain.ordering.funds import funds_source_of
from limosa.domain.ordering.operations import apply_dispute_status as disputing
from limosa.domain.ordering.operations import apply_refund_status as refunding
from limosa.domain.ordering.operations import book_settlement as settling
from limosa.domain.ordering.operations import fulfil_order as fulfilling
from limosa.domain.ordering.operations import keep_in_wallet as keeping
from limosa.domain.ordering.operations import poll_payment as asking
from limosa.domain.ordering.operations import refund_order as returning
from limosa.domain.ordering.operations import reverse_sale as reversing
from limosa.domain.ordering.settlement_sums import fees_key
from limosa.domain.payments.engine.refund_news import Step, next_step
from limosa.domain.payments.models import Dispute, Payment, PaymentState
from limosa.domain.payments.status_reports import DisputeStatusReport
from limosa.foundation.identifiers import random_code
from limosa.foundation.money import share
from limosa_lab.simulation.planting import PlantedBug, entering, replaced
from limosa_lab.simulation.world import PEOPLE

LATER_BUGS: dict[str, PlantedBug] = {}
_bug = entering(LATER_BUGS)


@_bug("I10")
def _refund_what_is_disputed() -> Iterator[None]:
    """Nobody checks whether the payer has already asked their bank."""

    class Undisputed:
        objects = Dispute.objects.none()

    with replaced(returning, "Dispute", Undisputed):
        yield


@_bug("I13")
def _leave_a_reserve_beside_the_plan() -> Iterator[None]:
    """A renewal does not end the reserve."""

    def end(**_arguments: Any) -> None:
        """Do nothing."""

    with replaced(fulfilling, "end_reserve", end):
        yield


@_bug("I12")
def _capture_what_was_closed() -> Iterator[None]:
    """What was closed here is nobody's business any more, until its payer agrees to it."""
    true = asking._should_close

    def should_close(payment: Payment, state: Any, now: Any) -> bool:
        return payment.state != PaymentState.EXPIRED and true(payment, state, now)

    with replaced(asking, "_should_close", should_close):
        yield


@_bug("F1")
def _forget_a_dispute_decided_unheard() -> Iterator[None]:
    """A dispute that was decided before we heard of it is ignored."""
    true = vars(disputing)["_dispute"]

    def found(provider_code: str, payment: Payment, *known: Any) -> Dispute:
        report = next(one for one in known if isinstance(one, DisputeStatusReport))
        is_known = Dispute.objects.filter(
            provider=provider_code, reference=report.reference
        ).exists()
        if is_known or report.outcome == "open":
            dispute: Dispute = true(provider_code, payment, *known)
            return dispute
        return Dispute(state=report.outcome)

    with replaced(disputing, "_dispute", found):
        yield


@_bug("F1")
def _lose_all_that_was_held() -> Iterator[None]:
    """A lost dispute counts as lost for its original amount, whatever was decided."""

    def lost(dispute: Dispute, report: Any) -> int:
        return 0 if report.outcome == "won" else dispute.amount_minor

    with replaced(disputing, "_lost", lost):
        yield


@_bug("F1")
def _credit_a_wallet_twice() -> Iterator[None]:
    """The entry that puts a payment into the wallet has no key derived from the payment."""
    true = vars(keeping)["post_entry"]

    def post(*, key: str, **arguments: Any) -> bool:
        true(key=key, **arguments)
        return bool(true(key=f"{key}:{random_code(4)}", **arguments))

    with replaced(keeping, "post_entry", post):
        yield


@_bug("F4")
def _credit_a_wallet_of_another() -> Iterator[None]:
    """A person's unapplied funds go to somebody else."""

    def source(payment: Payment, amount_minor: int) -> FundsSource:
        other = next(person for person in PEOPLE if person != payment.subscriber_id)
        return replace(funds_source_of(payment, amount_minor), subscriber_id=other)

    with replaced(keeping, "funds_source_of", source):
        yield


@_bug("F1")
def _book_fees_at_each_look() -> Iterator[None]:
    """A settlement that is compared again has its fees booked again."""
    true = vars(settling)["post_entry"]

    def book(settlement: Any, fees: Any, now: Any) -> None:
        key = f"{fees_key(settlement, fees.currency)}:{random_code(4)}"
        if fees.amount_minor:
            legs = fees_kept(settlement.provider, fees)
            true(key=key, kind="provider_fees", legs=legs, now=now)

    with replaced(settling, "_book_fees", book):
        yield


@_bug("E0")
def _split_net_and_tax_apart() -> Iterator[None]:
    """Net and tax of a part are each rounded down separately."""

    def split(sale: Sale, *, part_minor: int) -> Reversal:
        returned = sale.returned_minor + part_minor
        net_minor, tax_minor = (
            share(whole, part=returned, whole=sale.received_minor)
            for whole in (sale.total_minor - sale.tax_minor, sale.tax_minor)
        )
        net_minor -= sale.reversed_minor - sale.reversed_tax_minor
        tax_minor -= sale.reversed_tax_minor
        true = reverse(sale, part_minor=part_minor)
        return replace(true, total_minor=net_minor + tax_minor, tax_minor=tax_minor)

    with replaced(reversing, "reverse", split):
        yield


@_bug("F1")
def _a_refund_that_arrived_is_over() -> Iterator[None]:
    """Nobody believes that a refund's money came back after it had arrived."""

    def step(state: str, outcome: Any, *, is_answer: bool) -> Step:
        true = next_step(state, outcome, is_answer=is_answer)
        return Step.ALREADY if state == "succeeded" else true

    with replaced(refunding, "next_step", step):
        yield
