"""Wallet top-ups, as rows: nothing is posted by making them."""

from datetime import timedelta
from typing import Any

from limosa.domain.wallets.models import TopUpState, WalletTopUp
from limosa.foundation.identifiers import random_code
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber


def make_top_up(**fields: Any) -> WalletTopUp:
    """Return an unpaid top-up of 50 dollars by a new person unless one is given."""
    if "subscriber" not in fields:
        fields["subscriber"] = make_subscriber()
    fields.setdefault("number", f"T-{random_code(8)}")
    fields.setdefault("key", random_code(10))
    fields.setdefault("amount_minor", 5000)
    fields.setdefault("currency", "USD")
    fields.setdefault("placed_at", MOMENT)
    fields.setdefault("expires_at", fields["placed_at"] + timedelta(minutes=30))
    if fields.get("state") in {TopUpState.PAID, TopUpState.REFUNDED}:
        fields.setdefault("paid_at", fields["placed_at"] + timedelta(minutes=1))
    if fields.get("state") == TopUpState.REFUNDED:
        fields.setdefault("reversed_minor", fields["amount_minor"])
    if fields.get("state") in {TopUpState.REFUNDED, TopUpState.CANCELLED}:
        fields.setdefault("closed_at", fields["placed_at"] + timedelta(hours=1))
    return WalletTopUp.objects.create(**fields)
