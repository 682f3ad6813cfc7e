"""Reads of suppliers' breakers."""

from collections.abc import Iterable
from datetime import datetime

from limosa.domain.connectivity.engine.breaking import BreakerState
from limosa.domain.connectivity.models import SupplierBreaker


def left_alone(supplier_codes: Iterable[str], *, now: datetime) -> set[str]:
    """Return those of some suppliers at which nothing is to be ordered now."""
    rows = SupplierBreaker.objects.exclude(state=BreakerState.CLOSED.value).filter(
        supplier__in=list(supplier_codes), retry_at__gt=now
    )
    return set(rows.values_list("supplier_id", flat=True))


def breaker_of(supplier_code: str) -> SupplierBreaker | None:
    """Return a supplier's breaker, if it is not closed."""
    rows = SupplierBreaker.objects.exclude(state=BreakerState.CLOSED.value)
    return rows.filter(supplier=supplier_code).first()


def not_answering() -> set[str]:
    """Return the suppliers whose breakers are not closed."""
    rows = SupplierBreaker.objects.exclude(state=BreakerState.CLOSED.value)
    return set(rows.values_list("supplier_id", flat=True))
