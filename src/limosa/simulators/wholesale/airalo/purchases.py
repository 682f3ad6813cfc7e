"""orders, orders-async, orders/topups, refund, the balance, and who is told of what."""

import secrets
import sqlite3

from limosa.simulators.loopback_http import Reply, Request
from limosa.simulators.wholesale.airalo.catalogue import Calls
from limosa.simulators.wholesale.airalo.rows import members_of, order_row, succeeded
from limosa.simulators.wholesale.airalo.tables import LOW_DATA, TYPES_OF_NOTICE, dollars, time_text
from limosa.simulators.wholesale.bundles import main_bundle
from limosa.simulators.wholesale.callbacks import Message, callback_url, post, set_callback_url
from limosa.simulators.wholesale.esims import (
    CANCELLED,
    LIVE,
    Esim,
    esim_by,
    esim_of,
    esims_of_order,
    set_state,
)
from limosa.simulators.wholesale.orders import (
    ACCEPTED,
    DELIVERED,
    FAILED,
    Order,
    Purchase,
    Reason,
    RefusedError,
    balance_of,
    book,
    finish,
    name_order,
    order_of,
    place,
)
from limosa.simulators.wholesale.plans import Plan
from limosa.simulators.wholesale.wire import Wire, text_of, texts_of, whole_of

ESIMS_MAX = 50
# Longer than it takes to order profiles: meanwhile nobody else delivers what is being answered.
_ANSWER_SECONDS_MAX = 60.0


