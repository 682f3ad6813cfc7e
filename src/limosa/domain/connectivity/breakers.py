"""Reads of suppliers' breakers."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from limosa.domain.connectivity.engine.breaking import BreakerState
from limosa.domain.connectivity.engine.pauses import ELSEWHERE_AFTER
from limosa.domain.connectivity.models import SupplierBreaker


def left_alone(supplier_codes: Iterable[str], *, now: datetime) -> set[str]:
    """Return those of some suppliers at which nothing is to be ordered now: they don't answer, or
    want to be left alone for longer than another supplier is waited for."""
    is_open = ~Q(state=BreakerState.CLOSED.value) & Q(retry_at__gt=now)
    is_held_back = Q(held_until__gte=now + ELSEWHERE_AFTER)
    rows = SupplierBreaker.objects.filter(is_open | is_held_back, supplier__in=list(supplier_codes))
    return set(rows.values_list("supplier_id", flat=True))


def held_until(supplier_code: str, *, now: datetime) -> datetime | None:
    """Return until when a supplier wants no new orders; None: it takes them."""
    rows = SupplierBreaker.objects.filter(supplier=supplier_code, held_until__gt=now)
    return rows.values_list("held_until", flat=True).first()


def breaker_of(supplier_code: str) -> SupplierBreaker | None:
    """Return a supplier's breaker, if it is not closed."""
    rows = SupplierBreaker.objects.exclude(state=BreakerState.CLOSED.value)
    return rows.filter(supplier=supplier_code).first()


def not_answering() -> set[str]:
    """Return the suppliers whose breakers are not closed."""
    rows = SupplierBreaker.objects.exclude(state=BreakerState.CLOSED.value)
    return set(rows.values_list("supplier_id", flat=True))


def held_back(*, now: datetime) -> set[str]:
    """Return the suppliers that want no new orders now."""
    rows = SupplierBreaker.objects.filter(held_until__gt=now)
    return set(rows.values_list("supplier_id", flat=True))
