"""TGT's list of products, in our units. The same product is bought for a new eSIM and, on cards
that can be renewed, for one that exists."""

from typing import Any

from limosa.domain.connectivity.answers import Activation, PlanPage, PlanUse, SupplierPlan
from limosa.domain.connectivity.engine.foreign_values import (
    Fields,
    as_object,
    countries_in,
    exact_money,
    not_understood,
    rate_in_kbps,
    read_decimal,
    read_parts,
    read_text,
    read_whole,
    read_words,
)
from limosa.domain.connectivity.suppliers.tgt import wire
from limosa.foundation.errors import ProviderError

PAGE_SIZE = 100
_DAILY, _IN_ALL = "DAILY_PACK", "DATA_PACK"
# What a buyer would want to know has changed, beside what a plan of ours has.
_RULES = (
    "productType",
    "cardType",
    "activeType",
    "validityPeriod",
    "periodType",
    "dataLimited",
    "highSpeed",
    "limitSpeed",
    "operatorDesc",
    "apnDesc",
    "ruleDesc",
)


def read_page(content: Any, number: int) -> PlanPage:
    """Return a page, counted from 1. A product that can't be said in our units is left out, with
    the reason. Raises ProviderError: it is no list, or has a product without a code."""
    fields = as_object(content, "data")
    total, rows = read_whole(fields, "total"), read_parts(fields, "list")
    if total is None or total < 0:
        raise not_understood("total")
    plans, left_out = [], {}
    for row in rows:
        code = read_text(row, "productCode", length_max=100)
        if not code:
            raise not_understood("productCode")
        try:
            plans.append(_read_plan(row, code))
        except ProviderError as error:
            left_out[code] = str(error)
    has_more = bool(rows) and number * PAGE_SIZE < total
    return PlanPage(
        plans=tuple(plans),
        next_page=str(number + 1) if has_more else "",
        total=total,
        left_out=left_out,
    )


def _read_plan(row: Fields, code: str) -> SupplierPlan:
    price, days = read_decimal(row, "netPrice"), read_whole(row, "usagePeriod")
    listed = row.get("countryCodeList")
    countries = countries_in(listed if isinstance(listed, list) else [])
    if price is None or price <= 0 or (days is not None and days < 1) or not countries:
        raise not_understood("netPrice, usagePeriod or countryCodeList")
    kind, volume = read_text(row, "productType"), _volume(row)
    if kind not in (_DAILY, _IN_ALL):
        raise not_understood("productType")
    card, is_daily = read_text(row, "cardType"), kind == _DAILY
    is_renewed = card in wire.RENEWED_CARDS
    is_dated = read_text(row, "activeType") == wire.ON_ORDER
    return SupplierPlan(
        code=code,
        name=read_words(row, "productName", length_max=200) or code,
        use=PlanUse.EITHER if is_renewed else PlanUse.NEW_ESIM,
        cost=exact_money(price, wire.CURRENCY, name="netPrice"),
        volume_bytes=None if is_daily else volume,
        daily_bytes=volume if is_daily else None,
        throttled_kbps=rate_in_kbps(read_words(row, "limitSpeed")) if is_daily else None,
        days=days,
        countries=countries,
        activation=Activation.ORDER if is_dated else Activation.UNKNOWN,
        is_renewable=True if is_renewed else None,
        rules={name: words for name in _RULES if (words := read_words(row, name, length_max=200))},
    )


def _volume(row: Fields) -> int | None:
    """Return the bytes of a product, in all or of a day; None: unlimited."""
    amount = read_decimal(row, "dataTotal")
    if amount is None:
        return None
    unit = wire.BYTES_OF.get(read_text(row, "dataUnit"))
    volume = amount * (unit or 0)
    if volume <= 0 or volume != volume.to_integral_value():
        raise not_understood("dataTotal")
    return int(volume)