class Purchases:
    """What is bought, and what becomes of it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def calls(self) -> Calls:
        return {
            ("POST", "orders"): ("order", self._order),
            ("POST", "orders-async"): ("order", self._order_later),
            ("POST", "orders/topups"): ("renew", self._top_up),
            ("POST", "refund"): ("cancel", self._refund),
            ("GET", "balance"): ("balance", self._balance),
            ("POST", "notifications/opt-in"): ("webhook", self._opt_in),
            ("POST", "notifications/opt-out"): ("webhook", self._opt_out),
            ("GET", "notifications/opt-in"): ("webhook", self._opted),
            ("POST", "simulator/webhook"): ("webhook", self._simulate),
        }

    def _order(self, request: Request, _words: dict[str, str]) -> Reply:
        purchase = self._purchase(members_of(request))
        return self._answered(purchase)

    def _order_later(self, request: Request, _words: dict[str, str]) -> Reply:
        desk, members = self._wire.desk, members_of(request)
        now, request_id = desk.clock(), secrets.token_urlsafe(18)
        url = text_of(members, "webhook_url", needed=False)
        with desk.store.transaction() as db:
            if not url and not callback_url(db, self._wire.name):
                raise RefusedError(Reason.PARAMETER, "webhook_url", field="webhook_url")
        more: dict[str, object] = {"request_id": request_id, "webhook_url": url}
        purchase = self._purchase(members, detail=more)
        with desk.store.transaction() as db:
            order = place(db, purchase, now=now, due_at=now + desk.order_seconds)
            name_order(db, order, _code(order, now))
        desk.wake()
        data = {"request_id": request_id, "accepted_at": time_text(now)}
        return succeeded(data, status=202)

    def _purchase(
        self, members: dict[str, object], *, detail: dict[str, object] | None = None
    ) -> Purchase:
        count = whole_of(members, "quantity", least=1, most=ESIMS_MAX)
        if text_of(members, "type", needed=False) not in ("", "sim"):
            raise RefusedError(Reason.PARAMETER, "type", field="type")
        with self._wire.desk.store.transaction() as db:
            plan = self._plan(db, text_of(members, "package_id"), use="new")
        return Purchase(
            wire=self._wire.name, plan=plan, count=count, units=count, detail=detail,
            number=text_of(members, "description", needed=False),
        )  # fmt: skip

    def _plan(self, db: sqlite3.Connection, code: str, *, use: str) -> Plan:
        plan = self._wire.plans(db).get(code)
        if plan is None or plan.use != use:
            raise RefusedError(Reason.PLAN, code)
        return plan

    def _answered(self, purchase: Purchase) -> Reply:
        """Place an order, deliver it, and answer. One that can't be delivered is paid back."""
        desk = self._wire.desk
        now = desk.clock()
        with desk.store.transaction() as db:
            order = place(db, purchase, now=now, due_at=now + _ANSWER_SECONDS_MAX)
            order = name_order(db, order, _code(order, now))
        order = desk.fulfil(order.id)
        with desk.store.transaction() as db:
            if order.state == ACCEPTED:
                finish(db, order, FAILED, now=now)
                raise_later = Reason.MAINTENANCE
            elif order.state != DELIVERED:
                raise_later = Reason.STOCK
            else:
                esims = esims_of_order(db, order.id)
                if order.esim_id is not None:
                    esims = [esim_of(db, order.esim_id)]
                return succeeded(order_row(self._wire, order, esims, is_new=True))
        raise RefusedError(raise_later)

    def _top_up(self, request: Request, _words: dict[str, str]) -> Reply:
        members = members_of(request)
        with self._wire.desk.store.transaction() as db:
            esim = self._esim(db, text_of(members, "iccid"))
            plan = self._plan(db, text_of(members, "package_id"), use="renewal")
            first = self._wire.listed[order_of(db, esim.order_id).plan]
            if esim.state == CANCELLED:
                raise RefusedError(Reason.NOT_YET)
            if plan.region is not first.region or esim.state != LIVE:
                raise RefusedError(Reason.STATE)
        purchase = Purchase(
            wire=self._wire.name, plan=plan, esim_id=esim.id,
            number=text_of(members, "description", needed=False),
        )  # fmt: skip
        return self._answered(purchase)

    def _esim(self, db: sqlite3.Connection, iccid: str) -> Esim:
        esim = esim_by(db, self._wire.name, iccid=iccid)
        if esim is None:
            raise RefusedError(Reason.PARAMETER, "iccid", field="iccid")
        return esim

    def _refund(self, request: Request, _words: dict[str, str]) -> Reply:
        """Ask for a refund: what nobody has downloaded is paid back."""
        members, desk = members_of(request), self._wire.desk
        now = desk.clock()
        with desk.store.transaction() as db:
            for iccid in texts_of(members, "iccids", most=ESIMS_MAX):
                esim = self._esim(db, iccid)
                bundle = main_bundle(db, esim)
                if not esim.is_untouched or (bundle is not None and bundle.used):
                    continue
                order = order_of(db, esim.order_id)
                set_state(db, esim, CANCELLED)
                refund = order.cost // order.count
                book(db, self._wire.name, refund, kind="refund", now=now, order_id=order.id)
        data = {"refund_id": secrets.token_hex(8), "created_at": time_text(now)}
        return succeeded(data)

    def _balance(self, _request: Request, _words: dict[str, str]) -> Reply:
        with self._wire.desk.store.transaction() as db:
            amount = dollars(balance_of(db, self._wire.name))
        balance = {
            "name": "balance",
            "availableBalance": {"amount": round(amount, 2), "currency": "USD"},
        }
        return succeeded({"balances": balance})

    def _opt_in(self, request: Request, _words: dict[str, str]) -> Reply:
        """Keep an address, if it answers HEAD with 200."""
        members = members_of(request)
        kind, url = text_of(members, "type"), text_of(members, "webhook_url")
        if kind not in TYPES_OF_NOTICE:
            raise RefusedError(Reason.PARAMETER, "type", field="type")
        answer = post(url, Message(b"", {}), seconds_max=5.0, method="HEAD")
        if answer.status != 200:
            raise RefusedError(Reason.PARAMETER, answer.said, field="webhook_url")
        with self._wire.desk.store.transaction() as db:
            set_callback_url(db, self._wire.name, url)
        return succeeded({"notification": {"type": kind, "webhook_url": url}})

    def _opt_out(self, request: Request, _words: dict[str, str]) -> Reply:
        text_of(members_of(request), "type")
        with self._wire.desk.store.transaction() as db:
            set_callback_url(db, self._wire.name, "")
        return succeeded([])

    def _opted(self, _request: Request, _words: dict[str, str]) -> Reply:
        with self._wire.desk.store.transaction() as db:
            url = callback_url(db, self._wire.name)
        return succeeded({"notification": {"type": LOW_DATA, "webhook_url": url}})

    def _simulate(self, request: Request, _words: dict[str, str]) -> Reply:
        """Send a webhook for an eSIM, whatever was used."""
        members = members_of(request)
        kind = text_of(members, "type", needed=False) or "expire_24"
        level = {"expire_24": "1days", "expire_3_days": "3days"}.get(kind, "90%")
        with self._wire.desk.store.transaction() as db:
            esim = self._esim(db, text_of(members, "iccid"))
            plan = self._wire.listed[order_of(db, esim.order_id).plan]
            content = {
                "level": level,
                "package_name": plan.name,
                "remaining_percentage": 10,
                "iccid": esim.iccid,
            }
            self._wire.tell(db, "low_data", content, order_id=esim.order_id)
        return succeeded("Success")


def _code(order: Order, now: float) -> str:
    day = (time_text(now) or "")[:10].replace("-", "")
    return f"{day}-{order.id:06}"
