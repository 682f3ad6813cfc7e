"""Control calls for the demo and the tests: /control/…, JSON, loopback only.

A wholesaler's own are below /control/{wire}/. Amounts are in ten-thousandths of its currency.
"""

import json
import sqlite3
from dataclasses import asdict

from limosa.simulators.loopback_http import Request, Routes
from limosa.simulators.wholesale.acts import Acts
from limosa.simulators.wholesale.bundles import bundles_of
from limosa.simulators.wholesale.callbacks import callback_url, callbacks_of
from limosa.simulators.wholesale.control_calls import (
    Json,
    Members,
    one_of,
    posted,
    seconds,
    shown,
    text,
    whole,
)
from limosa.simulators.wholesale.esims import Esim, newest_esims
from limosa.simulators.wholesale.faults import COUNT_MAX, PURCHASE, SECONDS, Fault, FaultKind
from limosa.simulators.wholesale.orders import balance_of, newest_orders
from limosa.simulators.wholesale.statement import statement_lines
from limosa.simulators.wholesale.wholesaler import Wholesaler
from limosa.simulators.wholesale.wire import Wire

_ROWS_MAX = 5_000


class Control:
    """Answers the control calls."""

    def __init__(self, wholesaler: Wholesaler) -> None:
        self._all = wholesaler

    def add_to(self, routes: Routes) -> None:
        routes.add("GET", "/control/health", shown(self._health))
        routes.add("POST", "/control/time-scale", posted(self._time_scale))
        for wire in self._all.wires.values():
            WireControl(self._all, wire).add_to(routes)

    def _health(self, _request: Request, _words: dict[str, str]) -> Json:
        return {"ready": True, "wires": list(self._all.wires)}

    def _time_scale(self, members: Members) -> Json:
        """{"time_scale": n}: multiplies the pauses between callbacks."""
        self._all.life.time_scale = seconds(members, "time_scale")
        return {"time_scale": self._all.life.time_scale}


