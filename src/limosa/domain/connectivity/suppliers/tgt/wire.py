"""What is sent to TGT, and what its answers mean: JSON, units, codes, states.

Amounts are decimal dollars, volumes are in units of 1024, times are in UTC. SOURCES.md says where
each rule is from, and which are not confirmed.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
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
    SupplyHandle,
)
from limosa.domain.connectivity.engine.foreign_values import (
    Fields,
    as_object,
    if_readable,
    is_amount,
    not_understood,
    read_decimal,
    read_json,
    read_part,
    read_parts,
    read_text,
    read_time,
    read_whole,
)
from limosa.domain.esims.engine.profile import Profile
from limosa.foundation.currencies import CURRENCIES
from limosa.foundation.errors import ProviderError
from limosa.foundation.money import Money, exponent

TOKEN, API = "/oauth/token", "/eSIMApi/v2/"
PRODUCTS, PRODUCT, BALANCE = "products/list", "products/detail", "account/balance"
CREATE, RENEW, TOP_UP = "order/create", "order/renew", "order/topup/create"
ORDERS, USAGE, TERMINATE = "order/orders", "order/usage", "order/terminate"
NUMBER_LENGTH_MAX = 100
CURRENCY = "USD"
_CENTS = 2
BYTES_OF = {"KB": 1024, "MB": 1024**2, "GB": 1024**3}

TOKEN_REFUSED = ("2003", "2004")
ORDER_UNKNOWN = "5032"
USAGE_NOT_TOLD = ("5002", "5005")
_REFUSALS = {
    "0429": (Failure.AGAIN, "rate_limited"),
    "1003": (Failure.ANOTHER, "parameters_refused"),
    "1004": (Failure.ANOTHER, "parameters_refused"),
    "1005": (Failure.ANOTHER, "parameters_refused"),
    "2000": (Failure.AGAIN, "busy"),
    "2001": (Failure.ANOTHER, "not_permitted"),
    "2003": (Failure.AGAIN, "token_refused"),
    "2004": (Failure.AGAIN, "token_refused"),
}
NOT_RENEWABLE = Refused(failure=Failure.ANOTHER, reason="not_renewable")
PRICE_CHANGED = Refused(failure=Failure.ANOTHER, reason="price_changed")
CREDIT_USED_UP = Refused(failure=Failure.ANOTHER, reason="credit_used_up")
NOT_SOLD = Refused(failure=Failure.ANOTHER, reason="not_sold")

C4 = "C4"
RENEWED_CARDS = ("M1", "C2", "F2")
ON_ORDER, AUTOMATIC = "ACTIVATE_ON_ORDER", "AUTO_ACTIVATE"
_TOKEN_SECONDS = 600  # Ours, where it does not say.
_OUR_TOP_UP = re.compile(r"topup:([0-9]{1,6})", re.ASCII)
_TOP_UP_REFERENCE = "topup:"
_CODE = re.compile(r"[0-9A-Za-z_-]{1,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Answer:
    """An envelope. `code` empty: it was done; `sub_code`: of the business behind the API."""

    code: str
    sub_code: str
    content: Any

    @property
    def reason(self) -> str:
        """Return its codes as a term for the record."""
        return f"refused_{self.code}_{self.sub_code}".rstrip("_")

    def granted(self) -> Any:
        """Return the content. Raises ProviderError: it was refused."""
        if self.code:
            is_unauthorized = self.code in (*TOKEN_REFUSED, "2001")
            raise ProviderError(self.reason, retryable=True, is_unauthorized=is_unauthorized)
        return self.content


def body(content: Mapping[str, Any]) -> bytes:
    """Return the bytes of a call."""
    return json.dumps(content, separators=(",", ":")).encode()


def read_answer(reply: bytes) -> Answer:
    """Return what an envelope says. Raises ProviderError."""
    said = as_object(read_json(reply), "envelope")
    code, sub_code = read_text(said, "code"), read_text(said, "subCode")
    if not _CODE.fullmatch(code) or (sub_code and not _CODE.fullmatch(sub_code)):
        raise not_understood("code")
    return Answer("" if code == "0000" else code, sub_code, said.get("data"))


def refusal(answer: Answer) -> Refused | None:
    """Return what a code means for an order; None: what it means is not public."""
    known = _REFUSALS.get(answer.code)
    return Refused(failure=known[0], reason=known[1]) if known else None


def read_token(answer: Answer) -> tuple[str, float]:
    """Return the token and for how many seconds it is good. Raises ProviderError."""
    content = as_object(answer.granted(), "data")
    token = read_text(content, "accessToken", "token", length_max=2000)
    if not token.isascii() or not token:
        raise not_understood("accessToken")
    seconds = read_whole(content, "expires")
    return token, float(_TOKEN_SECONDS if seconds is None else max(seconds, 0))


def key_of(number: str) -> str:
    """Return the idempotency key of a number of ours: the same whenever it is sent.

    It has the form that TGT asks for, a UUID of version 4, and is as unlikely to be another's.
    """
    digest = hashlib.sha256(f"limosa:{number}".encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def purchase_type(plan_code: str) -> int | None:
    """Return what a plan adds to a card of type C4; None: it is no such plan.

    The numbers are TGT's own and not public, so an operator names them: "topup:2".
    """
    found = _OUR_TOP_UP.fullmatch(plan_code)
    return int(found[1]) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What has to be known of a product before it is ordered."""

    card: str
    is_dated: bool
    price: Decimal

    def is_at(self, cost: Money | None) -> bool:
        """Whether it has the price that we expect; None: any."""
        if cost is None:
            return True
        return cost.currency == CURRENCY and is_amount(self.price, cost)

    def costs_more_than(self, left: Money) -> bool:
        """Whether what is left does not pay for it."""
        return left.currency == CURRENCY and left.amount_minor < self.price.scaleb(_CENTS)


