"""Callbacks of BillionConnect: verified over their raw bytes, then parsed. Makes no outside calls.

They are signed as requests are. Documents differ in whether some carry an object or a list of them,
so either is read.
"""

import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from limosa.domain.connectivity.answers import (
    CallbackRefusedError,
    CallbackUnreadableError,
    Delivered,
    Failure,
    Pending,
    Refused,
    ReportedProfile,
    SupplierCallback,
    SupplierEsim,
    SupplierUsage,
    SupplyNews,
    SupplyNotice,
)
from limosa.domain.connectivity.engine.foreign_values import (
    Fields,
    as_object,
    as_parts,
    if_readable,
    not_understood,
    read_json,
    read_optional_word,
    read_parts,
    read_word,
)
from limosa.domain.connectivity.suppliers.billionconnect import wire
from limosa.domain.esims.engine.installation_life import InstallationState, ProfileReport
from limosa.domain.esims.engine.profile import Profile
from limosa.foundation.errors import ProviderError

# 0: not downloaded yet. 5 is "reclaimed" in one document and "deleted" in another: not known.
_STATES = {
    "1": InstallationState.DOWNLOADED,
    "2": InstallationState.INSTALLED,
    "3": InstallationState.ENABLED,
    "4": InstallationState.DISABLED,
}
_RENEWED, _NOT_RENEWED = "0", "1"
_AHEAD_MAX = timedelta(hours=1)  # Ours: clocks differ, and by no more.
_NOTICES_MAX = 50  # Ours: each has its order looked for.
_Parts = dict[str, Any]


def read(
    *, headers: Mapping[str, str], body: bytes, secret: str, now: datetime
) -> SupplierCallback:
    """Return what a callback says. Raises CallbackRefusedError, and nothing else."""
    given = headers.get("x-sign-value", "")
    expected = wire.sign(secret, body)
    if not hmac.compare_digest(given.lower().encode(), expected.encode()):
        raise CallbackRefusedError("signature_wrong" if given else "signature_missing")
    try:
        message = as_object(read_json(body), "callback")
        trade = read_word(message, "tradeType")
        data = message.get("tradeData")
        told_at = _told_at(message, now)
        reader = _READERS.get(trade)
        told = reader(data, told_at or now) if reader else {}
        if told_at is None:
            told.pop("reports", None)  # Later ones would count as older.
        if "news" not in told:
            told["notices"] = _notices(data)
    except ProviderError as error:
        raise CallbackUnreadableError("malformed") from error
    content = json.dumps(data, sort_keys=True, separators=(",", ":"), default=str)
    digest = sha256(f"{trade}\0{content}".encode()).hexdigest()
    return SupplierCallback(message_id=f"{trade[:10]}-{digest}", **told)


def _told_at(message: Fields, now: datetime) -> datetime | None:
    """Return when a callback was sent; now, if it does not say. None: it says a time that can't be
    read, or one far ahead."""
    if not message.get("tradeTime"):
        return now
    told_at = _time_of(message, "tradeTime")
    return min(told_at, now) if told_at is not None and told_at - now < _AHEAD_MAX else None


def _qr_code(data: Any, _now: datetime) -> _Parts:
    """N009: the QR code of a new eSIM, in one part or several, which belong together by ICCID."""
    order = as_object(data, "tradeData")
    reference = read_word(order, "orderId")
    codes: dict[str, set[str]] = {}
    for part in read_parts(order, "subOrderList"):
        if read_optional_word(part, "confirmationCode"):
            # People would have to be told it; they can't be.
            raise not_understood("confirmationCode")
        code = read_code(part)
        for iccid in wire.read_iccids(part):
            codes.setdefault(iccid, set()).update([code] if code else [])
    # One eSIM was ordered, and it has one code.
    if len(codes) > 1 or any(len(known) > 1 for known in codes.values()):
        raise not_understood("subOrderList")
    profiles = [
        Profile(iccid=iccid, activation_code=code)
        for iccid, known in codes.items()
        for code in known
    ]
    answer = (
        Delivered(reference=reference, profile=profiles[0])
        if profiles
        else Pending(reference=reference)
    )
    return _news(order, answer)


