"""Reads that more than one caller needs."""

from django.db.models import QuerySet

from limosa.domain.payables.engine.difference_life import ChargeDifferenceState
from limosa.domain.payables.models import ChargeDifference, SupplierAccount

UNRESOLVED = [ChargeDifferenceState.OPEN.value, ChargeDifferenceState.DISPUTED.value]


def unresolved_of(supplier_code: str) -> QuerySet[ChargeDifference]:
    """Return the differences of a supplier that are open or disputed."""
    return ChargeDifference.objects.filter(supplier=supplier_code, state__in=UNRESOLVED)


def low_accounts() -> QuerySet[SupplierAccount]:
    """Return the accounts whose balance is too low, by supplier."""
    return SupplierAccount.objects.exclude(warning="").order_by("supplier")
