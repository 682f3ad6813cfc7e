"""What a run about renewals may be like. Standard library only: see configuration.py."""

from datetime import UTC, datetime, timedelta
from typing import Any

RENEWALS = "renewals"
# By axis; a value listed twice is drawn more often.
RENEWAL_CHOICES: dict[str, tuple[Any, ...]] = {
    "currency": ("USD", "JPY", "KWD"),
    "taken_in": ("own", "own", "other"),
    "tax_basis_points": (0, 1900),
    "has_fees": (False,),
    "has_promotion": (True, False),
    "time_zone": ("Asia/Shanghai", "America/Los_Angeles", "Europe/Madrid"),
    "goes_back_by": ("refunds", "disputes"),
    "keeps_unapplied": (True, False),
    "decides_late": (True, False, False),
    "supplier": ("own", "own", "own", "same_order", "duplicate_refused", "looked_up"),
    "term": ("day", "week", "month", "quarter", "year"),
    "methods": ("wallet", "card", "card_wallet", "wallet_card", "cards"),
    "cap": ("just", "ample"),
    "until": ("open", "open", "near"),
    "mail": ("works", "works", "fails"),
    "begins": ("winter", "spring", "autumn"),
}
# By plan: its days, and what it costs in minor units of any currency.
TERMS: dict[str, tuple[int, int]] = {
    "day": (1, 300),
    "week": (7, 999),
    "month": (30, 2500),
    "quarter": (91, 6900),
    "year": (365, 24_000),
}
# Clocks change in Los Angeles and Madrid some weeks after the second and the third.
BEGINS: dict[str, datetime] = {
    "winter": datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
    "spring": datetime(2027, 3, 1, 9, 0, tzinfo=UTC),
    "autumn": datetime(2027, 10, 20, 9, 0, tzinfo=UTC),
}
CARDS = ("card-1", "card-2")
# The places of a person's methods: the wallet, or the number of a card.
METHODS: dict[str, tuple[str, ...]] = {
    "wallet": ("wallet",),
    "card": CARDS[:1],
    "card_wallet": (CARDS[0], "wallet"),
    "wallet_card": ("wallet", CARDS[0]),
    "cards": CARDS,
}
# What a worker decided may take effect as much later.
GRACE = timedelta(minutes=2)
