"""The calls below /eSIMApi/v2/: products, orders, renewals, use, and the balance."""

import re
import sqlite3
from collections.abc import Callable

from limosa.simulators.loopback_http import Reply, Request
from limosa.simulators.wholesale.bundles import (
    bundle_of_order,
    end_bundle,
    start_next,
    told_end,
    told_start,
    use_until,
)
from limosa.simulators.wholesale.esims import (
    RUNNING,
    WAITING,
    Bundle,
    Esim,
    esim_by,
    esim_of,
    esims_of_order,
)
from limosa.simulators.wholesale.orders import (
    ACCEPTED,
    Order,
    Purchase,
    Reason,
    RefusedError,
    balance_of,
    name_order,
    newest_orders,
    order_by,
    order_of,
    orders_by,
    place,
)
from limosa.simulators.wholesale.plans import GB, Plan
from limosa.simulators.wholesale.tgt.tables import (
    OK,
    VALID_DAYS,
    card_of,
    megabytes,
    price_text,
    profile_of,
    status_of,
    time_text,
)
from limosa.simulators.wholesale.wire import Wire, Work, as_json, read_object, text_of, whole_of

_UUID4 = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE
)
PAGE_MAX = 100
Found = Callable[[sqlite3.Connection], Esim | None]


class Calls:
    """What is asked for and bought."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def calls(self) -> dict[str, tuple[str, Work]]:
        return {
            "products/list": ("plans", self._products),
            "products/detail": ("plans", self._product),
            "order/create": ("order", self._create),
            "order/renew": ("renew", self._renew),
            "order/topup/create": ("renew", self._top_up),
            "order/terminate": ("cancel", self._terminate),
            "order/orders": ("query", self._orders),
            "order/list": ("query", self._list),
            "order/usage": ("usage", self._usage),
            "iccid/profile": ("query", self._profile),
            "account/balance": ("balance", self._balance),
        }

    def _products(self, request: Request, _words: dict[str, str]) -> Reply:
        members = read_object(request.body)
        page = whole_of(members, "pageNum", least=1, most=10_000, default=1)
        size = whole_of(members, "pageSize", least=1, most=PAGE_MAX, default=PAGE_MAX)
        kind = text_of(members, "productType", needed=False)
        card = text_of(members, "cardType", needed=False)
        in_english = text_of(members, "lang", needed=False) == "en"
        with self._wire.desk.store.transaction() as db:
            plans = list(self._wire.plans(db).values())
        rows = [product(plan, in_english=in_english) for plan in plans]
        rows = [
            row
            for row in rows
            if kind in ("", row["productType"]) and card in ("", row["cardType"])
        ]
        shown = rows[(page - 1) * size : page * size]
        return _succeeded({"total": len(rows), "list": shown})

    def _product(self, request: Request, _words: dict[str, str]) -> Reply:
        members = read_object(request.body)
        with self._wire.desk.store.transaction() as db:
            plan = self._plan(db, members)
        return _succeeded(product(plan, in_english=text_of(members, "lang", needed=False) == "en"))

    def _plan(self, db: sqlite3.Connection, members: dict[str, object]) -> Plan:
        code = text_of(members, "productCode")
        plan = self._wire.plans(db).get(code)
        if plan is None:
            raise RefusedError(Reason.PLAN, code)
        return plan

    def _create(self, request: Request, _words: dict[str, str]) -> Reply:
        members = read_object(request.body)
        return self._buy(members, esim=lambda _db: None)

    def _renew(self, request: Request, _words: dict[str, str]) -> Reply:
        members = read_object(request.body)
        iccid = text_of(members, "iccid")

        def found(db: sqlite3.Connection) -> Esim:
            esim = esim_by(db, self._wire.name, iccid=iccid)
            if esim is None:
                raise RefusedError(Reason.ESIM, iccid)
            if card_of(self._first_plan(db, esim)) == "C4":
                raise RefusedError(Reason.STATE, "C4 is topped up")
            return esim

        return self._buy(members, esim=found)

    def _buy(self, members: dict[str, object], *, esim: Found) -> Reply:
        """Take an order; the one with its idempotency key, if there is one, is answered instead."""
        key = text_of(members, "idempotencyKey")
        number = text_of(members, "channelOrderNo")
        if not _UUID4.fullmatch(key) or len(number) > 100:
            raise RefusedError(Reason.PARAMETER, "idempotencyKey")
        if members.get("startDate"):
            raise RefusedError(Reason.PARAMETER, "startDate is for ACTIVATE_ON_ORDER")
        desk = self._wire.desk
        now = desk.clock()
        with desk.store.transaction() as db:
            order = order_by(db, self._wire.name, key=key)
            if order is None:
                on, plan = esim(db), self._plan(db, members)
                if on is not None and plan.region is not self._first_plan(db, on).region:
                    raise RefusedError(Reason.PLAN, plan.code)
                purchase = Purchase(
                    wire=self._wire.name, plan=plan, number=number, key=key,
                    esim_id=None if on is None else on.id,
                )  # fmt: skip
                order = place(db, purchase, now=now, due_at=now + desk.order_seconds)
                order = name_order(db, order, f"SE{order.id:014}")
        desk.wake()
        return _succeeded({"orderNo": order.reference})

    def _top_up(self, request: Request, _words: dict[str, str]) -> Reply:
        """Add the same again to a C4 card, at once."""
        members = read_object(request.body)
        key = text_of(members, "idempotencyKey")
        if not _UUID4.fullmatch(key):
            raise RefusedError(Reason.PARAMETER, "idempotencyKey")
        whole_of(members, "purchaseType", least=0, most=9)
        desk = self._wire.desk
        now = desk.clock()
        with desk.store.transaction() as db:
            order = order_by(db, self._wire.name, key=key)
            if order is None:
                first, esim = self._order(db, text_of(members, "orderNo"))
                plan = self._wire.plans(db).get(first.plan)
                if plan is None or card_of(plan) != "C4":
                    raise RefusedError(Reason.STATE)
                purchase = Purchase(
                    wire=self._wire.name, plan=plan, number=first.number, key=key, esim_id=esim.id
                )
                order = place(db, purchase, now=now, due_at=now)
                order = name_order(db, order, f"TU{order.id:014}")
        desk.fulfil(order.id)
        return _succeeded({"topupNumber": order.reference})

    def _terminate(self, request: Request, _words: dict[str, str]) -> Reply:
        members = read_object(request.body)
        with self._wire.desk.store.transaction() as db:
            order, esim = self._order(db, text_of(members, "orderNo"))
            bundle = bundle_of_order(db, order.id)
            if card_of(self._wire.listed[order.plan]) != "C4" or bundle is None:
                raise RefusedError(Reason.STATE)
            if esim.iccid != text_of(members, "iccid"):
                raise RefusedError(Reason.ESIM)
            if bundle.state in (WAITING, RUNNING):
                end_bundle(db, bundle)
                start_next(db, esim, at=self._wire.desk.clock() + esim.clock_shift)
        return _succeeded({})

    def _order(self, db: sqlite3.Connection, number: str) -> tuple[Order, Esim]:
        order = order_by(db, self._wire.name, reference=number)
        if order is None:
            raise RefusedError(Reason.ORDER, number)
        esims = esims_of_order(db, order.id)
        if order.esim_id is not None:
            return order, esim_of(db, order.esim_id)
        if not esims:
            raise RefusedError(Reason.STATE, order.state)
        return order, esims[0]

    def _first_plan(self, db: sqlite3.Connection, esim: Esim) -> Plan:
        return self._wire.listed[order_of(db, esim.order_id).plan]

    def _orders(self, request: Request, _words: dict[str, str]) -> Reply:
        members = read_object(request.body)
        with self._wire.desk.store.transaction() as db:
            rows = [self._row(db, one) for one in self._found(db, members)]
        return _succeeded({"list": rows})

    def _found(self, db: sqlite3.Connection, members: dict[str, object]) -> list[Order]:
        name = self._wire.name
        if number := text_of(members, "orderNo", needed=False):
            return orders_by(db, name, reference=number)
        if number := text_of(members, "channelOrderNo", needed=False):
            return orders_by(db, name, number=number)
        iccid = text_of(members, "iccid", needed=False)
        esim = esim_by(db, name, iccid=iccid)
        if not iccid:
            raise RefusedError(Reason.PARAMETER, "orderNo, channelOrderNo or iccid")
        if esim is None:
            return []
        rows = db.execute(
            "SELECT id FROM orders WHERE esim_id = ? OR id = ? ORDER BY id DESC",
            (esim.id, esim.order_id),
        )
        return [order_of(db, row["id"]) for row in rows.fetchall()]

    def _list(self, request: Request, _words: dict[str, str]) -> Reply:
        members = read_object(request.body)
        page = whole_of(members, "pageNum", least=1, most=10_000, default=1)
        size = whole_of(members, "pageSize", least=1, most=PAGE_MAX, default=PAGE_MAX)
        name = self._wire.name
        with self._wire.desk.store.transaction() as db:
            orders = newest_orders(db, name, count=size, after=(page - 1) * size)
            total = db.execute("SELECT count(*) FROM orders WHERE wire = ?", (name,)).fetchone()[0]
            rows = [self._row(db, one) for one in orders]
        return _succeeded({"total": total, "list": rows})

    def _row(self, db: sqlite3.Connection, order: Order) -> dict[str, object]:
        esims = esims_of_order(db, order.id)
        esim = esims[0] if esims else None
        if order.esim_id is not None and order.state != ACCEPTED:
            esim = esim_of(db, order.esim_id)
        return order_row(self._wire, order, esim, bundle_of_order(db, order.id))

    def _usage(self, request: Request, _words: dict[str, str]) -> Reply:
        members = read_object(request.body)
        with self._wire.desk.store.transaction() as db:
            order, _esim = self._order(db, text_of(members, "orderNo"))
            bundle = bundle_of_order(db, order.id)
            now = self._wire.desk.clock()
            used = 0 if bundle is None else use_until(db, bundle, self._wire.as_of(db, now))
        total = None if bundle is None else bundle.volume
        left = None if total is None else total - used
        usage = {
            "dataTotal": megabytes(total),
            "dataUsage": megabytes(used),
            "dataResidual": megabytes(left),
        }
        return _succeeded({"orderNo": order.reference, "usage": usage})

    def _profile(self, request: Request, _words: dict[str, str]) -> Reply:
        iccid = text_of(read_object(request.body), "iccid")
        with self._wire.desk.store.transaction() as db:
            esim = esim_by(db, self._wire.name, iccid=iccid)
        if esim is None:
            raise RefusedError(Reason.ESIM, iccid)
        return _succeeded({"iccid": iccid, "eid": esim.eid, "profileStatus": profile_of(esim)})

    def _balance(self, _request: Request, _words: dict[str, str]) -> Reply:
        with self._wire.desk.store.transaction() as db:
            balance = balance_of(db, self._wire.name)
        return _succeeded({"balance": price_text(balance), "currency": "USD"})


def product(plan: Plan, *, in_english: bool) -> dict[str, object]:
    """Return a product as the list tells it."""
    size = plan.size
    amount = size.daily if size.volume is None else size.volume
    return {
        "productCode": plan.code,
        "productName": plan.name if in_english else plan.name_zh,
        "netPrice": price_text(plan.price),
        "currency": "USD",
        "productType": "DATA_PACK" if size.daily is None else "DAILY_PACK",
        "usagePeriod": size.days,
        "validityPeriod": VALID_DAYS,
        "dataTotal": None if amount is None else amount // GB,
        "dataUnit": "GB",
        "activeType": "AUTO_ACTIVATE",
        "cardType": card_of(plan),
        "countryCodeList": list(plan.region.countries),
    }


def order_row(
    wire: Wire, order: Order, esim: Esim | None, bundle: Bundle | None
) -> dict[str, object]:
    """Return an order as queries and callbacks tell it. Before it is delivered it has no card."""
    plan = wire.listed[order.plan]
    row: dict[str, object] = {
        "orderNo": order.reference,
        "channelOrderNo": order.number,
        "productCode": plan.code,
        "productName": plan.name,
        "orderPrice": price_text(order.cost),
        "createTime": time_text(order.created_at),
    }
    if esim is None:
        return row | {"qrCode": "", "iccid": "", "orderStatus": "NOTACTIVE"}
    begun = None if bundle is None else told_start(esim, bundle)
    ends = None if bundle is None else told_end(esim, bundle)
    return row | {
        "qrCode": esim.code,
        "iccid": esim.iccid,
        "cardInfo": {"iccid": esim.iccid, "cardType": card_of(plan)},
        "orderStatus": status_of(esim, bundle),
        "profileStatus": profile_of(esim),
        "activatedStartTime": time_text(begun),
        "activatedEndTime": time_text(ends),
    }


def _succeeded(data: object) -> Reply:
    return as_json({"code": OK, "msg": "success", "data": data})
