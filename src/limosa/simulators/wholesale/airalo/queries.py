"""orders and sims as they are read later, and use."""

import sqlite3

from limosa.simulators.loopback_http import Reply, Request
from limosa.simulators.wholesale.airalo.catalogue import Calls
from limosa.simulators.wholesale.airalo.rows import order_row, package, paged, sim_row, succeeded
from limosa.simulators.wholesale.airalo.tables import megabytes, status_of, time_text
from limosa.simulators.wholesale.bundles import (
    bundles_of,
    main_bundle,
    told_end,
    told_start,
    use_until,
)
from limosa.simulators.wholesale.esims import Esim, esim_by, esims_of_order, newest_esims
from limosa.simulators.wholesale.orders import (
    DELIVERED,
    Order,
    Reason,
    RefusedError,
    newest_orders,
    order_of,
)
from limosa.simulators.wholesale.wire import Wire

_ORDERS_MAX = 5_000


class Queries:
    """What is asked for."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def calls(self) -> Calls:
        return {
            ("GET", "orders"): ("query", self._orders),
            ("GET", "orders/{number}"): ("query", self._order),
            ("GET", "sims"): ("query", self._sims),
            ("GET", "sims/{iccid}"): ("query", self._sim),
            ("GET", "sims/{iccid}/usage"): ("usage", self._usage),
            ("GET", "sims/{iccid}/packages"): ("usage", self._packages),
        }

    def _orders(self, request: Request, _words: dict[str, str]) -> Reply:
        """Orders by part of their description, by code, or by the ICCID of an eSIM."""
        query = request.query
        text, code = query.get("filter[description]", ""), query.get("filter[code]", "")
        iccid = query.get("filter[iccid]", "")
        with self._wire.desk.store.transaction() as db:
            rows: list[object] = [
                self._row(db, order)
                for order in newest_orders(db, self._wire.name, count=_ORDERS_MAX)
                if order.state == DELIVERED
                and text in order.number
                and code in ("", order.reference)
                and (not iccid or any(one.iccid == iccid for one in self._esims(db, order)))
            ]
        return paged(rows, query)

    def _row(self, db: sqlite3.Connection, order: Order) -> dict[str, object]:
        return order_row(self._wire, order, esims_of_order(db, order.id), is_new=False)

    def _esims(self, db: sqlite3.Connection, order: Order) -> list[Esim]:
        return esims_of_order(db, order.id)

    def _order(self, _request: Request, words: dict[str, str]) -> Reply:
        number = words["number"]
        with self._wire.desk.store.transaction() as db:
            row = db.execute(
                "SELECT id FROM orders WHERE wire = ? AND id = ? AND state = 'delivered'",
                (self._wire.name, int(number) if number.isdecimal() else 0),
            ).fetchone()
            if row is None:
                raise RefusedError(Reason.ORDER)
            return succeeded(self._row(db, order_of(db, row["id"])))

    def _sims(self, request: Request, _words: dict[str, str]) -> Reply:
        iccid = request.query.get("filter[iccid]", "")
        with self._wire.desk.store.transaction() as db:
            esims = newest_esims(db, self._wire.name, count=_ORDERS_MAX)
            rows: list[object] = [
                self._sim_row(db, one) for one in esims if iccid in ("", one.iccid)
            ]
        return paged(rows, request.query)

    def _sim(self, _request: Request, words: dict[str, str]) -> Reply:
        with self._wire.desk.store.transaction() as db:
            return succeeded(self._sim_row(db, self._esim(db, words)))

    def _sim_row(self, db: sqlite3.Connection, esim: Esim) -> dict[str, object]:
        order = order_of(db, esim.order_id)
        return sim_row(esim) | {"simable": self._row(db, order)}

    def _usage(self, _request: Request, words: dict[str, str]) -> Reply:
        with self._wire.desk.store.transaction() as db:
            esim = self._esim(db, words)
            bundle = main_bundle(db, esim)
            used = 0
            if bundle is not None:
                used = use_until(db, bundle, self._wire.as_of(db, self._wire.desk.clock()))
        volume = None if bundle is None else bundle.volume
        end = None if bundle is None else told_end(esim, bundle)
        data = {
            "remaining": 0 if volume is None else megabytes(volume - used),
            "total": megabytes(volume),
            "expired_at": time_text(end),
            "is_unlimited": bundle is not None and volume is None,
            "status": status_of(esim, bundle),
            "remaining_voice": 0,
            "remaining_text": 0,
            "total_voice": 0,
            "total_text": 0,
        }
        return succeeded(data)

    def _packages(self, _request: Request, words: dict[str, str]) -> Reply:
        with self._wire.desk.store.transaction() as db:
            esim = self._esim(db, words)
            rows = []
            for bundle in bundles_of(db, esim):
                used = use_until(db, bundle, self._wire.as_of(db, self._wire.desk.clock()))
                plan = self._wire.listed[bundle.plan]
                left = 0 if bundle.volume is None else megabytes(bundle.volume - used)
                rows.append(
                    {
                        "id": bundle.id,
                        "status": status_of(esim, bundle),
                        "remaining": left,
                        "activated_at": time_text(told_start(esim, bundle)),
                        "expired_at": time_text(told_end(esim, bundle)),
                        "finished_at": None,
                        "package": package(plan),
                    }
                )
        return succeeded(rows)

    def _esim(self, db: sqlite3.Connection, words: dict[str, str]) -> Esim:
        esim = esim_by(db, self._wire.name, iccid=words["iccid"])
        if esim is None:
            raise RefusedError(Reason.ESIM)
        return esim
