"""Reads what suppliers say in JSON, as untrusted input.

Numbers are exact, never a float. A member of the wrong type, a price that is not whole in our
units, and a text that no column of ours would take, are all an answer that is not understood: a
ProviderError, and nothing else. What it was about may have happened.

Some suppliers compute in floats and write what comes out: 1.4400000000000002 is 1.44, and
6.199999999999999 is 6.2. So a number is taken as one that is nearer to it than ARTEFACT.

What a delivery does not need never prevents it: a cost is read by `read_cost`, and the like by
`if_readable`.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NoReturn, TypeVar

from limosa.foundation.currencies import CURRENCIES
from limosa.foundation.errors import ProviderError
from limosa.foundation.money import Money, exponent

Fields = Mapping[str, Any]
_Value = TypeVar("_Value")

# Ours: sums of such numbers still fit a bigint column.
WHOLE_MAX = 10**17
MINOR_MAX = 10**15
TEXT_LENGTH_MAX = 300
WORD_LENGTH_MAX = 80  # As long as the columns that store references.
# Ours, and far below anything that has a price. A float of some thousands is that exact.
ARTEFACT = Decimal("1e-9")
# As many places as floats are written with, and some more.
_PLACES_MAX, _DIGITS_MAX = 20, 24
_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,20})?", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_RATE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*([km])bps", re.ASCII | re.IGNORECASE)


def not_understood(name: str) -> ProviderError:
    """Return the fault of an answer that is not of the documented form, by its member's name."""
    return ProviderError(f"not understood: {name}", retryable=True)


def read_json(body: bytes | str) -> Any:
    """Return the value, with fractions as exact decimals. Raises ProviderError."""
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, ArithmeticError, RecursionError):
        raise not_understood("not JSON") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def as_object(value: Any, name: str) -> Fields:
    """Return the value if it is an object. Raises ProviderError."""
    if not isinstance(value, dict):
        raise not_understood(name)
    return value


def as_parts(value: Any, name: str) -> list[Fields]:
    """Return the value if it is a list of objects; empty if it is null. Raises ProviderError."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise not_understood(name)
    return [as_object(one, name) for one in value]


def read_part(fields: Fields, name: str) -> Fields:
    """Return the object of that name; empty if it is absent or null. Raises ProviderError."""
    value = fields.get(name)
    return {} if value is None else as_object(value, name)


def read_parts(fields: Fields, name: str) -> list[Fields]:
    """Return the list of objects of that name; empty if it is absent or null."""
    return as_parts(fields.get(name), name)


def read_text(fields: Fields, *names: str, length_max: int = TEXT_LENGTH_MAX) -> str:
    """Return the first text there is under these names, without blanks around it; empty: none.

    A whole number counts as its digits. Raises ProviderError: another type, too long, or with
    characters that can't be printed.
    """
    for name in names:
        value = fields.get(name)
        if value is None or value == "":
            continue
        if _is_whole(value) and abs(value) < 10**length_max:
            value = str(value)
        if not isinstance(value, str):
            raise not_understood(name)
        text = value.strip()
        if len(text) > length_max or not text.isprintable():
            raise not_understood(name)
        return text
    return ""


def read_optional_word(fields: Fields, name: str) -> str:
    """Return an identifier or a code as `read_text` does, but no longer than references are."""
    return read_text(fields, name, length_max=WORD_LENGTH_MAX)


def read_word(fields: Fields, name: str) -> str:
    """Return an identifier or a code that has to be there. Raises as `read_optional_word`."""
    word = read_optional_word(fields, name)
    if not word:
        raise not_understood(name)
    return word


def read_words(fields: Fields, name: str, *, length_max: int = TEXT_LENGTH_MAX) -> str:
    """Return what a member says to people, on one line and cut to a length; empty: nothing.

    Never raises: a number is written as JSON has it, a truth is yes or no, an object or a list is
    nothing.
    """
    value = fields.get(name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value) if abs(value) <= WHOLE_MAX else ""
    if isinstance(value, Decimal):
        return f"{value:f}" if _is_sane(value) else ""
    if not isinstance(value, str):
        return ""
    shown = (letter if letter.isprintable() else " " for letter in value[: 4 * length_max])
    return " ".join("".join(shown).split())[:length_max].rstrip()


def read_flag(fields: Fields, name: str) -> bool:
    """Return a truth; false if it is absent or null. Raises ProviderError."""
    value = fields.get(name)
    if value is not None and not isinstance(value, bool):
        raise not_understood(name)
    return bool(value)


def read_whole(fields: Fields, name: str) -> int | None:
    """Return a whole number, also if it is written as text; None: absent, null or empty."""
    number = read_decimal(fields, name)
    if number is None:
        return None
    whole = number.to_integral_value()
    if abs(number - whole) > ARTEFACT:
        raise not_understood(name)
    return int(whole)


def read_decimal(fields: Fields, name: str) -> Decimal | None:
    """Return a number exactly, also if it is written as text; None: absent, null or empty."""
    value = fields.get(name)
    if isinstance(value, str):
        value = value.strip() or None
    if value is None:
        return None
    if _is_whole(value) or (isinstance(value, str) and _DECIMAL.fullmatch(value)):
        value = Decimal(value)
    if not isinstance(value, Decimal) or not _is_sane(value):
        raise not_understood(name)
    return value


def _is_whole(value: Any) -> bool:
    """Whether it is a number that JSON wrote without a fraction."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_sane(value: Decimal) -> bool:
    """Whether computing with it is exact, and stays cheap."""
    if not value.is_finite():
        return False
    _, digits, power = value.as_tuple()
    is_short = isinstance(power, int) and -_PLACES_MAX <= power <= _PLACES_MAX
    return is_short and len(digits) <= _DIGITS_MAX and abs(value) <= WHOLE_MAX


