"""Reads: which amounts and bonuses are offered, and a person's top-ups and bonuses."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import F, Q, QuerySet, Sum

from limosa.domain.wallets.engine.bonuses import Grant, Tier, best_tier
from limosa.domain.wallets.models import Bonus, BonusTier, BonusUse, TopUpState, WalletTopUp
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


def running_tiers(currency: str, *, now: datetime) -> list[BonusTier]:
    """Return the tiers of bonuses that are offered in a currency now, those for less first."""
    rows = BonusTier.objects.filter(currency=currency, starts_at__lte=now)
    return list(
        rows.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now)).order_by("least_minor", "id")
    )


def tier_for(amount: Money, *, now: datetime) -> Tier | None:
    """Return the bonus that a top-up placed now is given; None: none."""
    return best_tier(
        map(terms_of, running_tiers(amount.currency, now=now)), amount_minor=amount.amount_minor
    )


def terms_of(tier: BonusTier) -> Tier:
    """Return a tier in the terms of the rules."""
    return Tier(
        least_minor=tier.least_minor, bonus_minor=tier.bonus_minor, valid_days=tier.valid_days
    )


def bonus_of(top_up: WalletTopUp) -> Bonus | None:
    """Return the bonus that a top-up was given; None: none."""
    return Bonus.objects.filter(top_up=top_up).first()


def grant_of(bonus: Bonus, top_up: WalletTopUp) -> Grant:
    """Return a top-up's bonus in the terms of the rules."""
    return Grant(
        amount_minor=top_up.amount_minor,
        granted_minor=bonus.granted_minor,
        left_minor=bonus.left_minor,
        gone_minor=bonus.taken_minor + bonus.paid_minor + bonus.expired_minor,
    )


@dataclass(frozen=True, slots=True)
class PaidByBonus:
    """What of a payment bonus paid, and what of that came back."""

    used_minor: int
    returned_minor: int


def bonus_paid(payment_number: str) -> PaidByBonus:
    """Return what of a payment bonus paid; zero if it used none."""
    rows = BonusUse.objects.filter(payment_number=payment_number)
    found = rows.aggregate(used=Sum("used_minor", default=0), back=Sum("returned_minor", default=0))
    return PaidByBonus(found["used"], found["back"])


def bonuses_left(subscriber_id: int) -> QuerySet[Bonus]:
    """Return what a person can spend of bonuses, in the order in which it is spent."""
    rows = Bonus.objects.filter(subscriber_id=subscriber_id, left_minor__gt=0)
    return rows.order_by("currency", F("expires_at").asc(nulls_last=True), "id")
