"""The receipt of a paid order, as a page and as a PDF."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from limosa.web.storefront.access import own_order
from limosa.web.storefront.receipt_pdf import draw_receipt
from limosa.web.storefront.receipts import Receipt, receipt_of


@login_required
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Show the receipt."""
    return render(request, "storefront/receipt.html", {"receipt": _receipt(request, number)})


@login_required
def receipt_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """Send the receipt as a file."""
    found = _receipt(request, number)
    response = HttpResponse(draw_receipt(found), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="limosa-{found.number}.pdf"'
    return response


def _receipt(request: HttpRequest, number: str) -> Receipt:
    found = receipt_of(own_order(request, number))
    if found is None:
        raise Http404
    return found