def read_code(part: Fields) -> str:
    """Return the content of a QR code, which is longer than identifiers are."""
    value = part.get("qrCodeContent") or ""
    if not isinstance(value, str) or not value.isprintable():
        raise not_understood("qrCodeContent")
    return value


def _renewal(data: Any, _now: datetime) -> _Parts:
    """N013: the result of a renewal. Without one it only makes us ask."""
    order = as_object(data, "tradeData")
    reference = read_word(order, "orderId")
    answers: dict[str, Delivered | Refused] = {
        _RENEWED: Delivered(reference=reference),
        _NOT_RENEWED: Refused(failure=Failure.ANOTHER, reason="renewal_failed"),
    }
    answer = answers.get(read_optional_word(order, "status"), Pending(reference=reference))
    return _news(order, answer)


def _shipped(data: Any, _now: datetime) -> _Parts:
    """N001: an order has been shipped, or was cancelled. The QR code comes by another callback."""
    order = as_object(data, "tradeData")
    if read_optional_word(order, "orderStatus") == wire.CANCELLED:
        return _news(order, Refused(failure=Failure.ANOTHER, reason="cancelled"))
    return _news(order, Pending(reference=read_word(order, "orderId")))


def _news(order: Fields, answer: Delivered | Pending | Refused) -> _Parts:
    news = SupplyNews(
        number=read_optional_word(order, "channelOrderId"),
        reference=read_word(order, "orderId"),
        answer=answer,
    )
    return {"news": (news,)}


def _profile_state(data: Any, now: datetime) -> _Parts:
    """N012: where profiles stand on their devices. It does not say on which, nor since when."""
    order = as_object(data, "tradeData")
    reference = read_word(order, "orderId")
    return {
        "reports": tuple(
            ReportedProfile(
                reference=reference,
                iccid=iccid,
                eid="",
                report=ProfileReport(state=state, happened_at=now),
            )
            for part in read_parts(order, "subOrderList")
            if (state := _STATES.get(read_optional_word(part, "profileStatus")))
            for iccid in wire.read_iccids(part)
        )
    }


def _use_begun(data: Any, now: datetime) -> _Parts:
    """N002: plans have begun; `endTime` is when they are to end."""
    return {"usages": tuple(_readings(data, now, begun="startTime"))}


def _use_ended(data: Any, now: datetime) -> _Parts:
    """N003: plans have ended. What is called `channelOrderId` there is the part's number."""
    return {"usages": tuple(_readings(data, now, begun="endTime"))}


def _readings(data: Any, now: datetime, *, begun: str) -> list[SupplierUsage]:
    rows = as_parts([data] if isinstance(data, dict) else data, "tradeData")
    return [
        SupplierUsage(
            esim=SupplierEsim(iccid=iccid, order_reference=read_optional_word(row, "orderId")),
            as_of=_time_of(row, begun) or now,
            used_bytes=None,
            ends_at=_time_of(row, "endTime"),
        )
        for row in rows
        for iccid in wire.read_iccids(row)
    ]


def _notices(data: Any) -> tuple[SupplyNotice, ...]:
    """Return which orders something is said of, as far as that can be read."""
    rows = if_readable(lambda: as_parts([data] if isinstance(data, dict) else data, "tradeData"))
    notices = (
        SupplyNotice(
            number=_name_in(row, "channelOrderId"),
            reference=_name_in(row, "orderId"),
            application=_name_in(row, "afterSaleId"),
        )
        for row in (rows or [])[:_NOTICES_MAX]
    )
    return tuple(one for one in notices if one != SupplyNotice())


def _name_in(row: Fields, name: str) -> str:
    return if_readable(lambda: read_optional_word(row, name)) or ""


def _time_of(row: Fields, name: str) -> datetime | None:
    """Return a time; None: there is none, or it can't be read. Nothing depends on it."""
    return if_readable(lambda: wire.read_time(read_optional_word(row, name)))


# Those that say where an order stands say it by `news`; any other only makes us ask: N004 and N005
# name an application and no order, N010 says that a mail was sent. N006 says that the list has
# changed, which is fetched anyway.
_READERS: Mapping[str, Callable[[Any, datetime], _Parts]] = {
    "N001": _shipped,
    "N002": _use_begun,
    "N003": _use_ended,
    "N009": _qr_code,
    "N012": _profile_state,
    "N013": _renewal,
}
