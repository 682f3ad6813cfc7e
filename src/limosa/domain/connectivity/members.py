"""Reads members of a supplier's JSON strictly, as untrusted input.

Numbers are kept as their text, however they were written, so that no amount is ever a float. What
is missing or of another type raises ProviderError: the answer was not understood, and what it was
about may have happened.
"""

import json
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NoReturn

from limosa.foundation.currencies import CURRENCIES
from limosa.foundation.errors import ProviderError
from limosa.foundation.money import Money, exponent

Fields = Mapping[str, Any]
MINOR_MAX = 10**15  # Ours: sums of such amounts still fit a bigint column easily.
WORD_LENGTH_MAX = 80  # As long as the columns that store references.
LABEL_LENGTH_MAX = 300  # Ours.
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


def malformed(name: str) -> ProviderError:
    """Return the error of one member."""
    return ProviderError(f"reply not understood: {name}", retryable=True)


def read_json(body: bytes) -> Any:
    """Return the JSON, with numbers as texts. Raises ProviderError."""
    try:
        return json.loads(body, parse_float=str, parse_int=str, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise malformed("not JSON") from None


def as_fields(value: object, name: str) -> Fields:
    """Return a value that has to be an object."""
    if not isinstance(value, dict):
        raise malformed(name)
    return value


def as_rows(value: object, name: str) -> list[Fields]:
    """Return a value that has to be a list of objects; empty for null."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise malformed(name)
    return value


def read_part(fields: Fields, name: str) -> Fields:
    """Return an object in an object."""
    return as_fields(fields.get(name), name)


def read_rows(fields: Fields, name: str) -> list[Fields]:
    """Return a list of objects; empty if it is absent."""
    return as_rows(fields.get(name), name)


def read_word(fields: Fields, name: str) -> str:
    """Return an identifier, a code or a number as text, at most 80 printable letters."""
    word = read_optional(fields, name)
    if not word:
        raise malformed(name)
    return word


def read_optional(fields: Fields, name: str) -> str:
    """Return an identifier, a code or a number as text; empty if it is absent or empty."""
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > WORD_LENGTH_MAX or not value.isprintable():
        raise malformed(name)
    return value.strip()


def read_label(fields: Fields, name: str) -> str:
    """Return a text for people, on one line and cut to its length; empty if there is none."""
    value = fields.get(name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        return ""
    line = " ".join(value.split())
    return "".join(letter for letter in line if letter.isprintable())[:LABEL_LENGTH_MAX]


def read_number(fields: Fields, name: str) -> Decimal | None:
    """Return a number, however it was written; None if it is absent or empty."""
    text = read_optional(fields, name)
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise malformed(name)
    return Decimal(text)


def read_whole(fields: Fields, name: str) -> int | None:
    """Return a whole number; None if it is absent or empty."""
    number = read_number(fields, name)
    if number is None:
        return None
    if number != int(number):
        raise malformed(name)
    return int(number)


def read_flag(fields: Fields, name: str) -> bool:
    """Return a boolean; false if it is absent."""
    value = fields.get(name, False)
    if value is not None and not isinstance(value, bool):
        raise malformed(name)
    return bool(value)


def read_country(fields: Fields, name: str) -> str:
    """Return an ISO 3166-1 alpha-2 code in capitals; empty for anything else."""
    code = read_label(fields, name).upper()
    return code if _COUNTRY.fullmatch(code) else ""


def read_currency(fields: Fields, name: str) -> str:
    """Return a currency of ISO 4217."""
    code = read_word(fields, name).upper()
    if code not in CURRENCIES:
        raise malformed(name)
    return code


def money(amount: Decimal, currency: str, name: str) -> Money:
    """Return an amount in major units as Money. What is finer than a minor unit is rounded, half
    away from zero."""
    minor = int(amount.scaleb(exponent(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if abs(minor) > MINOR_MAX:
        raise malformed(name)
    return Money(minor, currency)


def read_money(fields: Fields, name: str, *, currency: str) -> Money:
    """Return an amount that is written in major units, rounded as `money` does."""
    amount = read_number(fields, name)
    if amount is None:
        raise malformed(name)
    return money(amount, currency, name)


def read_price(fields: Fields, name: str, *, currency: str) -> Money:
    """Return what something costs, exactly: what is finer than a minor unit can't be booked."""
    price = read_money(fields, name, currency=currency)
    if price.to_decimal() != read_number(fields, name):
        raise ProviderError(f"{name} is finer than a minor unit", retryable=False)
    if price.amount_minor <= 0:
        raise ProviderError(f"{name} is nothing", retryable=False)
    return price


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
