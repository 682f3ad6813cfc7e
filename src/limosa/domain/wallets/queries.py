"""Reads: which amounts are offered, and a person's top-ups."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from limosa.domain.wallets.models import TopUpState, WalletTopUp
from limosa.domain.wallets.refusals import TopUpNotOfferedError
from limosa.foundation.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class TopUpTerms:
    """What the operator offers in a currency: amounts to choose from, and the limits of others."""

    amounts: tuple[Money, ...]
    least: Money
    most: Money

    def allows(self, amount: Money) -> bool:
        """Whether an amount in the same currency is within the limits."""
        return self.least.amount_minor <= amount.amount_minor <= self.most.amount_minor


def top_up_terms(currency: str) -> TopUpTerms:
    """Return what is offered in a currency. Raises TopUpNotOfferedError."""
    amounts = settings.TOP_UP_AMOUNTS.get(currency, ())
    if not amounts:
        raise TopUpNotOfferedError
    return TopUpTerms(
        amounts=tuple(Money(minor, currency) for minor in amounts),
        least=Money(settings.TOP_UP_LEAST.get(currency, min(amounts)), currency),
        most=Money(settings.TOP_UP_MOST.get(currency, max(amounts)), currency),
    )


def top_ups_of(subscriber_id: int) -> QuerySet[WalletTopUp]:
    """Return a person's top-ups that were paid or can still be, newest first."""
    rows = WalletTopUp.objects.filter(subscriber_id=subscriber_id)
    return rows.exclude(state=TopUpState.CANCELLED).order_by("-id")
