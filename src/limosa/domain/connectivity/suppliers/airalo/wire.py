"""What is sent to Airalo, and what its answers mean. Pure.

Money is decimal dollars unless a currency is named; volumes are MB of 1024² bytes, and 0 stands for
"unlimited"; times do not name a zone and are taken as UTC.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from limosa.domain.connectivity.answers import (
    Charge,
    Delivered,
    Failure,
    Refused,
    SupplierBalance,
    SupplierEsim,
    SupplierUsage,
    SupplyAnswer,
    Unknown,
)
from limosa.domain.connectivity.capabilities import UsageUnit
from limosa.domain.connectivity.engine.foreign_values import (
    Fields,
    as_object,
    as_parts,
    if_readable,
    not_understood,
    read_cost,
    read_currency,
    read_decimal,
    read_flag,
    read_json,
    read_money,
    read_optional_word,
    read_part,
    read_parts,
    read_whole,
    read_word,
)
from limosa.domain.esims.engine.profile import Profile
from limosa.foundation.errors import ProviderError
from limosa.foundation.identifiers import InvalidIdentifierError, activation_code
from limosa.foundation.money import Money

NOT_FOUND, UNPROCESSABLE = 404, 422
PAGE_ORDERS = 100
COMPLETED, FAILED, GIVEN_BACK = "completed", "failed", "refunded"
_CHECKSUM = "14"
_REASONS = {
    "11": (Failure.ANOTHER, "credit_used_up"),
    "13": (Failure.ANOTHER, "maintenance"),
    # Our secret is not theirs: it may be mended while the person waits.
    _CHECKSUM: (Failure.AGAIN, "signature_refused"),
    "23": (Failure.ANOTHER, "top_up_disabled"),
    "33": (Failure.ANOTHER, "out_of_stock"),
    "34": (Failure.ANOTHER, "package_invalid"),
    # The eSIM was taken back and its ICCID may be somebody else's by now.
    "73": (Failure.NEVER, "esim_recycled"),
}
# What is said of a renewal before it is ordered.
NOT_RENEWABLE = Refused(failure=Failure.NEVER, reason="not_renewable")
NOT_FOR_THIS_ESIM = Refused(failure=Failure.ANOTHER, reason="not_for_this_esim")
_RECYCLED, _UNKNOWN = "RECYCLED", "UNKNOWN"
_COUNTED = {"NOT_ACTIVE", "ACTIVE", "FINISHED", "EXPIRED"}
_CODE = re.compile(r"[0-9A-Za-z_-]{1,20}", re.ASCII)
_TERM = re.compile(r"[a-z_]{1,40}", re.ASCII)
_DAY = timedelta(days=1)


class ReplyRefusedError(ProviderError):
    """It understood, and refused. `code`: its own; `member`: of the request that it did not take;
    either may be empty."""

    def __init__(self, status: int, code: str = "", member: str = "") -> None:
        words = " ".join(word for word in (f"HTTP {status}", code, member) if word)
        super().__init__(
            words,
            retryable=status != UNPROCESSABLE,
            is_unauthorized=code == _CHECKSUM,
        )
        self.status = status
        self.code = code
        self.member = member


def read_reply(status: int, body: bytes) -> Fields:
    """Return an answer's object. Raises ReplyRefusedError, ProviderError."""
    if status == 200:
        return as_object(read_json(body), "answer")
    if status == UNPROCESSABLE:
        raise ReplyRefusedError(status, *_words(body))
    if status == NOT_FOUND:
        raise ReplyRefusedError(status)
    raise ProviderError(f"HTTP {status}", retryable=True)


def refusal(error: ReplyRefusedError) -> Refused:
    """Return what a refused order means."""
    if error.status == NOT_FOUND:
        return Refused(failure=Failure.ANOTHER, reason="not_found")
    if error.code:
        failure, reason = _REASONS.get(error.code, (Failure.ANOTHER, f"code_{error.code}"))
        return Refused(failure=failure, reason=reason)
    return Refused(failure=Failure.ANOTHER, reason=f"refused_{error.member or 'without_reason'}")


