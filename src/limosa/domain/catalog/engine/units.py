"""Parses the values that people write in a catalogue: "20 GB", "1 Mbps", "3 months", "25.00".

Every reader returns an exact whole number or raises UnreadableTextError, whose message says what to
write.
"""

import re
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from limosa.domain.catalog.engine.countries import COUNTRIES
from limosa.domain.catalog.engine.faults import UnreadableTextError
from limosa.foundation.money import exponent
from limosa.foundation.period import Validity, ValidityUnit
from limosa.foundation.volume import GB, KB, MB

VOLUME_BYTES_MAX = 1_000_000 * GB
SPEED_KBPS_MAX = 10_000_000
VALIDITY_DAYS_MAX = 3660
VALIDITY_MONTHS_MAX = 120
AMOUNT_MINOR_MAX = 10**12
CODE_LENGTH_MAX = 50
NAME_LENGTH_MAX = 80
APN_LENGTH_MAX = 63
PERCENT_OFF_MAX = 90
# A plan of such a code would have no page: the address is that of another.
TAKEN_PLAN_CODES = frozenset({"compare"})

_QUANTITY = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) ?([A-Za-z]+)")
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]*")
_APN = re.compile(r"[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*(?:\.[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*)*")
_AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,4})?")
_COUNT = re.compile(r"([1-9][0-9]{0,3}) ?(day|month|year)s?")
_VOLUME_UNITS = {"KB": KB, "MB": MB, "GB": GB, "TB": 1000 * GB}
_SPEED_UNITS = {"kbps": 1, "Mbps": 1000, "Gbps": 1_000_000}


def read_code(text: str) -> str:
    """Return a code, such as `tmobile-20gb-month`."""
    if not _CODE.fullmatch(text) or len(text) > CODE_LENGTH_MAX:
        raise UnreadableTextError(
            f'"{text}" is not a code; use small letters, digits and hyphens, '
            f"at most {CODE_LENGTH_MAX}"
        )
    return text


def read_plan_code(text: str) -> str:
    """Return the code of a plan, which is also in the address of its page."""
    if text in TAKEN_PLAN_CODES:
        raise UnreadableTextError(f'"{text}" is the address of another page; use another code')
    return read_code(text)


def read_name(text: str) -> str:
    """Return a name that people see."""
    if len(text) > NAME_LENGTH_MAX:
        raise UnreadableTextError(f"is {len(text)} characters long; use at most {NAME_LENGTH_MAX}")
    return text


def read_apn(text: str) -> str:
    """Return an access point name: labels of letters, digits and hyphens, joined by full stops.

    Source: 3GPP TS 23.003 section 9.1, by which its Network Identifier has up to 63 octets.
    """
    if not _APN.fullmatch(text) or len(text) > APN_LENGTH_MAX:
        raise UnreadableTextError(f'"{text}" is not an access point name, such as "internet"')
    return text


def read_volume(text: str) -> int:
    """Return bytes; a gigabyte is 1000³."""
    found = _QUANTITY.fullmatch(text)
    unit = _VOLUME_UNITS.get(found[2]) if found else None
    if not found or not unit:
        raise UnreadableTextError(
            f'"{text}" is not a volume; write a number and KB, MB, GB or TB, as "20 GB"'
        )
    exact = Decimal(found[1]) * unit
    if exact != int(exact):
        raise UnreadableTextError(f'"{text}" is not a whole number of bytes')
    if not 0 < exact <= VOLUME_BYTES_MAX:
        raise UnreadableTextError(
            f'"{text}" is out of range; a volume is above 0 and at most '
            f"{VOLUME_BYTES_MAX // (1000 * GB)} TB"
        )
    return int(exact)


def read_speed(text: str) -> int:
    """Return kilobits per second."""
    found = _QUANTITY.fullmatch(text)
    unit = _SPEED_UNITS.get(found[2]) if found else None
    if not found or not unit:
        raise UnreadableTextError(
            f'"{text}" is not a speed; write a number and kbps, Mbps or Gbps, as "1 Mbps"'
        )
    exact = Decimal(found[1]) * unit
    if exact != int(exact) or not 0 < exact <= SPEED_KBPS_MAX:
        raise UnreadableTextError(
            f'"{text}" is out of range; a speed is a whole number of kbps, above 0 '
            f"and at most {SPEED_KBPS_MAX // 1_000_000} Gbps"
        )
    return int(exact)


def read_validity(text: str) -> Validity:
    """Return days or calendar months; a year is twelve months."""
    found = _COUNT.fullmatch(text)
    if not found:
        raise UnreadableTextError(
            f'"{text}" is not a validity; write "7 days", "1 month", "3 months" or "1 year"'
        )
    count, unit = int(found[1]), found[2]
    if unit == "year":
        count, unit = 12 * count, "month"
    most = VALIDITY_DAYS_MAX if unit == "day" else VALIDITY_MONTHS_MAX
    if count > most:
        raise UnreadableTextError(f'"{text}" is too long; use at most {most} {unit}s')
    return Validity(count, ValidityUnit(unit))


def read_days(text: str) -> int:
    """Return a number of days."""
    validity = read_validity(text)
    if validity.unit is not ValidityUnit.DAY:
        raise UnreadableTextError(f'"{text}" is not a number of days; write it as "180 days"')
    return validity.count


def read_price(text: str, *, currency: str) -> int:
    """Return minor units, exactly: "25.00" in USD is 2500."""
    digits = exponent(currency)
    if not _AMOUNT.fullmatch(text):
        raise UnreadableTextError(
            f'"{text}" is not a price; write digits with a point before the smaller unit, '
            f'as "{Decimal(25).quantize(Decimal(1).scaleb(-digits))}"'
        )
    exact = Decimal(text).scaleb(digits)
    if exact != int(exact):
        raise UnreadableTextError(
            f'"{text}" has more decimals than {currency} has; use at most {digits}'
        )
    if not 0 < exact <= AMOUNT_MINOR_MAX:
        raise UnreadableTextError(f'"{text}" is out of range; a price is above 0')
    return int(exact)


def read_country(text: str) -> str:
    """Return an ISO 3166-1 country code."""
    if text not in COUNTRIES:
        raise UnreadableTextError(
            f'"{text}" is not a country; write two capital letters of ISO 3166, as "US"'
        )
    return text


def read_percent_off(text: str) -> int:
    """Return a percentage that leaves something to pay."""
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= PERCENT_OFF_MAX:
        raise UnreadableTextError(
            f'"{text}" is not a percentage off; write a whole number from 1 to {PERCENT_OFF_MAX}'
        )
    return int(text)


def read_day(text: str) -> date:
    """Return a calendar day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UnreadableTextError(
            f'"{text}" is not a day; write year, month and day, as "2026-11-20"'
        ) from None


def read_time_zone(text: str) -> str:
    """Return the name of a time zone."""
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnreadableTextError(
            f'"{text}" is not a time zone; write its name, as "America/Los_Angeles"'
        ) from None
