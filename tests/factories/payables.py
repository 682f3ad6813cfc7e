"""Statements of suppliers, and what differs."""

from typing import Any

from limosa.domain.payables.models import ChargeDifference, Statement, SupplierAccount
from tests.factories import MOMENT

SUPPLIER = "wholesale"


def make_charge_difference(**fields: Any) -> ChargeDifference:
    """Return an open difference about a charge of 77 cents that is no order of ours."""
    defaults = {
        "supplier": SUPPLIER,
        "charge_id": "42",
        "currency": "USD",
        "problem": "unknown",
        "theirs_minor": 77,
        "ours_minor": 0,
        "found_at": MOMENT,
    }
    return ChargeDifference.objects.create(**(defaults | fields))


def make_statement(**fields: Any) -> Statement:
    """Return a day of a statement that was compared."""
    defaults = {
        "supplier": SUPPLIER,
        "day": MOMENT.date(),
        "state": "done",
        "asked_at": MOMENT,
        "compared_at": MOMENT,
    }
    return Statement.objects.create(**(defaults | fields))


def make_supplier_account(**fields: Any) -> SupplierAccount:
    """Return an account with a hundred dollars, told just now."""
    defaults = {
        "supplier": SUPPLIER,
        "available_minor": 10_000,
        "currency": "USD",
        "asked_at": MOMENT,
        "read_at": MOMENT,
    }
    return SupplierAccount.objects.create(**(defaults | fields))
