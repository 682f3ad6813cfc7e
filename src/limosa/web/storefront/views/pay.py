"""Paying an order: a code to scan, a page to open, WeChat's own call. Safe to submit twice."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from limosa.domain.ordering.changes import watch_path
from limosa.domain.ordering.models import OrderState
from limosa.domain.ordering.operations.poll_payment import poll_payment
from limosa.domain.ordering.purchases import Purchase
from limosa.domain.payments.engine.offering import other_methods
from limosa.domain.payments.models import OPEN_STATES, Payment, PaymentState
from limosa.domain.payments.queries import processing_payment, unanswered_charge
from limosa.domain.payments.requests import SAVED, Method, Shape
from limosa.domain.wallets.models import WalletTopUp
from limosa.web.qr_codes import qr_code
from limosa.web.storefront.access import visible_purchase
from limosa.web.storefront.declines import decline_text
from limosa.web.storefront.device import device_of
from limosa.web.storefront.payment_options import Option, terms_of, too_small_for
from limosa.web.storefront.views.starting import (
    NO_ANSWER_TEXT,
    caller_for,
    go_on_to_pay,
    options_here,
    pay_page,
)
from limosa.web.wording.refusals import TEXTS

ASKING_MAX = timedelta(seconds=25)
# WeChat Pay requires the site that the person comes from, and nothing else of the URL.
ORIGIN_ONLY = "strict-origin-when-cross-origin"


@never_cache
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Show how to pay; POST starts a payment by the chosen method."""
    order = visible_purchase(request, number)
    if order.state != OrderState.PLACED:
        return redirect("order", order.number)
    if request.method == "POST":
        return _take(request, order)
    processing = processing_payment(order.number)
    if processing is not None:
        context = {"order": order, "payment": processing, "watch": watch_path(order.number)}
        return render(request, "storefront/processing.html", context)
    context = _context(request, order)
    if "open" in request.GET and context["shape"] == Shape.OPEN and not context["is_over"]:
        response = render(request, "storefront/onward.html", context | {"url": context["pay_url"]})
        if context["tells_origin"]:  # The page redirects itself, so no link can carry it.
            response["Referrer-Policy"] = ORIGIN_ONLY
        return response
    return render(request, "storefront/pay.html", context)


@never_cache
def status(request: HttpRequest, number: str) -> HttpResponse:
    """Move the waiting page on once the order is paid; 204 leaves it unchanged.

    `seen`: what the page shows, from _sight; if that has changed, the page is reloaded.
    """
    order = visible_purchase(request, number)
    if order.state != OrderState.PLACED:
        return HttpResponseClientRedirect(reverse("order", args=[order.number]))
    seen = request.GET.get("seen")
    if seen is None or seen == _sight(order):
        return HttpResponse(status=204)
    return HttpResponseClientRefresh()


@never_cache
def asking(request: HttpRequest, number: str) -> HttpResponse:
    """Wait for a provider that has not answered yet, and move on to the outcome.

    The page refreshes itself. A payment that was not created after all took no money, nor did a
    saved method that was not charged yet; if a charge was attempted, the outcome is unknown until
    the worker knows it.
    """
    order = visible_purchase(request, number)
    if order.state != OrderState.PLACED:
        return redirect("order", order.number)
    payment = unanswered_charge(order.number)
    if payment is None:
        payment = next(iter(_open_payments(order)), None)
        if payment is None:
            return redirect("pay", order.number)
        is_made = payment.state == PaymentState.PENDING
        if is_made and payment.method != SAVED:
            return redirect(pay_page(order, payment, opens=_opens(payment)))
        if is_made or payment.created_at < timezone.now() - ASKING_MAX:
            messages.error(request, str(NO_ANSWER_TEXT))
            return redirect("pay", order.number)
    return render(request, "storefront/asking.html", {"order": order, "payment": payment})


@require_POST
def check(request: HttpRequest, number: str) -> HttpResponse:
    """Poll the provider now, and show its answer."""
    return _ask(
        request,
        visible_purchase(request, number),
        gettext(
            "The payment hasn't arrived yet. If you have paid, please wait a moment: we keep "
            "checking, and this page updates when it arrives."
        ),
    )


@never_cache
def come_back(request: HttpRequest, number: str) -> HttpResponse:
    """Poll the provider whose page the person returns from; the URL's parameters are not
    believed. Who returns in another browser is told nothing of the order, nor whether there is one.
    """
    try:
        order = visible_purchase(request, number)
    except Http404:
        return render(request, "storefront/back_elsewhere.html", status=404)
    return _ask(
        request,
        order,
        gettext(
            "This payment has not arrived yet. If you have paid, this page updates automatically "
            "and you won't pay twice. Otherwise, continue or choose another way to pay."
        ),
    )


def _sight(order: Purchase) -> str:
    """Return a code for the progress of an unpaid order's payment, as the page shows it."""
    if processing_payment(order.number):
        return "processing"
    return _last_decline(_newest_payment(order))


def _last_decline(newest: Payment | None) -> str:
    return newest.decline if newest else ""


