"""Promotions and their codes."""

from datetime import timedelta
from itertools import count
from typing import Any

from limosa.domain.promotions.models import Promotion, PromotionCode
from tests.factories import MOMENT

_numbers = count(1)


def make_promotion(**fields: Any) -> Promotion:
    """Return a promotion that runs at MOMENT: 10 % off every plan."""
    fields.setdefault("code", f"promotion-{next(_numbers)}")
    fields.setdefault("name", {"en": fields["code"]})
    if fields.get("amount_off_minor"):
        fields.setdefault("amount_currency", "USD")
    elif not fields.get("bonus_bytes"):
        fields.setdefault("percent_off", 10)
    fields.setdefault("starts_at", MOMENT - timedelta(days=1))
    fields.setdefault("ends_at", MOMENT + timedelta(days=1))
    return Promotion.objects.create(**fields)


def make_promotion_code(*, promotion: Promotion | None = None, **fields: Any) -> PromotionCode:
    """Return a code for 20 % off every plan, once for each person."""
    fields.setdefault("text", f"CODE{next(_numbers)}")
    fields.setdefault("made_at", MOMENT)
    if fields.get("budget_minor"):
        fields.setdefault("budget_currency", "USD")
    promotion = promotion or make_promotion(percent_off=20, needs_code=True)
    return PromotionCode.objects.create(promotion=promotion, **fields)
