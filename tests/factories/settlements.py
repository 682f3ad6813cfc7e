"""Settlements of a provider's day and their differences, as rows: nothing is compared."""

from datetime import date
from typing import Any

from limosa.domain.payments.models import (
    Difference,
    Payment,
    Settlement,
    SettlementState,
    SettlementTotal,
)
from limosa.foundation.identifiers import random_code
from tests.factories import MOMENT

DAY = date(2026, 11, 21)


def make_settlement(**fields: Any) -> Settlement:
    """Return WeChat Pay's day of 1,204 lines that was compared, of which one is not equal."""
    fields.setdefault("provider", "wechatpay")
    fields.setdefault("day", DAY)
    fields.setdefault("state", SettlementState.DONE)
    fields.setdefault("asked_at", MOMENT)
    if fields["state"] == SettlementState.DONE:
        fields.setdefault("taken_at", MOMENT)
        fields.setdefault("compared_at", MOMENT)
        fields.setdefault("lines", 1204)
        fields.setdefault("matched", 1203)
    return Settlement.objects.create(**fields)


def make_total(settlement: Settlement, **fields: Any) -> SettlementTotal:
    """Return its sums in yuan, which a difference explains."""
    sums = {
        "payments_minor": 2_000_000,
        "refunds_minor": 17_862,
        "fees_minor": 12_000,
        "net_minor": 1_970_138,
        "booked_minor": 1_970_139,
        "explained_minor": -1,
    }
    return SettlementTotal.objects.create(
        settlement=settlement, **{"currency": "CNY", **sums, **fields}
    )


def make_difference(
    *, settlement: Settlement | None = None, payment: Payment | None = None, **fields: Any
) -> Difference:
    """Return an open difference of a fen in a payment, in a new settlement unless one is given."""
    settlement = settlement or make_settlement()
    number = payment.number if payment else f"LM{random_code(22)}"
    side = {"kind": "payment", "amount_minor": 17861, "currency": "CNY", "at": MOMENT.isoformat()}
    fields.setdefault("kind", "amount")
    fields.setdefault("subject", f"payment:{number}")
    fields.setdefault("theirs", side | {"reference": "42000017", "nth": 1, "fee_minor": 107})
    fields.setdefault(
        "ours", side | {"number": number, "state": "succeeded", "amount_minor": 17862}
    )
    fields.setdefault("theirs_minor", 17861)
    fields.setdefault("theirs_currency", "CNY")
    fields.setdefault("ours_minor", 17862)
    fields.setdefault("ours_currency", "CNY")
    fields.setdefault("found_at", MOMENT)
    return Difference.objects.create(
        settlement=settlement, provider=settlement.provider, payment=payment, **fields
    )
