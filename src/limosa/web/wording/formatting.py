"""Money, volumes and times for people, in the active language.

An amount looks the same in every language, with its own country's short symbol: $25.00, ¥178.62. A
bundle's end is stored as the first moment at which it is over; a person is shown the last minute
before it: Nov 24, 11:59 PM rather than Nov 25, 12:00 AM.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_datetime, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_decimal
from django.utils.translation import get_language, gettext

from limosa.domain.notifications.formats import money_text
from limosa.foundation.languages import Language, language_of
from limosa.foundation.money import Money
from limosa.foundation.period import last_moment
from limosa.foundation.volume import parts

# Not before hie and the like, where i is no vowel.
_GIVE_WAY = (("y", "e", r"h?i(?![aeou])"), ("o", "u", r"h?o"))


def language() -> str:
    """Return the active language's code, one of ours."""
    return _active().code


def _active() -> Language:
    return language_of(get_language())


def sentence_gap() -> str:
    """Return what separates two sentences: a space, or nothing in Chinese."""
    return "" if language().startswith("zh") else " "


def enumeration(names: Iterable[str]) -> str:
    """Return names one after another: AT&T, T-Mobile."""
    return ("、" if language().startswith("zh") else ", ").join(names)


def listed(names: Sequence[str], *, style: Literal["standard", "or"] = "standard") -> str:
    """Return names in a sentence: AT&T, T-Mobile and Verizon. In Spanish y and o give way before
    their own sound: Francia e Italia, Qatar u Omán."""
    text = format_list(list(names), style=style, locale=locale())
    if language() != "es" or len(names) < 2:
        return text
    last = names[-1]
    before = text.removesuffix(last)
    for word, other, sounds in _GIVE_WAY:
        if before.endswith(f" {word} ") and re.match(sounds, plain_letters(last)):
            return f"{before.removesuffix(f'{word} ')}{other} {last}"
    return text


def with_city(text: str, *, time_zone: str) -> str:
    """Return a time followed by the city whose time it is."""
    return gettext("%(time)s (%(city)s)") % {"time": text, "city": city(time_zone)}


@cache
def _locale_of(code: str) -> Locale:
    return Locale.parse(language_of(code).locale)


def locale() -> Locale:
    """Return Babel's locale for the active language."""
    return _locale_of(language())


def money(amount: Money) -> str:
    """Return $25.00, or −$25.00, as mails do."""
    return money_text(amount)


def volume_parts(volume_bytes: int) -> tuple[str, str]:
    """Return ("3.6", "GB"), with the language's decimal sign."""
    number, unit = parts(volume_bytes)
    return format_decimal(number, locale=locale()), unit


def volume(volume_bytes: int) -> str:
    """Return 3.6 GB, joined by a no-break space."""
    number, unit = volume_parts(volume_bytes)
    return f"{number}\u00a0{unit}"


def tenths(number: float) -> str:
    """Return 1.3, with the language's decimal sign."""
    return format_decimal(number, format="0.0", locale=locale())


def speed(kbps: int) -> str:
    """Return 1 Mbps or 512 kbps."""
    if kbps >= 1000 and kbps % 100 == 0:
        number, unit = f"{kbps // 1000}.{kbps % 1000 // 100}".removesuffix(".0"), "Mbps"
    else:
        number, unit = str(kbps), "kbps"
    return f"{format_decimal(number, locale=locale())}\u00a0{unit}"


def day(moment: datetime | date, *, time_zone: str = "UTC", now: datetime) -> str:
    """Return Nov 24, with the year unless it is the current one."""
    zone = ZoneInfo(time_zone)
    local = moment.astimezone(zone).date() if isinstance(moment, datetime) else moment
    same_year = local.year == now.astimezone(zone).year
    pattern = _active().day if same_year else _active().day_with_year
    return format_date(local, pattern, locale=locale())


def clock(moment: datetime, *, time_zone: str, seconds: bool = False) -> str:
    """Return 2:02 PM or 14:02, depending on the language."""
    pattern = _active().clock_with_seconds if seconds else _active().clock
    return format_datetime(moment.astimezone(ZoneInfo(time_zone)), pattern, locale=locale())


def moment(at: datetime, *, time_zone: str, now: datetime) -> str:
    """Return Nov 24, 2:02 PM."""
    date_text = day(at, time_zone=time_zone, now=now)
    return f"{date_text}{_active().joint}{clock(at, time_zone=time_zone)}"


def full_moment(at: datetime, *, time_zone: str) -> str:
    """Return Nov 24, 2026, 2:02 PM: with the year, for printed documents."""
    local = at.astimezone(ZoneInfo(time_zone))
    date_text = format_date(local, _active().day_with_year, locale=locale())
    return f"{date_text}{_active().joint}{clock(at, time_zone=time_zone)}"


def last_minute(ends_at: datetime, *, time_zone: str, now: datetime) -> str:
    """Return the last minute before an end: Nov 24, 11:59 PM."""
    return moment(last_moment(ends_at), time_zone=time_zone, now=now)


def city(time_zone: str) -> str:
    """Return the name of a time zone's city; China's zone is named after its capital."""
    if time_zone == "Asia/Shanghai":
        return gettext("Beijing")
    names = locale().time_zones
    for known in (time_zone, *_former_names().get(time_zone, ())):
        if known in names and "city" in names[known]:
            return str(names[known]["city"])
    name = get_timezone_location(ZoneInfo(time_zone), locale=locale(), return_city=True)
    return name.rpartition("/")[2]


@cache
def _former_names() -> dict[str, list[str]]:
    """Return the former names of time zones: CLDR keeps naming a city under its first one."""
    former: dict[str, list[str]] = {}
    for old, new in sorted(get_global("zone_aliases").items()):
        former.setdefault(new, []).append(old)
    return former


def same_clock(at: datetime, zone: str, other: str) -> bool:
    """Whether two places have the same local time at a moment."""
    return at.astimezone(ZoneInfo(zone)).utcoffset() == at.astimezone(ZoneInfo(other)).utcoffset()


def days_left(ends_at: datetime, *, time_zone: str, now: datetime) -> int:
    """Return how many calendar days are left, today included; of days that don't end at midnight,
    no more than have begun until then."""
    zone = ZoneInfo(time_zone)
    last = last_moment(ends_at).astimezone(zone).date()
    begun = -((now - ends_at) // timedelta(days=1))
    return max(min((last - now.astimezone(zone).date()).days + 1, begun), 0)


def weekday(local_day: date) -> str:
    """Return the shortest unambiguous name of a day: Mon, 一, lun."""
    pattern = "EEEEE" if language().startswith("zh") else "EEE"
    return format_date(local_day, pattern, locale=locale())


def plain_letters(text: str) -> str:
    """Return a text in lower case without accents, as a sort key: Åland and aland are equal."""
    parts = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def name_in_text(name: str) -> str:
    """Return a name for use in a sentence: in Chinese with spaces around Latin letters."""
    return f" {name} " if name[:1].isascii() and language().startswith("zh") else name