def _newest_payment(order: Purchase) -> Payment | None:
    return Payment.objects.filter(order_number=order.number).order_by("-id").first()


def _take(request: HttpRequest, order: Purchase) -> HttpResponse:
    wanted = request.POST.get("method", "")
    option = next((one for one in options_here(request, order) if one.key == wanted), None)
    if option is None:
        messages.error(request, str(TEXTS["payment_method_not_offered"]))
        return redirect("pay", order.number)
    method = request.POST.get("way", "")
    if method not in _other_methods(request, option.provider, option.method):
        method = ""
    return go_on_to_pay(request, order, option, method=method)


def _ask(request: HttpRequest, order: Purchase, unpaid_text: str) -> HttpResponse:
    caller, is_silent = caller_for(order), False
    for payment in _open_payments(order):
        if order.state == OrderState.PLACED:
            result = poll_payment(payment_number=payment.number, now=timezone.now(), caller=caller)
            is_silent = is_silent or result == "no_answer"
            order.refresh_from_db()
    if order.state == OrderState.PLACED:
        if is_silent:
            messages.warning(request, _silent_text())
        elif not _sight(order):  # Otherwise the page itself shows the progress.
            messages.warning(request, unpaid_text)
        return redirect("pay", order.number)
    return redirect("order", order.number)


def _silent_text() -> str:
    return gettext(
        "The payment service has not responded yet. We keep checking automatically. If you have "
        "paid, this page updates as soon as we know; you won't pay twice."
    )


def _open_payments(order: Purchase) -> list[Payment]:
    """Return the payments by which the order may currently be paid, newest first."""
    rows = Payment.objects.filter(
        order_number=order.number,
        state__in=OPEN_STATES,
        provider__in=list(settings.PAYMENT_PROVIDERS),
    )
    return list(rows.order_by("-id"))


def _shown_payment(request: HttpRequest, order: Purchase) -> Payment | None:
    """Return the open payment named in the URL, or else the newest.

    A saved method that was never charged has nothing to show: it waits to be submitted again.
    """
    charged = unanswered_charge(order.number)
    payments = [one for one in _open_payments(order) if one.method != SAVED or one == charged]
    wanted = request.GET.get("payment", "")
    named = (payment for payment in payments if payment.number == wanted)
    return next(named, payments[0] if payments else None)


def _other_methods(request: HttpRequest, provider: str, method: str) -> list[str]:
    terms = terms_of(provider)
    if terms is None:
        return []
    return other_methods(terms, method=method, device=device_of(request))


def _opens(payment: Payment) -> bool:
    method = _method(payment)
    return method is not None and method.shape is Shape.OPEN


def _method(payment: Payment | None) -> Method | None:
    terms = terms_of(payment.provider) if payment else None
    return terms.methods.get(payment.method) if terms and payment else None


def _context(request: HttpRequest, order: Purchase) -> dict[str, Any]:
    payment, newest = _shown_payment(request, order), _newest_payment(order)
    method = _method(payment)
    shape = (method.shape if method else Shape.NOTHING) if payment else None
    pay_url = payment.pay_url if payment else ""
    demo = settings.DEMO_SCAN_URL
    options = options_here(request, order)
    current = payment.provider if payment and payment.method != SAVED else ""
    return {
        "order": order,
        "payment": payment,
        "provider": payment.provider if payment else "",
        "shape": shape,
        "pay_url": pay_url,
        "tells_origin": method is not None and method.needs_origin,
        "code": qr_code(pay_url) if pay_url and shape is Shape.QR else "",
        "demo_url": f"{demo}/{payment.provider}/scan?{urlencode({'code_url': pay_url})}"
        if demo and payment and shape is Shape.QR
        else "",
        "is_over": order.payable_until <= timezone.now(),
        "too_small": too_small_for(order, device=device_of(request)),
        "others": [(one, one.amount(order.total)) for one in options if one.key != current],
        "exchange": _exchange(order, options),
        "instead": _instead(request, payment, options),
        "watch": watch_path(order.number),
        "declined": decline_text(newest),
        "sight": _last_decline(newest),
    }


def _exchange(order: Purchase, options: list[Option]) -> dict[str, Any] | None:
    """Return the rate at which some option charges for a top-up, with its `currency`; None: none
    needs one. What an order is charged has been shown with its rate before."""
    if not isinstance(order, WalletTopUp):
        return None
    others = {one.currency for one in options if one.rate is not None}
    for currency, kept in order.rates.items():
        if currency in others:
            day = date.fromisoformat(kept["day"])
            return {
                "rate": kept["rate"],
                "source": kept["source"],
                "currency": currency,
                "day": day,
            }
    return None


def _instead(
    request: HttpRequest, payment: Payment | None, options: list[Option]
) -> list[tuple[str, Shape]]:
    """Return the other methods of the shown payment's channel, each with its shape."""
    terms = terms_of(payment.provider) if payment else None
    if payment is None or terms is None or payment.method == SAVED:
        return []
    if all(option.key != payment.provider for option in options):
        return []
    names = other_methods(terms, method=payment.method, device=device_of(request))
    return [(name, terms.methods[name].shape) for name in names]
