"""Orders from an SM-DP+ by ES2+: DownloadOrder, then ConfirmOrder. The reference is the ICCID.

The standard has no query. An answer that was lost is asked for again under the same names where the
SM-DP+ recognizes them; elsewhere people find out, by the matching id and the names of the calls,
which come from our order's number.
"""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from limosa.domain.connectivity.answers import (
    CancelAnswer,
    Delivered,
    SupplierCallback,
    SupplyAnswer,
    SupplyHandle,
    SupplyRequest,
)
from limosa.domain.connectivity.capabilities import (
    CallbackAuth,
    Cancel,
    Capabilities,
    Idempotency,
    Renewal,
    RenewalStart,
)
from limosa.domain.connectivity.port import (
    WithoutBalance,
    WithoutCharges,
    WithoutEndEarly,
    WithoutLookUp,
    WithoutMoves,
    WithoutPlans,
    WithoutUsage,
)
from limosa.domain.connectivity.suppliers.es2plus import wire
from limosa.domain.connectivity.unsent import fault_of, unsent
from limosa.domain.esims.engine.profile import Profile
from limosa.domain.http.messages import MessageLine, NotReachedError
from limosa.foundation.errors import ProviderError
from limosa.foundation.identifiers import activation_code
from limosa.foundation.keys import key_from
from limosa.protocols.sgp22 import es2plus
from limosa.protocols.sgp22.es2plus import Es2PlusFailed, OrderAnswer
from limosa.protocols.sgp22.refusal import RspRefusal

_CONFIRM_ATTEMPTS = 2


class Es2PlusSupplier(
    WithoutLookUp,
    WithoutEndEarly,
    WithoutMoves,
    WithoutPlans,
    WithoutBalance,
    WithoutCharges,
    WithoutUsage,
):
    """An SM-DP+, by settings.SUPPLIER_SETTINGS. It sells profiles, and knows nothing of use."""

    def __init__(self) -> None:
        self._given = settings.SUPPLIER_SETTINGS["es2plus"]
        self._matching_key = key_from(settings.SECRET_KEY, purpose="es2plus-matching-id")
        self._line = MessageLine(
            certificate=self._given["certificate"] or "",
            key=self._given["key"] or "",
            ca=self._given["ca"] or "",
        )
        is_safe, is_told = self._given["repeats_safely"], bool(self._given["callback_key"])
        self.capabilities = Capabilities(
            renewal=Renewal.SAME_ESIM,
            idempotency=Idempotency.SENT_AGAIN if is_safe else Idempotency.NONE,
            cancel=Cancel.AT_ONCE,
            renewal_start=RenewalStart.AS_CHOSEN,
            callback_auth=CallbackAuth.SIGNED if is_told else CallbackAuth.NONE,
            profile_reports=is_told,
        )

    def order(self, request: SupplyRequest) -> SupplyAnswer:
        """Order any profile of the type that the plan's code names. A renewal needs none."""
        if request.renewed is not None:
            return Delivered()
        order = self._order(request.number)
        try:
            answer = self._ask(wire.ORDER, order.download_order(request.plan_code))
        except NotReachedError as error:
            return unsent(error)
        except Es2PlusFailed as failed:
            return wire.refusal(failed.execution)
        if not answer.iccid:
            raise ProviderError("reply without an ICCID", retryable=True)
        return self._confirmed(order, answer.iccid)

    def cancel(self, handle: SupplyHandle) -> CancelAnswer:
        """Cancel an order; what a device has downloaded stays."""
        if not handle.reference:
            return CancelAnswer.REFUSED
        body = self._order(handle.number).cancel_order(handle.reference)
        try:
            self._ask(wire.CANCEL, body)
        except Es2PlusFailed as failed:
            if wire.is_for_now(failed.execution):
                raise ProviderError(str(failed), retryable=True) from failed
            return CancelAnswer.REFUSED
        return CancelAnswer.DONE

    def read_callback(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> SupplierCallback:
        """Return what is told of a download. Raises CallbackRefusedError."""
        del now
        return wire.read_progress(
            headers=headers, body=body, callback_key=self._given["callback_key"] or ""
        )

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return an empty answer: HandleDownloadProgressInfo is a notification."""
        return (200 if accepted else 401), "application/json", b""

    def _confirmed(self, order: wire.Order, iccid: str) -> SupplyAnswer:
        """Confirm what was ordered, twice if the answer is lost. What is refused is given back."""
        is_lost = False
        for _ in range(_CONFIRM_ATTEMPTS):
            try:
                answer = self._ask(wire.CONFIRM, order.confirm_order(iccid))
            except NotReachedError:
                continue
            except ProviderError:
                is_lost = True
                continue
            except Es2PlusFailed as failed:
                if is_lost and wire.is_confirmed_before(failed.execution):
                    return self._delivered(order, iccid, OrderAnswer())
                self._give_back(order, iccid)
                return wire.refusal(failed.execution)
            return self._delivered(order, iccid, answer)
        raise ProviderError("ordered, and no answer to the confirmation", retryable=True)

    def _give_back(self, order: wire.Order, iccid: str) -> None:
        try:
            self._ask(wire.CANCEL, order.give_back(iccid))
        except Es2PlusFailed as failed:
            raise ProviderError(f"not confirmed, nor cancelled: {failed}", retryable=True) from None

    def _delivered(self, order: wire.Order, iccid: str, answer: OrderAnswer) -> Delivered:
        code = activation_code(
            smdp_address=answer.smdp_address or self._given["smdp_address"],
            matching_id=answer.matching_id or order.matching_id,
        )
        return Delivered(reference=iccid, profile=Profile(iccid=iccid, activation_code=code))

    def _ask(self, function: str, body: bytes) -> OrderAnswer:
        """Return the answer of a function that was executed.

        Raises Es2PlusFailed: it was not. ProviderError: nobody knows; or NotReachedError.
        """
        url = f"{self._given['url'].rstrip('/')}{es2plus.PATH}{function}"
        reply = self._line.post(url, body, headers=es2plus.HEADERS)
        if reply.status != 200:
            raise fault_of(reply)
        try:
            return OrderAnswer.read(reply.body)
        except RspRefusal as refused:
            raise ProviderError(f"reply not understood: {refused}", retryable=True) from refused

    def _order(self, number: str) -> wire.Order:
        return wire.Order(self._given["requester"], number, self._matching_key)
