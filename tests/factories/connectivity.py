"""Orders at suppliers, as rows: nobody is called by making them."""

from datetime import timedelta
from typing import Any

from limosa.domain.connectivity.kept_callbacks import ReceivedCallback, packed
from limosa.domain.connectivity.models import KeptCallback, SupplierBreaker, Supply
from limosa.foundation.identifiers import random_code
from tests.factories import MOMENT
from tests.factories.catalog import make_supplier


def make_supply(**fields: Any) -> Supply:
    """Return an order at a supplier that was sent an hour and a half before MOMENT, unanswered."""
    fields.setdefault("order_number", f"L-{random_code(8)}")
    if "supplier" not in fields:
        fields["supplier"] = make_supplier("wholesale")
    fields.setdefault("plan_code", "any")
    state = fields.setdefault("state", "asked")
    fields.setdefault("asked_at", MOMENT - timedelta(minutes=90))
    fields.setdefault("created_at", fields["asked_at"])
    fields.setdefault("attempts", 1)
    if state in {"due", "asked", "pending", "cancelling", "ending"}:
        fields.setdefault("next_at", MOMENT)
    if state in {"delivered", "refused", "cancelled", "kept"}:
        fields.setdefault("ended_at", MOMENT)
    return Supply.objects.create(**fields)


def make_breaker(**fields: Any) -> SupplierBreaker:
    """Return the breaker of a supplier that is left alone for half a minute from MOMENT."""
    defaults = {
        "state": "open",
        "pause_seconds": 30,
        "retry_at": MOMENT + timedelta(seconds=30),
        "query_at": MOMENT,
    }
    return SupplierBreaker.objects.create(supplier=make_supplier("wholesale"), **defaults | fields)


def make_kept_callback(**fields: Any) -> KeptCallback:
    """Return a callback that was believed, about an order that nobody has unless one is named."""
    body: bytes = fields.pop("body", b'{"orderStatus":"GOT_RESOURCE"}')
    defaults = {
        "supplier_code": "wholesale",
        "message_id": random_code(12),
        "order_numbers": [f"L-{random_code(8)}"],
        "received_at": MOMENT,
        "standing": "verified",
        "content": packed(ReceivedCallback({"fake-signature": "genuine"}, body)),
    }
    return KeptCallback.objects.create(**defaults | fields)
