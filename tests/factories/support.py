"""Support cases, and what the guards found."""

from typing import Any

from limosa.domain.support.models import Case, Finding
from limosa.foundation.identifiers import random_code
from tests.factories import MOMENT
from tests.factories.ordering import make_order


def make_case(**fields: Any) -> Case:
    """Return an open case about a new order unless one is given."""
    if "order" not in fields:
        fields["order"] = make_order()
    fields.setdefault("subscriber", fields["order"].subscriber)
    fields.setdefault("number", f"C-{random_code(8)}")
    fields.setdefault("message", "My plan has not arrived.")
    fields.setdefault("trace", [])
    fields.setdefault("opened_at", MOMENT)
    return Case.objects.create(**fields)


def make_finding(**fields: Any) -> Finding:
    """Return a wallet with two dollars more than its postings give."""
    fields.setdefault("guard", "wallets")
    fields.setdefault("subject", "wallet:17:USD")
    fields.setdefault("row_id", 1)
    fields.setdefault("unit", "USD")
    fields.setdefault("has", 500)
    fields.setdefault("due", 300)
    fields.setdefault("found_at", MOMENT)
    fields.setdefault("seen_at", MOMENT)
    return Finding.objects.create(**fields)
