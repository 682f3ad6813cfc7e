"""What is sent to eSIM Access, and what its answers mean: signature, JSON, units, codes, states.

Money there is whole ten-thousandths of a currency's major unit, data is bytes, times have an
offset. SOURCES.md says where each rule is from.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum, auto
from typing import Any

from limosa.domain.connectivity.answers import (
    Delivered,
    Failure,
    Pending,
    Refused,
    SupplierBalance,
    SupplierEsim,
    SupplierUsage,
    SupplyAnswer,
)
from limosa.domain.connectivity.engine.foreign_values import (
    Fields,
    as_object,
    exact_money,
    if_readable,
    not_understood,
    read_json,
    read_parts,
    read_text,
    read_time,
    read_whole,
)
from limosa.domain.esims.engine.profile import Profile
from limosa.foundation.errors import ProviderError
from limosa.foundation.money import Money, exponent

PATH = "/api/v1/open/"
PLANS, ORDER, QUERY, TOP_UP = "package/list", "esim/order", "esim/query", "esim/topup"
USAGE, CANCEL, REVOKE, BALANCE = "esim/usage/query", "esim/cancel", "esim/revoke", "balance/query"
NUMBER_LENGTH_MAX = 50
USAGE_BATCH = 10
BALANCE_CURRENCY = "USD"  # The balance comes without one; the documentation has dollars.
_SCALE = 4  # Decimal places of an amount there.
_PAGE_SIZE = 500
PAGES_MAX = 5  # Ours: even if each takes its 15 seconds, a worker still holds the order.

STILL_ALLOCATING = "200010"
ORDER_UNKNOWN = "310272"
STATE_FORBIDS = ("200002", "200009")
# A top-up that is not possible: the state forbids it, or the eSIM or the plan is not known.
NO_TOP_UP = (*STATE_FORBIDS, "310241", "310243", "310272", "310403")
_BUSY = "900001"
_ACCOUNT_REFUSED = ("101001", "101002", "101003")
_PARAMETERS = ("000101", "000102", "000103", "000104", "000105", "000106", "000107", "200008")
_NOT_SOLD = ("310201", "310211", "310221", "310231", "310241", "310243", "310251")
_REFUSALS = (
    {_BUSY: (Failure.AGAIN, "busy")}
    | dict.fromkeys(_ACCOUNT_REFUSED, (Failure.AGAIN, "account_refused"))
    | dict.fromkeys(_PARAMETERS, (Failure.ANOTHER, "parameters_refused"))
    | dict.fromkeys(_NOT_SOLD, (Failure.ANOTHER, "not_sold"))
    | {
        "200005": (Failure.ANOTHER, "price_changed"),
        "200006": (Failure.ANOTHER, "price_changed"),
        "200007": (Failure.ANOTHER, "credit_used_up"),
        "200011": (Failure.ANOTHER, "out_of_stock"),
    }
)
NOT_RENEWABLE = Refused(failure=Failure.ANOTHER, reason="not_renewable")
PRICE_CHANGED = Refused(failure=Failure.ANOTHER, reason="price_changed")


@dataclass(frozen=True, slots=True)
class Account:
    """Our account. Never printed: it holds a secret."""

    access_code: str
    secret: str = field(repr=False)

    def headers(self, body: bytes, *, request_id: str, timestamp_ms: int) -> dict[str, str]:
        """Return the headers of a call."""
        signed = f"{timestamp_ms}{request_id}{self.access_code}".encode() + body
        signature = hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/json",
            "RT-AccessCode": self.access_code,
            "RT-RequestID": request_id,
            "RT-Timestamp": str(timestamp_ms),
            "RT-Signature": signature,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """An envelope. `code` empty: it was done."""

    code: str
    content: Any

    def granted(self) -> Any:
        """Return the content. Raises ProviderError: it was refused."""
        if self.code:
            raise refused(self.code)
        return self.content


def body(content: Mapping[str, Any]) -> bytes:
    """Return the bytes of a call, which are signed as they are sent."""
    return json.dumps(content, separators=(",", ":")).encode()


def read_answer(reply: bytes) -> Answer:
    """Return what an envelope says. Raises ProviderError.

    `success` is a truth or its text; `errorCode` of a success is null, 0 or "0". An envelope that
    contradicts itself is not understood.
    """
    said = as_object(read_json(reply), "envelope")
    success = said.get("success")
    code = read_text(said, "errorCode", length_max=20)
    if code == "0":
        code = ""
    is_done = {"true": True, "false": False}.get(str(success).lower())
    if is_done is None or is_done == bool(code):
        raise not_understood("success")
    return Answer(code, said.get("obj"))


def refused(code: str) -> ProviderError:
    """Return the fault of a call that was refused, for calls that can't answer with a refusal."""
    return ProviderError(
        f"refused: {code}", retryable=True, is_unauthorized=code in _ACCOUNT_REFUSED
    )


