from dataclasses import replace
from datetime import datetime

from django.db import transaction

from limosa.domain.charging.operations.end_reserve import end_reserve
from limosa.domain.charging.operations.watch_usage import watch_usage
from limosa.domain.connectivity.answers import Delivered, SupplierEsim, SupplyRequest
from limosa.domain.connectivity.capabilities import Renewal
from limosa.domain.connectivity.engine.believing import DeliveryNotBelievedError, believed
from limosa.domain.connectivity.engine.renewing import RenewalWay, way_beside
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.registry import (
    adapter_for,
    capabilities_of,
    is_delivered_in_commit_by,
)
from limosa.domain.connectivity.supplies import current_supply, what_was_delivered
from limosa.domain.esims.engine.lifecycle import BundlePeriod, TopUpNeedsBundleError
from limosa.domain.esims.models import Bundle, Esim, EsimState
from limosa.domain.esims.operations.add_bundle import add_bundle
from limosa.domain.esims.operations.add_esim import SupplierOrder, add_esim
from limosa.domain.esims.operations.end_bundles import end_bundles
from limosa.domain.notifications.operations.notify import notify
from limosa.domain.ordering.locking import LockedEsim
from limosa.domain.ordering.models import RECOGNIZE_EVERY, Order, OrderState, StartRule
from limosa.domain.ordering.operations.hand_over import hand_over
from limosa.domain.ordering.operations.order_at_supplier import order_at_supplier
from limosa.domain.ordering.starts import Start
from limosa.domain.rows import update_row

_PAID = ("state", "paid_at")
_FULFILLED = (*_PAID, "esim", "fulfilled_at", "next_recognition_at")


@transaction.atomic(savepoint=False)
def fulfil_order(
    *,
    order: Order,
    renewed: LockedEsim | None,
    now: datetime,
    supply: Supply | None = None,
) -> bool:
    """Create a paid order's bundle once its supplier has delivered; return whether it has it now.

    `supply`: the order at a supplier, called by a worker, that has delivered. Without it, a
    supplier that answers from our own database delivers in this transaction; any other is called
    not here but by a worker (supply_next_order), whose answer comes back here. The caller holds the
    order and the eSIM that it renews (locking.py). The order is `paid`, and is saved here in any
    case. One order creates one bundle: the table's unique order number decides. What it replaces
    makes way for it (hand_over).
    """
    if supply is not None:
        supplier_code, delivered = supply.supplier_id, what_was_delivered(supply)
    else:
        supplier_code, here = order.quote.plan.supplier_id, _deliver_here(order, renewed, now)
        if here is None:
            update_row(order, *_PAID)
            return False
        delivered = here
    bundle = _bundle(order, renewed, delivered, supplier_code, now)
    if bundle is None:
        update_row(order, *_PAID)
        return False
    order.esim = bundle.esim
    order.state = OrderState.FULFILLED
    order.fulfilled_at = now
    order.next_recognition_at = now + RECOGNIZE_EVERY
    update_row(order, *_FULFILLED)
    watch_usage(esim=bundle.esim, now=now)
    if order.quote.value_minor:
        hand_over(order=order, bundle=bundle, now=now)
    _tell(order, bundle, now)
    return True


def _deliver_here(order: Order, renewed: LockedEsim | None, now: datetime) -> Delivered | None:
    """Return what the supplier delivers at once; None: nothing, for now. Nothing is ordered for an
    eSIM that is out of service."""
    if renewed is not None and renewed.esim.state == EsimState.DELETED:
        return None
    plan = order.quote.plan
    is_its_own = renewed is None or renewed.esim.supplier_id == plan.supplier_id
    if is_its_own and is_delivered_in_commit_by(plan.supplier_id) and not plan.supplier.is_paused:
        request = SupplyRequest(
            number=order.number,
            plan_code=plan.code,
            renewed=SupplierEsim(iccid=renewed.esim.iccid) if renewed else None,
        )
        delivered = _believed(plan.supplier_id, request)
        if delivered is not None:
            return delivered
    if current_supply(order.number) is None:
        order_at_supplier(order=order, now=now)
    return None


def _believed(supplier_code: str, request: SupplyRequest) -> Delivered | None:
    """Return what was delivered; None, so that the order waits: nothing that can be believed."""
    adapter = adapter_for(supplier_code)
    answer = adapter.order(request)
    if not isinstance(answer, Delivered):
        return None
    is_same_esim = adapter.capabilities.renewal is Renewal.SAME_ESIM
    try:
        meant = believed(answer, renewed=request.renewed, is_same_esim=is_same_esim)
    except DeliveryNotBelievedError:
        return None
    return meant if isinstance(meant, Delivered) else None


def _bundle(
    order: Order,
    renewed: LockedEsim | None,
    delivered: Delivered,
    supplier_code: str,
    now: datetime,
) -> Bundle | None:
    """Create the bundle. It ends when the quote promised, or later, never sooner. What runs ends
    where the supplier begins the new one in its place.

    None: a top-up, and the bundle it was to join has ended meanwhile. It stays undelivered, and is
    refunded.
    """
    quote = order.quote
    held = renewed if delivered.profile is None else None
    start = Start(
        plan=quote.plan,
        way=_way(held, supplier_code),
        wanted=StartRule(quote.start_rule),
        running=held.running if held else [],
        time_zone=held.esim.time_zone if held else quote.time_zone,
    )
    try:
        period = start.period(now)
    except TopUpNeedsBundleError:
        return None
    if held is not None and not held.running:
        end_reserve(esim=held.esim, now=now)  # It has one only while nothing runs.
    if held is not None and start.is_alone:
        end_bundles(esim=held.esim, now=now)
    return add_bundle(
        order_number=order.number,
        esim=held.esim if held else _new_esim(order, delivered, supplier_code, now),
        plan=quote.plan,
        period=_as_promised(period, quote.ends_at),
        volume_bytes=quote.volume_bytes,
        now=now,
    )


def _way(held: LockedEsim | None, supplier_code: str) -> RenewalWay:
    """Return how the supplier has begun it, by what runs now: the quote is some time old."""
    if held is None:
        return RenewalWay.NEW_ESIM
    if not held.running:
        return RenewalWay.AT_ONCE
    return way_beside(capabilities_of(supplier_code))


def _new_esim(order: Order, delivered: Delivered, supplier_code: str, now: datetime) -> Esim:
    if delivered.profile is None:
        raise ValueError(f"{order.number} is for a new eSIM, and came without a profile")
    return add_esim(
        profile=delivered.profile,
        plan=order.quote.plan,
        supplier=SupplierOrder(supplier_code, delivered.reference),
        subscriber_id=order.subscriber_id,
        time_zone=order.quote.time_zone,
        now=now,
    )


def _as_promised(period: BundlePeriod, promised: datetime | None) -> BundlePeriod:
    if period.ends_at is None or promised is None:
        return period
    return replace(period, ends_at=max(period.ends_at, promised))


def _tell(order: Order, bundle: Bundle, now: datetime) -> None:
    esim = bundle.esim
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
            "install_id": esim.public_id if esim.state == EsimState.READY else None,
        },
        now=now,
    )
