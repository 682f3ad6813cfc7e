from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from limosa.domain.rsp.engine.requesters import BETWEEN
from limosa.domain.rsp.engine.telling import LEASE
from limosa.domain.rsp.models import ProgressReport


@transaction.atomic
def take_progress_report(*, without: Collection[str], now: datetime) -> ProgressReport | None:
    """Take the report that has waited longest for an operator that orders by ES2+; None: none is
    due. Nobody else takes it until the lease ends, so what a worker that dies has taken is told
    again.

    Reports of one order are told in their order: a later one waits while an earlier one does.
    `without`: requesters that are left out. Locks: the report, one that nobody holds (SKIP LOCKED).
    """
    earlier = ProgressReport.objects.filter(
        order=OuterRef("order"), pk__lt=OuterRef("pk"), next_at__isnull=False
    )
    report = (
        ProgressReport.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("order__profile__profile_type")
        .defer("order__binding", "order__code_digest", "order__profile__package")
        .filter(~Exists(earlier), next_at__lte=now, order__requester__contains=BETWEEN)
        .exclude(order__requester__in=without)
        .order_by("next_at", "pk")
        .first()
    )
    if report is not None:
        report.attempts += 1
        report.next_at = now + LEASE
        report.save(update_fields=["attempts", "next_at"])
    return report
