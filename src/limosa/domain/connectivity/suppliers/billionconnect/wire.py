"""What is sent to BillionConnect, and what its answers mean. Pure.

Numbers are texts; volumes are in KB of 1024 bytes; times are local, UTC+8, and do not say so.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from limosa.domain.connectivity.answers import Failure, Pending, Refused
from limosa.domain.connectivity.engine.foreign_values import (
    WORD_LENGTH_MAX,
    Fields,
    as_object,
    not_understood,
    read_json,
    read_optional_word,
    read_parts,
    read_word,
    read_words,
)
from limosa.foundation.errors import ProviderError

LOCAL = timezone(timedelta(hours=8))
DONE, BUSY = "1000", "1999"
PLACED, SHIPPED, CANCELLED = "0", "1", "2"
_ENGLISH = "2"
_REASONS = {
    BUSY: (Failure.AGAIN, "busy"),
    "1003": (Failure.ANOTHER, "parameter_refused"),
    # No strategy for our sales method: it does not sell this to us, but somebody else may.
    "1047": (Failure.ANOTHER, "not_sold_to_us"),
}
_CODE = re.compile(r"[0-9A-Za-z]{1,10}", re.ASCII)
_PLAN = re.compile(r"([0-9A-Za-z_-]{1,30})(?::([1-9][0-9]{0,2}))?(:r)?", re.ASCII)
# Not before 2000: it writes no time as a year of zeros, which no table of ours could keep.
_TIME = re.compile(r"[2-9][0-9]{3}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}", re.ASCII)


class TradeRefusedError(ProviderError):
    """It understood, and refused. `code`: its `tradeCode`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"refused: {code}", retryable=code == BUSY)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """What a plan's code means: a product, and how many copies (days, where it sells days).
    `is_rechargeable`: a new eSIM of it is ordered as one that can be renewed."""

    sku: str
    copies: int = 1
    is_rechargeable: bool = False

    @property
    def code(self) -> str:
        """The plan's code in our list."""
        copies = f":{self.copies}" if self.copies > 1 else ""
        return f"{self.sku}{copies}{':r' if self.is_rechargeable else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFound:
    """An order as it has it. `reference`: its own id; `sub_order`: of the only part of ours."""

    reference: str
    status: str
    sub_order: str
    iccids: tuple[str, ...]


def sign(secret: str, body: bytes) -> str:
    """Return the signature of exactly these bytes; the same for requests and callbacks."""
    return hashlib.md5(secret.encode() + body, usedforsecurity=False).hexdigest()


def envelope(trade: str, content: Any, *, now: datetime) -> bytes:
    """Return a request's body."""
    told_at = now.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M:%S")
    message = {"tradeType": trade, "tradeTime": told_at, "tradeData": content}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def trade_data(body: bytes) -> Any:
    """Return what an answer carries. Raises TradeRefusedError; ProviderError for anything else,
    such as the HTML of a network in between."""
    answer = as_object(read_json(body), "answer")
    code = read_word(answer, "tradeCode")
    if code != DONE:
        raise TradeRefusedError(code) if _CODE.fullmatch(code) else not_understood("tradeCode")
    return answer.get("tradeData")


def read_time(text: str) -> datetime | None:
    """Return a local time; None if there is none. Raises ProviderError."""
    if not text:
        return None
    if not _TIME.fullmatch(text):
        raise not_understood("time")
    try:
        return datetime.fromisoformat(text).replace(tzinfo=LOCAL)
    except ValueError:
        raise not_understood("time") from None


def parse_plan(code: str) -> Bought | None:
    """Return what a plan's code means; None: it is none of this supplier's."""
    found = _PLAN.fullmatch(code)
    if found is None:
        return None
    return Bought(sku=found[1], copies=int(found[2] or 1), is_rechargeable=bool(found[3]))


def sub_order_number(number: str) -> str:
    """Return our number of the only part of an order."""
    return f"{number}-1"


def esim_order(number: str, bought: Bought, *, email: str) -> Fields:
    """Return an order of one new eSIM (F040). `email`: a mailbox of the shop, never a person's."""
    part = {
        "channelSubOrderId": sub_order_number(number),
        "deviceSkuId": bought.sku,
        "planSkuCopies": str(bought.copies),
        "number": "1",
    }
    if bought.is_rechargeable:
        part["rechargeableESIM"] = "1"
    return {"channelOrderId": number, "email": email, "subOrderList": [part]}


