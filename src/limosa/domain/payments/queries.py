"""Reads of payment channels, and of people's saved methods."""

from datetime import datetime

from django.conf import settings
from django.db.models import Count, F, OuterRef, Q, QuerySet

from limosa.domain.payments.calls import CAPTURE, CHARGE
from limosa.domain.payments.engine.offering import ChannelTerms
from limosa.domain.payments.models import (
    OPEN_STATES,
    Channel,
    Dispute,
    DisputeState,
    Payment,
    PaymentState,
    SavedMethod,
)
from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.requests import SAVED

WALLET = "wallet"


def channel_terms() -> list[ChannelTerms]:
    """Return every channel that is set up, with the operator's decisions about it."""
    decided = Channel.objects.in_bulk()
    return [
        _terms(code, decided.get(code) or Channel(provider=code))
        for code in settings.PAYMENT_PROVIDERS
    ]


def saved_methods_of(subscriber_id: int) -> list[SavedMethod]:
    """Return a person's saved methods, newest first."""
    return list(
        SavedMethod.objects.filter(subscriber_id=subscriber_id, removed_at=None).order_by("-id")
    )


def processing_payment(order_number: str, *, besides: int | None = None) -> Payment | None:
    """Return an order's payment that is made but undecided; None: there is none.

    `besides`: the id of a payment to ignore.
    """
    rows = Payment.objects.filter(
        order_number=order_number, state__in=OPEN_STATES, processing_since__isnull=False
    )
    others = rows if besides is None else rows.exclude(pk=besides)
    return others.order_by("processing_since").first()


def unanswered_charge(order_number: str) -> Payment | None:
    """Return the open payment whose saved method was charged with an unknown outcome; None: there
    is none.

    A payment that was never charged, because creating it took too long, does not count.
    """
    charges = Count("calls", filter=Q(calls__call__in=[CHARGE, CAPTURE]))
    rows = Payment.objects.filter(
        order_number=order_number, method=SAVED, state__in=OPEN_STATES
    ).annotate(charges=charges)
    return rows.filter(charges__gt=F("captures_refused")).order_by("-id").first()


def open_disputes(order_number: str | OuterRef) -> QuerySet[Dispute]:
    """Return the undecided disputes of the payment that pays an order. While there is one, the
    order is neither delivered nor refunded, and its bundle is suspended."""
    return Dispute.objects.filter(
        payment__order_number=order_number, payment__pays_order=True, state=DisputeState.OPEN
    )


def takings(*, since: datetime) -> QuerySet[Payment]:
    """Return the payments that make up the takings since a moment, by the providers' time.

    Takings are what providers took for us: all money that came in, whether or not it could be
    applied, before refunds and fees. Wallet payments don't count: their money came in earlier.
    """
    return Payment.objects.filter(state=PaymentState.SUCCEEDED, paid_at__gte=since).exclude(
        provider=WALLET
    )


def last_paid_with(subscriber_id: int) -> tuple[str, str] | None:
    """Return the provider of a person's last payment and the public id of the method it charged or
    saved, if that is still saved; None: they never paid."""
    last = (
        Payment.objects.filter(subscriber_id=subscriber_id, state=PaymentState.SUCCEEDED)
        .select_related("saved_method")
        .order_by("-created_at")
        .first()
    )
    if last is None:
        return None
    saved = last.saved_method
    return last.provider, saved.public_id if saved and saved.removed_at is None else ""


def _terms(code: str, decided: Channel) -> ChannelTerms:
    provider = provider_for(code)
    return ChannelTerms(
        code=code,
        currencies=provider.currencies,
        methods=provider.methods,
        saves_methods=provider.saves_methods,
        least_minor=provider.least_minor,
        names_payers=hasattr(provider, "identify_url"),
        is_offered=decided.is_offered,
        countries=frozenset(decided.countries),
        position=decided.position,
    )
