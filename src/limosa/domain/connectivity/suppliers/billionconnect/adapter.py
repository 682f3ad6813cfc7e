"""Orders from BillionConnect. The reference is its `orderId`, our number its `channelOrderId`.

An order is answered at once, and delivered by a callback: only that carries the QR code. So a look
up tells whether there is an order, what became of a renewal, and never the code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.utils import timezone

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
    UnderReview,
    UndoAnswer,
    Unknown,
)
from limosa.domain.connectivity.capabilities import (
    CallbackAuth,
    Cancel,
    Capabilities,
    Idempotency,
    Renewal,
    UsageUnit,
)
from limosa.domain.connectivity.engine.foreign_values import (
    as_object,
    not_understood,
    read_currency,
    read_decimal,
    rounded_money,
)
from limosa.domain.connectivity.port import WithoutCharges, WithoutMoves
from limosa.domain.connectivity.suppliers.billionconnect import counts, notification, plans, wire
from limosa.domain.connectivity.suppliers.billionconnect.account import read_account
from limosa.domain.connectivity.suppliers.billionconnect.connection import (
    LIST_BYTES_MAX,
    Connection,
)
from limosa.domain.connectivity.unsent import unsent
from limosa.domain.http.messages import NotReachedError
from limosa.foundation.errors import ProviderError


class BillionConnectSupplier(WithoutMoves, WithoutCharges):
    """BillionConnect, by settings.SUPPLIER_SETTINGS."""

    capabilities = Capabilities(
        renewal=Renewal.SAME_ESIM,
        idempotency=Idempotency.LOOKED_UP,
        cancel=Cancel.REVIEWED,
        end_early=True,
        usage_unit=UsageUnit.KIB,
        usage_batch=1,
        calls_per_minute=30,
        lists_plans=True,
        tells_balance=True,
        callback_auth=CallbackAuth.SIGNED,
        profile_reports=True,
    )

    def __init__(self) -> None:
        self._account = read_account(settings.SUPPLIER_SETTINGS["billionconnect"])
        # It takes back nothing that is delivered without a reason, which it names itself.
        is_reasoned = bool(self._account.refund_reason)
        self.capabilities = replace(type(self).capabilities, cancels_delivered=is_reasoned)
        self._connection = Connection(self._account)

    def list_plans(self, *, page: str = "") -> PlanPage:
        """Return the whole list: it comes in one piece, and the prices in another."""
        del page
        method = self._account.sales_method
        now = timezone.now()
        prices = plans.read_prices(
            self._connection.ask("F003", {"salesMethod": method}, now=now, bytes_max=LIST_BYTES_MAX)
        )
        products = self._connection.ask(
            "F002", wire.products_question(method), now=now, bytes_max=LIST_BYTES_MAX
        )
        return plans.read_page(products, prices, currency=self._account.currency)

    def balance(self) -> SupplierBalance:
        """Return what is left of the deposit. Credit is not counted: whether it is part of what it
        calls available is not said."""
        told = as_object(self._ask("F014", {}), "tradeData")
        currency = read_currency(told, "currency") if told.get("currency") else ""
        if currency not in {"", self._account.currency}:
            raise ProviderError(f"the account is in {currency}", retryable=False)
        amount = read_decimal(told, "availableBalance")
        if amount is None:
            amount = read_decimal(told, "saleBalance")
        if amount is None:
            raise not_understood("availableBalance")
        available = rounded_money(amount, self._account.currency, name="balance")
        return SupplierBalance(available=available)

    def order(self, request: SupplyRequest) -> SupplyAnswer:
        """Order a new eSIM (F040), or another plan for one that can have it (F007)."""
        bought = wire.parse_plan(request.plan_code)
        if bought is None:
            return Refused(failure=Failure.ANOTHER, reason="plan_code_unknown")
        number = request.number
        if request.renewed is None:
            order = wire.esim_order(number, bought, email=self._account.email)
            return self._order("F040", order, number)
        try:
            refused = self._why_not_renewed(request.renewed.iccid, bought)
        except ProviderError as error:
            return unsent(error)  # Nothing is ordered yet.
        if refused is not None:
            return refused
        order = wire.renewal_order(number, bought, iccid=request.renewed.iccid)
        return self._order("F007", order, number)

    def look_up(self, handle: SupplyHandle) -> SupplyAnswer:
        """Return how an order stands (F011). A renewal that is shipped is delivered; a new eSIM is
        once its callback has come."""
        found = self._find(handle.number)
        if found is None:
            return Unknown()
        if found.status == wire.CANCELLED:
            return Refused(failure=Failure.ANOTHER, reason="cancelled")
        if handle.renewed is not None and found.status == wire.SHIPPED:
            if found.iccids and handle.renewed.iccid not in found.iccids:
                raise not_understood("iccid")
            return Delivered(reference=found.reference)
        return Pending(reference=found.reference)

    def cancel(self, handle: SupplyHandle) -> UndoAnswer:
        """Cancel an order (F008), or apply for a refund of what is delivered (F017): people decide.

        What they decided is seen in the order. A further application while one is open is refused
        by a code that no document names, so it changes nothing.
        """
        found = self._found(handle.number)
        if found.status == wire.CANCELLED:
            return CancelAnswer.DONE
        if found.status == wire.PLACED:
            return self._apply("F008", {"orderId": found.reference})
        return self._give_back(handle.number, _iccid_of(handle, found), found.reference)

    def end_early(self, handle: SupplyHandle) -> UndoAnswer:
        """End a plan that runs (F045). It is said to refuse one that has not begun."""
        found = self._found(handle.number)
        if found.status == wire.CANCELLED:
            return CancelAnswer.DONE
        iccid = _iccid_of(handle, found)
        if not iccid or not found.sub_order:
            return CancelAnswer.REFUSED
        count = self._count_of(iccid, found.reference)
        if count is not None and count.status in {counts.ENDED, counts.CANCELLED}:
            return CancelAnswer.DONE
        question = {"orderId": found.reference, "subOrderId": found.sub_order, "iccid": iccid}
        try:
            self._ask("F045", question)
        except wire.TradeRefusedError as refused:
            if refused.code == wire.BUSY:
                raise
            return CancelAnswer.REFUSED
        return CancelAnswer.DONE

    def usage(self, esims: Sequence[SupplierEsim]) -> list[SupplierUsage]:
        """Return the count of each eSIM (F012); by days (F046) where a plan has no total."""
        now = timezone.now()
        readings = [self._reading(esim, now) for esim in esims]
        return [one for one in readings if one is not None]

    def read_callback(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> SupplierCallback:
        """Return what a callback says. Raises CallbackRefusedError."""
        return notification.read(
            headers=headers, body=body, secret=self._account.app_secret, now=now
        )

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return its own kind of answer."""
        code, text = (wire.DONE, "成功") if accepted else ("9999", "失败")
        body = f'{{"tradeCode":"{code}","tradeMsg":"{text}"}}'.encode()
        return (200 if accepted else 400), "application/json;charset=UTF-8", body

    def _reading(self, esim: SupplierEsim, now: datetime) -> SupplierUsage | None:
        """Return what was counted on an eSIM; None: it does not know it, or of no plan on it."""
        try:
            data = self._ask("F012", wire.usage_question(esim.iccid))
            count = counts.one_to_tell(counts.read_counts(data))
            if count is None:
                return None
            used = count.used_bytes
            if used is None:
                question = wire.usage_question(esim.iccid, reference=count.reference)
                used = counts.read_days(self._ask("F046", question), count.reference)
        except wire.TradeRefusedError as refused:
            if refused.code == wire.BUSY:
                raise
            return None  # It is about this eSIM; the others can still be asked for.
        return counts.usage(esim, count, used_bytes=used, now=now)

    def _order(self, trade: str, order: object, number: str) -> SupplyAnswer:
        """Return the answer to an order. One that was refused is looked up before that is believed:
        after "busy" it would be sent again."""
        try:
            return wire.order_placed(self._ask(trade, order), number)
        except NotReachedError as error:
            return unsent(error)
        except wire.TradeRefusedError as refused:
            try:
                found = self._find(number)
            except wire.TradeRefusedError as also_refused:
                # What it answers of an order that it does not have is in no document.
                if also_refused.code == wire.BUSY:
                    raise
                found = None
            if found is not None and found.status != wire.CANCELLED:
                return Pending(reference=found.reference)
            return wire.refusal(refused.code)

    def _why_not_renewed(self, iccid: str, bought: wire.Bought) -> Refused | None:
        """Return why a plan can't be bought for an eSIM; None: it can. Raises ProviderError."""
        try:
            skus = wire.renewing_skus(self._ask("F052", {"iccid": iccid}))
            if not skus or not wire.is_renewable(self._ask("F013", {"iccid": [iccid]}), iccid):
                return Refused(failure=Failure.ANOTHER, reason="not_renewable")
        except wire.TradeRefusedError as refused:
            return wire.refusal(refused.code)
        if bought.sku not in skus:
            return Refused(failure=Failure.ANOTHER, reason="not_for_this_esim")
        return None

    def _give_back(self, number: str, iccid: str, reference: str) -> UndoAnswer:
        """Apply for a refund of what was delivered, if it is unused."""
        if not iccid or not self._account.refund_reason:
            return CancelAnswer.REFUSED
        count = self._count_of(iccid, reference)
        if count is not None and count.status == counts.CANCELLED:
            return CancelAnswer.DONE
        if count is not None and count.status != counts.UNUSED:
            return CancelAnswer.REFUSED
        reason = self._account.refund_reason
        return self._apply("F017", wire.refund_application(number, iccid=iccid, reason=reason))

    def _apply(self, trade: str, content: object) -> UndoAnswer:
        try:
            told = self._ask(trade, content)
        except wire.TradeRefusedError as refused:
            if refused.code == wire.BUSY:
                raise
            is_malformed = wire.refusal(refused.code).reason == "parameter_refused"
            return CancelAnswer.REFUSED if is_malformed else UnderReview()
        return UnderReview(application=wire.application_of(told))

    def _count_of(self, iccid: str, reference: str) -> counts.Count | None:
        data = self._ask("F012", wire.usage_question(iccid))
        of_order = [one for one in counts.read_counts(data) if one.reference == reference]
        return of_order[0] if of_order else None

    def _find(self, number: str) -> wire.OrderFound | None:
        """Return an order; None: it says that there is none."""
        try:
            return wire.order_found(self._ask("F011", {"channelOrderId": number}), number)
        except wire.TradeRefusedError as refused:
            if refused.code != self._account.unknown_order_code:
                raise
        return None

    def _found(self, number: str) -> wire.OrderFound:
        found = self._find(number)
        if found is None:
            raise ProviderError("it has no such order", retryable=True)
        return found

    def _ask(self, trade: str, content: object) -> object:
        return self._connection.ask(trade, content, now=timezone.now())


def _iccid_of(handle: SupplyHandle, found: wire.OrderFound) -> str:
    """Return the eSIM that an order is on."""
    esim = handle.delivered or handle.renewed
    if esim is not None:
        return esim.iccid
    return found.iccids[0] if len(found.iccids) == 1 else ""
