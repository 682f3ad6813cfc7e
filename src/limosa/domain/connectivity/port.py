"""What a supplier of connectivity must do. Settings name the adapter of each supplier.

Every method may raise ProviderError: no clean answer came. No caller branches on a supplier's own
code. The words that pass between the two sides are in answers.py and capabilities.py; how to write
an adapter is in docs/howto/add-a-supplier.md.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from limosa.domain.connectivity.answers import (
    CallbackRefusedError,
    CancelAnswer,
    SupplierCallback,
    SupplierPlan,
    SupplierUsage,
    SupplyAnswer,
    SupplyHandle,
    SupplyRequest,
)
from limosa.domain.connectivity.capabilities import Capabilities
from limosa.foundation.errors import LocalProtocolError


class SupplierAdapter(Protocol):
    """A way to a supplier. What `capabilities` denies is never called."""

    capabilities: Capabilities

    def list_plans(self) -> list[SupplierPlan]:
        """Return what the supplier sells to us."""

    def order(self, request: SupplyRequest) -> SupplyAnswer:
        """Order a new eSIM with the plan on it, or another bundle for the eSIM that is named.

        By capabilities.idempotency the same number may be sent again, or is answered Duplicate.
        """

    def look_up(self, handle: SupplyHandle) -> SupplyAnswer:
        """Return what became of an order; moves nothing.

        By our number where capabilities.looks_up_by_number, else by the reference, which is never
        empty then. Refused: the order failed there, or with AGAIN: ask later.
        """

    def cancel(self, handle: SupplyHandle) -> CancelAnswer:
        """Undo an order that was not used; one that is undone already is DONE."""

    def end_early(self, handle: SupplyHandle) -> CancelAnswer:
        """Stop the service of an order; one that has ended already is DONE."""

    def usage(self, *, iccid: str) -> SupplierUsage:
        """Return what the supplier counted, in bytes."""

    def read_callback(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> SupplierCallback:
        """Verify the raw bytes and return what they say. Header names are lower-case.

        Calls nobody. Raises CallbackRefusedError; nothing else.
        """

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return the answer that the supplier wants: HTTP status, content type, body."""


class WithoutLookUp:
    """For a supplier where an order can't be found again."""

    def look_up(self, handle: SupplyHandle) -> SupplyAnswer:
        """Refuse: there is nothing to ask."""
        raise LocalProtocolError(f"{handle.number} can't be looked up")


class WithoutCancel:
    """For a supplier that undoes nothing."""

    def cancel(self, handle: SupplyHandle) -> CancelAnswer:
        """Refuse: there is nobody to ask."""
        raise LocalProtocolError(f"{handle.number} can't be cancelled")


class WithoutEndEarly:
    """For a supplier whose bundles run to their end."""

    def end_early(self, handle: SupplyHandle) -> CancelAnswer:
        """Refuse: there is nobody to ask."""
        raise LocalProtocolError(f"{handle.number} can't be ended early")


class WithoutCallbacks:
    """For a supplier that tells nothing by itself."""

    def read_callback(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> SupplierCallback:
        """Refuse whatever claims to be one."""
        del headers, body, now
        raise CallbackRefusedError("not_expected")

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return a plain answer."""
        return (200 if accepted else 404), "text/plain", b""