def offers_refused(error: ReplyRefusedError) -> Refused:
    """Return what it means for a renewal that an eSIM's top-ups were not told."""
    if error.status == NOT_FOUND:
        return Refused(failure=Failure.NEVER, reason="esim_unknown")
    return refusal(error)


def token_form(client_id: str, client_secret: str) -> dict[str, str]:
    """Return what asks for a token, which is sent as a form."""
    return {
        "client_id": client_id,
        "client_secret": client_secret,
        "grant_type": "client_credentials",
    }


def read_token(answer: Fields) -> tuple[str, int]:
    """Return a token and how many seconds it is valid."""
    data = read_part(answer, "data")
    token = data.get("access_token")
    seconds = read_whole(data, "expires_in")
    if not isinstance(token, str) or not re.fullmatch(r"[!-~]{1,4096}", token):
        raise not_understood("access_token")
    if seconds is None or seconds <= 0:
        raise not_understood("expires_in")
    return token, seconds


def esim_order(number: str, package: str) -> dict[str, Any]:
    """Return an order of one new eSIM."""
    return {"package_id": package, "quantity": 1, "type": "sim", "description": number}


def renewal_order(number: str, package: str, *, iccid: str) -> dict[str, Any]:
    """Return an order of a top-up for an eSIM."""
    return {"package_id": package, "iccid": iccid, "description": number}


def orders_by_number(number: str) -> dict[str, str]:
    """Return the question for the orders whose description has our number somewhere in it."""
    return {
        "filter[description]": number,
        "include": "sims,status",
        "limit": str(PAGE_ORDERS),
    }


def orders_between(since: datetime, until: datetime, *, page: int) -> dict[str, str]:
    """Return the question for the orders of some days, with a day more on either side: the zone of
    its days is not known."""
    first, last = (since - _DAY).astimezone(UTC), (until + _DAY).astimezone(UTC)
    return {
        "filter[created_at]": f"{first:%Y-%m-%d} - {last:%Y-%m-%d}",
        "include": "status",
        "limit": str(PAGE_ORDERS),
        "page": str(page),
    }


def order_made(data: Any, number: str, *, is_renewal: bool) -> Delivered:
    """Return what the answer to an order delivers, which is everything, at once."""
    order = as_object(data, "data")
    if read_optional_word(order, "description") not in {"", number}:
        raise not_understood("description")
    return delivered(order, is_renewal=is_renewal)


def delivered(order: Fields, *, is_renewal: bool) -> Delivered:
    """Return what an order delivers. A top-up delivers no profile."""
    return Delivered(
        reference=read_word(order, "id"),
        profile=None if is_renewal else _profile(order),
        cost=_cost(order),
    )


def order_found(answer: Fields, number: str, *, is_renewal: bool) -> SupplyAnswer:
    """Return how the order with our number stands. Of two, which should not be, the older one."""
    rows = as_parts(answer.get("data"), "data")
    ours = [row for row in rows if read_optional_word(row, "description") == number]
    if not ours:
        if last_page(answer) > 1:
            raise ProviderError("more orders match than are looked at", retryable=True)
        return Unknown()
    order = min(ours, key=lambda row: read_whole(row, "id") or 0)
    if read_optional_word(order, "type") not in {"", "topup" if is_renewal else "sim"}:
        raise not_understood("type")
    match _status(order):
        case "failed" | "refunded" as status:
            return Refused(failure=Failure.ANOTHER, reason=status)
        case _:
            return delivered(order, is_renewal=is_renewal)


def read_offers(answer: Fields) -> frozenset[str]:
    """Return the packages that may be bought for an eSIM."""
    return frozenset(read_word(row, "id") for row in read_parts(answer, "data"))


def read_usage(answer: Fields, esim: SupplierEsim, *, now: datetime) -> SupplierUsage | None:
    """Return a reading; None: this eSIM is no longer ours, or it does not know."""
    data = read_part(answer, "data")
    status = read_word(data, "status").upper()
    if status in {_RECYCLED, _UNKNOWN}:
        return None
    if status not in _COUNTED:
        raise not_understood("status")
    total, left = _volume(data, "total"), _volume(data, "remaining")
    is_counted = not read_flag(data, "is_unlimited") and bool(total) and left is not None
    return SupplierUsage(
        esim=esim,
        as_of=now,
        used_bytes=max(total - left, 0) if is_counted and total and left is not None else None,
        total_bytes=total if is_counted else None,
        ends_at=read_time(read_optional_word(data, "expired_at")),
    )


