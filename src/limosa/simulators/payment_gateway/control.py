"""The strings behind the stage, for the demo and the tests: /control/…, JSON, loopback only.

Pay an order as its payer would, have things go wrong, and read what happened. POST bodies must be
of type application/json, which a page of another site cannot send.
"""

import json
from collections.abc import Callable
from ipaddress import ip_address

from limosa.simulators.loopback_http import Handler, Reply, Request, Routes
from limosa.simulators.payment_gateway import store as memory
from limosa.simulators.payment_gateway.faults import (
    OPERATIONS,
    NotificationFault,
    ReplyFault,
    ReplyFaultKind,
)
from limosa.simulators.payment_gateway.gateway import Gateway
from limosa.simulators.payment_gateway.notifier import PAUSED
from limosa.simulators.payment_gateway.orders import (
    NotPayableError,
    Payment,
    find_order,
    order_view,
)
from limosa.simulators.payment_gateway.statement import (
    happenings_after,
    notifications_of,
    statement,
)
from limosa.simulators.payment_gateway.validation import Json

Members = dict[str, object]


class Control:
    """Answers the control calls on behalf of a gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def add_to(self, routes: Routes) -> None:
        for name, act in {
            "pay": self._pay,
            "notification-faults": self._notification_faults,
            "reply-faults": self._reply_faults,
            "refund-outcomes": self._refund_outcomes,
            "pause-notifications": self._pause,
            "resume-notifications": self._resume,
            "redeliver": self._redeliver,
            "time-scale": self._time_scale,
            "reset": self._reset,
        }.items():
            routes.add("POST", f"/control/{name}", _posted(act))
        for path, show in {
            "health": self._health,
            "statement": self._statement,
            "happenings": self._happenings,
            "notifications": self._notifications,
            "orders/{number}": self._order,
        }.items():
            routes.add("GET", f"/control/{path}", _shown(show))

    # What changes something.

    def _pay(self, members: Members) -> Json:
        payment = Payment(
            total=_optional_whole(members, "total"),
            currency=_optional_text(members, "currency"),
            even_if_closed=members.get("even_if_closed") is True,
        )
        paid = self._gateway.pay(_text(members, "out_trade_no"), payment)
        return order_view(paid, self._gateway.merchant)

    def _notification_faults(self, members: Members) -> Json:
        """{"fault": {…}, "count": n} for the next n (1), or {"fault": {…}, "all": true}."""
        described = members.get("fault")
        if not isinstance(described, dict):
            raise TypeError("fault: an object is needed")
        fault = NotificationFault.from_json(described)
        if members.get("all") is True:
            self._gateway.faults.for_all_notifications(fault)
        else:
            count = _optional_whole(members, "count") or 1
            self._gateway.faults.for_next_notifications(fault, count=count)
        return {"fault": fault.as_json()}

    def _reply_faults(self, members: Members) -> Json:
        operation = _optional_text(members, "operation") or "any"
        if operation not in {"any", *OPERATIONS}:
            raise ValueError(f"operation: one of any, {', '.join(OPERATIONS)}")
        seconds = members.get("seconds", 30)
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise TypeError("seconds: a number is needed")
        fault = ReplyFault(ReplyFaultKind(_text(members, "kind")), operation, float(seconds))
        count = _optional_whole(members, "count") or 1
        self._gateway.faults.for_next_replies(fault, count=count)
        return {"operation": operation, "kind": fault.kind, "count": count}

    def _refund_outcomes(self, members: Members) -> Json:
        outcome, count = _text(members, "outcome"), _optional_whole(members, "count") or 1
        if outcome not in {"SUCCESS", "ABNORMAL", "CLOSED"}:
            raise ValueError("outcome: one of SUCCESS, ABNORMAL, CLOSED")
        self._gateway.faults.for_next_refunds(outcome, count=count)
        return {"outcome": outcome, "count": count}

    def _pause(self, _members: Members) -> Json:
        with self._gateway.store.transaction() as db:
            memory.switch(db, PAUSED, on=True)
        return {"paused": True}

    def _resume(self, _members: Members) -> Json:
        with self._gateway.store.transaction() as db:
            memory.switch(db, PAUSED, on=False)
        self._gateway.notifier.wake()
        return {"paused": False}

    def _redeliver(self, members: Members) -> Json:
        """Send an order's notifications again, now, whatever became of them; without faults."""
        with self._gateway.store.transaction() as db:
            count = db.execute(
                "UPDATE notifications SET state = 'pending', attempts = 0, due_at = ?, fault = ?"
                " WHERE out_trade_no = ?",
                (
                    self._gateway.clock(),
                    json.dumps(NotificationFault().as_json()),
                    _text(members, "out_trade_no"),
                ),
            ).rowcount
        self._gateway.notifier.wake()
        return {"count": count}

    def _time_scale(self, members: Members) -> Json:
        scale = members.get("time_scale")
        if isinstance(scale, bool) or not isinstance(scale, int | float) or scale < 0:
            raise ValueError("time_scale: a number from 0 is needed")
        self._gateway.notifier.time_scale = float(scale)
        return {"time_scale": scale}

    def _reset(self, members: Members) -> Json:
        """Forget the faults that wait, and send again what was paused."""
        self._gateway.faults.clear()
        return self._resume(members)

    # What only looks.

    def _health(self, _request: Request, _words: dict[str, str]) -> Json:
        return {"ready": True}

    def _statement(self, _request: Request, _words: dict[str, str]) -> Json:
        with self._gateway.store.transaction() as db:
            return statement(db)

    def _happenings(self, request: Request, _words: dict[str, str]) -> Json:
        after = int(request.query.get("after", "0"))
        with self._gateway.store.transaction() as db:
            return happenings_after(db, after, subject=request.query.get("subject", ""))

    def _notifications(self, request: Request, _words: dict[str, str]) -> Json:
        with self._gateway.store.transaction() as db:
            return notifications_of(db, request.query.get("out_trade_no", ""))

    def _order(self, _request: Request, words: dict[str, str]) -> Json:
        with self._gateway.store.transaction() as db:
            order = find_order(db, "out_trade_no", words["number"])
        if order is None:
            raise LookupError("there is no such order")
        pay_url = f"{self._gateway.base_url}/pay/{order.token}"
        return order_view(order, self._gateway.merchant) | {"pay_url": pay_url}