class WireControl:
    """Answers the calls about one wholesaler."""

    def __init__(self, wholesaler: Wholesaler, wire: Wire) -> None:
        self._all, self._wire = wholesaler, wire
        self._acts = Acts(wholesaler, wire)

    def add_to(self, routes: Routes) -> None:
        base = f"/control/{self._wire.name}"
        routes.add("GET", base, shown(self._state))
        routes.add("GET", f"{base}/statement", shown(self._statement))
        routes.add("GET", f"{base}/happenings", shown(self._happenings))
        for name, act in {
            "faults": self._faults,
            "clear": self._clear,
            "balance": self._balance,
            "callback-url": self._callback_url,
            "plan": self._plan,
            "restore-plans": self._restore_plans,
            "use": self._use,
            "clock": self._clock,
            "profile": self._profile,
            "settle": self._settle,
            "deliver": self._deliver,
            "redeliver": self._redeliver,
        }.items():
            routes.add("POST", f"{base}/{name}", posted(act))

    # Calls that change something.

    def _faults(self, members: Members) -> Json:
        """{"kind": …, "count": 1?, "operation": "purchase"?, "seconds": 30?}."""
        count = whole(members, "count", default=1)
        if not 1 <= count <= COUNT_MAX:
            raise ValueError(f"count: 1 to {COUNT_MAX}")
        fault = Fault(
            FaultKind(one_of(members, "kind", list(FaultKind))),
            operation=text(members, "operation", default=PURCHASE),
            seconds=seconds(members, "seconds", default=SECONDS),
        )
        self._acts.add_faults(fault, count=count)
        return {"pending": len(self._wire.desk.faults.pending())}

    def _clear(self, _members: Members) -> Json:
        self._acts.clear_faults()
        return {"pending": 0}

    def _balance(self, members: Members) -> Json:
        """{"balance": ten-thousandths}."""
        self._acts.set_balance(whole(members, "balance"))
        return {"balance": members["balance"]}

    def _callback_url(self, members: Members) -> Json:
        """{"url": …}; empty: nowhere."""
        self._acts.set_callback_url(text(members, "url"))
        return {"url": members["url"]}

    def _plan(self, members: Members) -> Json:
        """{"code": …, "price"?, "stock"?: null is any number, "is_gone"?: 0 or 1}."""
        changed: dict[str, int | None] = {}
        for name in ("price", "stock", "is_gone"):
            if name in members:
                changed[name] = None if members[name] is None else whole(members, name)
        self._acts.change_plan(text(members, "code"), **changed)
        return {"code": members["code"], **changed}

    def _restore_plans(self, _members: Members) -> Json:
        self._acts.restore_plans()
        return {"restored": True}

    def _esim(self, members: Members) -> Esim:
        return self._acts.esim(
            iccid=text(members, "iccid", default=""), key=text(members, "key", default="")
        )

    def _use(self, members: Members) -> Json:
        """{"iccid" or "key", "bytes": n}."""
        volume = whole(members, "bytes")
        if volume < 0:
            raise ValueError("bytes: from 0")
        return self._shown(self._acts.use(self._esim(members), volume))

    def _clock(self, members: Members) -> Json:
        """{"iccid" or "key", "seconds": n}: let it be so much later for the eSIM."""
        esim = self._acts.move_clock(self._esim(members), seconds(members, "seconds"))
        return self._shown(esim)

    def _profile(self, members: Members) -> Json:
        """{"iccid" or "key", "profile": …, "eid"?}."""
        esim = self._acts.set_profile(
            self._esim(members), text(members, "profile"), eid=text(members, "eid", default="")
        )
        return self._shown(esim)

    def _settle(self, _members: Members) -> Json:
        self._acts.settle_use()
        return {"settled": True}

    def _deliver(self, _members: Members) -> Json:
        self._acts.deliver_now()
        return {"due": True}

    def _redeliver(self, members: Members) -> Json:
        """{"callback": id}."""
        self._acts.send_again(whole(members, "callback"))
        return {"due": True}

    # Calls that show something.

    def _state(self, _request: Request, _words: dict[str, str]) -> Json:
        name = self._wire.name
        with self._all.store.transaction() as db:
            orders = [
                asdict(one) | {"detail": one.details}
                for one in newest_orders(db, name, count=_ROWS_MAX)
            ]
            esims = [_esim_json(db, one) for one in newest_esims(db, name, count=_ROWS_MAX)]
            return {
                "wire": name,
                "currency": self._wire.currency,
                "balance": balance_of(db, name),
                "callback_url": callback_url(db, name),
                "faults": [asdict(one) for one in self._wire.desk.faults.pending()],
                "orders": orders,
                "esims": esims,
                "callbacks": [
                    asdict(one) | {"content": one.contents}
                    for one in callbacks_of(db, name, count=_ROWS_MAX)
                ],
            }

    def _shown(self, esim: Esim) -> Json:
        with self._all.store.transaction() as db:
            return _esim_json(db, esim)

    def _statement(self, _request: Request, _words: dict[str, str]) -> Json:
        with self._all.store.transaction() as db:
            return {"lines": statement_lines(db, self._wire.name)}

    def _happenings(self, request: Request, _words: dict[str, str]) -> Json:
        after = int(request.query.get("after", "0"))
        with self._all.store.transaction() as db:
            rows = db.execute(
                "SELECT * FROM happenings WHERE wire = ? AND id > ? ORDER BY id LIMIT 1000",
                (self._wire.name, after),
            ).fetchall()
        return {"happenings": [dict(row) | {"detail": json.loads(row["detail"])} for row in rows]}


def _esim_json(db: sqlite3.Connection, esim: Esim) -> dict[str, object]:
    bundles = [asdict(one) for one in bundles_of(db, esim)]
    return asdict(esim) | {"code": esim.code, "bundles": bundles}