def read_currency(fields: Fields, name: str) -> str:
    """Return a currency of ISO 4217, in whatever letters it is written. Raises ProviderError."""
    code = read_word(fields, name).upper()
    if code not in CURRENCIES:
        raise not_understood(name)
    return code


def exact_money(amount: Decimal, currency: str, *, name: str) -> Money:
    """Return an amount in major units as money. Raises ProviderError: it is not whole in minor
    units, but for an ARTEFACT; in no currency; or too large."""
    money = rounded_money(amount, currency, name=name)
    if not is_amount(amount, money):
        raise not_understood(f"{name}: finer than the currency's minor unit")
    return money


def is_amount(amount: Decimal, money: Money) -> bool:
    """Whether an amount in major units is that money, but for an ARTEFACT."""
    return abs(money.to_decimal() - amount) <= ARTEFACT


def rounded_money(amount: Decimal, currency: str, *, name: str) -> Money:
    """Return an amount in major units as money; what is finer than a minor unit is rounded, half
    away from zero. Raises ProviderError: it is in no currency, or too large."""
    if currency not in CURRENCIES:
        raise not_understood(f"{name}: currency")
    minor = int(amount.scaleb(exponent(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if abs(minor) > MINOR_MAX:
        raise not_understood(name)
    return Money(minor, currency)


def read_money(fields: Fields, name: str, *, currency: str) -> Money:
    """Return an amount that has to be there, in major units, rounded as `rounded_money` does."""
    amount = read_decimal(fields, name)
    if amount is None:
        raise not_understood(name)
    return rounded_money(amount, currency, name=name)


def read_cost(fields: Fields, name: str, *, currency: str) -> Money | None:
    """Return what a delivery is charged at, as `read_money` does. `currency`: the name of the
    member with it.

    None: it can't be read, or is below nothing. The delivery holds; the statement tells the cost.
    """
    cost = if_readable(lambda: read_money(fields, name, currency=read_currency(fields, currency)))
    return cost if cost is not None and cost.amount_minor >= 0 else None


def if_readable(read: Callable[[], _Value]) -> _Value | None:
    """Return what is read of something on which nothing depends; None: it can't be read."""
    try:
        return read()
    except ProviderError:
        return None


def read_price(fields: Fields, name: str, *, currency: str) -> Money:
    """Return what something costs, exactly: what is finer than a minor unit can't be booked."""
    amount = read_decimal(fields, name)
    if amount is None:
        raise not_understood(name)
    price = exact_money(amount, currency, name=name)
    if price.amount_minor <= 0:
        raise ProviderError(f"{name} is nothing", retryable=False)
    return price


def read_time(fields: Fields, name: str) -> datetime | None:
    """Return a time in UTC; None: absent, null or empty. One without an offset is refused."""
    value = fields.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise not_understood(name)
    try:
        moment = datetime.fromisoformat(value.strip())
        if moment.tzinfo is None:
            raise not_understood(name)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise not_understood(name) from None


def countries_in(codes: list[Any]) -> tuple[str, ...]:
    """Return those that look like codes of ISO 3166-1 alpha-2, each once, in their order."""
    known = (code for code in codes if isinstance(code, str) and _COUNTRY.fullmatch(code))
    return tuple(dict.fromkeys(known))


def rate_in_kbps(words: str) -> int | None:
    """Return the speed that words such as "384 Kbps" or "1 Mbps" name; None: they name none, more
    than one, or a fraction of a kilobit."""
    found = _RATE.findall(words)
    if len(found) != 1:
        return None
    [(number, unit)] = found
    kbps = Decimal(number) * (1000 if unit.lower() == "m" else 1)
    return int(kbps) if kbps == kbps.to_integral_value() else None
