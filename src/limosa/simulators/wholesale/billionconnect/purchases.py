"""F040 order, F007 recharge, F008 cancel, F017 and F020 after-sales, F045 end, F014 balance."""

import json
import sqlite3
from decimal import Decimal, InvalidOperation

from limosa.simulators.wholesale.billionconnect.catalogue import Call, Members
from limosa.simulators.wholesale.billionconnect.tables import COPIES_MAX, price_text
from limosa.simulators.wholesale.bundles import (
    Change,
    bundle_of_order,
    end_bundle,
    start_next,
)
from limosa.simulators.wholesale.esims import (
    CANCELLED,
    LIVE,
    RUNNING,
    WAITING,
    Esim,
    esim_by,
    esims_of_order,
    set_state,
)
from limosa.simulators.wholesale.orders import (
    ACCEPTED,
    DELIVERED,
    Order,
    Purchase,
    Reason,
    RefusedError,
    balance_of,
    finish,
    name_order,
    order_by,
    order_of,
    place,
)
from limosa.simulators.wholesale.plans import Plan
from limosa.simulators.wholesale.wire import Wire, list_of, text_of, texts_of, whole_of

ESIMS_MAX = 500
_BASE = 3_669_195_566_000_000


class Purchases:
    """What is bought, and what becomes of it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def calls(self) -> dict[str, Call]:
        return {
            "F040": self._order,
            "F007": self._recharge,
            "F008": self._cancel,
            "F017": self._ask_refund,
            "F020": self._show_refund,
            "F045": self._end_early,
            "F014": self._balance,
        }

    def _order(self, members: Members) -> dict[str, object]:
        number = text_of(members, "channelOrderId")
        part = list_of(members, "subOrderList", most=1)[0]
        count = whole_of(part, "number", least=1, most=ESIMS_MAX)
        copies = whole_of(part, "planSkuCopies", least=1, most=COPIES_MAX)
        with self._wire.desk.store.transaction() as db:
            plan = self._plan(db, text_of(part, "deviceSkuId"))
            purchase = Purchase(
                wire=self._wire.name, plan=plan, number=number, count=count,
                units=copies * count,
                detail={
                    "times": copies,
                    "sub_number": text_of(part, "channelSubOrderId"),
                    "is_rechargeable": text_of(part, "rechargeableESIM", needed=False) == "1",
                },
            )  # fmt: skip
            return self._placed(db, members, purchase)

    def _recharge(self, members: Members) -> dict[str, object]:
        number = text_of(members, "channelOrderId")
        part = list_of(members, "subOrderList", most=1)[0]
        copies = whole_of(part, "copies", least=1, most=COPIES_MAX)
        iccid = texts_of(part, "iccid", most=1)[0]
        with self._wire.desk.store.transaction() as db:
            esim = self._esim(db, iccid)
            plan = self._plan(db, text_of(part, "skuId"))
            order = order_of(db, esim.order_id)
            is_open = esim.state == LIVE and order.details["is_rechargeable"]
            if self._wire.listed[order.plan].region is not plan.region or not is_open:
                raise RefusedError(Reason.STATE, plan.code)
            purchase = Purchase(
                wire=self._wire.name, plan=plan, number=number, units=copies, esim_id=esim.id,
                detail={"times": copies, "sub_number": text_of(part, "channelSubOrderId")},
            )  # fmt: skip
            return self._placed(db, members, purchase)

    def _placed(
        self, db: sqlite3.Connection, members: Members, purchase: Purchase
    ) -> dict[str, object]:
        """Place an order. Its number is not compared with others'."""
        if members.get("totalAmount") not in (None, ""):
            self._check_total(text_of(members, "totalAmount"), purchase)
        desk = self._wire.desk
        now = desk.clock()
        order = place(db, purchase, now=now, due_at=now + desk.order_seconds)
        order = name_order(db, order, str(_BASE + order.id * 10))
        desk.wake()
        part = {
            "subOrderId": str(int(order.reference) + 1),
            "channelSubOrderId": order.details["sub_number"],
        }
        return {
            "orderId": order.reference,
            "channelOrderId": order.number,
            "subOrderList": [part],
        }

    def _check_total(self, said: str, purchase: Purchase) -> None:
        try:
            amount = Decimal(said)
        except InvalidOperation as error:
            raise RefusedError(Reason.PARAMETER, "totalAmount") from error
        if amount != Decimal(price_text(purchase.cost)):
            raise RefusedError(Reason.TOTAL, price_text(purchase.cost))

    def _plan(self, db: sqlite3.Connection, code: str) -> Plan:
        plan = self._wire.plans(db).get(code)
        if plan is None:
            raise RefusedError(Reason.PLAN, code)
        return plan

    def _esim(self, db: sqlite3.Connection, iccid: str) -> Esim:
        esim = esim_by(db, self._wire.name, iccid=iccid)
        if esim is None:
            raise RefusedError(Reason.ESIM, iccid)
        return esim

    def _cancel(self, members: Members) -> None:
        """Cancel an order that is not shipped; DONE before is done."""
        desk = self._wire.desk
        with desk.store.transaction() as db:
            order = order_by(db, self._wire.name, reference=text_of(members, "orderId"))
            if order is None:
                raise RefusedError(Reason.ORDER)
            if order.state == ACCEPTED:
                finish(db, order, CANCELLED, now=desk.clock())
            elif order.state != CANCELLED:
                raise RefusedError(Reason.STATE, order.state)

    def _ask_refund(self, members: Members) -> dict[str, object]:
        """Ask for a refund. People look at it: they agree if nobody has downloaded the eSIM."""
        desk = self._wire.desk
        if text_of(members, "receivingState", needed=False) != "1":
            raise RefusedError(Reason.PARAMETER, "receivingState")
        text_of(members, "reason")
        text_of(members, "refundType")
        iccid = texts_of(members, "iccid", most=1)[0]
        with desk.store.transaction() as db:
            order = order_by(db, self._wire.name, number=text_of(members, "channelOrderId"))
            if order is None or order.details["sub_number"] != members.get("channelSubOrderId"):
                raise RefusedError(Reason.ORDER)
            esims = [one for one in esims_of_order(db, order.id) if one.iccid == iccid]
            if not esims:
                raise RefusedError(Reason.ESIM, iccid)
            number = f"1517{order.id:012}"
            is_agreed = esims[0].is_untouched and order.state == DELIVERED and order.count == 1
            self._note_refund(db, order, number, is_agreed=is_agreed)
            status = "1" if is_agreed else "2"
            told = {"afterSaleId": number, "auditStatus": status, "auditOpinion": ""}
            self._wire.tell(db, "N004", told, order_id=order.id)
            if is_agreed:
                set_state(db, esims[0], CANCELLED)
                finish(db, order, CANCELLED, now=desk.clock())
                told = {"afterSaleId": number, "refundState": "1", "refundOpinion": ""}
                self._wire.tell(db, "N005", told, order_id=order.id)
        return {"afterSaleId": number}

    def _note_refund(
        self, db: sqlite3.Connection, order: Order, number: str, *, is_agreed: bool
    ) -> None:
        detail = order.details | {"after_sale": number, "is_agreed": is_agreed}
        db.execute("UPDATE orders SET detail = ? WHERE id = ?", (json.dumps(detail), order.id))

    def _show_refund(self, members: Members) -> dict[str, object]:
        number = text_of(members, "afterSaleId")
        with self._wire.desk.store.transaction() as db:
            row = db.execute(
                "SELECT id FROM orders WHERE wire = ? AND json_extract(detail, '$.after_sale') = ?",
                (self._wire.name, number),
            ).fetchone()
            if row is None:
                raise RefusedError(Reason.ORDER, number)
            order = order_of(db, row["id"])
            iccids = [one.iccid for one in esims_of_order(db, order.id)]
        is_agreed = order.details["is_agreed"]
        return {
            "channelOrderId": order.number,
            "channelSubOrderId": order.details["sub_number"],
            "afterSaleId": number,
            "iccid": iccids,
            "refundAmount": price_text(order.cost),
            "auditStatus": "2" if is_agreed else "3",
            "refundStatus": "1" if is_agreed else "2",
        }

    def _end_early(self, members: Members) -> None:
        """End what runs on an eSIM; what has ended is ended."""
        desk = self._wire.desk
        with desk.store.transaction() as db:
            order = order_by(db, self._wire.name, reference=text_of(members, "orderId"))
            esim = self._esim(db, text_of(members, "iccid"))
            bundle = None if order is None else bundle_of_order(db, order.id)
            if order is None or bundle is None or bundle.esim_id != esim.id:
                raise RefusedError(Reason.ORDER)
            if text_of(members, "subOrderId") != str(int(order.reference) + 1):
                raise RefusedError(Reason.ORDER)
            if bundle.state == WAITING:
                raise RefusedError(Reason.STATE, bundle.state)
            if bundle.state == RUNNING:
                now = desk.clock()
                ended = end_bundle(db, bundle)
                self._wire.on_bundle(db, Change(esim=esim, bundle=ended), now)
                for change in start_next(db, esim, at=now + esim.clock_shift):
                    self._wire.on_bundle(db, change, now)

    def _balance(self, _members: Members) -> dict[str, str]:
        with self._wire.desk.store.transaction() as db:
            balance = price_text(balance_of(db, self._wire.name))
        return {
            "accountBalance": balance,
            "currency": "CNY",
            "availableBalance": balance,
            "frozenBalance": "0.00",
            "creditLimit": "0.00",
        }
