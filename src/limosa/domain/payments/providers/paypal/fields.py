"""Reads members of PayPal's JSON strictly, as untrusted input.

Everything here came over TLS or was signed, but is still checked: a member of the wrong type, an
invalid amount, or a text too long for its database column is refused.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from limosa.domain.payments.message_refusals import MessageRefusedError
from limosa.domain.payments.providers.paypal.refusals import Refusal
from limosa.foundation.money import Money, exponent

MINOR_MAX = 10**15  # Ours: sums of such amounts still fit a bigint column easily.
# Numbers that others may have sent under our account, so that a report can name them.
IDENTIFIER = re.compile(r"[\x21-\x7e]{1,64}", re.ASCII)
WORD = re.compile(r"[A-Z0-9_]{1,64}", re.ASCII)
# As long as the columns that store numbers.
_OUR_NUMBER = re.compile(r"[0-9A-Za-z_-]{1,32}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_AMOUNT = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,6})?", re.ASCII)

Fields = Mapping[str, Any]


def malformed(name: str) -> MessageRefusedError:
    """Return the refusal of one member."""
    return MessageRefusedError(Refusal.RESOURCE_MALFORMED, name)


def read_object(text: bytes | str) -> Fields:
    """Return the JSON object. Raises MessageRefusedError."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise malformed("not JSON") from None
    if not isinstance(value, dict):
        raise malformed("not an object")
    return value


def read_text(fields: Fields, name: str, pattern: re.Pattern[str] = IDENTIFIER) -> str:
    """Return a text member that matches the pattern. Raises MessageRefusedError."""
    value = fields.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise malformed(name)
    return value


def read_optional(fields: Fields, name: str) -> str:
    """Return an identifier; empty if it is absent or invalid, as another shop's may be."""
    value = fields.get(name)
    return value if isinstance(value, str) and IDENTIFIER.fullmatch(value) else ""


def read_our_number(fields: Fields, name: str) -> str:
    """Return what may be one of our numbers; empty for anything else, such as another shop's."""
    value = fields.get(name)
    return value if isinstance(value, str) and _OUR_NUMBER.fullmatch(value) else ""


def read_part(fields: Fields, *names: str) -> Fields:
    """Return the object at a path; empty if any part of the path is absent."""
    for name in names:
        value = fields.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise malformed(name)
        fields = value
    return fields


def read_parts(fields: Fields, name: str) -> list[Fields]:
    """Return a list of objects; empty if it is absent. Raises MessageRefusedError."""
    value = fields.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise malformed(name)
    return value


def read_money(fields: Fields, name: str, *, may_be_negative: bool = False) -> Money:
    """Return an exact amount; one finer than the currency's minor unit is refused.

    Source: Currency codes; `value` is a decimal text, without decimals for JPY.
    """
    amount = read_part(fields, name)
    currency = read_text(amount, "currency_code", _CURRENCY)
    exact = Decimal(read_text(amount, "value", _AMOUNT)).scaleb(exponent(currency))
    minor = int(exact)
    if minor != exact or abs(minor) > MINOR_MAX or (minor < 0 and not may_be_negative):
        raise malformed(name)
    return Money(minor, currency)


def write_money(amount: Money) -> dict[str, str]:
    """Return an amount as PayPal writes it."""
    return {"currency_code": amount.currency, "value": f"{amount.to_decimal():f}"}


def read_time(fields: Fields, name: str) -> datetime:
    """Return a time in UTC. Raises MessageRefusedError."""
    value = fields.get(name)
    try:
        moment = datetime.fromisoformat(str(value))
        if moment.tzinfo is None:
            raise malformed(name)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise malformed(name) from None
