"""Who gets a reserve: what the operator offers, and after which bundles."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from limosa.domain.charging.engine.reserve_life import ReserveState
from limosa.domain.charging.models import Reserve
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.esims.models import OPEN_STATES, Bundle, BundleState, EsimState

# Nobody gets one for a bundle that was over long before reserves were offered.
GRANTED_WITHIN = timedelta(days=1)


def granting_suppliers() -> list[str]:
    """Return the codes of the suppliers on whose eSIMs reserves are granted; none: not offered."""
    if not settings.RESERVE_BYTES:
        return []
    return [code for code in settings.SUPPLIER_ADAPTERS if capabilities_of(code).grants_reserves]


def bundles_without_reserve(*, now: datetime) -> QuerySet[Bundle]:
    """Return the bundles that a reserve is due after: the last of an eSIM in service, used up or
    ended lately after it had begun, with nothing open beside it and no reserve yet.

    A refunded one gets none, nor does what ended before it.
    """
    others = Bundle.objects.filter(esim=OuterRef("esim"))
    # Bundles may end at one moment: those that a top-up joined, or that one record used up.
    after_it = Q(ended_at__gt=OuterRef("ended_at")) | Q(
        ended_at=OuterRef("ended_at"), pk__gt=OuterRef("pk")
    )
    return (
        Bundle.objects.filter(
            state__in=[BundleState.EXHAUSTED, BundleState.EXPIRED],
            ended_at__gt=now - GRANTED_WITHIN,
            ended_at__lte=now,
            starts_at__isnull=False,
            esim__supplier__in=granting_suppliers(),
        )
        .exclude(esim__state=EsimState.DELETED)
        .exclude(Exists(others.filter(state__in=OPEN_STATES)))
        .exclude(Exists(others.filter(after_it)))
        .exclude(Exists(Reserve.objects.filter(bundle=OuterRef("pk"))))
        .exclude(
            Exists(Reserve.objects.filter(esim=OuterRef("esim"), state=ReserveState.OPEN.value))
        )
    )