def _posted(act: Callable[[Members], Json]) -> Handler:
    def handle(request: Request, _words: dict[str, str]) -> Reply:
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return _answer(415, {"error": "Content-Type: application/json is needed"})
        members = json.loads(request.body or b"{}")
        if not isinstance(members, dict):
            raise TypeError("a JSON object is needed")
        return _answer(200, act(members))

    return _guarded(handle)


def _shown(show: Callable[[Request, dict[str, str]], Json]) -> Handler:
    def handle(request: Request, words: dict[str, str]) -> Reply:
        return _answer(200, show(request, words))

    return _guarded(handle)


def _guarded(handle: Callable[[Request, dict[str, str]], Reply]) -> Handler:
    """Let only this machine in, and turn what cannot be done into an answer that says why."""

    def guarded(request: Request, words: dict[str, str]) -> Reply:
        if not ip_address(request.peer).is_loopback:
            return _answer(403, {"error": "loopback only"})
        try:
            return handle(request, words)
        except NotPayableError as error:
            return _answer(409, {"error": str(error)})
        except LookupError as error:
            return _answer(404, {"error": str(error)})
        except (ValueError, TypeError) as error:
            return _answer(400, {"error": str(error)})

    return guarded


def _answer(status: int, body: Json) -> Reply:
    content = json.dumps(body, ensure_ascii=False, indent=2).encode() + b"\n"
    return Reply(status, content, {"Content-Type": "application/json; charset=utf-8"})


def _text(members: Members, name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name}: a text is needed")
    return value


def _optional_text(members: Members, name: str) -> str | None:
    return _text(members, name) if name in members else None


def _optional_whole(members: Members, name: str) -> int | None:
    value = members.get(name)
    if value is not None and (type(value) is not int or value < 1):
        raise ValueError(f"{name}: a whole number from 1 is needed")
    return value
