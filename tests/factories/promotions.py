"""Promotions."""

from datetime import timedelta
from itertools import count
from typing import Any

from limosa.domain.promotions.models import Promotion
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
