"""Paying an order: a QR code on a large screen, a button on a phone. Safe to press twice."""

from typing import Any
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from limosa.domain.ledger.queries import wallet_in
from limosa.domain.ordering.changes import watch_path
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.ask_provider import ask_provider
from limosa.domain.payments.models import Payment, PaymentState
from limosa.web.storefront.access import is_guest, visible_order
from limosa.web.storefront.choices import WALLET, WECHATPAY
from limosa.web.storefront.views.checkout import pay_order

_OPEN = (PaymentState.CREATED, PaymentState.PENDING)


@never_cache
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Show how to pay; POST starts a payment by the method that was chosen."""
    order = visible_order(request, number)
    if order.state != OrderState.PLACED:
        return redirect("order", order.number)
    if request.method == "POST":
        wanted = request.POST.get("method", WECHATPAY)
        return pay_order(request, order, provider=_allowed_method(request, order, wanted))
    return render(request, "storefront/pay.html", _context(request, order))


@never_cache
def status(request: HttpRequest, number: str) -> HttpResponse:
    """Send the waiting page on once the order is paid; 204 leaves it as it is."""
    order = visible_order(request, number)
    if order.state == OrderState.PLACED:
        return HttpResponse(status=204)
    return HttpResponseClientRedirect(reverse("order", args=[order.number]))


@require_POST
def check(request: HttpRequest, number: str) -> HttpResponse:
    """Ask the provider now, and show what it says."""
    order = visible_order(request, number)
    payment = _newest_payment(order)
    if payment is not None:
        ask_provider(payment_number=payment.number, now=timezone.now())
        order.refresh_from_db()
    if order.state == OrderState.PLACED:
        messages.warning(
            request,
            gettext(
                "The payment has not arrived yet. If you have paid, wait a moment: we ask again "
                "by ourselves, and this page moves on when it arrives."
            ),
        )
        return redirect("pay", order.number)
    return redirect("order", order.number)


def qr_code(text: str) -> SafeString:
    """Return a QR code as SVG, dark on nothing; its frame gives it a white ground."""
    drawn = segno.make(text, error="m").svg_inline(
        omitsize=True, border=0, svgclass=None, lineclass=None
    )
    return mark_safe(drawn)  # noqa: S308 -- segno draws a path; no text of ours is in it.


def _newest_payment(order: Order) -> Payment | None:
    return Payment.objects.filter(order_number=order.number).order_by("-id").first()


def _allowed_method(request: HttpRequest, order: Order, wanted: str) -> str:
    """A guest may not spend the owner's wallet."""
    return WECHATPAY if wanted == WALLET and is_guest(request, order) else wanted


def _context(request: HttpRequest, order: Order) -> dict[str, Any]:
    payment = (
        Payment.objects.filter(order_number=order.number, state__in=_OPEN, provider=WECHATPAY)
        .order_by("-id")
        .first()
    )
    pay_url = payment.pay_url if payment else ""
    is_native = payment is not None and payment.method == "native"
    demo = settings.WECHATPAY["demo_scan_url"]
    wallet = None
    if not is_guest(request, order):
        wallet = wallet_in(subscriber_id=order.subscriber_id, currency=order.quote.currency)
    return {
        "order": order,
        "payment": payment,
        "is_native": is_native,
        "code": qr_code(pay_url) if pay_url and is_native else "",
        "demo_url": f"{demo}?{urlencode({'code_url': pay_url})}" if demo and is_native else "",
        "is_over": order.quote.expires_at <= timezone.now(),
        "wallet": wallet if wallet and wallet.amount_minor >= order.quote.total_minor else None,
        "watch": watch_path(order.number),
        "wechatpay_known": WECHATPAY in settings.PAYMENT_PROVIDERS,
    }
