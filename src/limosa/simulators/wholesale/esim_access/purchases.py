"""Calls that change something: order, top-up, cancel, revoke, suspend, and where to be told."""

import sqlite3

from limosa.simulators.loopback_http import Reply, Request
from limosa.simulators.wholesale.bundles import main_bundle
from limosa.simulators.wholesale.callbacks import Message, callback_url, post, set_callback_url
from limosa.simulators.wholesale.esim_access.catalogue import succeeded
from limosa.simulators.wholesale.esim_access.tables import expired_time, slug_of, state_of
from limosa.simulators.wholesale.esims import (
    CANCELLED,
    LIVE,
    REVOKED,
    SUSPENDED,
    Esim,
    esim_by,
    set_state,
)
from limosa.simulators.wholesale.orders import (
    ACCEPTED,
    Order,
    Purchase,
    Reason,
    RefusedError,
    balance_of,
    book,
    name_order,
    order_by,
    order_of,
    place,
)
from limosa.simulators.wholesale.plans import Plan
from limosa.simulators.wholesale.wire import (
    Wire,
    Work,
    list_of,
    read_object,
    text_of,
    whole_of,
)

ESIMS_MAX = 30
_HEALTH = b'{"notifyType":"CHECK_HEALTH","notifyId":"0","content":{}}'
_JSON = {"Content-Type": "application/json"}


