"""Lists of payments and orders, one order with its whole trace, and what can be done about it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from limosa.domain.accounts.models import Subscriber
from limosa.domain.esims.models import Bundle
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.queries import order_trace
from limosa.domain.ordering.refusals import RefundNotAllowedError
from limosa.domain.payments.models import InboxMessage, Payment, Refund
from limosa.domain.support.models import Case, StaffAction, StaffActionKind
from limosa.domain.support.operations.ask_provider_by_staff import ask_provider_by_staff
from limosa.domain.support.operations.clear_payment import clear_payment
from limosa.domain.support.operations.refund_by_staff import refund_by_staff
from limosa.web.console import attention
from limosa.web.console.access import staff_page
from limosa.web.console.forms import ReasonForm
from limosa.web.console.paging import Page, page_of
from limosa.web.console.trace import trace_lines
from limosa.web.console.words import RESULTS, word

_REFUNDABLE = {OrderState.PAID, OrderState.FULFILLED}


@staff_page
def payments(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List payments with a problem, orders that wait, open refunds, or all payments."""
    show = request.GET.get("show", "look")
    page: Page[Payment] | Page[Order] | Page[Refund] | Page[InboxMessage]
    match show:
        case "look":
            page = page_of(attention.payments_to_look_at(), request)
        case "waiting":
            page = page_of(attention.orders_waiting(), request)
        case "refunds":
            page = page_of(attention.refunds_open_long(now=timezone.now()), request)
        case "unknown":
            page = page_of(attention.unknown_notifications(), request)
        case "all":
            page = page_of(Payment.objects.select_related("subscriber"), request)
        case _:
            raise Http404
    return render(request, "console/payments.html", {"page": page, "show": show, "staff": staff})


@staff_page
def payment(request: HttpRequest, staff: Subscriber, number: str) -> HttpResponse:  # noqa: ARG001
    """Go to the page of the payment's order."""
    found = get_object_or_404(Payment, number=number)
    return redirect("console:order", number=found.order_number)


@staff_page
def order(request: HttpRequest, staff: Subscriber, number: str) -> HttpResponse:
    """Show an order with its trace."""
    shown = _order(number)
    attempts = list(
        Payment.objects.filter(order_number=number).prefetch_related("refunds").order_by("id")
    )
    bundle = Bundle.objects.filter(order_number=number).first()
    cases = list(Case.objects.filter(order=shown).order_by("-id"))
    actions = _actions_on(
        [number, *(row.number for row in attempts), *(row.number for row in cases)]
    )
    return render(
        request,
        "console/order.html",
        {
            "order": shown,
            "payments": attempts,
            "bundle": bundle,
            "cases": cases,
            "lines": trace_lines(order_trace(order=shown)),
            "actions": actions,
            "looked_at": _looked_at(attempts, actions),
            "may_refund": shown.state in _REFUNDABLE and not (bundle and bundle.used_bytes),
            "staff": staff,
        },
    )


@staff_page
def refund(request: HttpRequest, staff: Subscriber, number: str) -> HttpResponse:
    """Ask for a reason and for certainty; then refund the whole order."""
    shown = _order(number)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            refund_by_staff(
                order_number=number,
                detail=form.cleaned_data["detail"],
                actor=staff,
                now=timezone.now(),
            )
        except RefundNotAllowedError:
            messages.error(
                request,
                gettext("This order can't be refunded: it is not paid, or its data has been used."),
            )
        else:
            messages.success(request, gettext("The order is refunded."))
        return redirect("console:order", number=number)
    paid_by = Payment.objects.filter(order_number=number, pays_order=True).first()
    return render(
        request,
        "console/refund.html",
        {"order": shown, "payment": paid_by, "form": form, "staff": staff},
    )


@staff_page
@require_POST
def ask(request: HttpRequest, staff: Subscriber, number: str) -> HttpResponse:
    """Ask the provider for a payment now."""
    found = get_object_or_404(Payment, number=number)
    result = ask_provider_by_staff(payment_number=number, actor=staff, now=timezone.now())
    messages.info(
        request, gettext("The provider was asked: %(result)s.") % {"result": word(RESULTS, result)}
    )
    return redirect("console:order", number=found.order_number)


@staff_page
@require_POST
def clear(request: HttpRequest, staff: Subscriber, number: str) -> HttpResponse:
    """Take a payment off the list of those that need a look."""
    found = get_object_or_404(Payment, number=number)
    clear_payment(payment_number=number, actor=staff, now=timezone.now())
    messages.success(request, gettext("The payment is off the list."))
    return redirect("console:order", number=found.order_number)


def _actions_on(subjects: list[str]) -> list[StaffAction]:
    rows = StaffAction.objects.filter(subject__in=subjects).select_related("actor")
    return list(rows.order_by("-id"))


def _looked_at(payments: list[Payment], actions: list[StaffAction]) -> set[str]:
    """Return the numbers of the payments whose present problem somebody has looked at."""
    seen = {
        (action.subject, action.detail)
        for action in actions
        if action.action == StaffActionKind.CLEAR_PAYMENT
    }
    return {row.number for row in payments if (row.number, row.problem) in seen}


def _order(number: str) -> Order:
    return get_object_or_404(
        Order.objects.select_related("subscriber", "esim", "quote__plan__carrier"), number=number
    )