def to_bytes(megabytes: Decimal) -> int:
    """Return a volume that is told in MB."""
    return int(megabytes * UsageUnit.MIB)


def read_time(text: str) -> datetime | None:
    """Return a time, as UTC if it names no zone; None if there is none."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise not_understood("time") from None


def read_balance(answer: Fields) -> SupplierBalance:
    """Return our balance. Documents write its members in two ways."""
    balances = read_part(answer, "data").get("balances")
    rows = balances if isinstance(balances, list) else [balances]
    if len(rows) != 1:
        raise not_understood("balances")
    balance = as_object(rows[0], "balances")
    name = "availableBalance" if "availableBalance" in balance else "available_balance"
    available = read_part(balance, name)
    currency = read_currency(available, "currency")
    return SupplierBalance(available=read_money(available, "amount", currency=currency))


def read_charges(answer: Fields, *, since: datetime, until: datetime) -> list[Charge]:
    """Return what orders of the time cost. One that was given back is so in full, at its time."""
    charges: list[Charge] = []
    for order in as_parts(answer.get("data"), "data"):
        charged_at, cost = read_time(read_word(order, "created_at")), _cost(order)
        status = _status(order)
        if cost is None or charged_at is None:
            raise not_understood("price")
        if status == FAILED or not since <= charged_at < until:
            continue
        reference = read_word(order, "id")
        lines: Sequence[tuple[str, Money]] = [(reference, cost)]
        if status == GIVEN_BACK:
            lines = [*lines, (f"{reference}-refund", -cost)]
        charges += [
            Charge(
                charge_id=charge_id,
                amount=amount,
                charged_at=charged_at,
                number=read_optional_word(order, "description"),
                reference=reference,
            )
            for charge_id, amount in lines
        ]
    return charges


def last_page(answer: Fields) -> int:
    """Return the number of the last page of a list."""
    meta = answer.get("meta")
    return (read_whole(meta, "last_page") or 1) if isinstance(meta, dict) else 1


def _status(order: Fields) -> str:
    if order.get("status") is None:
        return COMPLETED  # Not asked for: an answer to an order has none.
    slug = read_word(read_part(order, "status"), "slug").lower()
    if slug not in {COMPLETED, FAILED, GIVEN_BACK}:
        raise not_understood("status")
    return slug


def _cost(order: Fields) -> Money | None:
    """Return what we pay: `price` is for people, where `net_price` is told as well."""
    name = "net_price" if order.get("net_price") is not None else "price"
    return read_cost(order, name, currency="currency")


def _profile(order: Fields) -> Profile:
    sims = read_parts(order, "sims")
    if len(sims) != 1:
        raise not_understood("sims")
    (sim,) = sims
    if read_optional_word(sim, "confirmation_code"):
        raise not_understood("confirmation_code")  # People would have to be told it; they can't be.
    return Profile(
        iccid=read_word(sim, "iccid"),
        activation_code=_activation_code(sim),
        reference=if_readable(lambda: read_optional_word(sim, "id")) or "",
    )


def _activation_code(sim: Fields) -> str:
    code = sim.get("qrcode")
    if isinstance(code, str) and code:
        return code
    try:
        return activation_code(
            smdp_address=read_word(sim, "lpa"), matching_id=read_word(sim, "matching_id")
        )
    except InvalidIdentifierError:
        raise not_understood("matching_id") from None


def _volume(data: Fields, name: str) -> int | None:
    number = read_decimal(data, name)
    if number is not None and number < 0:
        raise not_understood(name)
    return None if number is None else to_bytes(number)


def _words(body: bytes) -> tuple[str, str]:
    """Return the code of a refusal, and the member that it is about."""
    try:
        answer = as_object(read_json(body), "answer")
        code = read_optional_word(answer, "code")
    except ProviderError:
        return "", ""
    data = answer.get("data")
    members = [name for name in data if _TERM.fullmatch(name)] if isinstance(data, dict) else []
    return (code if _CODE.fullmatch(code) else ""), (members[0] if members else "")
