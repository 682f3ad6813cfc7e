"""The orders of a person, newest first, a page at a time."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from limosa.domain.ordering.queries import orders_of
from limosa.web.storefront.access import person_of
from limosa.web.storefront.paging import page_by_id


@login_required
def orders(request: HttpRequest) -> HttpResponse:
    """Show a page of orders."""
    page = page_by_id(orders_of(person_of(request)), before=request.GET.get("before", ""))
    return render(request, "storefront/orders.html", {"page": page})
