"""Following an order: paid, credited, usable, each with its time; and help if something is
wrong."""

from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache

from limosa.domain.esims.models import OPEN_STATES, Bundle, BundleState, EsimState
from limosa.domain.esims.queries import Lot, esim_view, open_bundles
from limosa.domain.ordering.changes import watch_path
from limosa.domain.ordering.models import Order, OrderState, PlanChange
from limosa.domain.ordering.plan_changes import change_from, change_to
from limosa.domain.ordering.queries import OrderView, order_view, placed_by, refund_due_at
from limosa.domain.ordering.returns import Returning, returning_of
from limosa.domain.payments.queries import WALLET, open_disputes, processing_payment
from limosa.domain.support.models import Case
from limosa.domain.support.operations.open_case import open_case
from limosa.domain.support.refusals import CaseFullError
from limosa.domain.wallets.models import is_top_up
from limosa.domain.wallets.queries import bonus_paid
from limosa.foundation.money import Money
from limosa.web.storefront.access import is_guest, visible_order
from limosa.web.storefront.declines import decline_text
from limosa.web.storefront.forms import HelpForm
from limosa.web.storefront.install_progress import is_silent
from limosa.web.storefront.order_money import is_esim_cancelled_too, may_return, money_lines
from limosa.web.wording.refusals import refusal_text
from limosa.web.wording.words import STATES

STOP_POLLING = 286  # HTMX stops polling at this status.
# An unpaid order is polled again if the person comes back to its page after this long.
_UNPAID_PATIENCE = timedelta(seconds=60)
# A completed order may still be disputed or refunded. Its page keeps polling for this long, by one
# short request a minute; anyone who opens it later sees the current state.
_LOOKED_AT_AGAIN = timedelta(days=1)


@never_cache
def order(request: HttpRequest, number: str) -> HttpResponse:
    """Show the status of an order, live while it changes."""
    if is_top_up(number):
        return redirect("top_up", number)
    found = visible_order(request, number)
    return _page(request, found)


@never_cache
def timeline(request: HttpRequest, number: str) -> HttpResponse:
    """Return the part of the page that changes.

    `seen`: what the page of a completed order shows; 204 leaves it unchanged.
    """
    found = visible_order(request, number)
    context = _context(request, found)
    if context["looks_again"] and request.GET.get("seen") == context["sight"]:
        return HttpResponse(status=204)
    status = STOP_POLLING if context["view"].is_final else 200
    return render(request, "storefront/_followed.html", context, status=status)


def ask_help(request: HttpRequest, number: str) -> HttpResponse:
    """Open a case that contains everything known about the order; show its number."""
    found = visible_order(request, number)
    if request.method != "POST":
        return redirect("order", found.number)
    form = HelpForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form=form, status=400)
    message = form.cleaned_data.get("message", "")
    try:
        case = open_case(
            order=found, message=message, now=timezone.now(), by_guest=is_guest(request, found)
        )
    except CaseFullError as refusal:
        messages.error(request, refusal_text(refusal))
        return redirect("order", found.number)
    context = {
        "order": found,
        "case": case,
        "message": message,
        "is_guest": is_guest(request, found),
    }
    return render(request, "storefront/help.html", context)


def _page(
    request: HttpRequest, found: Order, *, form: HelpForm | None = None, status: int = 200
) -> HttpResponse:
    context = _context(request, found)
    context |= {
        "form": form,
        "case": _case(found, is_own=not context["is_guest"]),
        "placed_by": placed_by(found).value,
    }
    return render(request, "storefront/order.html", context, status=status)


def _context(request: HttpRequest, found: Order) -> dict[str, Any]:
    """Return the page's context, including `sight`, a short summary of the changing part."""
    context = _facts(request, found, now=timezone.now())
    shown = render_to_string("storefront/_timeline.html", context, request)
    sight = blake2b(shown.encode(), digest_size=8).hexdigest()
    return context | {"timeline": shown, "sight": sight}