def read_product(content: Any) -> Product:
    """Return a product. Raises ProviderError, also if it is not known when it begins."""
    fields = as_object(content, "data")
    price, begins = read_decimal(fields, "netPrice"), read_text(fields, "activeType")
    if price is None or begins not in (ON_ORDER, AUTOMATIC, ""):
        raise not_understood("netPrice" if price is None else "activeType")
    return Product(card=read_text(fields, "cardType"), is_dated=begins == ON_ORDER, price=price)


def read_order_number(content: Any) -> str:
    """Return the supplier's number of an order that was taken. Raises ProviderError."""
    number = read_text(as_object(content, "data"), "orderNo", length_max=80)
    if not number:
        raise not_understood("orderNo")
    return number


def read_top_up(content: Any) -> Delivered:
    """Return that something was added to a card. Raises ProviderError."""
    number = read_text(as_object(content, "data"), "topupNumber", length_max=60)
    if not number:
        raise not_understood("topupNumber")
    return Delivered(reference=_TOP_UP_REFERENCE + number)


def is_top_up(reference: str) -> bool:
    """Whether a reference is of something that was added to a card."""
    return reference.startswith(_TOP_UP_REFERENCE)


class OrderState(Enum):
    """Where an order stands, as far as it matters here."""

    WAITING = auto()
    RUNNING = auto()
    OVER = auto()
    UNDONE = auto()