def refusal(code: str) -> Refused:
    """Return what a code means for an order. Raises ProviderError: it is not known whether anything
    was ordered, as after 000001, or what the code means."""
    if code not in _REFUSALS:
        raise refused(code)
    failure, reason = _REFUSALS[code]
    return Refused(failure=failure, reason=reason)


def in_scale(amount: Money) -> int:
    """Return an amount as it is written there."""
    return int(amount.amount_minor * 10 ** (_SCALE - exponent(amount.currency)))


def read_money(fields: Fields, name: str, *, currency: str) -> Money:
    """Return an exact amount. Raises ProviderError: it is finer than our minor units."""
    written = read_whole(fields, name)
    if written is None or written < 0:
        raise not_understood(name)
    return exact_money(Decimal(written).scaleb(-_SCALE), currency, name=name)


def currency_of(plan: Fields) -> str:
    """Return the currency of a plan's price."""
    return read_text(plan, "currencyCode")


def is_at(plan: Fields, cost: Money | None) -> bool:
    """Whether a plan has the price that we expect; None: any. Raises ProviderError."""
    price = read_whole(plan, "price")
    if price is None:
        raise not_understood("price")
    return cost is None or (price, currency_of(plan)) == (in_scale(cost), cost.currency)


def order_of(*, number: str, plan_code: str, cost: Money | None) -> dict[str, Any]:
    """Return the order of one eSIM. With a cost, it is refused at any other price."""
    package: dict[str, Any] = {"packageCode": plan_code, "count": 1}
    content: dict[str, Any] = {"transactionId": number, "packageInfoList": [package]}
    if cost is not None:
        package["price"] = content["amount"] = in_scale(cost)
    return content


def top_up_of(
    *, number: str, plan_code: str, esim_reference: str, cost: Money | None
) -> dict[str, Any]:
    """Return the order of another bundle. With a cost, it is refused at any other price."""
    content = {
        "esimTranNo": esim_reference,
        "packageCode": plan_code,
        "transactionId": number,
    }
    return content if cost is None else {**content, "amount": str(in_scale(cost))}


def query_of(*, page: int = 1, **words: str) -> dict[str, Any]:
    """Return the question for eSIMs by one of their names. Pages are counted from 1."""
    return {**words, "pager": {"pageNum": page, "pageSize": _PAGE_SIZE}}


def read_order_number(content: Any) -> str:
    """Return the supplier's number of an order that was taken. Raises ProviderError."""
    number = read_text(as_object(content, "obj"), "orderNo", length_max=80)
    if not number:
        raise not_understood("orderNo")
    return number


class EsimState(Enum):
    """Where an eSIM stands, as far as it matters here."""

    COMING = auto()
    UNUSED = auto()
    RUNNING = auto()
    OVER = auto()
    UNDONE = auto()


