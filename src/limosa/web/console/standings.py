"""The status of a payment as the console names it: the same vocabulary for its label and the
filter.

Each standing is a word and a condition on rows; every payment has exactly one.
"""

from dataclasses import dataclass

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from limosa.domain.payments.models import Payment, PaymentState


@dataclass(frozen=True, slots=True)
class Standing:
    """Its name, and the condition for its payments."""

    word: Promise
    rows: Q


_KEPT = Q(in_wallet=False)
_HERE = _KEPT & Q(refunded_minor=0)


STANDINGS: dict[str, Standing] = {
    "created": Standing(_("Not yet at the provider"), _HERE & Q(state="created")),
    "pending": Standing(_("Waiting for payer"), _HERE & Q(state="pending", processing_since=None)),
    # Made, and its provider has not decided.
    "processing": Standing(
        _("Being processed"), _HERE & Q(state="pending", processing_since__isnull=False)
    ),
    "succeeded": Standing(_("Paid"), _HERE & Q(state="succeeded")),
    # For a payment that succeeded: the part of its money that is no longer here.
    "refunded_in_part": Standing(
        _("Partially refunded"),
        _KEPT & Q(refunded_minor__gt=0, refunded_minor__lt=F("received_minor")),
    ),
    "refunded": Standing(
        _("Refunded"), _KEPT & Q(refunded_minor__gt=0, refunded_minor=F("received_minor"))
    ),
    "in_wallet": Standing(_("Moved to wallet"), Q(in_wallet=True)),
    "failed": Standing(_("Failed"), _HERE & Q(state="failed")),
    "expired": Standing(_("Timed out"), _HERE & Q(state="expired")),
    "cancelled": Standing(_("Cancelled"), _HERE & Q(state="cancelled")),
}

# For a state on its own, as a provider or a line of the trace reports it.
PAYMENT_STATES = {state.value: STANDINGS[state].word for state in PaymentState}


def standing_of(payment: Payment) -> str:
    """Return the key of the payment's standing."""
    if payment.in_wallet:
        return "in_wallet"
    if payment.refunded_minor:
        is_all = payment.refunded_minor == payment.received_minor
        return "refunded" if is_all else "refunded_in_part"
    return "processing" if payment.is_processing else str(payment.state)
