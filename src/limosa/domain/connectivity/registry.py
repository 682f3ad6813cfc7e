"""Looks up a supplier's adapter by its code."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from limosa.domain.connectivity.capabilities import Capabilities
from limosa.domain.connectivity.engine.supplying import is_delivered_in_commit
from limosa.domain.connectivity.port import SupplierAdapter
from limosa.foundation.errors import ProviderError


class SupplierNotSetUpError(ProviderError):
    """A plan's supplier is no longer in the settings: it can't be called until it is."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code} is not set up", retryable=True)


@cache
def adapter_for(supplier_code: str) -> SupplierAdapter:
    """Return the adapter named in settings.SUPPLIER_ADAPTERS. Raises SupplierNotSetUpError."""
    path: str | None = settings.SUPPLIER_ADAPTERS.get(supplier_code)
    if path is None:
        raise SupplierNotSetUpError(supplier_code)
    adapter: SupplierAdapter = import_string(path)()
    return adapter


def is_set_up(supplier_code: str) -> bool:
    """Return whether a supplier is in the settings."""
    return supplier_code in settings.SUPPLIER_ADAPTERS


def capabilities_of(supplier_code: str) -> Capabilities:
    """Return a supplier's capabilities; none, if it is no longer in the settings."""
    try:
        return adapter_for(supplier_code).capabilities
    except SupplierNotSetUpError:
        return Capabilities()


def is_delivered_in_commit_by(supplier_code: str) -> bool:
    """Return whether this supplier's orders are delivered in the commit that takes their money."""
    return is_delivered_in_commit(capabilities_of(supplier_code))