class Purchases:
    """What is bought, and what becomes of it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def calls(self) -> dict[str, tuple[str, Work]]:
        return {
            "esim/order": ("order", self._order),
            "esim/topup": ("renew", self._top_up),
            "esim/cancel": ("cancel", self._cancel),
            "esim/revoke": ("cancel", self._revoke),
            "esim/suspend": ("suspend", self._suspend),
            "esim/unsuspend": ("suspend", self._unsuspend),
            "balance/query": ("balance", self._balance),
            "webhook/save": ("webhook", self._save_webhook),
            "webhook/query": ("webhook", self._show_webhook),
        }

    def _order(self, request: Request, _words: dict[str, str]) -> Reply:
        members = read_object(request.body)
        number = text_of(members, "transactionId")
        if len(number) > 50:
            raise RefusedError(Reason.PARAMETER, "transactionId")
        packages = list_of(members, "packageInfoList", most=1)
        count = whole_of(packages[0], "count", least=1, most=ESIMS_MAX)
        periods = whole_of(packages[0], "periodNum", least=1, most=365, default=1)
        desk = self._wire.desk
        now = desk.clock()
        with desk.store.transaction() as db:
            known = order_by(db, self._wire.name, key=f"order:{number}")
            if known is None:
                plan = self._plan(db, packages[0], use="new")
                purchase = Purchase(
                    wire=self._wire.name, plan=plan, number=number, key=f"order:{number}",
                    count=count, units=count * periods, detail={"times": periods},
                )  # fmt: skip
                self._check_prices(members, packages[0], purchase)
                known = place(db, purchase, now=now, due_at=now + desk.order_seconds)
                known = name_order(db, known, f"B{known.id:014}")
        desk.wake()
        return succeeded({"orderNo": known.reference, "transactionId": number})

    def _plan(self, db: sqlite3.Connection, members: dict[str, object], *, use: str) -> Plan:
        code = text_of(members, "packageCode", needed=False)
        slug = text_of(members, "slug", needed=False) or code
        for plan in self._wire.plans(db).values():
            is_it = plan.code == code or slug_of(plan.region, plan.size) == slug
            if is_it and plan.use == use:
                return plan
        raise RefusedError(Reason.PLAN, code or slug)

    def _check_prices(
        self, members: dict[str, object], package: dict[str, object], purchase: Purchase
    ) -> None:
        """Refuse a price or a total that is not today's; both may be left out."""
        if package.get("price") is not None:
            price = whole_of(package, "price", least=0, most=10**12)
            if price != purchase.plan.price:
                raise RefusedError(Reason.PRICE, str(purchase.plan.price))
        if members.get("amount") is not None:
            amount = whole_of(members, "amount", least=0, most=10**12)
            if amount != purchase.cost:
                raise RefusedError(Reason.TOTAL, str(purchase.cost))

    def _top_up(self, request: Request, _words: dict[str, str]) -> Reply:
        members = read_object(request.body)
        number = text_of(members, "transactionId")
        desk = self._wire.desk
        now = desk.clock()
        with desk.store.transaction() as db:
            order = order_by(db, self._wire.name, key=f"topup:{number}")
            if order is None:
                order = self._new_top_up(db, members, number, now)
        order = desk.fulfil(order.id)
        with desk.store.transaction() as db:
            esim = self._esim(db, members)
            if order.state != "delivered":
                raise RefusedError(Reason.STATE)
            return succeeded(self._totals(db, esim, order))

    def _new_top_up(
        self, db: sqlite3.Connection, members: dict[str, object], number: str, now: float
    ) -> Order:
        esim = self._esim(db, members)
        code = text_of(members, "packageCode", needed=False)
        if code and not code.startswith("TOPUP_"):
            raise RefusedError(Reason.PLAN, code)
        plan = self._plan(db, members, use="renewal")
        if plan.region is not self._wire.listed[order_of(db, esim.order_id).plan].region:
            raise RefusedError(Reason.PLAN, plan.code)
        if state_of(esim, main_bundle(db, esim)) not in ("GOT_RESOURCE", "IN_USE", "USED_UP"):
            raise RefusedError(Reason.STATE)
        purchase = Purchase(
            wire=self._wire.name, plan=plan, number=number, key=f"topup:{number}",
            esim_id=esim.id,
        )  # fmt: skip
        if members.get("amount") is not None:
            amount = whole_of(members, "amount", least=0, most=10**12)
            if amount != purchase.cost:
                raise RefusedError(Reason.TOTAL, str(purchase.cost))
        order = place(db, purchase, now=now, due_at=now)
        return name_order(db, order, f"T{order.id:014}")

    def _totals(self, db: sqlite3.Connection, esim: Esim, order: Order) -> dict[str, object]:
        bundle = main_bundle(db, esim)
        return {
            "transactionId": order.number,
            "iccid": esim.iccid,
            "expiredTime": expired_time(esim, bundle),
            "totalVolume": 0 if bundle is None else bundle.volume,
            "totalDuration": 0 if bundle is None else bundle.days,
            "orderUsage": 0 if bundle is None else bundle.used,
        }

    def _cancel(self, request: Request, _words: dict[str, str]) -> Reply:
        """Cancel an unused eSIM, and pay it back."""
        desk = self._wire.desk
        with desk.store.transaction() as db:
            esim = self._esim(db, read_object(request.body))
            state = state_of(esim, main_bundle(db, esim))
            if state != "GOT_RESOURCE" or not esim.is_untouched:
                raise RefusedError(Reason.STATE, state)
            order = order_of(db, esim.order_id)
            set_state(db, esim, CANCELLED)
            refund = order.cost // order.count
            now = desk.clock()
            book(db, self._wire.name, refund, kind="refund", now=now, order_id=order.id)
        return succeeded({})

    def _revoke(self, request: Request, _words: dict[str, str]) -> Reply:
        return self._change(request, REVOKED, of=(LIVE, SUSPENDED))

    def _suspend(self, request: Request, _words: dict[str, str]) -> Reply:
        return self._change(request, SUSPENDED, of=(LIVE,))

    def _unsuspend(self, request: Request, _words: dict[str, str]) -> Reply:
        return self._change(request, LIVE, of=(SUSPENDED,))

    def _change(self, request: Request, state: str, *, of: tuple[str, ...]) -> Reply:
        with self._wire.desk.store.transaction() as db:
            esim = self._esim(db, read_object(request.body))
            if esim.state not in of:
                raise RefusedError(Reason.STATE, esim.state)
            set_state(db, esim, state)
        return succeeded({})

    def _esim(self, db: sqlite3.Connection, members: dict[str, object]) -> Esim:
        key = text_of(members, "esimTranNo", needed=False)
        iccid = text_of(members, "iccid", needed=False)
        esim = esim_by(db, self._wire.name, iccid=iccid, key=key)
        if esim is None:
            raise RefusedError(Reason.ESIM, key or iccid)
        if order_of(db, esim.order_id).state == ACCEPTED:
            raise RefusedError(Reason.NOT_YET)
        return esim

    def _balance(self, _request: Request, _words: dict[str, str]) -> Reply:
        with self._wire.desk.store.transaction() as db:
            return succeeded({"balance": balance_of(db, self._wire.name)})

    def _save_webhook(self, request: Request, _words: dict[str, str]) -> Reply:
        """Keep an address, if it answers."""
        url = text_of(read_object(request.body), "webhook")
        answer = post(url, Message(_HEALTH, _JSON), seconds_max=self._wire.answer_seconds_max)
        if answer.status != 200:
            raise RefusedError(Reason.PARAMETER, "webhook")
        with self._wire.desk.store.transaction() as db:
            set_callback_url(db, self._wire.name, url)
        return succeeded({})

    def _show_webhook(self, _request: Request, _words: dict[str, str]) -> Reply:
        with self._wire.desk.store.transaction() as db:
            return succeeded({"webhook": callback_url(db, self._wire.name)})
