"""In which country somebody is: as they said, or else by the time zone of their device.

The browser tells its time zone in a cookie that goes with pages of eSIMs alone (static/offline.js).
What a person said counts until the device is in another time zone.
"""

from collections.abc import Collection
from functools import cache
from typing import NamedTuple

from babel.core import get_global
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from limosa.domain.coverage.shipped_places import shipped_countries
from limosa.web.wording import countries

ZONE_COOKIE, PLACE_COOKIE = "zone", "place"
PATH = "/esims/"
_KEPT_SECONDS = 60 * 60 * 24 * 30


class Whereabouts(NamedTuple):
    """`country`: where somebody is, as far as it is known; empty: ask. `is_said`: by themselves.
    `elsewhere`: where the device seems to be, which none of their plans reaches."""

    country: str = ""
    is_said: bool = False
    elsewhere: str = ""


def whereabouts(request: HttpRequest, *, reached: Collection[str]) -> Whereabouts:
    """Return where somebody is. `reached`: the countries of their plans.

    A guess counts where a plan reaches: before a journey, the device is still at home. Then the
    only country of the plans counts, if they have one.
    """
    if said := _said(request):
        return Whereabouts(said, is_said=True)
    guess = country_of_zone(zone_of(request))
    if guess in reached:
        return Whereabouts(guess)
    only = next(iter(reached)) if len(reached) == 1 else ""
    return Whereabouts(only, elsewhere=guess)


def remember_place(request: HttpRequest, answer: HttpResponse) -> None:
    """Keep the country that the address names, for the time zone of now."""
    if (country := _asked(request)) and zone_of(request):
        answer.set_cookie(
            PLACE_COOKIE,
            f"{country}.{zone_of(request)}",
            max_age=_KEPT_SECONDS,
            path=PATH,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def zone_of(request: HttpRequest) -> str:
    """Return the time zone that the browser tells; empty: none that is in a country."""
    zone = request.COOKIES.get(ZONE_COOKIE, "")
    return zone if country_of_zone(zone) else ""


def country_of_zone(zone: str) -> str:
    """Return the country of a time zone, under any of its names; empty: none is known."""
    aliases = get_global("zone_aliases")
    code = _countries_by_zone().get(zone) or _countries_by_zone().get(aliases.get(zone, ""), "")
    return code if code in countries.CODES else ""


def _said(request: HttpRequest) -> str:
    if asked := _asked(request):
        return asked
    country, _, zone = request.COOKIES.get(PLACE_COOKIE, "").partition(".")
    return country if zone == zone_of(request) != "" and country in countries.CODES else ""


def _asked(request: HttpRequest) -> str:
    asked = request.GET.get("country", "")
    return asked if asked in countries.CODES else ""


@cache
def _countries_by_zone() -> dict[str, str]:
    # Babel's list has the names of CLDR, which some browsers tell: Asia/Calcutta.
    found: dict[str, str] = dict(get_global("zone_territories"))
    for country in shipped_countries():
        found |= {zone: country.code for zone in country.time_zones if zone and zone not in found}
    return found
