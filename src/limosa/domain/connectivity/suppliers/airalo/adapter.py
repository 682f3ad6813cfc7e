"""Orders from Airalo. The reference is its order's id; our number is the order's description.

Nothing there recognizes an order that is sent again, so one whose answer was lost is looked for in
the list of orders first.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

from django.conf import settings
from django.utils import timezone

from limosa.domain.connectivity.answers import (
    Charge,
    PlanPage,
    Refused,
    SupplierBalance,
    SupplierCallback,
    SupplierEsim,
    SupplierUsage,
    SupplyAnswer,
    SupplyHandle,
    SupplyRequest,
)
from limosa.domain.connectivity.capabilities import (
    CallbackAuth,
    Capabilities,
    Idempotency,
    Renewal,
    UsageUnit,
)
from limosa.domain.connectivity.engine.foreign_values import Fields
from limosa.domain.connectivity.port import WithoutCancel, WithoutEndEarly, WithoutMoves
from limosa.domain.connectivity.suppliers.airalo import notification, plans, wire
from limosa.domain.connectivity.suppliers.airalo.account import read_account
from limosa.domain.connectivity.suppliers.airalo.connection import (
    LIST_BYTES_MAX,
    connection_for,
    order_begins_until,
)
from limosa.domain.connectivity.unsent import unsent
from limosa.domain.http.messages import NotReachedError
from limosa.foundation.errors import LocalProtocolError, ProviderError

PLACES_IN_A_PAGE = 25  # Ours: countries and regions, each with all its packages.
PAGES_MAX = 1_000  # Ours: of a statement.


class AiraloSupplier(WithoutCancel, WithoutEndEarly, WithoutMoves):
    """Airalo, by settings.SUPPLIER_SETTINGS."""

    capabilities = Capabilities(
        renewal=Renewal.SAME_ESIM,
        idempotency=Idempotency.LOOKED_UP,
        usage_unit=UsageUnit.MIB,
        usage_age=timedelta(minutes=20),  # It caches what it answers for so long.
        usage_batch=1,
        calls_per_minute=100,
        lists_plans=True,
        tells_balance=True,
        lists_charges=True,
        callback_auth=CallbackAuth.SIGNED,
    )

    def __init__(self) -> None:
        self._account = read_account(settings.SUPPLIER_SETTINGS["airalo"])
        self._connection = connection_for(self._account)

    def list_plans(self, *, page: str = "") -> PlanPage:
        """Return the packages of some countries and regions, with their top-ups."""
        number = int(page or 1)
        query = {"include": "topup", "limit": str(PLACES_IN_A_PAGE), "page": str(number)}
        answer = self._connection.get("packages", query, bytes_max=LIST_BYTES_MAX)
        is_last = number >= wire.last_page(answer)
        return plans.read_page(answer, next_page="" if is_last else str(number + 1))

    def balance(self) -> SupplierBalance:
        """Return what is available to us."""
        return wire.read_balance(self._connection.get("balance", {}))

    def charges(self, *, since: datetime, until: datetime) -> list[Charge]:
        """Return what our orders cost: there is no other statement."""
        charges: list[Charge] = []
        for page in range(1, PAGES_MAX + 1):
            query = wire.orders_between(since, until, page=page)
            answer = self._connection.get("orders", query, bytes_max=LIST_BYTES_MAX)
            charges += wire.read_charges(answer, since=since, until=until)
            if page >= wire.last_page(answer):
                return charges
        raise ProviderError("the statement has no end", retryable=False)

    def order(self, request: SupplyRequest) -> SupplyAnswer:
        """Order a new eSIM, or a top-up for one that can have it."""
        number, package = request.number, request.plan_code
        begin_until = order_begins_until()
        if request.renewed is None:
            order = wire.esim_order(number, package)
            return self._order("orders", order, number, begin_until=begin_until)
        iccid = request.renewed.iccid
        refused = self._why_not_renewed(iccid, package)
        if refused is not None:
            return refused
        order = wire.renewal_order(number, package, iccid=iccid)
        path = "orders/topups"
        return self._order(path, order, number, begin_until=begin_until, is_renewal=True)

    def look_up(self, handle: SupplyHandle) -> SupplyAnswer:
        """Return the order whose description is our number."""
        query = wire.orders_by_number(handle.number)
        answer = self._connection.get("orders", query, bytes_max=LIST_BYTES_MAX)
        return wire.order_found(answer, handle.number, is_renewal=handle.renewed is not None)

    def usage(self, esims: Sequence[SupplierEsim]) -> list[SupplierUsage]:
        """Return the count of each eSIM that is still ours."""
        readings = []
        for esim in esims:
            try:
                answer = self._connection.get(f"sims/{_path(esim.iccid)}/usage", {})
            except wire.ReplyRefusedError as refused:
                if refused.status not in {wire.NOT_FOUND, wire.UNPROCESSABLE}:
                    raise
                continue  # It is about this eSIM; the others can still be asked for.
            reading = wire.read_usage(answer, esim, now=timezone.now())
            readings += [reading] if reading else []
        return readings

    def read_callback(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> SupplierCallback:
        """Return what a webhook says. Raises CallbackRefusedError."""
        return notification.read(
            headers=headers, body=body, secret=self._account.client_secret, now=now
        )

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return an answer without content: 200, or it is sent again for some hours."""
        return (200 if accepted else 401), "application/json", b""

    def _order(
        self,
        path: str,
        order: Mapping[str, object],
        number: str,
        *,
        begin_until: float,
        is_renewal: bool = False,
    ) -> SupplyAnswer:
        try:
            answer: Fields = self._connection.post(path, order, begin_until=begin_until)
        except NotReachedError as error:
            return unsent(error)
        except wire.ReplyRefusedError as refused:
            return wire.refusal(refused)
        return wire.order_made(answer.get("data"), number, is_renewal=is_renewal)

    def _why_not_renewed(self, iccid: str, package: str) -> Refused | None:
        """Return why a top-up can't be bought for an eSIM; None: it can."""
        try:
            offers = wire.read_offers(self._connection.get(f"sims/{_path(iccid)}/topups", {}))
        except wire.ReplyRefusedError as refused:
            return wire.offers_refused(refused)
        except ProviderError as error:
            return unsent(error)  # Nothing is ordered yet.
        if package in offers:
            return None
        return wire.NOT_FOR_THIS_ESIM if offers else wire.NOT_RENEWABLE


def _path(iccid: str) -> str:
    """Return an ICCID as a part of a path. Raises LocalProtocolError for what is none."""
    if not iccid.isdigit():
        raise LocalProtocolError("not an ICCID")
    return quote(iccid, safe="")
