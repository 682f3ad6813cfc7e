from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Greatest, Least

from limosa.domain.charging.models import UsageWatch
from limosa.domain.charging.operations.apply_usage_reading import apply_usage_reading
from limosa.domain.charging.suppliers import reading_of
from limosa.domain.connectivity.answers import SupplierUsage
from limosa.domain.esims.models import Esim

UNKNOWN_ESIM = "unknown_esim"
ASKED = "asked"
# Longer than a lease, so that what a worker asks for just now is not asked for twice; and whoever
# sends us callbacks without end does not make us ask without end.
_ASKED_SINCE = timedelta(minutes=2)


def take_usages_told(
    *, supplier_code: str, usages: Sequence[SupplierUsage], is_believed: bool, now: datetime
) -> list[tuple[str, str]]:
    """Take what a callback says of eSIMs' use; return our public id of each, and what became of it.

    `is_believed`: the callback is signed, so readings in it are applied. What is not believed, or
    names no count, has the eSIM asked for: now, or within two minutes of the last question; also if
    that is not answered yet, since its answer may not know of what is told here. An eSIM is found
    by the supplier's own key; by its ICCID only where one eSIM of the supplier has it. Each reading
    commits by itself.
    """
    taken = []
    for usage in usages:
        esim = _esim(supplier_code, usage)
        if esim is None:
            taken.append(("", UNKNOWN_ESIM))
        else:
            result = _take(esim, usage, is_believed=is_believed, now=now)
            taken.append((esim.public_id, result))
    return taken


def _take(esim: Esim, usage: SupplierUsage, *, is_believed: bool, now: datetime) -> str:
    reading = reading_of(usage)
    if is_believed and reading is not None:
        return apply_usage_reading(esim_id=esim.pk, reading=reading, now=now).value
    # GREATEST leaves out what is null: it was not asked for yet. An answer that is awaited plans
    # nothing then, so the eSIM is asked for again when the lease ends.
    free_at = Greatest(Value(now, DateTimeField()), F("asked_at") + _ASKED_SINCE)
    UsageWatch.objects.filter(esim=esim, next_at__gt=now).update(
        next_at=Least(F("next_at"), free_at), attempts=F("attempts") + 1
    )
    return ASKED


def _esim(supplier_code: str, usage: SupplierUsage) -> Esim | None:
    known = Esim.objects.filter(supplier=supplier_code)
    if usage.esim.reference:
        found = known.filter(supplier_reference=usage.esim.reference)
        if usage.esim.iccid:
            found = found.filter(iccid=usage.esim.iccid)
    else:
        found = known.filter(iccid=usage.esim.iccid)
    candidates = list(found[:2])
    return candidates[0] if len(candidates) == 1 else None
