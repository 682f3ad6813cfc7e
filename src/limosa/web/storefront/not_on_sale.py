"""What is shown in place of a plan that is not on sale."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from limosa.domain.catalog.models import Plan, PlanKind


def not_on_sale(request: HttpRequest, code: str) -> HttpResponse:
    """Say that a plan is not on sale and what is, in its country. Raises Http404 for a plan that a
    first eSIM never could be bought with.

    It isn't named: one that was never on sale has no name yet.
    """
    gone = Plan.objects.filter(pk=code, on_sale=False).exclude(kind=PlanKind.TOP_UP).first()
    if gone is None:
        raise Http404
    country = gone.countries[0] if len(gone.countries) == 1 else ""
    return render(request, "storefront/plan_gone.html", {"country": country}, status=404)
