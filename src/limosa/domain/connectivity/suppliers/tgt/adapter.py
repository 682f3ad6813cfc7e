"""TGT: an order is taken at once and issued later, with a callback. So is a renewal, but for cards
of type C4, to which something is added at once.

Our number goes with every order, with a key made from it: the same key is the same order there.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

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
    Unknown,
)
from limosa.domain.connectivity.capabilities import (
    CallbackAuth,
    Capabilities,
    Idempotency,
    Renewal,
    UsageUnit,
)
from limosa.domain.connectivity.port import WithoutCancel, WithoutCharges, WithoutMoves
from limosa.domain.connectivity.suppliers.tgt import notification, product_list, wire
from limosa.domain.connectivity.suppliers.tgt.connection import LIST_BYTES_MAX, Connection, Talk
from limosa.domain.connectivity.suppliers.tgt.wire import Answer, OrderRow, OrderState, Product
from limosa.domain.connectivity.unsent import unsent
from limosa.domain.http.messages import NotReachedError
from limosa.foundation.errors import LocalProtocolError, ProviderError

_LANGUAGE = {"lang": "en"}


class TgtSupplier(WithoutCancel, WithoutCharges, WithoutMoves):
    """TGT, by settings.SUPPLIER_SETTINGS. Its lists of orders have no prices."""

    capabilities = Capabilities(
        renewal=Renewal.SAME_ESIM,
        idempotency=Idempotency.SAME_ORDER,
        end_early=True,
        usage_unit=UsageUnit.MIB,
        calls_per_minute=30,  # A question about use is two calls; how many it takes is not said.
        lists_plans=True,
        tells_balance=True,
        callback_auth=CallbackAuth.SIGNED,
    )

    def __init__(self) -> None:
        given = settings.SUPPLIER_SETTINGS["tgt"]
        self._callback_secret: str = given["callback_secret"] or given["secret"]
        self._connection = Connection(
            url=given["url"], account_id=given["account_id"], secret=given["secret"]
        )

    def list_plans(self, *, page: str = "") -> PlanPage:
        """Return a page of its products."""
        number = int(page or 1)
        asked = {"pageNum": number, "pageSize": product_list.PAGE_SIZE, **_LANGUAGE}
        answer = self._connection.talk().ask(wire.PRODUCTS, asked, bytes_max=LIST_BYTES_MAX)
        return product_list.read_page(answer.granted(), number)

    def balance(self) -> SupplierBalance:
        """Return our balance."""
        return wire.read_balance(self._connection.talk().ask(wire.BALANCE, {}).granted())

    def order(self, request: SupplyRequest) -> SupplyAnswer:
        """Order an eSIM, or renew one, in the way of its card."""
        if len(request.number) > wire.NUMBER_LENGTH_MAX:
            raise LocalProtocolError("our number is too long for it")
        talk = self._connection.talk()
        try:
            purchase_type = wire.purchase_type(request.plan_code)
            if purchase_type is None:
                return self._order(talk, request)
            return self._top_up(talk, request, purchase_type)
        except NotReachedError as error:
            return unsent(error)

    def look_up(self, handle: SupplyHandle) -> SupplyAnswer:
        """Return where an order stands, by its reference or by our number.

        What was added to a card is known by its reference alone.
        """
        if wire.is_top_up(handle.reference):
            return Delivered(reference=handle.reference)  # Only one that was confirmed has it.
        found = self._row(self._connection.talk(), handle)
        if found is None:
            return Unknown()
        return found.as_answer(is_renewal=handle.renewed is not None)

    def end_early(self, handle: SupplyHandle) -> CancelAnswer:
        """End an order on a card of type C4; others can't be ended."""
        if wire.is_top_up(handle.reference):
            return CancelAnswer.REFUSED
        talk = self._connection.talk()
        order = self._row(talk, handle)
        if order is None or order.state in (OrderState.OVER, OrderState.UNDONE):
            return CancelAnswer.DONE
        if not order.iccid:
            raise ProviderError("not issued yet", retryable=True)
        product = self._product(talk, order.product)
        if isinstance(product, Refused):
            raise ProviderError(f"its card is not known: {product.reason}", retryable=True)
        if product.card != wire.C4:
            return CancelAnswer.REFUSED
        answer = talk.ask(wire.TERMINATE, {"orderNo": order.reference, "iccid": order.iccid})
        if wire.refusal(answer) is not None:
            answer.granted()
        return CancelAnswer.REFUSED if answer.code else CancelAnswer.DONE

    def usage(self, esims: Sequence[SupplierEsim]) -> list[SupplierUsage]:
        """Return the count of what runs on each eSIM, whichever order it is of."""
        found = [self._usage(esim) for esim in esims]
        return [usage for usage in found if usage is not None]

    def read_callback(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> SupplierCallback:
        """Return what was issued or renewed. Raises CallbackRefusedError."""
        return notification.read_notification(body, secret=self._callback_secret)

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return the envelope without which it sends the callback again, every 5 seconds."""
        said = b'{"code":"0000","msg":"success"}' if accepted else b'{"code":"9999","msg":"no"}'
        return (200 if accepted else 400), "application/json", said

    def _order(self, talk: Talk, request: SupplyRequest) -> SupplyAnswer:
        """Order a product, at the price that we expect: there is no price in the order itself."""
        try:
            product = self._product(talk, request.plan_code)
        except NotReachedError:
            raise
        except ProviderError:
            return Refused(failure=Failure.AGAIN, reason="product_unknown")
        obstacle = _obstacle(product, request)
        if obstacle is not None or isinstance(product, Refused):
            return self._unless_ordered(talk, request, obstacle or wire.NOT_SOLD)
        content = {
            "productCode": request.plan_code,
            "channelOrderNo": request.number,
            "idempotencyKey": wire.key_of(request.number),
        }
        if product.is_dated:
            content["startDate"] = timezone.now().astimezone(UTC).date().isoformat()
        if request.renewed is not None:
            content["iccid"] = request.renewed.iccid
        answer = talk.ask(wire.RENEW if request.renewed else wire.CREATE, content)
        if not answer.code:
            return Pending(reference=wire.read_order_number(answer.content))
        refused = Refused(failure=Failure.ANOTHER, reason=answer.reason)
        if meant := wire.refusal(answer):
            return meant
        found = self._unless_ordered(talk, request, refused)
        return self._explained(talk, product) or found if found is refused else found

    def _explained(self, talk: Talk, product: Product) -> Refused | None:
        """Return why an order was refused by a code whose meaning is not public, if our balance
        shows it; None: it does not."""
        try:
            left = wire.read_balance(talk.ask(wire.BALANCE, {}).granted()).available
        except ProviderError:
            return None
        return wire.CREDIT_USED_UP if product.costs_more_than(left) else None

    def _unless_ordered(self, talk: Talk, request: SupplyRequest, refused: Refused) -> SupplyAnswer:
        """Return a refusal if it has no order of ours, else that order: of a code whose meaning is
        not public, and of what is refused here, an earlier attempt may have been accepted."""
        if refused.failure is Failure.AGAIN:
            return refused
        handle = SupplyHandle(number=request.number, renewed=request.renewed)
        try:
            found = self._row(talk, handle)
        except NotReachedError as error:  # The look-up was not sent; an order may have been.
            raise ProviderError(f"not looked up: {error}", retryable=True) from error
        return refused if found is None else found.as_answer(is_renewal=bool(request.renewed))

    def _product(self, talk: Talk, code: str) -> Product | Refused:
        """Return a product, or why it can't be had. Raises ProviderError: nobody knows."""
        answer = talk.ask(wire.PRODUCT, {"productCode": code, **_LANGUAGE})
        if answer.code:
            return wire.refusal(answer) or wire.NOT_SOLD
        return wire.read_product(answer.content)

    def _top_up(self, talk: Talk, request: SupplyRequest, purchase_type: int) -> SupplyAnswer:
        """Add to what runs on a card of type C4. What it costs can't be asked for."""
        if request.renewed is None:
            return wire.NOT_SOLD
        order = self._to_top_up(talk, request.renewed)
        if isinstance(order, Refused):
            return order
        content = {
            "orderNo": order.reference,
            "purchaseType": purchase_type,
            "idempotencyKey": wire.key_of(request.number),
        }
        answer = talk.ask(wire.TOP_UP, content)
        return wire.refusal(answer) or wire.read_top_up(answer.granted())

    def _to_top_up(self, talk: Talk, esim: SupplierEsim) -> OrderRow | Refused:
        """Return the order on a card to which something can be added. Raises NotReachedError."""
        try:
            order = wire.current(self._orders_on(talk, esim))
            product = self._product(talk, order.product) if order else wire.NOT_RENEWABLE
        except NotReachedError:
            raise
        except ProviderError:
            return Refused(failure=Failure.AGAIN, reason="card_unknown")
        if isinstance(product, Refused) and product.failure is Failure.AGAIN:
            return product
        is_able = order and isinstance(product, Product) and product.card == wire.C4
        return order if order and is_able else wire.NOT_RENEWABLE

    def _row(self, talk: Talk, handle: SupplyHandle) -> OrderRow | None:
        """Return the supplier's row of an order; None: it says that it has none.

        Raises ProviderError, also for rows of other orders.
        """
        by_reference = {"orderNo": handle.reference}
        name = by_reference if handle.reference else {"channelOrderNo": handle.number}
        orders = _read_orders(talk.ask(wire.ORDERS, {**name, **_LANGUAGE}))
        meant = [order for order in orders if order.is_of(handle)]
        if len(meant) > 1 or (orders and not meant):
            raise ProviderError("other orders than were asked for", retryable=True)
        return meant[0] if meant else None

    def _orders_on(self, talk: Talk, esim: SupplierEsim) -> list[OrderRow]:
        """Return the orders on a card."""
        return _read_orders(talk.ask(wire.ORDERS, {"iccid": esim.iccid, **_LANGUAGE}))

    def _usage(self, esim: SupplierEsim) -> SupplierUsage | None:
        """Return the count of what runs on an eSIM; None: the card is not counted, or not known."""
        talk = self._connection.talk()
        order = wire.current(self._orders_on(talk, esim))
        if order is None:
            return None
        answer = talk.ask(wire.USAGE, {"orderNo": order.reference})
        if answer.code and answer.sub_code in (*wire.USAGE_NOT_TOLD, wire.ORDER_UNKNOWN):
            return None
        return wire.read_usage(answer.granted(), esim, order, now=timezone.now())


def _obstacle(product: Product | Refused, request: SupplyRequest) -> Refused | None:
    """Return why a product is not to be ordered."""
    if isinstance(product, Refused):
        return product
    if request.renewed is not None and product.card not in wire.RENEWED_CARDS:
        return wire.NOT_RENEWABLE
    return None if product.is_at(request.cost) else wire.PRICE_CHANGED


def _read_orders(answer: Answer) -> list[OrderRow]:
    is_none = bool(answer.code) and answer.sub_code == wire.ORDER_UNKNOWN
    return [] if is_none else wire.read_orders(answer.granted())
