"""The supplier's list of plans, in our units.

Two pages, since the list is not paged there and has no other parts that surely do not overlap:
plans for new eSIMs, and those that top up.
"""

from collections.abc import Iterable
from typing import Any

from limosa.domain.connectivity.answers import Activation, PlanPage, PlanUse, SupplierPlan
from limosa.domain.connectivity.engine.foreign_values import (
    Fields,
    countries_in,
    not_understood,
    rate_in_kbps,
    read_text,
    read_whole,
    read_words,
)
from limosa.domain.connectivity.listed_networks import (
    ListedNetwork,
    NetworkNames,
    networks_in,
    read_listed,
)
from limosa.domain.connectivity.suppliers.esim_access import wire
from limosa.domain.coverage.engine.facts import PlanFacts
from limosa.foundation.errors import ProviderError

BASE, TOP_UPS = "BASE", "TOPUP"
_ACTIVATIONS = {1: Activation.INSTALLATION, 2: Activation.FIRST_USE}
_CANT_TOP_UP, _CAN_TOP_UP = 1, (2, 3)
_NETWORKS = NetworkNames(
    places="locationNetworkList",
    place="locationName",
    networks="operatorList",
    operator="operatorName",
    generations="networkType",
)
# What a buyer would want to know has changed, beside what a plan of ours has.
_RULES = (
    "slug",
    "dataType",
    "unusedValidTime",
    "speed",
    "fupPolicy",
    "ipExport",
    "smsStatus",
    "supportTopUpType",
    "retailPrice",
)


def read_page(content: Any, kind: str) -> PlanPage:
    """Return a page. A plan that can't be said in our units is left out, with the reason.

    Raises ProviderError: it is no list, or has a plan without a code.
    """
    plans, left_out = {}, {}
    for row in wire.listed(content, "packageList"):
        code = read_text(row, "packageCode", length_max=100)
        if not code:
            raise not_understood("packageCode")
        try:
            plans[code] = _read_plan(row, code, kind)
        except ProviderError as error:
            left_out[code] = str(error)
    kept = [plan for code, plan in plans.items() if code not in left_out]
    next_page = TOP_UPS if kind == BASE else ""
    return PlanPage(plans=tuple(kept), next_page=next_page, left_out=left_out)


def read_offers(content: Any) -> dict[str, Fields]:
    """Return the plans offered for one eSIM, by their codes and slugs. Raises ProviderError."""
    offers: dict[str, Fields] = {}
    for row in wire.listed(content, "packageList"):
        for name in ("slug", "packageCode"):
            if code := read_text(row, name):
                offers[code] = row
    return offers


def _read_plan(row: Fields, code: str, kind: str) -> SupplierPlan:
    if read_text(row, "durationUnit") != "DAY":
        raise not_understood("durationUnit")
    days, volume = read_whole(row, "duration"), read_whole(row, "volume")
    countries = countries_in(read_text(row, "location", length_max=2000).split(","))
    if days is None or days < 1 or volume is None or volume < 0 or not countries:
        raise not_understood("duration, volume or location")
    total_bytes, daily_bytes, slow_kbps = _data(row, volume=volume, days=days)
    top_up = read_whole(row, "supportTopUpType")
    listed = read_listed(row, _NETWORKS)
    return SupplierPlan(
        code=code,
        name=read_words(row, "name", length_max=200) or code,
        use=PlanUse.NEW_ESIM if kind == BASE else PlanUse.RENEWAL,
        cost=wire.read_money(row, "price", currency=wire.currency_of(row)),
        volume_bytes=total_bytes,
        daily_bytes=daily_bytes,
        throttled_kbps=slow_kbps,
        days=days,
        countries=countries,
        activation=_ACTIVATIONS.get(read_whole(row, "activeType") or 0, Activation.UNKNOWN),
        exit_country="".join(countries_in([read_text(row, "ipExport")])),
        is_renewable=True if top_up in _CAN_TOP_UP else False if top_up == _CANT_TOP_UP else None,
        rules=_rules(row, listed),
        facts=PlanFacts(networks=networks_in(listed, countries=countries)),
    )


def _data(row: Fields, *, volume: int, days: int) -> tuple[int | None, int | None, int | None]:
    """Return the bytes in all, the bytes a day, and the speed after those."""
    match read_whole(row, "dataType"):
        case 1:
            return volume, None, None
        case 2:
            return None, volume, rate_in_kbps(read_words(row, "fupPolicy"))
        case 3:
            return volume * days, volume, 0
        case 4:
            return None, None, None
        case _:
            raise not_understood("dataType")


def _rules(row: Fields, listed: Iterable[ListedNetwork]) -> dict[str, str]:
    rules = {name: words for name in _RULES if (words := read_words(row, name, length_max=200))}
    networks = _networks(listed)
    return {**rules, "networks": networks} if networks else rules


def _networks(listed: Iterable[ListedNetwork]) -> str:
    """Return the networks, in an order that does not change: "Japan: KDDI 5G, SoftBank 5G"."""
    places: dict[str, list[str]] = {}
    for one in listed:
        places.setdefault(one.place, []).append(f"{one.operator} {one.generations}".strip())
    told = (f"{place}: {', '.join(sorted(named))}" for place, named in sorted(places.items()))
    return "; ".join(told)[:2000]
