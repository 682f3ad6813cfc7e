"""What Skylark's callbacks say, once it is sure that they are Skylark's."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from limosa.domain.connectivity.answers import (
    CallbackRefusedError,
    CallbackUnreadableError,
    SupplierCallback,
    SupplyNews,
)
from limosa.domain.connectivity.engine.foreign_values import (
    as_object,
    read_json,
    read_part,
    read_word,
)
from limosa.foundation.errors import ProviderError
from tests.contract.suppliers.skylark import wire

HEADER = "skylark-signature"
FRESH = timedelta(minutes=5)
_FORM = re.compile(r"([0-9]{1,11})\.([0-9a-f]{64})", re.ASCII)


def read_notification(
    *, headers: Mapping[str, str], body: bytes, secret: str, now: datetime
) -> SupplierCallback:
    """Return what a callback says of its order. Raises CallbackRefusedError."""
    check_signature(headers.get(HEADER, ""), body, secret=secret, now=now)
    try:
        said = as_object(read_json(body), "callback")
        order = read_part(said, "order")
        news = SupplyNews(number=read_word(order, "number"), answer=wire.read_order(order))
        return SupplierCallback(message_id=read_word(said, "id"), news=(news,))
    except ProviderError as error:
        raise CallbackUnreadableError("not_understood") from error


def check_signature(given: str, body: bytes, *, secret: str, now: datetime) -> None:
    """Raise CallbackRefusedError unless Skylark signed these bytes a moment ago."""
    found = _FORM.fullmatch(given)
    if found is None:
        raise CallbackRefusedError("signature_missing")
    signed_at = datetime.fromtimestamp(int(found[1]), UTC)
    if abs(now - signed_at) > FRESH:
        raise CallbackRefusedError("not_fresh")
    signed = found[1].encode() + b"." + body
    expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, found[2]):
        raise CallbackRefusedError("signature_wrong")