_STATES = {
    "": OrderState.WAITING,
    "NOTACTIVE": OrderState.WAITING,
    "ACTIVATED": OrderState.RUNNING,
    "INUSE": OrderState.RUNNING,
    "USED": OrderState.OVER,
    "EXPIRED": OrderState.OVER,
    "ABANDON": OrderState.UNDONE,
    "TERMINATION": OrderState.UNDONE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order as the supplier has it. Before it is issued it has no card."""

    reference: str
    number: str
    product: str
    iccid: str
    activation_code: str
    state: OrderState
    ends_at: datetime | None

    def is_of(self, handle: SupplyHandle) -> bool:
        """Whether it is the order that is meant."""
        if handle.reference:
            return self.reference == handle.reference
        return self.number == handle.number

    def as_answer(self, *, is_renewal: bool) -> SupplyAnswer:
        """Return what it means for our order. A renewal names the card that was renewed."""
        if self.state is OrderState.UNDONE:
            return Refused(failure=Failure.NEVER, reason="undone")
        if not self.iccid or not (is_renewal or self.activation_code):
            return Pending(reference=self.reference)
        code = "" if is_renewal else self.activation_code
        profile = Profile(iccid=self.iccid, activation_code=code)
        return Delivered(reference=self.reference, profile=profile)


def read_orders(content: Any) -> list[OrderRow]:
    """Return the orders of an answer. Raises ProviderError, also for a state not known."""
    if content is None:
        return []
    return [read_order(row) for row in read_parts(as_object(content, "data"), "list")]


def read_order(row: Fields) -> OrderRow:
    """Return an order, of an answer or of a callback. Raises ProviderError."""
    state = _STATES.get(read_text(row, "orderStatus"))
    reference = read_text(row, "orderNo", length_max=80)
    if state is None or not reference:
        raise not_understood("orderStatus" if state is None else "orderNo")
    iccid = read_text(row, "iccid", length_max=24)
    return OrderRow(
        reference=reference,
        number=read_text(row, "channelOrderNo"),
        product=if_readable(lambda: read_text(row, "productCode")) or "",
        iccid=iccid or read_text(read_part(row, "cardInfo"), "iccid", length_max=24),
        activation_code=read_text(row, "qrCode"),
        state=state,
        ends_at=if_readable(lambda: read_time(row, "activatedEndTime")),
    )


def current(orders: list[OrderRow]) -> OrderRow | None:
    """Return the order of a card that counts now: what runs, else what waits, else the last."""
    for state in (OrderState.RUNNING, OrderState.WAITING):
        found = [order for order in orders if order.state is state]
        if found:
            return min(found, key=lambda order: order.reference)
    over = [order for order in orders if order.state is OrderState.OVER]
    return max(over, key=lambda order: order.reference, default=None)


def read_usage(
    content: Any, esim: SupplierEsim, order: OrderRow, *, now: datetime
) -> SupplierUsage:
    """Return the count of an order, which comes without a time: it is of now.

    Raises ProviderError.
    """
    fields = as_object(content, "data")
    fields = read_part(fields, "usage") or fields
    ends_at = order.ends_at if order.state is OrderState.RUNNING else None
    return SupplierUsage(
        esim=esim,
        as_of=now,
        used_bytes=_megabytes(fields, "dataUsage"),
        total_bytes=_megabytes(fields, "dataTotal"),
        ends_at=ends_at,
        number=order.number,
    )


def _megabytes(fields: Fields, name: str) -> int | None:
    """Return a volume in bytes; None: not told, or unlimited."""
    if str(fields.get(name)).strip().lower() == "unlimited":
        return None
    amount = read_decimal(fields, name)
    if amount is None:
        return None
    if amount < 0:
        raise not_understood(name)
    return int((amount * BYTES_OF["MB"]).to_integral_value(ROUND_FLOOR))


def read_balance(content: Any) -> SupplierBalance:
    """Return what the basic account holds. What is less than a minor unit is left off.

    Raises ProviderError.
    """
    fields = as_object(content, "data")
    currency = read_text(fields, "currency")
    balance = read_decimal(fields, "balance")
    for account in read_parts(fields, "accountList"):
        if balance is None and read_text(account, "type") == "BASIC":
            balance = read_decimal(account, "balance")
    if balance is None or currency not in CURRENCIES:
        raise not_understood("balance")
    minor = balance.scaleb(exponent(currency)).to_integral_value(ROUND_FLOOR)
    return SupplierBalance(available=Money(int(minor), currency))
