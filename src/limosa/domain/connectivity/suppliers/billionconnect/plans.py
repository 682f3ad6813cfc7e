"""BillionConnect's list of products (F002) with its prices (F003), as plans. Pure.

A product that can't be said in our units, or that we could not order truthfully, is left out. What
carries no eSIM and no data, such as a router, is not listed at all.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from limosa.domain.connectivity.answers import PlanPage, PlanUse, SupplierPlan
from limosa.domain.connectivity.engine.foreign_values import (
    Fields,
    as_parts,
    countries_in,
    not_understood,
    read_decimal,
    read_optional_word,
    read_parts,
    read_price,
    read_whole,
    read_word,
    read_words,
)
from limosa.domain.connectivity.listed_networks import NetworkNames, networks_in, read_listed
from limosa.domain.connectivity.suppliers.billionconnect.counts import to_bytes
from limosa.domain.connectivity.suppliers.billionconnect.wire import Bought
from limosa.domain.coverage.engine.facts import PlanFacts
from limosa.foundation.errors import ProviderError

_NETWORKS = NetworkNames(
    places="country",
    place="mcc",
    networks="operatorInfo",
    operator="operator",
    generations="network",
)
# An eSIM; for the rest of the types: SIM cards, routers.
_ESIMS = {"230", "250", "3105", "3106"}
_DATA_ONLY = {"110", "111"}
# Sold by the day: each number of copies is a plan, and has its price.
_BY_THE_DAY = {"110", "3105"}
_COPIES_END = 1000  # As a plan's code has them.
_CALENDAR_DAY = "1"
_DATE_NEEDED = "1"
_ZONE = re.compile(r"(?:UTC|GMT)\s*([+-])\s*0?([0-9]{1,2})(?::?00)?", re.ASCII)
_EAST_MAX, _WEST_MAX = 14, 12
# Some products are unlimited by their members, and have a quota by their name.
_QUOTA_IN_NAME = re.compile(r"[0-9]\s*[GM]B\s*/\s*(?:natural\s*)?(?:day|天)", re.IGNORECASE)
_RULES = (
    "type",
    "hotspotSupport",
    "pointContactType",
    "pointContactHours",
    "timeZone",
    "accelerationSupport",
    "rechargeableProductSeriesId",
    "refundPolicy",
    "speedLimitRule",
    "validityPeroid",
    "carrierValidityPeroid",
    "usageCount",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a plan carries, as SupplierPlan has it."""

    volume_bytes: int | None
    daily_bytes: int | None = None
    throttled_kbps: int | None


def read_prices(data: Any) -> dict[str, list[Fields]]:
    """Return the prices of each product, by the number of copies."""
    return {
        read_word(row, "skuId"): read_parts(row, "price") for row in as_parts(data, "tradeData")
    }


def read_page(data: Any, prices: Mapping[str, list[Fields]], *, currency: str) -> PlanPage:
    """Return the plans of all products that can be ordered. `currency`: of the account.

    Raises ProviderError: it is no list.
    """
    plans: dict[str, SupplierPlan] = {}
    left_out: dict[str, str] = {}
    for product in as_parts(data, "tradeData"):
        sku = read_word(product, "skuId")
        if read_optional_word(product, "type") not in _ESIMS | _DATA_ONLY:
            continue
        try:
            found = list(_plans_of(product, sku, prices.get(sku, []), currency))
            plans |= {plan.code: plan for plan in found if plan.code not in plans}
        except ProviderError as error:
            left_out[sku] = str(error)
    return PlanPage(plans=tuple(plans.values()), total=len(plans), left_out=left_out)


