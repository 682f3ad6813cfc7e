"""The catalogue: what is sold, at which prices, in which promotions, from which file."""

from collections.abc import Iterable

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import CatalogImport, Plan
from limosa.domain.promotions.models import Promotion
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.put_on_sale import put_on_sale
from limosa.domain.wholesale.price_lists import plans_above_price, plans_refused
from limosa.web.console.access import staff_action_page, staff_page

PLANS_PER_PAGE = 100
IMPORTS_SHOWN = 10


@staff_page
def plans(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List the plans by position, with promotions and the newest imports."""
    now = timezone.now()
    rows = (
        Plan.objects.select_related("carrier", "supplier")
        .prefetch_related("prices")
        .order_by("position", "code")
    )
    page = Paginator(rows, PLANS_PER_PAGE).get_page(request.GET.get("page"))
    promotions = list(Promotion.objects.filter(ends_at__gt=now).order_by("starts_at"))
    return render(
        request,
        "console/plans.html",
        {
            "page": page,
            "currencies": _currencies(page, first=staff.currency),
            "running": [row for row in promotions if row.starts_at <= now],
            "coming": [row for row in promotions if row.starts_at > now],
            "imports": CatalogImport.objects.order_by("-id")[:IMPORTS_SHOWN],
            "staff": staff,
            "set_up": settings.SUPPLIER_ADAPTERS,
            "above_price": set(plans_above_price().values_list("code", flat=True)),
            "refused": set(plans_refused().values_list("code", flat=True)),
        },
    )


def _currencies(plans: Iterable[Plan], *, first: str) -> list[str]:
    """Return the currencies that the plans are sold in; the reader's own comes first."""
    sold = {price.currency for plan in plans for price in plan.prices.all()}
    return sorted(sold, key=lambda currency: (currency != first, currency))


@staff_action_page(AuditAction.STOP_SALE)
@require_POST
def sale(request: HttpRequest, staff: Subscriber, code: str) -> HttpResponse:
    """Take a plan off sale, or put it on sale."""
    plan = get_object_or_404(Plan, code=code)
    put_on_sale(
        plan_code=plan.code,
        on_sale=request.POST.get("on_sale") == "yes",
        actor=staff,
        now=timezone.now(),
    )
    return redirect("console:plans")
