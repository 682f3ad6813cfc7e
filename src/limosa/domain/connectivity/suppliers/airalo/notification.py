"""Airalo's webhooks: verified, then parsed. Makes no outside calls.

Low data: which eSIM to read now. Orders: only what was ordered to be answered later comes so, which
we do not do; it is read all the same. Anything else, such as our credit, is taken and says nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from limosa.domain.connectivity.answers import (
    CallbackRefusedError,
    CallbackUnreadableError,
    SupplierCallback,
    SupplierEsim,
    SupplierUsage,
    SupplyNews,
)
from limosa.domain.connectivity.engine.foreign_values import (
    Fields,
    as_object,
    read_json,
    read_optional_word,
    read_word,
)
from limosa.domain.connectivity.suppliers.airalo import signature, wire
from limosa.foundation.errors import ProviderError

_TOP_UP = "topup"


def read(
    *, headers: Mapping[str, str], body: bytes, secret: str, now: datetime
) -> SupplierCallback:
    """Return what a webhook says. Raises CallbackRefusedError, and nothing else."""
    given = headers.get(signature.HEADER, "")
    if not given:
        raise CallbackRefusedError("signature_missing")
    if not signature.is_signed(secret, body, given):
        raise CallbackRefusedError("signature_wrong")
    try:
        message = as_object(read_json(body), "webhook")
        data = message.get("data")
        told = _told(data if isinstance(data, dict) else message, now)
    except ProviderError as error:
        raise CallbackUnreadableError("malformed") from error
    return SupplierCallback(message_id=sha256(body).hexdigest(), **told)


def _told(fields: Fields, now: datetime) -> dict[str, Any]:
    if "package_id" in fields:
        return {"news": (_order(fields),)}
    if "level" in fields and read_optional_word(fields, "iccid"):
        esim = SupplierEsim(iccid=read_word(fields, "iccid"))
        # How much of what is left is told in percent of what is not: it has to be asked for.
        return {"usages": (SupplierUsage(esim=esim, as_of=now, used_bytes=None),)}
    return {}


def _order(order: Fields) -> SupplyNews:
    is_renewal = read_optional_word(order, "type") == _TOP_UP
    return SupplyNews(
        number=read_optional_word(order, "description"),
        reference=read_word(order, "id"),
        answer=wire.delivered(order, is_renewal=is_renewal),
    )