def _plans_of(
    product: Fields, sku: str, tiers: list[Fields], currency: str
) -> Iterator[SupplierPlan]:
    kind, days = read_word(product, "type"), read_whole(product, "days")
    countries = countries_in(
        [read_words(one, "mcc").upper() for one in read_parts(product, "country")]
    )
    if not days or days < 0:
        raise not_understood("days")
    if not countries:
        raise not_understood("country")
    if read_optional_word(product, "estimatedUseTimeFlag") == _DATE_NEEDED:
        raise ProviderError("it wants the day of travel, which nobody is asked", retryable=False)
    is_renewable = _is_renewable(product, kind)
    is_by_the_day = kind in _BY_THE_DAY
    sold = [tier for tier in tiers if is_by_the_day or read_whole(tier, "copies") == 1]
    if not sold:
        raise not_understood("price")
    networks = networks_in(read_listed(product, _NETWORKS), countries=countries)
    for tier in sold:
        copies = _copies(tier)
        limits = _limits(product, days * copies)
        is_rechargeable = bool(is_renewable) and kind in _ESIMS
        yield SupplierPlan(
            code=Bought(sku=sku, copies=copies, is_rechargeable=is_rechargeable).code,
            name=read_words(product, "name"),
            use=_use(kind, is_renewable=bool(is_renewable)),
            cost=read_price(tier, "settlementPrice", currency=currency),
            days=days * copies,
            countries=countries,
            day_zone=_day_zone(product),
            # Whether it can be is asked for each eSIM.
            is_renewable=None if is_renewable else is_renewable,
            rules={one: text for one in _RULES if (text := read_words(product, one))},
            volume_bytes=limits.volume_bytes,
            daily_bytes=limits.daily_bytes,
            throttled_kbps=limits.throttled_kbps,
            facts=PlanFacts(networks=networks),
        )


def _copies(tier: Fields) -> int:
    copies = read_whole(tier, "copies")
    if copies is None or not 0 < copies < _COPIES_END:
        raise not_understood("copies")
    return copies


def _limits(product: Fields, days: int) -> Limits:
    """Return volume, volume by day, and the speed after that."""
    speed = read_whole(product, "limitFlowSpeed")
    throttled = speed if speed is not None and speed >= 0 else None
    by_day = read_decimal(product, "highFlowSize")
    match read_optional_word(product, "planType"):
        case "0":
            limits = _of_a_total(read_decimal(product, "capacity"), by_day, throttled)
        case "1":
            limits = _of_a_day(by_day, days, throttled, read_words(product, "name"))
        case _:
            raise not_understood("planType")
    if limits is None:
        raise not_understood("highFlowSize")
    return limits


def _of_a_total(
    total: Decimal | None, by_day: Decimal | None, throttled: int | None
) -> Limits | None:
    """The quota is in either member; the other one is -1 or empty. Both -1: unlimited."""
    volume = total if total is not None and total > 0 else by_day
    volume = total if volume is None else volume
    if volume is None or volume == 0:
        return None
    limit = to_bytes(volume) if volume > 0 else None
    return Limits(volume_bytes=limit, throttled_kbps=throttled)


def _of_a_day(by_day: Decimal | None, days: int, throttled: int | None, name: str) -> Limits | None:
    """-1: unlimited; 0: slow from the beginning."""
    if by_day is None or (by_day == 0 and not throttled):
        return None
    if by_day <= 0:
        if _QUOTA_IN_NAME.search(name):
            return None
        return Limits(volume_bytes=None, throttled_kbps=throttled)
    daily = to_bytes(by_day)
    return Limits(
        volume_bytes=None if throttled else daily * days,
        daily_bytes=daily,
        throttled_kbps=throttled,
    )


def _is_renewable(product: Fields, kind: str) -> bool | None:
    if kind in _DATA_ONLY:
        return None
    return {"0": False, "1": True}.get(read_optional_word(product, "rechargeableProduct"))


def _use(kind: str, *, is_renewable: bool) -> PlanUse:
    if kind in _DATA_ONLY:
        return PlanUse.RENEWAL
    return PlanUse.EITHER if is_renewable else PlanUse.NEW_ESIM


def _day_zone(product: Fields) -> str:
    """Return where its days begin, if they are days of the calendar, as a zone of whole hours."""
    found = _ZONE.fullmatch(read_words(product, "timeZone"))
    if read_optional_word(product, "pointContactType") != _CALENDAR_DAY or found is None:
        return ""
    sign, hours = found[1], int(found[2])
    if hours == 0:
        return "Etc/GMT"
    if hours > (_EAST_MAX if sign == "+" else _WEST_MAX):
        return ""
    return f"Etc/GMT{'-' if sign == '+' else '+'}{hours}"  # POSIX counts westwards.
