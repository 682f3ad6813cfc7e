"""How a supplier counts, in the terms of the rules, and how it knows our eSIMs."""

from collections.abc import Collection

from django.conf import settings

from limosa.domain.charging.engine.reading import Counter, Reading
from limosa.domain.connectivity.answers import SupplierEsim, SupplierUsage
from limosa.domain.connectivity.capabilities import Capabilities, RenewalStart
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.esims.models import Bundle, Esim

# An exabyte: no counter gets there.
_BYTES_MAX = 10**18
_COUNTERS = {
    RenewalStart.AFTER_CURRENT: Counter.ANEW,
    RenewalStart.NOW_LOST: Counter.ANEW,
    RenewalStart.NOW_ADDED: Counter.GOES_ON,
    RenewalStart.AS_CHOSEN: Counter.UNKNOWN,
    RenewalStart.UNKNOWN: Counter.UNKNOWN,
}


def counter_of(can: Capabilities) -> Counter:
    """Return what a supplier's counter does at a renewal."""
    return _COUNTERS[can.renewal_start]


def counts_use(can: Capabilities) -> bool:
    """Whether a supplier is asked for use: it counts in a unit we know, and not in our tables."""
    return can.usage_unit is not None and not can.in_own_database


def suppliers_that_count() -> list[str]:
    """Return the codes of the suppliers in the settings that are asked for use."""
    return [code for code in settings.SUPPLIER_ADAPTERS if counts_use(capabilities_of(code))]


def supplier_esims(esims: Collection[Esim]) -> dict[int, SupplierEsim]:
    """Return eSIMs as their suppliers know them, by our key. Two statements."""
    orders = dict(
        Bundle.objects.filter(esim__in=esims)
        .order_by("esim_id", "id")
        .distinct("esim_id")
        .values_list("order_number", "esim_id")
    )
    references = {
        orders[number]: reference
        for number, reference in Supply.objects.filter(order_number__in=orders).values_list(
            "order_number", "reference"
        )
    }
    return {
        esim.pk: SupplierEsim(
            iccid=esim.iccid,
            reference=esim.supplier_reference,
            order_reference=references.get(esim.pk, ""),
        )
        for esim in esims
    }


def is_same_esim(one: SupplierEsim, other: SupplierEsim) -> bool:
    """Whether two names are of one eSIM: by the supplier's own key if both have it, since ICCIDs
    are reused."""
    if one.reference and other.reference:
        return one.reference == other.reference
    return one.iccid == other.iccid


def reading_of(usage: SupplierUsage) -> Reading | None:
    """Return what a supplier says in the terms of the rules; None: nothing was counted, or so much
    that nothing can be meant by it."""
    if usage.used_bytes is None or max(usage.used_bytes, usage.total_bytes or 0) > _BYTES_MAX:
        return None
    return Reading(
        as_of=usage.as_of,
        used_bytes=usage.used_bytes,
        total_bytes=usage.total_bytes,
        ends_at=usage.ends_at,
        number=usage.number,
    )
