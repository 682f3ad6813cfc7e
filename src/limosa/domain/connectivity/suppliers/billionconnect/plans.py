"""BillionConnect's list of products (F002) with its prices (F003), as plans. Pure.

A product that is not understood, or that we could not order truthfully, is left out.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from limosa.domain.connectivity.answers import PlanUse, SupplierPlan
from limosa.domain.connectivity.members import (
    Fields,
    as_rows,
    money,
    read_country,
    read_label,
    read_number,
    read_optional,
    read_rows,
    read_whole,
    read_word,
)
from limosa.domain.connectivity.suppliers.billionconnect.counts import to_bytes
from limosa.domain.connectivity.suppliers.billionconnect.wire import Bought
from limosa.foundation.errors import ProviderError

Tiers = Mapping[int, Decimal]
# An eSIM; for the rest of the types: SIM cards, routers.
_ESIMS = {"230", "250", "3105", "3106"}
_DATA_ONLY = {"110", "111"}
# Sold by the day: each number of copies is a plan, and has its price.
_BY_THE_DAY = {"110", "3105"}
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


def read_prices(data: Any) -> dict[str, Tiers]:
    """Return what each product costs, by the number of copies. In the account's currency."""
    prices: dict[str, Tiers] = {}
    for row in as_rows(data, "tradeData"):
        tiers: dict[int, Decimal] = {}
        for tier in read_rows(row, "price"):
            copies, price = read_whole(tier, "copies"), read_number(tier, "settlementPrice")
            if copies is not None and price is not None and copies > 0 and price > 0:
                tiers[copies] = price
        prices[read_word(row, "skuId")] = tiers
    return prices


def read_plans(data: Any, prices: Mapping[str, Tiers], *, currency: str) -> list[SupplierPlan]:
    """Return the plans of all products that can be ordered and have a price."""
    plans: dict[str, SupplierPlan] = {}
    for product in as_rows(data, "tradeData"):
        try:
            for plan in _plans_of(product, prices, currency):
                plans.setdefault(plan.code, plan)
        except (ProviderError, ArithmeticError):
            continue  # One row that is not understood hides no other.
    return list(plans.values())


def _plans_of(
    product: Fields, prices: Mapping[str, Tiers], currency: str
) -> Iterator[SupplierPlan]:
    sku, kind = read_word(product, "skuId"), read_word(product, "type")
    name, days = read_label(product, "name"), read_whole(product, "days")
    countries = [read_country(one, "mcc") for one in read_rows(product, "country")]
    if kind not in _ESIMS | _DATA_ONLY or not days or not name or not any(countries):
        return
    if read_optional(product, "estimatedUseTimeFlag") == _DATE_NEEDED:
        return  # It wants the day of travel, which we do not ask for.
    for copies, price in sorted(prices.get(sku, {}).items()):
        if copies > 1 and kind not in _BY_THE_DAY:
            continue
        limits = _limits(product, days * copies, name)
        cost = money(price, currency, "settlementPrice")
        if limits is None or cost.amount_minor <= 0:
            continue
        is_renewable = _is_renewable(product, kind)
        bought = Bought(
            sku=sku, copies=copies, is_rechargeable=bool(is_renewable) and kind in _ESIMS
        )
        yield SupplierPlan(
            code=bought.code,
            name=name,
            use=_use(kind, is_renewable=bool(is_renewable)),
            cost=cost,
            days=days * copies,
            countries=tuple(dict.fromkeys(filter(None, countries))),
            day_zone=_day_zone(product),
            # Whether it can be is asked for each eSIM.
            is_renewable=None if is_renewable else is_renewable,
            rules={one: text for one in _RULES if (text := read_label(product, one))},
            volume_bytes=limits.volume_bytes,
            daily_bytes=limits.daily_bytes,
            throttled_kbps=limits.throttled_kbps,
        )


def _limits(product: Fields, days: int, name: str) -> Limits | None:
    """Return volume, volume by day, and the speed after that; None: not understood."""
    speed = read_whole(product, "limitFlowSpeed")
    throttled = speed if speed is not None and speed >= 0 else None
    by_day = read_number(product, "highFlowSize")
    match read_optional(product, "planType"):
        case "0":
            return _of_a_total(read_number(product, "capacity"), by_day, throttled)
        case "1":
            return _of_a_day(by_day, days, throttled, name)
        case _:
            return None


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
    return {"0": False, "1": True}.get(read_optional(product, "rechargeableProduct"))


def _use(kind: str, *, is_renewable: bool) -> PlanUse:
    if kind in _DATA_ONLY:
        return PlanUse.RENEWAL
    return PlanUse.EITHER if is_renewable else PlanUse.NEW_ESIM


def _day_zone(product: Fields) -> str:
    """Return where its days begin, if they are days of the calendar, as a zone of whole hours."""
    found = _ZONE.fullmatch(read_label(product, "timeZone"))
    if read_optional(product, "pointContactType") != _CALENDAR_DAY or found is None:
        return ""
    sign, hours = found[1], int(found[2])
    if hours == 0:
        return "Etc/GMT"
    if hours > (_EAST_MAX if sign == "+" else _WEST_MAX):
        return ""
    return f"Etc/GMT{'-' if sign == '+' else '+'}{hours}"  # POSIX counts westwards.
