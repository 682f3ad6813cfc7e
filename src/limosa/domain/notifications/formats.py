"""Amounts, volumes and moments as a person reads them, in the active language."""

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_datetime, get_timezone_location
from babel.numbers import get_currency_symbol
from django.utils import translation
from django.utils.translation import gettext

from limosa.foundation.languages import language_of
from limosa.foundation.money import Money, exponent
from limosa.foundation.volume import parts

# In China the yuan is ¥, elsewhere CN¥; so the yen has to be JP¥, as it is there.
_SIGNS_OF = {"CNY": "zh_Hans_CN", "JPY": "zh_Hans_CN"}


def active_locale() -> Locale:
    """Return the locale of the active language; English as in the United States, else."""
    return Locale.parse(language_of(translation.get_language()).locale)


def money_text(amount: Money) -> str:
    """Return an amount, the same in every language and on every page and mail: $25.00, ¥178.62.

    With a true minus sign, which lines up with digits: −$25.00.
    """
    minus = "−" if amount.amount_minor < 0 else ""
    number = f"{abs(amount.to_decimal()):,.{exponent(amount.currency)}f}"
    return f"{minus}{_sign(amount.currency)}{number}"


@cache
def _sign(currency: str) -> str:
    return str(get_currency_symbol(currency, locale=_SIGNS_OF.get(currency, "en_US")))


def volume_text(volume_bytes: int) -> str:
    """Return a volume with its unit: 3.6 GB."""
    number, unit = parts(volume_bytes)
    return f"{number} {unit}"


def moment_text(moment: datetime, *, time_zone: str) -> str:
    """Return a moment at a place: Nov 24, 2026 11:59 PM (Los Angeles)."""
    language = language_of(translation.get_language())
    pattern, _, bracket = language.moment.partition("{}")
    local = moment.astimezone(ZoneInfo(time_zone))
    text = format_datetime(local, pattern, locale=active_locale())
    return f"{text}{_city(time_zone)}{bracket}"


def _city(time_zone: str) -> str:
    """Return the name of a time zone's city; the one of China is named for its capital."""
    if time_zone == "Asia/Shanghai":
        return gettext("Beijing")
    return get_timezone_location(ZoneInfo(time_zone), locale=active_locale(), return_city=True)
