"""eSIM Access: an order is taken at once and allocated later; a renewal is a plan that tops up.

Our number goes with every order, and the same number is the same order there.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from limosa.domain.connectivity.answers import (
    CancelAnswer,
    Delivered,
    Failure,
    Pending,
    PlanPage,
    Refused,
    SupplierBalance,
    SupplierCallback,
    SupplierEsim,
    SupplierUsage,
    SupplyAnswer,
    SupplyHandle,
    SupplyRequest,
    UndoAnswer,
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
from limosa.domain.connectivity.port import WithoutCharges, WithoutMoves
from limosa.domain.connectivity.suppliers.esim_access import notification, plan_list, wire
from limosa.domain.connectivity.suppliers.esim_access.connection import LIST_BYTES_MAX, Connection
from limosa.domain.connectivity.suppliers.esim_access.wire import EsimRow, EsimState
from limosa.domain.connectivity.unsent import unsent
from limosa.domain.http.messages import NotReachedError
from limosa.foundation.errors import LocalProtocolError, ProviderError


class EsimAccessSupplier(WithoutCharges, WithoutMoves):
    """eSIM Access, by settings.SUPPLIER_SETTINGS. It has no statement that can be fetched."""

    capabilities = Capabilities(
        renewal=Renewal.SAME_ESIM,
        idempotency=Idempotency.SAME_ORDER,
        cancel=Cancel.AT_ONCE,
        end_early=True,
        usage_unit=UsageUnit.BYTE,
        usage_age=timedelta(hours=3),
        usage_batch=wire.USAGE_BATCH,
        calls_per_minute=400,  # It takes 480; the rest is for orders.
        renewal_start=RenewalStart.NOW_ADDED,
        lists_plans=True,
        tells_balance=True,
        callback_auth=CallbackAuth.UNSIGNED,
    )

    def __init__(self) -> None:
        given = settings.SUPPLIER_SETTINGS["esim_access"]
        code: str = given["access_code"]
        if not (code.isascii() and code.isprintable()):
            raise ImproperlyConfigured(
                "LIMOSA_ESIM_ACCESS_ACCESS_CODE goes into a header: it must be of ASCII."
            )
        self._connection = Connection(url=given["url"], access_code=code, secret=given["secret"])

    def list_plans(self, *, page: str = "") -> PlanPage:
        """Return the plans for new eSIMs, then those that top up."""
        kind = page or plan_list.BASE
        answer = self._connection.ask(wire.PLANS, {"type": kind}, bytes_max=LIST_BYTES_MAX)
        return plan_list.read_page(answer.granted(), kind)

    def balance(self) -> SupplierBalance:
        """Return our balance, without what is less than a cent."""
        return wire.read_balance(self._connection.ask(wire.BALANCE, {}).granted())

    def order(self, request: SupplyRequest) -> SupplyAnswer:
        """Order an eSIM, which is allocated later, or top up the one that is named."""
        if len(request.number) > wire.NUMBER_LENGTH_MAX:
            raise LocalProtocolError("our number is too long for it")
        try:
            if request.renewed is not None:
                return self._top_up(request, request.renewed)
            content = wire.order_of(
                number=request.number, plan_code=request.plan_code, cost=request.cost
            )
            answer = self._connection.ask(wire.ORDER, content)
        except NotReachedError as error:
            return unsent(error)
        if answer.code == wire.STILL_ALLOCATING:
            return Pending()
        if answer.code:
            return wire.refusal(answer.code)
        return Pending(reference=wire.read_order_number(answer.content))

    def look_up(self, handle: SupplyHandle) -> SupplyAnswer:
        """Return where an order stands, by its reference or by our number.

        Whether an eSIM was topped up can't be asked by our number as far as is documented. It is
        believed where an eSIM names our number, or once it was answered; else a ProviderError.
        """
        if handle.renewed is not None:
            return self._look_up_top_up(handle)
        found = self._ordered(handle)
        return found.as_new() if isinstance(found, EsimRow) else found

    def cancel(self, handle: SupplyHandle) -> UndoAnswer:
        """Cancel an eSIM that nobody has installed; a top-up can't be cancelled."""
        esim = self._to_undo(handle)
        if not isinstance(esim, EsimRow):
            return esim
        return self._undo(wire.CANCEL, esim, handle)

    def end_early(self, handle: SupplyHandle) -> UndoAnswer:
        """Revoke an eSIM, unless another bundle is on it, since that would end too."""
        esim = self._to_undo(handle)
        if not isinstance(esim, EsimRow):
            return esim
        if esim.state is EsimState.OVER:
            return CancelAnswer.DONE
        if not esim.is_one_bundle:
            return CancelAnswer.REFUSED
        return self._undo(wire.REVOKE, esim, handle)

    def usage(self, esims: Sequence[SupplierEsim]) -> list[SupplierUsage]:
        """Return the counts of the eSIMs whose id there is known."""
        asked = {esim.reference: esim for esim in esims if esim.reference}
        if len(asked) > wire.USAGE_BATCH:
            raise LocalProtocolError(f"{len(asked)} eSIMs in one question")
        if not asked:
            return []
        answer = self._connection.ask(wire.USAGE, {"esimTranNoList": list(asked)})
        return wire.read_usages(answer.granted(), asked)

    def read_callback(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> SupplierCallback:
        """Return what to ask. Raises CallbackRefusedError."""
        return notification.read_notification(body, now=now)

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return 200, which is all that it expects."""
        return (200 if accepted else 400), "application/json", b"{}"

    def _top_up(self, request: SupplyRequest, renewed: SupplierEsim) -> SupplyAnswer:
        """Top up an eSIM by what is offered for it, at the price that we expect.

        Without the supplier's id of the eSIM nothing is bought: its ICCID may be another's now.
        """
        if not renewed.reference:
            return wire.NOT_RENEWABLE
        if (obstacle := self._obstacle(request, renewed)) is not None:
            return obstacle
        content = wire.top_up_of(
            number=request.number,
            plan_code=request.plan_code,
            esim_reference=renewed.reference,
            cost=request.cost,
        )
        answer = self._connection.ask(wire.TOP_UP, content)
        if answer.code in wire.NO_TOP_UP:
            return wire.NOT_RENEWABLE
        if answer.code:
            return wire.refusal(answer.code)
        return wire.read_top_up(answer.content, number=request.number, cost=request.cost)

    def _obstacle(self, request: SupplyRequest, renewed: SupplierEsim) -> Refused | None:
        """Return why nothing is to be bought, having asked what is offered for the eSIM."""
        try:
            answer = self._connection.ask(
                wire.PLANS,
                {"type": plan_list.TOP_UPS, "iccid": renewed.iccid},
                bytes_max=LIST_BYTES_MAX,
            )
            if answer.code in wire.NO_TOP_UP:
                return wire.NOT_RENEWABLE
            offer = plan_list.read_offers(answer.granted()).get(request.plan_code)
            if offer is None:
                return wire.NOT_RENEWABLE
            is_at_price = wire.is_at(offer, request.cost)
        except NotReachedError:
            raise
        except ProviderError:
            return Refused(failure=Failure.AGAIN, reason="offers_unknown")
        return None if is_at_price else wire.PRICE_CHANGED

    def _look_up_top_up(self, handle: SupplyHandle) -> SupplyAnswer:
        if handle.reference == handle.number:
            return Delivered(reference=handle.number)  # Only a top-up that was confirmed has it.
        if isinstance(self._by_number(handle.number), EsimRow):
            return Delivered(reference=handle.number)
        raise ProviderError("whether it was topped up can't be asked", retryable=True)

    def _ordered(self, handle: SupplyHandle) -> EsimRow | Pending | Unknown:
        """Return the one eSIM of an order. Raises ProviderError, also for more than one."""
        if not handle.reference:
            return self._by_number(handle.number)
        answer = self._connection.ask(wire.QUERY, wire.query_of(orderNo=handle.reference))
        if answer.code == wire.STILL_ALLOCATING:
            return Pending(reference=handle.reference)
        if answer.code == wire.ORDER_UNKNOWN:
            return Unknown()
        esims = wire.read_esims(answer.granted())
        if not esims:
            return Pending(reference=handle.reference)
        if [esim.order_number for esim in esims] != [handle.reference]:
            raise ProviderError("other eSIMs than were ordered", retryable=True)
        return esims[0]

    def _by_number(self, number: str) -> EsimRow | Pending | Unknown:
        """Return the one eSIM that names our number; Unknown: none of all that there are.

        Whether a query knows our number is not documented. If it ignores it, its answers are of all
        our eSIMs, which are gone through. Raises ProviderError: they are too many, or it has two.
        """
        seen = 0
        for page in range(1, wire.PAGES_MAX + 1):
            question = wire.query_of(page=page, transactionId=number)
            answer = self._connection.ask(wire.QUERY, question, bytes_max=LIST_BYTES_MAX)
            if answer.code == wire.STILL_ALLOCATING:
                return Pending()
            if answer.code == wire.ORDER_UNKNOWN:
                return Unknown()
            found = wire.find_esims(answer.granted(), number)
            if len(found.esims) > 1:
                raise ProviderError("several eSIMs with one number", retryable=True)
            if found.esims:
                return found.esims[0]
            seen += found.listed
            if not found.listed or (found.total is not None and seen >= found.total):
                return Unknown()
        raise ProviderError("too many eSIMs to find it among", retryable=True)

    def _to_undo(self, handle: SupplyHandle) -> EsimRow | UndoAnswer:
        """Return the eSIM of an order that is to be undone; otherwise that nothing can or need be,
        or not yet: it is still being allocated."""
        if handle.renewed is not None:
            return CancelAnswer.REFUSED
        found = self._ordered(handle)
        if not isinstance(found, EsimRow) or found.state is EsimState.COMING:
            return Pending()
        return CancelAnswer.DONE if found.state is EsimState.UNDONE else found

    def _undo(self, call: str, esim: EsimRow, handle: SupplyHandle) -> CancelAnswer:
        """Cancel or revoke. Where its state forbids that, it may be undone by an earlier call."""
        answer = self._connection.ask(call, {"esimTranNo": esim.reference})
        if answer.code not in wire.STATE_FORBIDS:
            answer.granted()
            return CancelAnswer.DONE
        found = self._ordered(handle)
        is_undone = isinstance(found, EsimRow) and found.state is EsimState.UNDONE
        return CancelAnswer.DONE if is_undone else CancelAnswer.REFUSED
