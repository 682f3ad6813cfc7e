"""Reads: which suppliers have price lists, and how the newest ones stand."""

from django.conf import settings

from limosa.domain.connectivity.registry import capabilities_of


def suppliers_with_lists() -> list[str]:
    """Return the codes of the suppliers that are set up and whose lists can be fetched."""
    codes = sorted(settings.SUPPLIER_ADAPTERS)
    return [code for code in codes if capabilities_of(code).lists_plans]
