"""How suppliers are asked for use, and whose counts can't be believed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from limosa.domain.accounts.models import Subscriber
from limosa.domain.charging.models import CallAllowance, UsageReading, UsageWatch
from limosa.domain.charging.suppliers import suppliers_that_count
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.end_usage_doubt import end_usage_doubt
from limosa.web.console import attention
from limosa.web.console.access import staff_action_page, staff_page
from limosa.web.console.paging import page_of

# A worker takes what is due each five seconds.
_LATE_AFTER = timedelta(minutes=2)


@staff_action_page(AuditAction.END_DOUBT)
@require_POST
def reviewed(request: HttpRequest, staff: Subscriber, pk: int) -> HttpResponse:
    """Take a count off the list, if it is in doubt for what the page showed."""
    watch = get_object_or_404(UsageWatch.objects.select_related("esim"), pk=pk)
    is_as_seen = watch.problem_at and watch.problem_at.isoformat() == request.POST.get("seen")
    if is_as_seen and end_usage_doubt(watch=watch, actor=staff, now=timezone.now()):
        messages.success(request, gettext("The count was removed from the list."))
    else:
        messages.info(request, gettext("This count has changed since the page was opened."))
    return redirect("console:usage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a supplier is asked. `late`: eSIMs that are due for longer than they should be; `since`:
    the longest. `rests_until`: after calls that it has not answered."""

    code: str
    late: attention.Count
    since: datetime | None
    rests_until: datetime | None


@staff_page
def usage(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List the suppliers that are asked for use, and the eSIMs whose counts are in doubt."""
    now = timezone.now()
    page = page_of(attention.usage_in_doubt(), request)
    newest = _newest([watch.esim_id for watch in page.rows])
    return render(
        request,
        "console/usage.html",
        {
            "page": page,
            "rows": [(watch, newest.get(watch.esim_id)) for watch in page.rows],
            "suppliers": [_asked(code, now) for code in sorted(suppliers_that_count())],
            "staff": staff,
        },
    )


def _asked(code: str, now: datetime) -> Asked:
    late = UsageWatch.objects.filter(supplier=code, next_at__lte=now - _LATE_AFTER)
    allowance = CallAllowance.objects.filter(supplier=code, rests_until__gt=now).first()
    return Asked(
        code=code,
        late=attention.count(late),
        since=late.order_by("next_at").values_list("next_at", flat=True).first(),
        rests_until=allowance.rests_until if allowance else None,
    )


def _newest(esim_ids: list[int]) -> dict[int, UsageReading]:
    """Return the newest reading of eSIMs, believed or not. One statement."""
    newest = UsageReading.objects.filter(esim__in=esim_ids).order_by("esim_id", "-as_of")
    return {reading.esim_id: reading for reading in newest.distinct("esim_id")}
