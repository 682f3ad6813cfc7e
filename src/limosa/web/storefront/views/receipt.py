"""The receipt of a paid order and the credit notes of its refunds, as pages and as PDFs."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from limosa.domain.wallets.models import is_top_up
from limosa.web.storefront.access import own_order, own_top_up
from limosa.web.storefront.receipt_pdf import draw_receipt
from limosa.web.storefront.receipts import Receipt, credit_note_of, receipt_of
from limosa.web.storefront.top_up_receipts import receipt_of_top_up


@login_required
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Show the receipt."""
    return render(request, "storefront/receipt.html", {"receipt": _receipt(request, number)})


@login_required
def receipt_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """Send the receipt as a file."""
    return _as_file(_receipt(request, number))


@login_required
def credit_note(request: HttpRequest, number: str, refund_number: str) -> HttpResponse:
    """Show the credit note of a refund."""
    found = _credit_note(request, number, refund_number)
    return render(request, "storefront/receipt.html", {"receipt": found})


@login_required
def credit_note_pdf(request: HttpRequest, number: str, refund_number: str) -> HttpResponse:
    """Send the credit note of a refund as a file."""
    return _as_file(_credit_note(request, number, refund_number))


def _as_file(found: Receipt) -> HttpResponse:
    response = HttpResponse(draw_receipt(found), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="limosa-{found.number}.pdf"'
    return response


def _receipt(request: HttpRequest, number: str) -> Receipt:
    if is_top_up(number):
        return _found(receipt_of_top_up(own_top_up(request, number)))
    return _found(receipt_of(own_order(request, number)))


def _credit_note(request: HttpRequest, number: str, refund_number: str) -> Receipt:
    return _found(credit_note_of(own_order(request, number), refund_number))


def _found(receipt: Receipt | None) -> Receipt:
    if receipt is None:
        raise Http404
    return receipt
