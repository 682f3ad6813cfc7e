"""Calls that ask: esim/query and esim/usage/query."""

import sqlite3

from limosa.simulators.loopback_http import Reply, Request
from limosa.simulators.wholesale.bundles import main_bundle, use_until
from limosa.simulators.wholesale.esim_access.catalogue import succeeded
from limosa.simulators.wholesale.esim_access.tables import (
    PROFILE_STATES,
    expired_time,
    slug_of,
    state_of,
    time_text,
)
from limosa.simulators.wholesale.esims import Esim, esim_by, esims_of_order, newest_esims
from limosa.simulators.wholesale.orders import ACCEPTED, Reason, RefusedError, order_by, order_of
from limosa.simulators.wholesale.wire import Wire, Work, read_object, text_of, texts_of, whole_of

ESIMS_MAX = 10


class Queries:
    """What is asked for."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def calls(self) -> dict[str, tuple[str, Work]]:
        return {
            "esim/query": ("query", self._query),
            "esim/usage/query": ("usage", self._usage),
        }

    def _query(self, request: Request, _words: dict[str, str]) -> Reply:
        members = read_object(request.body)
        pager = members.get("pager")
        if not isinstance(pager, dict):
            raise RefusedError(Reason.PARAMETER, "pager")
        page = whole_of(pager, "pageNum", least=1, most=10_000)
        size = whole_of(pager, "pageSize", least=5, most=500)
        with self._wire.desk.store.transaction() as db:
            found = self._found(db, members)
            shown = found[(page - 1) * size : page * size]
            rows = [self._row(db, esim) for esim in shown]
        answer = {"pageNum": page, "pageSize": size, "total": len(found)}
        return succeeded({"esimList": rows, "pager": answer})

    def _found(self, db: sqlite3.Connection, members: dict[str, object]) -> list[Esim]:
        number = text_of(members, "orderNo", needed=False)
        key = text_of(members, "esimTranNo", needed=False)
        iccid = text_of(members, "iccid", needed=False)
        if number:
            order = order_by(db, self._wire.name, reference=number)
            if order is None:
                raise RefusedError(Reason.ORDER, number)
            if order.state == ACCEPTED:
                raise RefusedError(Reason.NOT_YET, number)
            return esims_of_order(db, order.id)
        if key or iccid:
            esim = esim_by(db, self._wire.name, iccid=iccid, key=key)
            return [] if esim is None else [esim]
        return newest_esims(db, self._wire.name, count=5_000)

    def _row(self, db: sqlite3.Connection, esim: Esim) -> dict[str, object]:
        order, bundle = order_of(db, esim.order_id), main_bundle(db, esim)
        plan = self._wire.listed[order.plan]
        as_of = self._wire.as_of(db, self._wire.desk.clock())
        volume = 0 if bundle is None else bundle.volume or plan.size.daily or 0
        duration = 0 if bundle is None else bundle.days
        package = {
            "packageName": plan.name,
            "packageCode": plan.code,
            "slug": slug_of(plan.region, plan.size),
            "duration": plan.size.days,
            "volume": volume,
            "locationCode": plan.region.code,
        }
        return {
            "esimTranNo": esim.key,
            "orderNo": order.reference,
            "transactionId": order.number,
            "imsi": f"45400{esim.id:010}",
            "iccid": esim.iccid,
            "msisdn": "",
            "smsStatus": 0,
            "dataType": 1 if plan.size.daily is None else 2,
            "ac": esim.code,
            "qrCodeUrl": f"https://p.qrsim.example/{esim.key}.png",
            "shortUrl": f"https://p.qrsim.example/{esim.key}",
            "smdpStatus": PROFILE_STATES[esim.profile],
            "esimStatus": state_of(esim, bundle),
            "eid": esim.eid,
            "pin": "",
            "puk": "",
            "apn": "internet",
            "activeType": 2,
            "expiredTime": expired_time(esim, bundle),
            "totalVolume": volume,
            "totalDuration": duration,
            "durationUnit": "DAY",
            "orderUsage": 0 if bundle is None else use_until(db, bundle, as_of),
            "supportTopUpType": 2,
            "fupPolicy": "",
            "packageList": [package],
        }

    def _usage(self, request: Request, _words: dict[str, str]) -> Reply:
        members = read_object(request.body)
        keys = texts_of(members, "esimTranNoList", most=ESIMS_MAX)
        rows = []
        with self._wire.desk.store.transaction() as db:
            as_of = self._wire.as_of(db, self._wire.desk.clock())
            for key in keys:
                esim = esim_by(db, self._wire.name, key=key)
                bundle = None if esim is None else main_bundle(db, esim)
                if bundle is None:
                    continue
                rows.append(
                    {
                        "esimTranNo": key,
                        "dataUsage": use_until(db, bundle, as_of),
                        "totalData": bundle.volume or 0,
                        "lastUpdateTime": time_text(as_of),
                    }
                )
        return succeeded({"esimUsageList": rows})
