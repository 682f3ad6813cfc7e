"""What eSIM Access's webhooks name. They are not signed, so nothing that they say is believed: they
only make us ask."""

import hashlib
import re
from datetime import datetime

from limosa.domain.connectivity.answers import (
    CallbackRefusedError,
    Pending,
    SupplierCallback,
    SupplierEsim,
    SupplierUsage,
    SupplyNews,
)
from limosa.domain.connectivity.engine.foreign_values import (
    Fields,
    as_object,
    read_json,
    read_text,
    read_time,
)
from limosa.foundation.errors import ProviderError

_CHECK = "CHECK_HEALTH"
_OF_ORDERS = ("ORDER_STATUS", "SMDP_EVENT")
_OF_USE = ("ESIM_STATUS", "DATA_USAGE", "VALIDITY_USAGE")
_MESSAGE_ID = re.compile(r"[0-9A-Za-z_-]{8,64}", re.ASCII)


def read_notification(body: bytes, *, now: datetime) -> SupplierCallback:
    """Return which order, and of which eSIM the use, to ask for. Raises CallbackRefusedError.

    What names no order is refused, so that nobody fills our records with what they made up.
    """
    try:
        said = as_object(read_json(body), "envelope")
        kind, content = read_text(said, "notifyType"), as_object(said.get("content"), "content")
        if kind == _CHECK:
            return SupplierCallback(message_id=_CHECK)
        if kind not in (*_OF_ORDERS, *_OF_USE):
            raise CallbackRefusedError("kind_unknown")
        return _read(said, content, body, with_use=kind in _OF_USE, now=now)
    except ProviderError:
        raise CallbackRefusedError("malformed") from None


def _read(
    said: Fields, content: Fields, body: bytes, *, with_use: bool, now: datetime
) -> SupplierCallback:
    reference = read_text(content, "orderNo", length_max=80)
    if not reference:
        raise CallbackRefusedError("malformed")
    news = SupplyNews(reference=reference, answer=Pending(reference=reference))
    usages: tuple[SupplierUsage, ...] = ()
    esim = SupplierEsim(
        iccid=read_text(content, "iccid", "ICCID", length_max=24),
        reference=read_text(content, "esimTranNo", length_max=80),
        order_reference=reference,
    )
    if with_use and esim.iccid:
        usages = (SupplierUsage(esim=esim, as_of=_told_at(said, content, now), used_bytes=None),)
    return SupplierCallback(message_id=_message_id(said, body), news=(news,), usages=usages)


def _told_at(said: Fields, content: Fields, now: datetime) -> datetime:
    told = read_time(content, "lastUpdateTime") or read_time(said, "eventGenerateTime")
    return min(told, now) if told else now


def _message_id(said: Fields, body: bytes) -> str:
    """Return the supplier's id of the message, or one made from its bytes."""
    given = read_text(said, "notifyId")
    return given if _MESSAGE_ID.fullmatch(given) else hashlib.sha256(body).hexdigest()