def _facts(request: HttpRequest, found: Order, *, now: datetime) -> dict[str, Any]:
    view = order_view(order=found, now=now)
    is_own = not is_guest(request, found)
    bundle = view.bundle
    is_unpaid = found.state == OrderState.PLACED
    lines = money_lines(found) if is_own else []
    returnable = is_own and may_return(found, now=now)
    returning = returning_of(found, now=now) if bundle else None
    change = change_to(found) if found.quote.value_minor else None
    is_offered = returnable and returning is not None and returning.is_offered
    return {
        "order": found,
        "view": view,
        "is_guest": not is_own,
        "lines": lines,
        "bonus_back": _bonus_back(view) if is_own else None,
        "declined": decline_text(view.payment) if is_unpaid else "",
        "is_disputed": open_disputes(found.number).exists(),
        "is_new": found.quote.esim_id is None,
        "must_install": _must_install(bundle, returning),
        "may_be_installed": _may_be_installed(found, bundle),
        "bundle_over": _over(bundle, now),
        "may_return": is_offered,
        "may_swap": is_offered and returning and is_esim_cancelled_too(found, returning),
        "is_kept": returnable and not is_offered,
        "returning": returning,
        "change": change,
        "next_plan": change_from(found) if is_own and bundle else None,
        "former_ends_at": _former_ends_at(change),
        "zone": found.quote.time_zone,
        "others": _others(view) if is_own else [],
        "seconds": view.seconds_to_credit,
        "processing": processing_payment(found.number) if is_unpaid else None,
        "is_late": any(step.kind == "late" for step in view.steps),
        "is_unpaid_late": is_unpaid and now - found.placed_at >= _UNPAID_PATIENCE,
        "refund_due_at": refund_due_at(found),
        "watch": watch_path(found.number),
        "looks_again": _is_recent(found, now) and (view.is_final or "seen" in request.GET),
    }


def _bonus_back(view: OrderView) -> Money | None:
    """Return what of a payment from the wallet came back as bonus; None: nothing."""
    payment = view.payment
    if payment is None or payment.provider != WALLET:
        return None
    back_minor = bonus_paid(payment.number).returned_minor
    return Money(back_minor, payment.received_currency) if back_minor else None


def _former_ends_at(change: PlanChange | None) -> datetime | None:
    """Return when a former plan ends that goes on for now."""
    if change is None or change.ended_at is not None:
        return None
    return Bundle.objects.get(order_number=change.replaced.number).ends_at


def _case(order: Order, *, is_own: bool) -> Case | None:
    """Return the case that a page is about: for the owner their own, or else a guest's."""
    cases = Case.objects.filter(order=order)
    if not is_own:
        cases = cases.filter(by_guest=True)
    return cases.order_by("by_guest", "-id").first()


def _must_install(bundle: Bundle | None, returning: Returning | None) -> bool:
    is_ready = bundle is not None and bundle.esim.state == EsimState.READY
    return is_ready and not (returning and returning.is_asked)


def _may_be_installed(order: Order, bundle: Bundle | None) -> bool:
    """Whether it renews an eSIM that a device may have, though nobody tells us so."""
    if bundle is None or order.quote.esim_id != bundle.esim_id:
        return False
    return is_silent(bundle.esim)


def _others(view: OrderView) -> list[Lot]:
    """Return what else the eSIM has in use, besides this order's data, by expiry."""
    bundle: Bundle | None = view.bundle
    if bundle is None:
        return []
    besides = [one for one in open_bundles(esim_ids=[bundle.esim_id]) if one.pk != bundle.pk]
    seen = esim_view(esim=bundle.esim, bundles=besides, now=timezone.now())
    return seen.lots


def _over(bundle: Bundle | None, now: datetime) -> str:
    """Return in words how a bundle ended; empty while it lasts."""
    if bundle is None:
        return ""
    if bundle.state in OPEN_STATES:
        is_over = bundle.ends_at is not None and bundle.ends_at <= now
        return str(STATES[BundleState.EXPIRED]) if is_over else ""
    return str(STATES.get(bundle.state, ""))


def _is_recent(order: Order, now: datetime) -> bool:
    done_at = order.closed_at or order.fulfilled_at
    return done_at is not None and now - done_at < _LOOKED_AT_AGAIN
