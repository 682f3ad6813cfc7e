import re
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from limosa.domain.rsp.engine.requesters import BETWEEN
from limosa.domain.rsp.engine.telling import LEASE
from limosa.domain.rsp.models import ProgressReport


@transaction.atomic
def take_progress_report(
    *, known: Collection[str] | None, without: Collection[str], now: datetime
) -> ProgressReport | None:
    """Take the report that has waited longest for an operator that orders by ES2+; None: none is
    due. Nobody else takes it until the lease ends, so what a worker that dies has taken is told
    again.

    Reports of one order are told in their order: a later one waits while an earlier one does.
    `known`: the function requester identifiers of those to be told, whose reports alone are
    touched; None: everybody. `without`: requesters that are left out.
    Locks: the report, one that nobody holds (SKIP LOCKED).
    """
    earlier = ProgressReport.objects.filter(
        order=OuterRef("order"), pk__lt=OuterRef("pk"), next_at__isnull=False
    )
    report = (
        ProgressReport.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("order__profile__profile_type")
        .defer("order__binding", "order__code_digest", "order__profile__package")
        .filter(~Exists(earlier), _is_for(known), next_at__lte=now)
        .exclude(order__requester__in=without)
        .order_by("next_at", "pk")
        .first()
    )
    if report is not None:
        report.attempts += 1
        report.next_at = now + LEASE
        report.save(update_fields=["attempts", "next_at"])
    return report


def _is_for(known: Collection[str] | None) -> Q:
    if known is None:
        return Q(order__requester__contains=BETWEEN)
    identifiers = "|".join(re.escape(one) for one in sorted(known))
    return Q(order__requester__regex=f"^({identifiers}){BETWEEN}[^{BETWEEN}]*$")
