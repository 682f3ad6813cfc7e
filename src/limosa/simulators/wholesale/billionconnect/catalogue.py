"""F001 countries, F002 products, F003 prices, F013 and F052: what an eSIM can be recharged with."""

import sqlite3
from collections.abc import Callable
from typing import Any

from limosa.simulators.wholesale.billionconnect.tables import (
    COPIES_MAX,
    SALES_METHODS,
    price_text,
    product,
)
from limosa.simulators.wholesale.esims import LIVE, Esim, esim_by
from limosa.simulators.wholesale.orders import Reason, RefusedError, order_of
from limosa.simulators.wholesale.plans import REGIONS, Plan
from limosa.simulators.wholesale.wire import Wire, text_of, texts_of

Members = dict[str, object]
Call = Callable[[Members], Any]
_PRICED_COPIES = (1, 2, 3, 5, 10, COPIES_MAX)


class Catalogue:
    """What is sold."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def calls(self) -> dict[str, Call]:
        return {
            "F001": self._countries,
            "F002": self._products,
            "F003": self._prices,
            "F013": self._rechargeable,
            "F052": self._recharges,
        }

    def _countries(self, members: Members) -> list[dict[str, str]]:
        _check_sales_method(members)
        in_english = members.get("language") == "2"
        return [
            {
                "continent": "全球" if one.kind == "global" else "亚洲",
                "mcc": one.code,
                "name": one.name if in_english else one.name_zh,
                "url": "",
            }
            for one in REGIONS
            if one.kind == "country"
        ]

    def _products(self, members: Members) -> list[dict[str, object]]:
        _check_sales_method(members)
        code = text_of(members, "skuId", needed=False)
        country = text_of(members, "countryCode", needed=False)
        in_english = members.get("language") == "2"
        return [
            product(plan, in_english=in_english)
            for plan in self._plans()
            if code in ("", plan.code) and (not country or country in plan.region.countries)
        ]

    def _prices(self, members: Members) -> list[dict[str, object]]:
        _check_sales_method(members)
        return [
            {
                "skuId": plan.code,
                "price": [
                    {
                        "copies": str(copies),
                        "retailPrice": price_text(plan.price * copies * 2),
                        "settlementPrice": price_text(plan.price * copies),
                    }
                    for copies in _PRICED_COPIES
                ],
            }
            for plan in self._plans()
        ]

    def _plans(self) -> list[Plan]:
        with self._wire.desk.store.transaction() as db:
            return list(self._wire.plans(db).values())

    def _rechargeable(self, members: Members) -> list[dict[str, str]]:
        iccids = texts_of(members, "iccid", most=100)
        rows = []
        with self._wire.desk.store.transaction() as db:
            for iccid in iccids:
                esim = esim_by(db, self._wire.name, iccid=iccid)
                is_open = esim is not None and _is_rechargeable(db, esim)
                rows.append({"iccid": iccid, "result": "成功" if is_open else "失败"})
        return rows

    def _recharges(self, members: Members) -> dict[str, list[str]]:
        iccid = text_of(members, "iccid")
        with self._wire.desk.store.transaction() as db:
            esim = esim_by(db, self._wire.name, iccid=iccid)
            if esim is None:
                raise RefusedError(Reason.ESIM, iccid)
            region = self._wire.listed[order_of(db, esim.order_id).plan].region
            plans = self._wire.plans(db).values()
            fitting = [one.code for one in plans if one.region is region]
            is_open = _is_rechargeable(db, esim)
        return {"skuId": fitting if is_open else []}


def _is_rechargeable(db: sqlite3.Connection, esim: Esim) -> bool:
    return esim.state == LIVE and bool(order_of(db, esim.order_id).details["is_rechargeable"])


def _check_sales_method(members: Members) -> None:
    if text_of(members, "salesMethod") not in SALES_METHODS:
        raise RefusedError(Reason.PARAMETER, "salesMethod", field="salesMethod")
