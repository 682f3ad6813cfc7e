"""eSIM Access on loopback, by its documentation. Shares no code with the adapter."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.test import override_settings

from limosa.domain.connectivity.suppliers.esim_access.adapter import EsimAccessSupplier
from limosa.simulators.loopback_http import LoopbackServer, Reply, Request, Routes
from tests.fakes.scripted_api import ScriptedApi, reply

ACCESS_CODE, SECRET = "access-1", "secret-1"
PATH = "/api/v1/open/"
GB = 1024**3
RENEWED_ICCID, RENEWED = "8910300000000009990", "26010100009999"


def package(code: str, **changed: Any) -> dict[str, Any]:
    """Return a plan as package/list has it."""
    return {
        "packageCode": code,
        "slug": f"slug_{code}",
        "name": "Japan 1GB 7Days",
        "price": 18000,
        "currencyCode": "USD",
        "volume": GB,
        "smsStatus": 0,
        "dataType": 1,
        "unusedValidTime": 180,
        "duration": 7,
        "durationUnit": "DAY",
        "location": "JP",
        "description": "Japan 1GB 7Days",
        "activeType": 2,
        "favorite": False,
        "retailPrice": 36000,
        "speed": "3G/4G/5G",
        "ipExport": "HK",
        "supportTopUpType": 2,
        "fupPolicy": "",
        "locationNetworkList": [
            {
                "locationName": "Japan",
                "locationLogo": "/img/jp.png",
                "operatorList": [{"operatorName": "SoftBank", "networkType": "5G"}],
            }
        ],
        **changed,
    }


def granted(content: Any, **changed: Any) -> dict[str, Any]:
    """Return the envelope of what was done."""
    return {"success": True, "errorCode": "0", "errorMsg": None, "obj": content, **changed}


def refused(code: str) -> dict[str, Any]:
    """Return the envelope of a refusal."""
    return {"success": False, "errorCode": code, "errorMsg": "no", "obj": None}


@dataclass
class EsimAccess(ScriptedApi):
    """The other side. `delays`: it allocates only when told."""

    prefix = PATH
    plans: list[dict[str, Any]] = field(default_factory=lambda: [package("JP1")])
    top_ups: list[dict[str, Any]] = field(default_factory=lambda: [package("TOPUP_JP1")])
    esims: list[dict[str, Any]] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)
    topped_up: dict[str, dict[str, Any]] = field(default_factory=dict)
    delays: bool = False
    spoils: bool = False
    balance: int = 940_000
    answers: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = field(init=False)

    def __post_init__(self) -> None:
        self.answers = {
            "package/list": self._packages,
            "esim/order": self._order,
            "esim/query": self._query,
            "esim/topup": self._top_up,
            "esim/cancel": lambda asked: self._undo(asked, "CANCEL"),
            "esim/revoke": lambda asked: self._undo(asked, "REVOKED"),
            "esim/usage/query": self._usage,
            "balance/query": lambda _asked: granted({"balance": self.balance}),
        }
        self.esims.append(self._esim("B0", RENEWED, RENEWED_ICCID, "before"))

    def allocate(self) -> None:
        """Allocate what was ordered."""
        for esim in self.esims:
            if esim["esimStatus"] == "GETTING_RESOURCE":
                esim["esimStatus"] = "GOT_RESOURCE"

    def order_taken(self, **more: Any) -> dict[str, Any]:
        """Return what it answers to an order that it takes."""
        return granted({"orderNo": "B1", **more})

    def done(self, path: str, request: Request) -> Reply:
        """Do what a call asks for, if it may."""
        if not _is_signed(request):
            return reply(refused("101003"))
        return reply(self.answers[path](json.loads(request.body)))

    def _packages(self, asked: dict[str, Any]) -> dict[str, Any]:
        return granted({"packageList": self.top_ups if asked["type"] == "TOPUP" else self.plans})

    def _order(self, asked: dict[str, Any]) -> dict[str, Any]:
        number, (bought,) = asked["transactionId"], asked["packageInfoList"]
        plan = next((one for one in self.plans if one["packageCode"] == bought["packageCode"]), {})
        if number not in self.numbers:
            if not plan:
                return refused("310241")
            if bought.get("price", plan["price"]) != plan["price"]:
                return refused("200005")
            self.numbers[number] = f"B{len(self.esims)}"
            key = f"2601010000{len(self.esims):04}"
            iccid = f"891030000000000{len(self.esims):04}"
            esim = self._esim(self.numbers[number], key, iccid, number)
            esim["esimStatus"] = "GETTING_RESOURCE" if self.delays else "GOT_RESOURCE"
            if self.spoils:
                esim["packageList"] = [{"volume": "1 GB"}]
            self.esims.append(esim)
        return granted({"orderNo": self.numbers[number], "transactionId": number})

    def _esim(self, order: str, key: str, iccid: str, number: str) -> dict[str, Any]:
        return {
            "esimTranNo": key,
            "orderNo": order,
            "transactionId": number,
            "imsi": "310840115441965",
            "iccid": iccid,
            "ac": f"LPA:1$rsp-eu.simlessly.com$CODE{key}",
            "smdpStatus": "RELEASED",
            "esimStatus": "GOT_RESOURCE",
            "eid": "",
            "totalVolume": GB,
            "totalDuration": 7,
            "durationUnit": "DAY",
            "orderUsage": 0,
            "expiredTime": "2026-09-28T09:47:00+0000",
            "packageList": [{"packageCode": "JP1", "duration": 7, "volume": GB}],
        }

    def _query(self, asked: dict[str, Any]) -> dict[str, Any]:
        named = {name: value for name, value in asked.items() if name != "pager" and value}
        found = [
            esim for esim in self.esims if all(esim[name] == value for name, value in named.items())
        ]
        if any(esim["esimStatus"] == "GETTING_RESOURCE" for esim in found):
            return refused("200010")
        pager = {**asked["pager"], "total": len(found)}
        return granted({"esimList": found, "pager": pager})

    def _top_up(self, asked: dict[str, Any]) -> dict[str, Any]:
        number = asked["transactionId"]
        esim = next(one for one in self.esims if one["esimTranNo"] == asked["esimTranNo"])
        if number not in self.topped_up:
            self.topped_up[number] = asked
            esim["totalVolume"] += GB
            esim["totalDuration"] += 7
        return granted(
            {
                "transactionId": number,
                "iccid": esim["iccid"],
                "expiredTime": esim["expiredTime"],
                "totalVolume": esim["totalVolume"],
                "totalDuration": esim["totalDuration"],
                "orderUsage": 0,
            }
        )

    def _undo(self, asked: dict[str, Any], state: str) -> dict[str, Any]:
        esim = next(one for one in self.esims if one["esimTranNo"] == asked["esimTranNo"])
        is_unused = esim["esimStatus"] == "GOT_RESOURCE" and esim["smdpStatus"] == "RELEASED"
        if not is_unused and (state == "CANCEL" or esim["esimStatus"] != "IN_USE"):
            return refused("200002")
        esim["esimStatus"] = state
        return granted({})

    def _usage(self, asked: dict[str, Any]) -> dict[str, Any]:
        rows = [
            {
                "esimTranNo": esim["esimTranNo"],
                "dataUsage": esim["orderUsage"],
                "totalData": esim["totalVolume"],
                "lastUpdateTime": "2026-11-29T18:00:00+0000",
            }
            for esim in self.esims
            if esim["esimTranNo"] in asked["esimTranNoList"]
        ]
        return granted({"esimUsageList": rows})


def _is_signed(request: Request) -> bool:
    given = request.headers
    text = f"{given['rt-timestamp']}{given['rt-requestid']}{ACCESS_CODE}".encode() + request.body
    expected = hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
    return expected == given["rt-signature"] and given["rt-accesscode"] == ACCESS_CODE


def esim_access_at(url: str) -> EsimAccessSupplier:
    """Return the adapter, led to an address."""
    values = {"url": url, "access_code": ACCESS_CODE, "secret": SECRET}
    with override_settings(SUPPLIER_SETTINGS={"esim_access": values}):
        return EsimAccessSupplier()


@contextmanager
def running(other: EsimAccess) -> Iterator[EsimAccess]:
    """Let it listen at a free port."""
    routes = Routes()
    routes.add("POST", PATH + ".*", lambda request, _words: other.answer(request))
    server = LoopbackServer(routes, port=0)
    server.start()
    other.url = server.url
    try:
        yield other
    finally:
        server.stop()