_STATES = {
    "CREATE": EsimState.COMING,
    "PAYING": EsimState.COMING,
    "PAID": EsimState.COMING,
    "GETTING_RESOURCE": EsimState.COMING,
    "GOT_RESOURCE": EsimState.UNUSED,
    "IN_USE": EsimState.RUNNING,
    "SUSPENDED": EsimState.RUNNING,
    "USED_UP": EsimState.OVER,
    "USED_EXPIRED": EsimState.OVER,
    "UNUSED_EXPIRED": EsimState.OVER,
    "CANCEL": EsimState.UNDONE,
    "REVOKE": EsimState.UNDONE,
    "REVOKED": EsimState.UNDONE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EsimRow:
    """An eSIM as the supplier has it. `is_one_bundle`: its only bundle is all that it may use."""

    reference: str
    order_number: str
    number: str
    iccid: str
    activation_code: str
    state: EsimState
    is_one_bundle: bool

    def as_new(self) -> SupplyAnswer:
        """Return what it means for the order that it came with. Raises ProviderError."""
        if self.state is EsimState.UNDONE:
            return Refused(failure=Failure.NEVER, reason="cancelled")
        is_whole = self.iccid and self.activation_code and self.reference
        if self.state is EsimState.COMING:
            return Pending(reference=self.order_number)
        if not is_whole:
            raise not_understood("an allocated eSIM without its names")
        return Delivered(
            reference=self.order_number,
            profile=Profile(
                iccid=self.iccid, activation_code=self.activation_code, reference=self.reference
            ),
        )


def read_esims(content: Any) -> list[EsimRow]:
    """Return the eSIMs of an answer. Raises ProviderError, also for a state that is not known."""
    return [_read_esim(row) for row in listed(content, "esimList")]


def listed(content: Any, name: str) -> list[Fields]:
    """Return the rows of an answer: under a name, as documented, or bare. Raises ProviderError."""
    if isinstance(content, list):
        return read_parts({name: content}, name)
    return [] if content is None else read_parts(as_object(content, "obj"), name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a page of a query has: the eSIMs that name our number, how many are listed on it, and
    how many there are in all; None: not told."""

    esims: list[EsimRow]
    listed: int
    total: int | None


def find_esims(content: Any, number: str) -> Found:
    """Return the eSIMs of a page that name our number. What others are does not matter.

    Raises ProviderError.
    """
    rows = listed(content, "esimList")
    ours = [_read_esim(row) for row in rows if row.get("transactionId") == number]
    pager = content.get("pager") if isinstance(content, dict) else None
    pager = pager if isinstance(pager, dict) else {}
    total = if_readable(lambda: read_whole(pager, "total"))
    return Found(esims=ours, listed=len(rows), total=total)


def _read_esim(row: Fields) -> EsimRow:
    state = _STATES.get(read_text(row, "esimStatus"))
    order_number = read_text(row, "orderNo", length_max=80)
    if state is None or not order_number:
        raise not_understood("esimStatus" if state is None else "orderNo")
    return EsimRow(
        reference=read_text(row, "esimTranNo", length_max=80),
        order_number=order_number,
        number=read_text(row, "transactionId"),
        iccid=read_text(row, "iccid", length_max=24),
        activation_code=read_text(row, "ac"),
        state=state,
        is_one_bundle=bool(if_readable(lambda: _is_one_bundle(row))),
    )


def _is_one_bundle(row: Fields) -> bool:
    packages = read_parts(row, "packageList")
    shown = [(read_whole(one, "volume"), read_whole(one, "duration")) for one in packages]
    return shown == [(read_whole(row, "totalVolume"), read_whole(row, "totalDuration"))]


def read_top_up(content: Any, *, number: str, cost: Money | None) -> Delivered:
    """Return that a bundle was added. Raises ProviderError.

    The answer names the ICCID, by which it is compared with what was renewed. It has no number of
    an order, so ours is the reference.
    """
    said = as_object(content, "obj")
    if read_text(said, "transactionId") != number:
        raise not_understood("transactionId")
    iccid = read_text(said, "iccid", length_max=24)
    profile = Profile(iccid=iccid, activation_code="") if iccid else None
    return Delivered(reference=number, profile=profile, cost=cost)


def read_balance(content: Any) -> SupplierBalance:
    """Return our balance. What is less than a cent of it is left off: it buys nothing."""
    written = read_whole(as_object(content, "obj"), "balance")
    if written is None:
        raise not_understood("balance")
    step = 10 ** (_SCALE - exponent(BALANCE_CURRENCY))
    return SupplierBalance(available=Money(written // step, BALANCE_CURRENCY))


def read_usages(content: Any, asked: Mapping[str, SupplierEsim]) -> list[SupplierUsage]:
    """Return the counts of those that were asked for, by the supplier's ids.

    One without a time was never counted, and is left out. Raises ProviderError.
    """
    usages = []
    for row in listed(content, "esimUsageList"):
        esim = asked.get(read_text(row, "esimTranNo"))
        as_of = read_time(row, "lastUpdateTime")
        if esim is not None and as_of is not None:
            usages.append(_usage(row, esim, as_of))
    return usages


def _usage(row: Fields, esim: SupplierEsim, as_of: datetime) -> SupplierUsage:
    used, total = read_whole(row, "dataUsage"), read_whole(row, "totalData")
    if used is None or used < 0 or (total is not None and total < 0):
        raise not_understood("dataUsage")
    # Nobody sells nothing: a whole of 0 is that of a plan without one.
    return SupplierUsage(esim=esim, as_of=as_of, used_bytes=used, total_bytes=total or None)