def renewal_order(number: str, bought: Bought, *, iccid: str) -> Fields:
    """Return an order of another plan for an eSIM (F007)."""
    part = {
        "channelSubOrderId": sub_order_number(number),
        "iccid": [iccid],
        "skuId": bought.sku,
        "copies": str(bought.copies),
    }
    return {"channelOrderId": number, "subOrderList": [part]}


def refund_application(number: str, *, iccid: str, reason: str) -> Fields:
    """Return an application for a refund of a whole order (F017). `receivingState` 1, received, is
    what an eSIM needs."""
    return {
        "channelOrderId": number,
        "channelSubOrderId": sub_order_number(number),
        "reason": reason,
        "iccid": [iccid],
        "refundType": "0",
        "receivingState": "1",
    }


def usage_question(iccid: str, *, reference: str = "") -> Fields:
    """Return a question about the plans of an eSIM (F012), or about one order (F046)."""
    order = {"orderId": reference} if reference else {}
    return {"iccid": iccid, "language": _ENGLISH, **order}


def products_question(sales_method: str) -> Fields:
    """Return the question for the list of products (F002)."""
    return {"salesMethod": sales_method, "language": _ENGLISH}


def order_placed(data: Any, number: str) -> Pending:
    """Return what the answer to an order means: its QR code or result comes by a callback."""
    placed = as_object(data, "tradeData")
    if read_optional_word(placed, "channelOrderId") not in {"", number}:
        raise not_understood("channelOrderId")
    return Pending(reference=read_word(placed, "orderId"))


def application_of(data: Any) -> str:
    """Return the id of an application (F017), which people quote; empty: it names none, as F008
    does not.

    The application is made, whatever the answer looks like, so nothing in it is refused.
    """
    told = data if isinstance(data, dict) else {}
    return read_words(told, "afterSaleId", length_max=WORD_LENGTH_MAX)


def order_found(data: Any, number: str) -> OrderFound | None:
    """Return an order that was looked up (F011); None: it answers that there is none."""
    if data is None or data in ({}, []):
        return None
    found = as_object(data, "tradeData")
    # By the number of a part the same order might be found: then it would be another's.
    if read_word(found, "channelOrderId") != number:
        raise not_understood("channelOrderId")
    status = read_word(found, "orderStatus")
    if status not in {PLACED, SHIPPED, CANCELLED}:
        raise not_understood("orderStatus")
    parts = read_parts(found, "subOrderList")
    return OrderFound(
        reference=read_word(found, "orderId"),
        status=status,
        sub_order=read_optional_word(parts[0], "subOrderId") if parts else "",
        iccids=tuple(iccid for part in parts for iccid in read_iccids(part)),
    )


def read_iccids(part: Fields) -> list[str]:
    """Return the ICCIDs of a part of an order: one as a text, or a list of them."""
    given = part.get("iccid", part.get("ICCID"))
    texts = given if isinstance(given, list) else [given]
    return [read_word({"iccid": text}, "iccid").upper().removesuffix("F") for text in texts if text]


def refusal(code: str) -> Refused:
    """Return what a refused order means. Of an unknown code, only that it is no success."""
    failure, reason = _REASONS.get(code, (Failure.ANOTHER, f"code_{code}"))
    return Refused(failure=failure, reason=reason)


def is_renewable(data: Any, iccid: str) -> bool:
    """Return whether an eSIM passes the check before a renewal (F013)."""
    if not isinstance(data, list):
        raise not_understood("tradeData")
    for row in data:
        fields = as_object(row, "tradeData")
        if iccid in read_iccids(fields):
            result = read_word(fields, "result")
            if result not in {"成功", "失败", "失敗"}:
                raise not_understood("result")
            return result == "成功"
    raise not_understood("iccid")


def renewing_skus(data: Any) -> frozenset[str]:
    """Return the products that renew an eSIM (F052); nothing in it: none does."""
    if data is None or data == []:
        return frozenset()
    skus = as_object(data, "tradeData").get("skuId") or []
    if not isinstance(skus, list):
        raise not_understood("skuId")
    return frozenset(read_word({"skuId": sku}, "skuId") for sku in skus)
