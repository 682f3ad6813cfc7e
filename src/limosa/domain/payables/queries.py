"""Reads that more than one caller needs."""

from django.conf import settings
from django.db.models import QuerySet

from limosa.domain.payables.engine.difference_life import ChargeDifferenceState
from limosa.domain.payables.engine.outlook import BalanceWarning, warning_for
from limosa.domain.payables.models import ChargeDifference, SupplierAccount

UNRESOLVED = [ChargeDifferenceState.OPEN.value, ChargeDifferenceState.DISPUTED.value]


def unresolved_of(supplier_code: str) -> QuerySet[ChargeDifference]:
    """Return the differences of a supplier that are open or disputed."""
    return ChargeDifference.objects.filter(supplier=supplier_code, state__in=UNRESOLVED)


def low_accounts() -> list[SupplierAccount]:
    """Return the accounts whose balance, as last told, is too low by the settings of now; each
    says why. By supplier."""
    rows = list(SupplierAccount.objects.exclude(read_at=None).order_by("supplier"))
    for row in rows:
        row.warning = warning_of(row)
    return [row for row in rows if row.warning]


def warning_of(account: SupplierAccount) -> BalanceWarning:
    """Return why an account's balance, as last told, is too low by the settings of now."""
    if account.available_minor is None:
        return BalanceWarning.NONE
    return warning_for(
        available_minor=account.available_minor,
        days_left=account.days_left,
        floor_minor=settings.SUPPLIER_BALANCE_FLOORS.get(account.currency, 0),
        days_least=settings.SUPPLIER_BALANCE_DAYS,
    )
