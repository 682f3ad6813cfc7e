"""What a visitor asks the list of plans for, as it stands in the page's address."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext, ngettext

from limosa.domain.catalog.models import Carrier
from limosa.domain.shelf.engine.ordering import Order
from limosa.domain.shelf.wanted import Wanted
from limosa.foundation.volume import GB
from limosa.web.wording import countries, formatting

COMPARED_MAX = 4
_DAYS = (1, 3, 7, 15, 30, 90, 180, 360)
_GIGABYTES = (1, 3, 5, 10, 20, 50, 100)
_NUMBER_LENGTH_MAX = 4
_CODE_LENGTH_MAX = 50
_NAMES = ("country", "days", "gb", "unlimited", "carrier", "fiveg", "tethering", "number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What was asked for; whatever is no filter is left out. `plans`: those ticked to compare."""

    country: str = ""
    days: int = 0
    gb: int = 0
    unlimited: bool = False
    carrier: str = ""
    fiveg: bool = False
    tethering: bool = False
    number: bool = False
    order: Order = Order.PRICE
    plans: tuple[str, ...] = ()

    @property
    def wanted(self) -> Wanted:
        """The filters in the terms of the domain."""
        return Wanted(
            country=self.country,
            days=self.days,
            volume_bytes=self.gb * GB,
            is_unlimited=self.unlimited,
            carrier=self.carrier,
        )

    @property
    def names(self) -> list[str]:
        """The filters that are set, in the order of the page."""
        return [name for name in _NAMES if getattr(self, name)]

    @property
    def asks_for_facts(self) -> bool:
        """Whether a filter is set on what is known of a plan where it is used."""
        return self.fiveg or self.tethering or self.number

    def without(self, name: str) -> "Filters":
        """Return the same without one filter."""
        return replace(self, **{name: getattr(Filters(), name)})

    @property
    def query(self) -> str:
        """The query string: empty, or from its question mark."""
        given: list[tuple[str, str]] = [(name, self._text(name)) for name in self.names]
        if self.order is not Order.PRICE:
            given.append(("order", self.order.value))
        if self.plans:
            given.append(("plans", ",".join(self.plans)))
        return f"?{urlencode(given, safe=',')}" if given else ""

    def _text(self, name: str) -> str:
        value = getattr(self, name)
        return "1" if value is True else str(value)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set: what it says, and the address without it."""

    text: str
    query: str
    name: str


def read_filters(asked: QueryDict) -> Filters:
    """Return what an address asks for."""
    country, order = asked.get("country", ""), asked.get("order", "")
    return Filters(
        country=country if country in countries.CODES else "",
        days=_number(asked.get("days", "")),
        gb=_number(asked.get("gb", "")),
        unlimited=asked.get("unlimited") == "1",
        carrier=asked.get("carrier", "")[:_CODE_LENGTH_MAX],
        fiveg=asked.get("fiveg") == "1",
        tethering=asked.get("tethering") == "1",
        number=asked.get("number") == "1",
        order=Order(order) if order in {*Order} else Order.PRICE,
        plans=asked_plans(asked),
    )


def asked_plans(asked: QueryDict) -> tuple[str, ...]:
    """Return the plans ticked, each once, at most COMPARED_MAX: plans=a,b or plans=a&plans=b."""
    codes = [code for value in asked.getlist("plans") for code in value.split(",")]
    whole = [code for code in codes if code and len(code) <= _CODE_LENGTH_MAX]
    return tuple(dict.fromkeys(whole))[:COMPARED_MAX]


def chips(filters: Filters, carriers: Sequence[Carrier]) -> list[Chip]:
    """Return the filters that are set, each with the way to take it off."""
    by_code = {carrier.code: carrier.name for carrier in carriers}
    texts = {
        "country": countries.name(filters.country),
        "days": days_text(filters.days),
        "gb": gigabytes_text(filters.gb),
        "unlimited": gettext("Unlimited"),
        "carrier": by_code.get(filters.carrier, filters.carrier),
        "fiveg": "5G",
        "tethering": gettext("Tethering"),
        "number": gettext("Phone number"),
    }
    return [Chip(texts[name], filters.without(name).query, name) for name in filters.names]


def options(filters: Filters, sold_in: Sequence[str]) -> Mapping[str, list[tuple[str, str]]]:
    """Return the choices of each select, with what is chosen among them."""
    sold = {*sold_in, filters.country}
    return {
        "countries": [one for one in countries.choices() if one[0] in sold],
        "days": [(str(one), days_text(one)) for one in _with(filters.days, _DAYS)],
        "gigabytes": [(str(one), gigabytes_text(one)) for one in _with(filters.gb, _GIGABYTES)],
    }


def days_text(days: int) -> str:
    """Return 30 days or more."""
    return ngettext("%(count)d day or more", "%(count)d days or more", days) % {"count": days}


def gigabytes_text(gigabytes: int) -> str:
    """Return 10 GB or more."""
    return gettext("%(volume)s or more") % {"volume": formatting.volume(gigabytes * GB)}


def _with(chosen: int, usual: Sequence[int]) -> Iterator[int]:
    yield from sorted({*usual, chosen} - {0})


def _number(text: str) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) <= _NUMBER_LENGTH_MAX
    return int(text) if is_number else 0
