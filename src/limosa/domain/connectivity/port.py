"""What a supplier of connectivity must implement. Settings name the adapter of each supplier.

Every method may raise ProviderError: there was no clean answer. No caller branches on a supplier's
own code. The types exchanged are in answers.py and capabilities.py; how to write an adapter is in
docs/howto/add-a-supplier.md.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from limosa.domain.connectivity.answers import (
    CallbackRefusedError,
    Charge,
    InstallTerms,
    PlanPage,
    Reinstall,
    ReplacementRequest,
    SupplierBalance,
    SupplierCallback,
    SupplierEsim,
    SupplierUsage,
    SupplyAnswer,
    SupplyHandle,
    SupplyRequest,
    UndoAnswer,
)
from limosa.domain.connectivity.capabilities import Capabilities
from limosa.foundation.errors import LocalProtocolError


class SupplierAdapter(Protocol):
    """A supplier. Methods that `capabilities` rules out are never called."""

    capabilities: Capabilities

    def list_plans(self, *, page: str = "") -> PlanPage:
        """Return a page of what the supplier sells to us; empty: the first."""

    def balance(self) -> SupplierBalance:
        """Return our balance at the supplier."""

    def charges(self, *, since: datetime, until: datetime) -> list[Charge]:
        """Return what it charged us and gave back from `since` until before `until`."""

    def order(self, request: SupplyRequest) -> SupplyAnswer:
        """Order a new eSIM with the plan on it, or another bundle for the eSIM that is named.

        Depending on capabilities.idempotency, the same number may be sent again, or is answered
        Duplicate.
        """

    def look_up(self, handle: SupplyHandle) -> SupplyAnswer:
        """Return the status of an order; changes nothing.

        By our number if capabilities.looks_up_by_number, otherwise by the reference, which is then
        never empty. Refused: the order failed there; with AGAIN: ask later.
        """

    def cancel(self, handle: SupplyHandle) -> UndoAnswer:
        """Cancel an unused order; DONE if it was cancelled before."""

    def end_early(self, handle: SupplyHandle) -> UndoAnswer:
        """End the service of an order; DONE if it has already ended."""

    def usage(self, esims: Sequence[SupplierEsim]) -> list[SupplierUsage]:
        """Return the supplier's count for each eSIM that it knows, in any order.

        At most `capabilities.usage_batch` eSIMs. Never called without a `usage_unit`.
        """

    def replace(self, request: ReplacementRequest) -> SupplyAnswer:
        """Return another profile for an eSIM; no plan is bought. The same number returns the same.

        Only if capabilities.gives_new_profiles. The old profile stays as it is.
        """

    def retire(self, *, iccid: str) -> UndoAnswer:
        """Make a profile that is no longer needed unavailable for downloads; DONE if it was."""

    def install_terms(self, *, iccid: str) -> InstallTerms:
        """Return how often the code of an eSIM installs it. Makes no outside calls."""

    def read_callback(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> SupplierCallback:
        """Verify the raw bytes and return their content. Header names are lower-case.

        Makes no outside calls. Raises CallbackRefusedError; nothing else.
        """

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return the acknowledgement the supplier expects: HTTP status, content type, body."""


class WithoutLookUp:
    """For a supplier at which orders can't be looked up."""

    def look_up(self, handle: SupplyHandle) -> SupplyAnswer:
        """Refuse: the supplier can't be queried."""
        raise LocalProtocolError(f"{handle.number} can't be looked up")


class WithoutCancel:
    """For a supplier that cancels nothing."""

    def cancel(self, handle: SupplyHandle) -> UndoAnswer:
        """Refuse: the supplier can't cancel."""
        raise LocalProtocolError(f"{handle.number} can't be cancelled")


class WithoutEndEarly:
    """For a supplier whose bundles always run to their end."""

    def end_early(self, handle: SupplyHandle) -> UndoAnswer:
        """Refuse: the supplier can't end a bundle early."""
        raise LocalProtocolError(f"{handle.number} can't be ended early")


class WithoutPlans:
    """For a supplier whose list of plans comes as a file."""

    def list_plans(self, *, page: str = "") -> PlanPage:
        """Refuse: the supplier has no list that can be fetched."""
        raise LocalProtocolError(f"the list of plans can't be fetched, nor page {page!r} of it")


class WithoutBalance:
    """For a supplier that does not tell our balance."""

    def balance(self) -> SupplierBalance:
        """Refuse: the supplier does not tell it."""
        raise LocalProtocolError("the balance can't be asked for")


class WithoutCharges:
    """For a supplier whose statement comes as a file."""

    def charges(self, *, since: datetime, until: datetime) -> list[Charge]:
        """Refuse: the supplier has no statement that can be fetched."""
        raise LocalProtocolError(f"the charges from {since} until {until} can't be fetched")


class WithoutUsage:
    """For a supplier that counts no use, or in a unit that is not known."""

    def usage(self, esims: Sequence[SupplierEsim]) -> list[SupplierUsage]:
        """Refuse: nothing can be said about use."""
        raise LocalProtocolError(f"the use of {len(esims)} eSIMs can't be asked for")


class WithoutMoves:
    """For a supplier that gives no other profiles for an eSIM, and says nothing of downloads."""

    def replace(self, request: ReplacementRequest) -> SupplyAnswer:
        """Refuse: the supplier gives no other profile."""
        raise LocalProtocolError(f"{request.number} can't be given another profile")

    def retire(self, *, iccid: str) -> UndoAnswer:
        """Refuse: the supplier gave no other profile."""
        raise LocalProtocolError(f"the profile …{iccid[-4:]} can't be retired")

    def install_terms(self, *, iccid: str) -> InstallTerms:
        """Return that nothing is known."""
        del iccid
        return InstallTerms(reinstall=Reinstall.UNKNOWN)


class WithoutCallbacks:
    """For a supplier that sends no callbacks."""

    def read_callback(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> SupplierCallback:
        """Refuse anything that claims to be a callback."""
        del headers, body, now
        raise CallbackRefusedError("not_expected")

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return a plain answer."""
        return (200 if accepted else 404), "text/plain", b""
