"""Airalo's Partner API as its documents describe it, as far as a shop needs it. Orders in memory.

Written from the specification; shares no code with the adapter.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.test import override_settings

from limosa.domain.connectivity.suppliers.airalo.adapter import AiraloSupplier
from tests.fakes.loopback import Answer, Asked, Loopback, listening
from tests.fakes.supplier import Message

CLIENT, SECRET = "client-1", "limosa-test-secret-0001"
PACKAGE, TOP_UP = "change-7days-1gb", "change-7days-1gb-topup"
GIVEN: dict[str, Any] = {"client_id": CLIENT, "client_secret": SECRET}
PAGE = 25

USAGE: dict[str, Any] = {
    "remaining": 767,
    "total": 2048,
    "expired_at": "2026-12-01 00:00:00",
    "is_unlimited": False,
    "status": "ACTIVE",
    "remaining_voice": 0,
    "remaining_text": 0,
    "total_voice": 0,
    "total_text": 0,
}


@dataclass
class Airalo:
    """`refused`: what is answered to the next orders, a body with 422 or a status alone. `usage`:
    of every eSIM. `tokens`: those that are valid."""

    orders: list[dict[str, Any]] = field(default_factory=list)
    refused: list[tuple[int, Any]] = field(default_factory=list)
    offers: list[str] = field(default_factory=lambda: [TOP_UP])
    usage: dict[str, Any] = field(default_factory=lambda: dict(USAGE))
    tokens: list[str] = field(default_factory=list)
    places: list[Any] = field(default_factory=lambda: [_place("JP")])
    unknown_esims: set[str] = field(default_factory=set)
    net_price: Any = 1.1

    def answer(self, asked: Asked) -> Answer:
        """Return the answer to a request, having done what was asked."""
        parts = urlsplit(asked.target)
        path, query = parts.path.removeprefix("/v2/"), dict(parse_qsl(parts.query))
        if path == "token":
            return self._token(asked)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return _reply(401, {"data": [], "meta": {"message": "Unauthenticated"}})
        if asked.method == "POST":
            return self._post(path, asked)
        routes: Mapping[str, Callable[..., Answer]] = {
            r"packages": self._packages,
            r"orders": self._list,
            r"balance": lambda _: _reply(200, {"data": {"balances": BALANCE}}),
            r"sims/(\d+)/topups": lambda _, iccid: self._esim(iccid, _top_ups(self.offers)),
            r"sims/(\d+)/usage": lambda _, iccid: self._esim(iccid, self.usage),
        }
        for pattern, route in routes.items():
            if found := re.fullmatch(pattern, path):
                return route(query, *found.groups())
        return _reply(404, {"data": [], "meta": {"message": "Not found"}})

    def made(self, number: str) -> int:
        """Return how many orders it made of a number."""
        return sum(order["description"] == number for order in self.orders)

    def message(self, number: str) -> Message:
        """Return the webhook of an order, as of one that was to be answered later."""
        (order,) = [one for one in self.orders if one["description"] == number]
        return signed_message({"data": {**order, "request_id": "r" * 25}})

    def _token(self, asked: Asked) -> Answer:
        form = dict(parse_qsl(asked.body.decode()))
        if form.get("client_secret") != SECRET or not _is_signed(asked, form):
            return _reply(401, {"data": [], "meta": {"message": "Client authentication failed"}})
        self.tokens.append(f"token-{len(self.tokens)}")
        data = {
            "token_type": "Bearer",
            "expires_in": 31_622_400,
            "access_token": self.tokens[-1],
        }
        return _reply(200, {"data": data, "meta": {"message": "success"}})

    def _post(self, path: str, asked: Asked) -> Answer:
        content = json.loads(asked.body)
        if not _is_signed(asked, content):
            return _reply(422, {"code": 14, "reason": "The payload checksum is invalid"})
        if self.refused:
            return _reply(*self.refused.pop(0))
        is_top_up = path == "orders/topups"
        package = content["package_id"]
        if package not in (self.offers if is_top_up else [PACKAGE]):
            return _reply(422, {"data": {"package_id": "The selected package is invalid."}})
        order = self._make(content, is_top_up=is_top_up)
        return _reply(200, {"data": order, "meta": {"message": "success"}})

    def _make(self, content: Any, *, is_top_up: bool) -> dict[str, Any]:
        number = len(self.orders) + 1
        order: dict[str, Any] = {
            "id": 9666 + number,
            "code": f"20261122-{number:06d}",
            "currency": "USD",
            "package_id": content["package_id"],
            "quantity": 1,
            "type": "topup" if is_top_up else "sim",
            "description": content["description"],
            "esim_type": "Prepaid",
            "validity": 7,
            "package": "Change-1 GB - 7 Days",
            "data": "1 GB",
            "price": 4.5,
            "net_price": self.net_price,
            "created_at": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}",  # noqa: TID251 -- Its clock.
        }
        if not is_top_up:
            order["sims"] = [_sim(number)]
        self.orders.append(order)
        return order

    def _list(self, query: Mapping[str, str]) -> Answer:
        wanted = query.get("filter[description]", "")
        found = [order for order in self.orders if wanted in order["description"]]
        size, page = int(query["limit"]), int(query.get("page", 1))
        shown = [self._later(order, query) for order in found[size * (page - 1) : size * page]]
        return _reply(200, {"data": shown, "meta": _meta(page, len(found), size)})

    def _later(self, order: dict[str, Any], query: Mapping[str, str]) -> dict[str, Any]:
        """What is read later has numbers as texts, and only what was asked for."""
        include = query.get("include", "").split(",")
        status = {"name": "Completed", "slug": "completed"}
        told = {**order, "price": f"{order['price']:.2f}", "validity": str(order["validity"])}
        if "status" in include:
            told.setdefault("status", status)
        if "sims" not in include:
            told.pop("sims", None)
        return told

    def _packages(self, query: Mapping[str, str]) -> Answer:
        size, page = int(query["limit"]), int(query["page"])
        first = size * (page - 1)
        shown: Any = self.places[first : first + size]
        if page > 1:
            shown = {str(first + index): place for index, place in enumerate(shown)}
        return _reply(200, {"data": shown, "meta": _meta(page, len(self.places), size)})

    def _esim(self, iccid: str, data: Any) -> Answer:
        if iccid in self.unknown_esims:
            return _reply(404, {"data": [], "meta": {"message": "eSIM not found"}})
        return _reply(200, {"data": data, "meta": {"message": "success"}})


def signed_message(content: Any, *, is_php: bool = True) -> Message:
    """Return a webhook with its signature, as PHP signs, or as Node does."""
    body = json.dumps(content).encode()
    written = json.dumps(content, separators=(",", ":"), ensure_ascii=is_php)
    return Message(
        {"airalo-signature": _hmac(written.replace("/", "\\/") if is_php else written)}, body
    )


def airalo_at(url: str, **given: Any) -> AiraloSupplier:
    """Return the adapter with these settings."""
    values = {"airalo": {**GIVEN, "url": url, **given}}
    with override_settings(SUPPLIER_SETTINGS=values):
        return AiraloSupplier()


@contextmanager
def running(fake: Airalo) -> Iterator[Loopback]:
    """Let it listen."""
    with listening(Loopback(fake.answer)) as loopback:
        yield loopback


def _is_signed(asked: Asked, content: Any) -> bool:
    forms = [
        json.dumps(content, separators=(",", ":"), ensure_ascii=is_ascii).replace("/", "\\/")
        for is_ascii in (False, True)
    ]
    return asked.headers.get("airalo-signature") in [_hmac(form) for form in forms]


def _hmac(text: str) -> str:
    return hmac.new(SECRET.encode(), text.encode(), hashlib.sha512).hexdigest()


def _reply(status: int, content: Any) -> Answer:
    return Answer(status, json.dumps(content).encode())


def _meta(page: int, total: int, size: int) -> dict[str, Any]:
    last = max(1, -(-total // size))
    return {
        "message": "success",
        "current_page": page,
        "last_page": last,
        "per_page": str(size),
        "total": total,
    }


def _sim(number: int) -> dict[str, Any]:
    return {
        "id": 11000 + number,
        "iccid": f"891000000000{number:06d}",
        "lpa": "lpa.supplier.example",
        "matching_id": f"M-{number}",
        "qrcode": f"LPA:1$lpa.supplier.example$M-{number}",
        "confirmation_code": None,
        "is_roaming": True,
        "apn_type": "automatic",
        "apn_value": None,
    }


def _top_ups(offers: list[str]) -> list[Any]:
    return [{"id": one, "type": "topup", "price": 4.5, "amount": 1024, "day": 7} for one in offers]


def _place(country: str) -> dict[str, Any]:
    package = {
        "id": PACKAGE,
        "type": "sim",
        "price": 4.5,
        "net_price": 1.1,
        "amount": 1024,
        "day": 7,
        "is_unlimited": False,
        "title": "1 GB - 7 Days",
        "data": "1 GB",
        "voice": None,
        "text": None,
        "is_fair_usage_policy": False,
        "fair_usage_policy": None,
        "prices": {"net_price": {"USD": 1.1, "EUR": 1.0}},
    }
    top_up = {**package, "id": TOP_UP, "type": "topup"}
    operator = {
        "id": 687,
        "title": "Change",
        "type": "local",
        "plan_type": "data",
        "activation_policy": "first-usage",
        "is_kyc_verify": False,
        "rechargeability": True,
        "countries": [{"country_code": country, "title": country}],
        "coverages": [{"name": country, "code": country, "networks": []}],
        "packages": [package, top_up],
    }
    return {
        "slug": country.lower(),
        "country_code": country,
        "title": country,
        "operators": [operator],
    }


def make_place(country: str, **fields: Any) -> dict[str, Any]:
    """Return a country with one package, whose fields, and whose operator's, may be others."""
    place = _place(country)
    (operator,) = place["operators"]
    package = {**operator["packages"][0], "id": f"{country.lower()}-7days-1gb"}
    operator["packages"] = [{**package, **fields.pop("package", {})}]
    operator |= fields.pop("operator", {})
    return {**place, **fields}


BALANCE = {"name": "balance", "availableBalance": {"amount": 10392.95, "currency": "USD"}}
