"""F010 validity, F011 order, F012 and F046 use, F023 use by day, F042 states."""

import sqlite3
from datetime import datetime, timedelta

from limosa.simulators.clock import BEIJING
from limosa.simulators.wholesale.billionconnect.catalogue import Call, Members
from limosa.simulators.wholesale.billionconnect.tables import (
    EAST_SECONDS,
    expiry_of,
    kilobytes,
    network,
    order_status,
    plan_status,
    price_text,
    profile_of,
    time_text,
)
from limosa.simulators.wholesale.bundles import (
    bundle_of_order,
    bundles_of,
    main_bundle,
    told_end,
    told_start,
    use_until,
    uses_by_day,
)
from limosa.simulators.wholesale.esims import (
    DAY,
    LIVE,
    RUNNING,
    WAITING,
    Bundle,
    Esim,
    esim_by,
    esim_of,
    esims_of_order,
    profile_events,
)
from limosa.simulators.wholesale.orders import Order, Reason, RefusedError, order_by, order_of
from limosa.simulators.wholesale.wire import Wire, text_of, texts_of


class Queries:
    """What is asked for."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def calls(self) -> dict[str, Call]:
        return {
            "F010": self._validity,
            "F011": self._order,
            "F012": self._use,
            "F023": self._use_by_day,
            "F042": self._states,
            "F046": self._use_of_order,
        }

    def _validity(self, members: Members) -> list[dict[str, str]]:
        rows = []
        with self._wire.desk.store.transaction() as db:
            for iccid in texts_of(members, "iccid", most=100):
                esim = esim_by(db, self._wire.name, iccid=iccid)
                if esim is None:
                    continue
                rows.append(
                    {
                        "iccid": iccid,
                        "type": "5",
                        "status": _card_status(esim, main_bundle(db, esim)),
                        "expirationDate": time_text(expiry_of(esim)),
                        "postponedMonth": "0",
                        "maxDelayMonth": "-1",
                        "usageCount": "2",
                    }
                )
        return rows

    def _order(self, members: Members) -> dict[str, object]:
        number = text_of(members, "channelOrderId")
        with self._wire.desk.store.transaction() as db:
            order = order_by(db, self._wire.name, number=number)
            if order is None:
                raise RefusedError(Reason.ORDER, number)
            esims = esims_of_order(db, order.id)
            if order.esim_id is not None:
                esims = [esim_of(db, order.esim_id)]
        part: dict[str, object] = {
            "subOrderId": str(int(order.reference) + 1),
            "channelSubOrderId": order.details["sub_number"],
            "iccid": [one.iccid for one in esims],
        }
        copies = str(order.details["times"])
        if order.esim_id is None:
            part |= {
                "deviceSkuId": order.plan,
                "planSkuCopies": copies,
                "number": str(order.count),
            }
        else:
            part |= {"skuId": order.plan, "copies": copies}
        return {
            "orderId": order.reference,
            "channelOrderId": order.number,
            "orderStatus": order_status(order),
            "createTime": time_text(order.created_at),
            "totalAmount": price_text(order.cost),
            "subOrderList": [part],
        }

    def _use(self, members: Members) -> list[dict[str, object]]:
        iccid = text_of(members, "iccid")
        number = text_of(members, "channelOrderId", needed=False)
        wanted = members.get("planStatus") or []
        rows = []
        with self._wire.desk.store.transaction() as db:
            esim = self._esim(db, iccid)
            for bundle in bundles_of(db, esim):
                order = order_of(db, bundle.order_id)
                is_it = number in ("", order.number)
                if not is_it or (wanted and plan_status(bundle) not in wanted):  # type: ignore[operator]
                    continue
                part = self._bundle(db, esim, bundle, order)
                rows.append(_named(order) | {"subOrderList": [part]})
        return rows

    def _use_of_order(self, members: Members) -> dict[str, object]:
        esim_order = text_of(members, "orderId", needed=False)
        number = text_of(members, "channelOrderId", needed=False)
        if not esim_order and not number:
            raise RefusedError(Reason.PARAMETER, "orderId")
        with self._wire.desk.store.transaction() as db:
            esim = self._esim(db, text_of(members, "iccid"))
            name = self._wire.name
            order = (
                order_by(db, name, reference=esim_order)
                if esim_order
                else order_by(db, name, number=number)
            )
            bundle = None if order is None else bundle_of_order(db, order.id)
            if order is None or bundle is None or bundle.esim_id != esim.id:
                raise RefusedError(Reason.ORDER)
            part = self._bundle(db, esim, bundle, order)
            until = self._wire.as_of(db, self._wire.desk.clock())
            part["usageInfoList"] = [
                {"useDate": _day(at), "useageAmt": kilobytes(used)}
                for at, used in uses_by_day(db, bundle, until=until, offset=EAST_SECONDS)
            ]
        return _named(order) | {"subOrderList": [part]}

    def _bundle(
        self, db: sqlite3.Connection, esim: Esim, bundle: Bundle, order: Order
    ) -> dict[str, object]:
        plan = self._wire.listed[bundle.plan]
        now = self._wire.desk.clock()
        used = use_until(db, bundle, self._wire.as_of(db, now))
        end = told_end(esim, bundle)
        left = bundle.days if end is None else max(0, int((end - now + DAY - 1) // DAY))
        size = plan.size
        return {
            "subOrderId": str(int(order.reference) + 1),
            "channelSubOrderId": order.details["sub_number"],
            "skuId": plan.code,
            "skuName": plan.name_zh,
            "copies": str(order.details["times"]),
            "planStatus": plan_status(bundle),
            "planStartTime": time_text(told_start(esim, bundle)),
            "planEndTime": time_text(end),
            "totalDays": str(bundle.days),
            "remainingDays": str(left if bundle.state in (WAITING, RUNNING) else 0),
            "totalTraffic": kilobytes(bundle.volume),
            "remainingTraffic": (
                "-1" if bundle.volume is None else kilobytes(bundle.volume - used)
            ),
            "highFlowSize": "" if size.daily is None else kilobytes(size.daily),
            "limitFlowSpeed": "0" if size.daily is None else "384",
            "planType": "0" if size.daily is None else "1",
            "apn": "internet",
            "pointContactType": "0" if size.daily is None else "1",
            "timeZone": "UTC+8",
            "country": network(plan.region),
        }

    def _use_by_day(self, members: Members) -> list[dict[str, str]]:
        first = _date(text_of(members, "beginDate"))
        after = _date(text_of(members, "endDate")) + timedelta(days=1)
        rows = []
        with self._wire.desk.store.transaction() as db:
            esim = self._esim(db, text_of(members, "iccid"))
            until = self._wire.as_of(db, self._wire.desk.clock())
            for bundle in bundles_of(db, esim):
                country = self._wire.listed[bundle.plan].region.countries[0]
                for at, used in uses_by_day(db, bundle, until=until, offset=EAST_SECONDS):
                    if not first.timestamp() <= at < after.timestamp():
                        continue
                    rows.append(
                        {
                            "usedDate": _day(at),
                            "type": "0",
                            "usedAmount": kilobytes(used),
                            "country": country,
                            "countryRegionCode": country,
                        }
                    )
        return rows

    def _states(self, members: Members) -> list[dict[str, str]]:
        with self._wire.desk.store.transaction() as db:
            esim = self._esim(db, text_of(members, "iccid"))
            order = order_of(db, esim.order_id)
            return [
                {
                    "status": profile_of(profile),
                    "iccid": esim.iccid,
                    "recordTime": time_text(at),
                    "orderId": order.reference,
                    "eid": "" if profile_of(profile) == "0" else esim.eid,
                }
                for profile, at in profile_events(db, esim)
            ]

    def _esim(self, db: sqlite3.Connection, iccid: str) -> Esim:
        esim = esim_by(db, self._wire.name, iccid=iccid)
        if esim is None:
            raise RefusedError(Reason.ESIM, iccid)
        return esim


def _named(order: Order) -> dict[str, object]:
    return {"orderId": order.reference, "channelOrderId": order.number}


def _card_status(esim: Esim, bundle: Bundle | None) -> str:
    """0 new, 1 in use, 2 used up, 3 no longer valid."""
    if esim.state != LIVE:
        return "3"
    if bundle is None or bundle.state == WAITING:
        return "0"
    return "1" if bundle.state == RUNNING else "2"


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, BEIJING).strftime("%Y%m%d")


def _date(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=BEIJING)
    except ValueError as error:
        raise RefusedError(Reason.PARAMETER, text) from error
