from datetime import datetime, timedelta

from django.db import transaction

from limosa.domain.catalog.models import Plan
from limosa.domain.connectivity.registry import adapter_for
from limosa.domain.esims.engine.lifecycle import TopUpNeedsBundleError
from limosa.domain.esims.models import Bundle, BundleState, Esim
from limosa.domain.esims.promise import period_for
from limosa.domain.esims.queries import open_bundles
from limosa.domain.notifications.operations.notify import notify
from limosa.domain.ordering.holding import HeldEsim
from limosa.domain.ordering.models import EARN_EVERY, Order, OrderState, StartRule
from limosa.domain.rows import insert_row, update_row
from limosa.foundation.identifiers import random_code

_PAID = ("state", "paid_at")
_FULFILLED = (*_PAID, "esim", "fulfilled_at", "next_earning_at")


@transaction.atomic(savepoint=False)
def fulfil_order(*, order: Order, renewed: HeldEsim | None, now: datetime) -> bool:
    """Give a paid order its bundle; return False while its supplier is paused.

    The order and the eSIM that it renews are locked by the caller (holding.py). The order is
    `paid`, and is saved here in any case. One order makes one bundle: the table's unique order
    number decides. Only writes, but for a new eSIM: so it goes out as one statement (gathered.py).
    """
    supplier = order.quote.plan.supplier
    if supplier.is_paused:
        update_row(order, *_PAID)
        return False
    held = _topped_up(order, renewed) if renewed else HeldEsim(_new_esim(order, now), running=[])
    esim = held.esim
    try:
        bundle = _bundle_for(order, held, now)
    except TopUpNeedsBundleError:
        # What it was to join has ended meanwhile. It waits as undelivered, and is paid back.
        update_row(order, *_PAID)
        return False
    order.esim = esim
    order.state = OrderState.FULFILLED
    order.fulfilled_at = now
    order.next_earning_at = now + EARN_EVERY
    update_row(order, *_FULFILLED)
    notify(
        subscriber_id=order.subscriber_id,
        key=f"credited:{order.number}",
        kind="payment_credited",
        parameters={
            "order_number": order.number,
            "esim_label": esim.label,
            "iccid_tail": esim.iccid[-4:],
            "plan_name": order.quote.plan.name,
            "ends_at": bundle.ends_at.isoformat() if bundle.ends_at else None,
            "time_zone": esim.time_zone,
        },
        path=f"/orders/{order.number}/",
        now=now,
    )
    return True


def _topped_up(order: Order, renewed: HeldEsim) -> HeldEsim:
    plan = order.quote.plan
    adapter_for(plan.supplier_id).top_up(
        order_number=order.number, iccid=renewed.esim.iccid, plan_code=plan.code
    )
    return renewed


def _new_esim(order: Order, now: datetime) -> Esim:
    plan = order.quote.plan
    profile = adapter_for(plan.supplier_id).provision(
        order_number=order.number, plan_code=plan.code
    )
    return Esim.objects.create(
        public_id=random_code(12),
        subscriber_id=order.subscriber_id,
        supplier_id=plan.supplier_id,
        carrier_id=plan.carrier_id,
        iccid=profile.iccid,
        activation_code=profile.activation_code,
        time_zone=order.quote.time_zone,
        created_at=now,
    )


def _bundle_for(order: Order, held: HeldEsim, now: datetime) -> Bundle:
    """Make the bundle. It ends when the quote promised, or later, never sooner."""
    quote, esim = order.quote, held.esim
    plan = quote.plan
    period = period_for(
        plan=plan,
        running=held.running,
        after_current=quote.start_rule == StartRule.AFTER_CURRENT,
        time_zone=esim.time_zone,
        now=now,
    )
    ends_at = period.ends_at
    if ends_at is not None and quote.ends_at is not None:
        ends_at = max(ends_at, quote.ends_at)
    begins_now = period.starts_at is not None and period.starts_at <= now
    bundle = Bundle(
        order_number=order.number,
        esim=esim,
        subscriber_id=order.subscriber_id,
        plan=plan,
        state=BundleState.ACTIVE if begins_now else BundleState.QUEUED,
        volume_bytes=quote.volume_bytes,
        fair_use_bytes=plan.fair_use_bytes,
        validity_count=plan.validity_count,
        validity_unit=plan.validity_unit,
        valid_from=plan.valid_from,
        first_use_before=None if period.starts_at else _first_use_before(esim, plan, now),
        created_at=now,
        starts_at=period.starts_at,
        ends_at=ends_at,
    )
    insert_row(bundle)
    return bundle


def _first_use_before(esim: Esim, plan: Plan, now: datetime) -> datetime:
    """Return the last moment for the first use, counted from the end of what is used before it."""
    latest = now
    for bundle in open_bundles(esim_ids=[esim.pk]):
        end = bundle.ends_at
        if end is None and bundle.validity and bundle.first_use_before:
            end = bundle.validity.end_of(bundle.first_use_before, time_zone=esim.time_zone)
        latest = max(latest, end or now)
    return latest + timedelta(days=plan.first_use_within_days)
