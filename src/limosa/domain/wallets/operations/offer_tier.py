from dataclasses import dataclass
from datetime import datetime

from limosa.domain.wallets.models import BonusTier
from limosa.domain.wallets.refusals import TierTermsError
from limosa.foundation.money import Money

# Ten years: what is meant to last longer has no end.
VALID_DAYS_MAX = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedTier:
    """A tier as it is asked for; the fields are those of BonusTier."""

    least: Money
    bonus: Money
    valid_days: int | None
    starts_at: datetime
    ends_at: datetime | None

    def check(self, *, now: datetime) -> None:
        """Raise TierTermsError unless it can be offered."""
        fits = (
            self.least.currency == self.bonus.currency
            and 0 < self.bonus.amount_minor <= self.least.amount_minor
            and (self.valid_days is None or 0 < self.valid_days <= VALID_DAYS_MAX)
            and (self.ends_at is None or self.ends_at > max(self.starts_at, now))
        )
        if not fits:
            raise TierTermsError


def offer_tier(*, wanted: WantedTier, now: datetime) -> BonusTier:
    """Return a new tier of bonuses, which top-ups placed in its time get.

    Raises: TierTermsError; nothing changed.
    """
    wanted.check(now=now)
    return BonusTier.objects.create(
        currency=wanted.least.currency,
        least_minor=wanted.least.amount_minor,
        bonus_minor=wanted.bonus.amount_minor,
        valid_days=wanted.valid_days,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        set_at=now,
    )
