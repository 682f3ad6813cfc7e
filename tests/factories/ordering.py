"""Tax rates, quotes and orders, as rows: nothing is posted, paid or served by making them."""

from datetime import timedelta
from typing import Any

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ordering.models import (
    Order,
    OrderState,
    PlanChange,
    Quote,
    StartRule,
    TaxRate,
)
from limosa.foundation.identifiers import random_code
from limosa.foundation.money import tax_included
from tests.factories import MOMENT
from tests.factories.catalog import make_plan
from tests.factories.esims import make_esim


def make_tax_rate(place: str = "US-CA", rate_basis_points: int = 725) -> TaxRate:
    """Store the tax of a place."""
    return TaxRate.objects.update_or_create(
        place=place, defaults={"rate_basis_points": rate_basis_points}
    )[0]


def make_quote(**fields: Any) -> Quote:
    """Return a quote made at MOMENT for a new eSIM's owner, unless `esim` or `subscriber` is given.

    25.00 USD with 7.25 % tax inside. A given `subscriber` without `esim`: a first purchase.
    """
    subscriber: Subscriber | None = fields.get("subscriber")
    if subscriber is None:
        if fields.get("esim") is None:
            fields["esim"] = make_esim()
        fields["subscriber"] = fields["esim"].subscriber
    if "plan" not in fields:
        fields["plan"] = make_plan()
    fields.setdefault("public_id", random_code(12))
    fields.setdefault("start_rule", StartRule.NOW)
    list_minor = fields.setdefault("list_minor", 2500)
    off_minor = fields.get("discount_minor", 0) + fields.get("value_minor", 0)
    total_minor = fields.setdefault("total_minor", list_minor - off_minor)
    fields.setdefault("tax_minor", tax_included(total_minor, rate_basis_points=725))
    fields.setdefault("currency", "USD")
    fields.setdefault("volume_bytes", fields["plan"].volume_bytes)
    fields.setdefault("time_zone", "America/Los_Angeles")
    created_at = fields.setdefault("created_at", MOMENT)
    fields.setdefault("starts_at", created_at)
    fields.setdefault("ends_at", created_at + timedelta(days=31))
    fields.setdefault("expires_at", created_at + timedelta(minutes=30))
    return Quote.objects.create(**fields)


def make_order(**fields: Any) -> Order:
    """Return a placed order, of a new quote unless one is given.

    Other fields than the order's own go to the quote: make_order(subscriber=…, plan=…).
    """
    own = {field.attname for field in Order._meta.concrete_fields}
    order_fields = {name: fields.pop(name) for name in list(fields) if name in own}
    quote = fields.pop("quote", None) or make_quote(**fields)
    state = order_fields.setdefault("state", OrderState.PLACED)
    order_fields.setdefault("number", f"L-{random_code(8)}")
    placed_at = order_fields.setdefault("placed_at", quote.created_at)
    order_fields.setdefault("consented_at", placed_at)
    if state in {OrderState.PAID, OrderState.FULFILLED, OrderState.REFUNDED}:
        order_fields.setdefault("paid_at", placed_at + timedelta(seconds=40))
    if state == OrderState.FULFILLED:
        order_fields.setdefault("fulfilled_at", placed_at + timedelta(seconds=41))
    if state in {OrderState.REFUNDED, OrderState.CANCELLED}:
        order_fields.setdefault("closed_at", placed_at + timedelta(minutes=15))
    esim = quote.esim
    if esim is None and state == OrderState.FULFILLED and "esim_id" not in order_fields:
        esim = make_esim(subscriber=quote.subscriber)
    if "esim_id" not in order_fields:
        order_fields["esim"] = esim
    return Order.objects.create(quote=quote, subscriber=quote.subscriber, **order_fields)


def make_plan_change(**fields: Any) -> PlanChange:
    """Return a change of plan that waits for its payment, from a delivered order to a placed one,
    towards which 10.00 of it count."""
    if "replaced" not in fields:
        fields["replaced"] = make_order(state=OrderState.FULFILLED)
    value_minor = fields.setdefault("value_minor", 1000)
    fields.setdefault("value_tax_minor", 68)
    if "order" not in fields:
        owner = fields["replaced"].subscriber
        fields["order"] = make_order(subscriber=owner, value_minor=value_minor)
    state = fields.setdefault("state", "held")
    fields.setdefault("made_at", MOMENT)
    if state in {"counted", "restored"}:
        fields.setdefault("counted_at", MOMENT)
    if state in {"released", "restored"}:
        fields.setdefault("closed_at", MOMENT)
    return PlanChange.objects.create(**fields)
