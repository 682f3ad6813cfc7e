"""The supplier `es2plus`, led to an SM-DP+ of the tests."""

from typing import Any

from django.test import override_settings

from limosa.domain.connectivity.suppliers.es2plus.adapter import Es2PlusSupplier
from tests.fakes.other_smdp import ADDRESS

ADAPTER = f"{Es2PlusSupplier.__module__}.{Es2PlusSupplier.__qualname__}"
GIVEN: dict[str, Any] = {
    "requester": "1.2.3",
    "certificate": "",
    "key": "",
    "ca": "",
    "smdp_address": ADDRESS,
    "repeats_safely": False,
    "callback_key": "",
}


def es2plus_at(url: str, **given: Any) -> Es2PlusSupplier:
    """Return the adapter with these settings."""
    values = {"es2plus": {**GIVEN, "url": url, **given}}
    with override_settings(SUPPLIER_SETTINGS=values):
        return Es2PlusSupplier()
