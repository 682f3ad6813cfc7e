from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from limosa.domain.charging.engine.reading import CONTRADICTIONS
from limosa.domain.charging.models import UsageWatch
from limosa.domain.charging.operations.apply_usage_reading import apply_usage_reading
from limosa.domain.charging.operations.take_call import take_call
from limosa.domain.charging.suppliers import counts_use, is_same_esim, reading_of, supplier_esims
from limosa.domain.connectivity.answers import SupplierEsim, SupplierUsage
from limosa.domain.connectivity.registry import SupplierNotSetUpError, adapter_for, capabilities_of
from limosa.domain.esims.models import Bundle, Esim
from limosa.domain.ordering.use_counts import UseCount, UseKnown
from limosa.domain.payments.calling import Caller
from limosa.foundation.errors import ProviderError


def count_use_now(*, order_number: str, caller: Caller, now: datetime) -> UseCount:
    """Have an order's supplier count the use of its eSIM, before money is given back; return what
    is known now.

    The answer is kept and applied as any reading is, also one that comes after the caller has
    stopped waiting. Takes one of the calls about use that the supplier is sent. Call it outside of
    transactions: none is open and nothing is locked during the call.
    Locks: afterwards, the eSIM, its bundles, its watch.
    """
    bundle = Bundle.objects.select_related("esim").filter(order_number=order_number).first()
    if bundle is None:
        return UseCount(known=UseKnown.OURS)
    esim = bundle.esim
    can = capabilities_of(esim.supplier_id)
    try:
        adapter = adapter_for(esim.supplier_id)
    except SupplierNotSetUpError:
        return UseCount(known=UseKnown.NO_ANSWER, as_of=_counted_at(esim))
    if not counts_use(can):
        return UseCount(known=UseKnown.OURS)
    named = supplier_esims([esim])[esim.pk]

    def keep_late(usages: Sequence[SupplierUsage]) -> None:
        _keep(esim, named, usages, now)

    known = UseKnown.NO_ANSWER
    if take_call(supplier_code=esim.supplier_id, calls_per_minute=can.calls_per_minute, now=now):
        with suppress(ProviderError):
            usages = caller(esim.supplier_id, lambda: adapter.usage([named]), late=keep_late)
            known = _keep(esim, named, usages, now)
    return UseCount(known=known, as_of=_counted_at(esim), may_lag=can.usage_age)


def _keep(
    esim: Esim, named: SupplierEsim, usages: Sequence[SupplierUsage], now: datetime
) -> UseKnown:
    """Apply the readings of one eSIM, and return what they say together."""
    told = [usage for usage in usages if is_same_esim(usage.esim, named)]
    readings = [reading for usage in told if (reading := reading_of(usage)) is not None]
    verdicts = {
        apply_usage_reading(esim_id=esim.pk, reading=reading, now=now)
        for reading in sorted(readings, key=lambda one: one.as_of)
    }
    if not verdicts:
        return UseKnown.UNTOLD
    return UseKnown.IN_DOUBT if verdicts & CONTRADICTIONS else UseKnown.COUNTED


def _counted_at(esim: Esim) -> datetime | None:
    return UsageWatch.objects.filter(esim=esim).values_list("as_of", flat=True).first()
