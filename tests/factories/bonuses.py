"""Tiers of bonuses, and what is given by them."""

from typing import Any

from limosa.domain.wallets.models import Bonus, BonusTier, BonusUse
from tests.factories import MOMENT
from tests.factories.wallets import make_top_up


def make_tier(**fields: Any) -> BonusTier:
    """Return a tier that runs for good, of five dollars on top of fifty."""
    fields.setdefault("currency", "USD")
    fields.setdefault("least_minor", 5000)
    fields.setdefault("bonus_minor", 500)
    fields.setdefault("starts_at", MOMENT)
    fields.setdefault("set_at", fields["starts_at"])
    return BonusTier.objects.create(**fields)


def make_bonus(**fields: Any) -> Bonus:
    """Return a bonus of five dollars that nobody has used, as a row: nothing is posted."""
    granted_minor = fields.setdefault("granted_minor", 500)
    if "top_up" not in fields:
        fields["top_up"] = make_top_up(bonus_minor=granted_minor)
    fields.setdefault("subscriber", fields["top_up"].subscriber)
    fields.setdefault("currency", fields["top_up"].currency)
    fields.setdefault("left_minor", granted_minor)
    fields.setdefault("granted_at", MOMENT)
    return Bonus.objects.create(**fields)


def make_bonus_use(**fields: Any) -> BonusUse:
    """Return the use of a whole bonus by a payment."""
    if "bonus" not in fields:
        fields["bonus"] = make_bonus(left_minor=0, used_minor=500)
    fields.setdefault("payment_number", "LM1")
    fields.setdefault("used_minor", fields["bonus"].used_minor)
    fields.setdefault("used_at", MOMENT)
    return BonusUse.objects.create(**fields)
