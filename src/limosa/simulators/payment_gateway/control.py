"""Control calls for the demo and the tests: /control/…, JSON, loopback only.

They pay as the payer would, cause faults, and show what happened. A wire's own calls are under
/control/{wire}/…; the clock, the pause and the event log are the whole gateway's. POST bodies must
have the type application/json, which a page from another site can't send.
"""

from datetime import date

from limosa.simulators.loopback_http import Reply, Request, Routes
from limosa.simulators.payment_gateway import store as memory
from limosa.simulators.payment_gateway.control_calls import (
    Members,
    guarded,
    one_of,
    optional_text,
    optional_whole,
    posted,
    shown,
    text,
)
from limosa.simulators.payment_gateway.faults import (
    NotificationFault,
    ReplyFault,
    ReplyFaultKind,
)
from limosa.simulators.payment_gateway.gateway import Gateway
from limosa.simulators.payment_gateway.notifications import redeliver
from limosa.simulators.payment_gateway.notifier import PAUSED
from limosa.simulators.payment_gateway.statement import (
    happenings_after,
    notifications_of,
    statement,
)
from limosa.simulators.payment_gateway.wire import (
    Json,
    NotOfferedError,
    Payment,
    Wire,
)


class Control:
    """Answers the control calls on behalf of a gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def add_to(self, routes: Routes) -> None:
        for name, act in {
            "pause-notifications": self._pause,
            "resume-notifications": self._resume,
            "time-scale": self._time_scale,
            "reset": self._reset,
        }.items():
            routes.add("POST", f"/control/{name}", posted(act))
        routes.add("GET", "/control/health", shown(self._health))
        routes.add("GET", "/control/happenings", shown(self._happenings))
        for wire in self._gateway.wires.values():
            WireControl(self._gateway, wire).add_to(routes)

    def _pause(self, _members: Members) -> Json:
        with self._gateway.store.transaction() as db:
            memory.switch(db, PAUSED, on=True)
        return {"paused": True}

    def _resume(self, _members: Members) -> Json:
        with self._gateway.store.transaction() as db:
            memory.switch(db, PAUSED, on=False)
        self._gateway.notifier.wake()
        return {"paused": False}

    def _time_scale(self, members: Members) -> Json:
        scale = members.get("time_scale")
        if isinstance(scale, bool) or not isinstance(scale, int | float) or scale < 0:
            raise ValueError("time_scale: a number from 0 is needed")
        self._gateway.notifier.time_scale = float(scale)
        return {"time_scale": scale}

    def _reset(self, members: Members) -> Json:
        """Clear pending faults, and resume sending."""
        for faults in self._gateway.faults.values():
            faults.clear()
        return self._resume(members)

    def _health(self, _request: Request, _words: dict[str, str]) -> Json:
        return {"ready": True, "wires": list(self._gateway.wires)}

    def _happenings(self, request: Request, _words: dict[str, str]) -> Json:
        query = request.query
        after, wire = int(query.get("after", "0")), query.get("wire", "")
        with self._gateway.store.transaction() as db:
            return happenings_after(db, after, wire=wire, subject=query.get("subject", ""))


class WireControl:
    """Answers the control calls about one wire."""

    def __init__(self, gateway: Gateway, wire: Wire) -> None:
        self._gateway, self._wire = gateway, wire
        self._faults = gateway.faults[wire.name]

    def add_to(self, routes: Routes) -> None:
        base = f"/control/{self._wire.name}"
        for name, act in {
            "pay": self._pay,
            "notification-faults": self._notification_faults,
            "reply-faults": self._reply_faults,
            "refund-outcomes": self._refund_outcomes,
            "redeliver": self._redeliver,
            "webhook": self._webhook,
            "dispute": self._dispute,
            "dispute-outcome": self._dispute_outcome,
        }.items():
            routes.add("POST", f"{base}/{name}", posted(act))
        for path, show in {
            "statement": self._statement,
            "notifications": self._notifications,
            "order/{number}": self._order,
        }.items():
            routes.add("GET", f"{base}/{path}", shown(show))
        routes.add("GET", f"{base}/settlement", guarded(self._settlement))

    # Calls that change something.

    def _pay(self, members: Members) -> Json:
        """{"number": "…", "total"?, "currency"?, "even_if_closed"?, …the wire's own parameters}."""
        known = {"number", "total", "currency", "even_if_closed"}
        payment = Payment(
            total=optional_whole(members, "total"),
            currency=optional_text(members, "currency"),
            even_if_closed=members.get("even_if_closed") is True,
            words={name: value for name, value in members.items() if name not in known},
        )
        return self._wire.pay(text(members, "number"), payment)

    def _notification_faults(self, members: Members) -> Json:
        """{"fault": {…}, "count": n} for the next n (1), or {"fault": {…}, "all": true}."""
        described = members.get("fault")
        if not isinstance(described, dict):
            raise TypeError("fault: an object is needed")
        fault = NotificationFault.from_json(described, corruptions=self._wire.corruptions)
        if members.get("all") is True:
            self._faults.for_all_notifications(fault)
        else:
            count = optional_whole(members, "count") or 1
            self._faults.for_next_notifications(fault, count=count)
        return {"fault": fault.as_json()}

    def _reply_faults(self, members: Members) -> Json:
        """{"kind": "…", "operation"?: "create", "count"?: 1, "seconds"?: 30}."""
        seconds = members.get("seconds", 30)
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise TypeError("seconds: a number is needed")
        operation = one_of(members, "operation", ("any", *self._wire.operations))
        kind = one_of(members, "kind", (*ReplyFaultKind, *self._wire.reply_faults), needed=True)
        count = optional_whole(members, "count") or 1
        self._faults.for_next_replies(ReplyFault(kind, operation, float(seconds)), count=count)
        return {"operation": operation, "kind": kind, "count": count}

    def _refund_outcomes(self, members: Members) -> Json:
        outcome = one_of(members, "outcome", self._wire.refund_outcomes, needed=True)
        count = optional_whole(members, "count") or 1
        self._faults.for_next_refunds(outcome, count=count)
        return {"outcome": outcome, "count": count}

    def _redeliver(self, members: Members) -> Json:
        """Send a payment's notifications again, now, whatever their state; without faults."""
        number = text(members, "number")
        with self._gateway.store.transaction() as db:
            now = self._gateway.clock()
            count = redeliver(db, wire=self._wire.name, number=number, now=now)
        self._gateway.notifier.wake()
        return {"count": count}

    def _webhook(self, members: Members) -> Json:
        """Set the account's webhook URL, to which everything is notified."""
        if not self._wire.has_webhook:
            raise NotOfferedError("has none: each order names its own address")
        url = text(members, "url")
        with self._gateway.store.transaction() as db:
            memory.set_webhook(db, self._wire.name, url)
        return {"url": url}

    def _dispute(self, members: Members) -> Json:
        words = {name: value for name, value in members.items() if name != "number"}
        return self._wire.dispute(text(members, "number"), words)

    def _dispute_outcome(self, members: Members) -> Json:
        return self._wire.end_dispute(text(members, "number"), text(members, "outcome"))

    # Calls that only read.

    def _statement(self, _request: Request, _words: dict[str, str]) -> Json:
        with self._gateway.store.transaction() as db:
            return statement(self._wire.books(db))

    def _notifications(self, request: Request, _words: dict[str, str]) -> Json:
        number = request.query.get("number", "")
        with self._gateway.store.transaction() as db:
            return notifications_of(db, wire=self._wire.name, number=number)

    def _order(self, _request: Request, words: dict[str, str]) -> Json:
        with self._gateway.store.transaction() as db:
            return self._wire.order(db, words["number"])

    def _settlement(self, request: Request, _words: dict[str, str]) -> Reply:
        day = date.fromisoformat(request.query.get("day", ""))
        with self._gateway.store.transaction() as db:
            file = self._wire.settlement(db, day)
        headers = {
            "Content-Type": file.content_type,
            "Content-Disposition": f'attachment; filename="{file.name}"',
        }
        return Reply(200, file.body, headers)
