"""Skylark: an order is made at once or a little later, and signed callbacks tell of it.

Our number is the order's name there, so sending it again is the same order.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings

from limosa.domain.connectivity.answers import (
    CancelAnswer,
    PlanPage,
    SupplierBalance,
    SupplierCallback,
    SupplierEsim,
    SupplierUsage,
    SupplyAnswer,
    SupplyHandle,
    SupplyRequest,
    Unknown,
)
from limosa.domain.connectivity.capabilities import (
    CallbackAuth,
    Cancel,
    Capabilities,
    Idempotency,
    Renewal,
    RenewalStart,
    UsageUnit,
)
from limosa.domain.connectivity.port import WithoutCharges, WithoutEndEarly, WithoutMoves
from limosa.domain.connectivity.unsent import unsent
from limosa.domain.http.messages import NotReachedError
from tests.contract.suppliers.skylark import notification, wire
from tests.contract.suppliers.skylark.connection import Connection


class SkylarkSupplier(WithoutEndEarly, WithoutCharges, WithoutMoves):
    """Skylark, by settings.SUPPLIER_SETTINGS."""

    capabilities = Capabilities(
        renewal=Renewal.SAME_ESIM,
        idempotency=Idempotency.SAME_ORDER,
        cancel=Cancel.AT_ONCE,
        usage_unit=UsageUnit.MB,
        usage_age=timedelta(hours=1),
        usage_batch=50,
        calls_per_minute=120,
        renewal_start=RenewalStart.AFTER_CURRENT,
        lists_plans=True,
        tells_balance=True,
        callback_auth=CallbackAuth.SIGNED,
    )

    def __init__(self) -> None:
        given = settings.SUPPLIER_SETTINGS["skylark"]
        self._connection = Connection(url=given["url"], key=given["key"])
        self._callback_secret: str = given["callback_secret"]

    def list_plans(self, *, page: str = "") -> PlanPage:
        """Return a page of what it sells."""
        number = int(page or 1)
        answer = self._connection.ask("GET", f"plans?page={number}")
        return wire.read_plans(answer.granted(), page=number)

    def balance(self) -> SupplierBalance:
        """Return our balance."""
        return wire.read_balance(self._connection.ask("GET", "balance").granted())

    def order(self, request: SupplyRequest) -> SupplyAnswer:
        """Order a new eSIM, or a renewal of the one that is named."""
        content = wire.order_of(request)
        try:
            answer = self._connection.ask("PUT", f"orders/{request.number}", content)
        except NotReachedError as error:
            return unsent(error)
        return wire.refusal(answer.error) if answer.error else wire.read_order(answer.content)

    def look_up(self, handle: SupplyHandle) -> SupplyAnswer:
        """Return where the order with our number stands."""
        answer = self._connection.ask("GET", f"orders/{handle.number}")
        if answer.error == wire.NO_SUCH_ORDER:
            return Unknown()
        return wire.read_order(answer.granted())

    def cancel(self, handle: SupplyHandle) -> CancelAnswer:
        """Cancel an order whose eSIM nobody has installed."""
        answer = self._connection.ask("DELETE", f"orders/{handle.number}")
        if answer.error == wire.INSTALLED:
            return CancelAnswer.REFUSED
        answer.granted()
        return CancelAnswer.DONE

    def usage(self, esims: Sequence[SupplierEsim]) -> list[SupplierUsage]:
        """Return the counts of the eSIMs that it knows."""
        asked = {esim.iccid: esim for esim in esims}
        answer = self._connection.ask("POST", "usage", {"iccids": list(asked)})
        return wire.read_usages(answer.granted(), asked)

    def read_callback(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> SupplierCallback:
        """Return what a callback says. Raises CallbackRefusedError."""
        return notification.read_notification(
            headers=headers, body=body, secret=self._callback_secret, now=now
        )

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return 200, or it sends the callback again for a day."""
        return (200 if accepted else 400), "application/json", b"{}"
