"""Support cases."""

from typing import Any

from limosa.domain.support.models import Case
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
