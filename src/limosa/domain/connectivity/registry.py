"""Gives the adapter of a supplier's code."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from limosa.domain.connectivity.port import SupplierAdapter


@cache
def adapter_for(supplier_code: str) -> SupplierAdapter:
    """Return the adapter named in settings.SUPPLIER_ADAPTERS. Raises KeyError."""
    adapter: SupplierAdapter = import_string(settings.SUPPLIER_ADAPTERS[supplier_code])()
    return adapter
