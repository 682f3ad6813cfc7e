"""Choosing a plan and paying: the same page for a renewal, a first eSIM and a guest.

The selection is in the URL. When it changes, htmx requests the parts that depend on it, and only
those are computed; without JavaScript a button requests the whole page. Only submitting writes, and
it buys what the page showed or nothing (web/storefront/submitting.py).
"""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django_htmx.http import replace_url
from django_htmx.middleware import HtmxDetails

from limosa.domain.devices.engine.answers import Verdict
from limosa.domain.ledger.operations.post_entry import WalletTooLowError
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.refusals import (
    AmountTooSmallError,
    PaymentMethodNotOfferedError,
    PlanNotOnSaleError,
)
from limosa.foundation.errors import DomainRefusal
from limosa.web.storefront.access import guest_orders, let_guest_follow
from limosa.web.storefront.checked_device import kept_answer
from limosa.web.storefront.choices import Checkout
from limosa.web.storefront.entered_codes import EnteredCode, forget_code, is_about_code
from limosa.web.storefront.selection import Selection, selected
from limosa.web.storefront.submitting import (
    CheckoutSubmission,
    DeviceTakesNoneError,
    LossNotAgreedError,
    PriceChangedError,
    sign_shown,
    submit_checkout,
)
from limosa.web.storefront.views.starting import go_on_to_pay
from limosa.web.wording.refusals import refusal_text

CHOICES_SHOWN = 4


def checkout_page(
    request: HttpRequest,
    checkout: Checkout,
    *,
    template: str,
    link: str = "",
    entered: EnteredCode | None = None,
    extra: dict[str, object] | None = None,
) -> HttpResponse:
    """Show the page or the parts that depend on a selection, or handle its submission.

    `link`: the digest of the renewal link by which a guest came. `entered`: the promotion code that
    was entered; None: a guest, who can't use any. `extra`: what the template needs
    besides the checkout.
    """
    now = timezone.now()
    asked = request.POST if request.method == "POST" else request.GET
    selection = selected(checkout, asked.dict())
    about_code = is_about_code(request)
    code_is_set = about_code and entered is not None and not entered.refusal
    if selection is not None and ("show" in request.POST or code_is_set):
        return HttpResponseRedirect(f"{request.path}?{selection.query}")
    context = _context(request, checkout, selection, now=now) | (extra or {})
    context["entered"] = entered
    if selection is not None and HtmxDetails(request):
        parts = render(request, "storefront/_chosen.html", context)
        return replace_url(parts, f"{request.path}?{selection.query}")
    if selection is None or request.method != "POST" or about_code:
        return render(request, template, context, status=409 if about_code else 200)
    try:
        order = _order(request, selection, link=link, now=now)
    except DomainRefusal as refusal:
        context["refusal"] = _why(refusal, entered)
        return render(request, template, context, status=409)
    forget_code(request)
    if link:
        let_guest_follow(request, order)
    save = f"save-{selection.option.provider}" in request.POST and not link
    return go_on_to_pay(request, order, selection.option, save=save)


def _why(refusal: DomainRefusal, entered: EnteredCode | None) -> str:
    """Return why nothing was bought: the price is another one where a code no longer counts."""
    if entered is not None and entered.refusal and isinstance(refusal, PriceChangedError):
        return entered.refusal
    return refusal_text(refusal)


def _order(request: HttpRequest, selection: Selection, *, link: str, now: datetime) -> Order:
    checkout, choice, option = selection.checkout, selection.choice, selection.option
    if request.POST.get("plan") != choice.plan.code:
        raise PlanNotOnSaleError
    if request.POST.get("method") != option.key:
        raise PaymentMethodNotOfferedError
    _check_agreed(request, selection, now=now)
    if selection.is_wallet_short:
        raise WalletTooLowError
    if not option.takes(choice.total):
        raise AmountTooSmallError
    submission = CheckoutSubmission(
        plan_code=choice.plan.code,
        wanted_start=request.POST.get("start", ""),
        start_rule=selection.start_rule,
        currency=option.currency,
        shown=request.POST.get("shown", ""),
        known_orders=guest_orders(request) if link else None,
        link=link,
        code=checkout.code,
    )
    return submit_checkout(checkout.buyer, selection.esim, submission=submission, now=now)


def _check_agreed(request: HttpRequest, selection: Selection, *, now: datetime) -> None:
    """Refuse what the person has to know and has not ticked."""
    if selection.loses and "lose" not in request.POST:
        raise LossNotAgreedError
    checked = kept_answer(request, now=now) if selection.esim is None else None
    takes_none = checked is not None and checked.verdict is Verdict.NO
    if takes_none and "other-device" not in request.POST:
        raise DeviceTakesNoneError


def _context(
    request: HttpRequest, checkout: Checkout, selection: Selection | None, *, now: datetime
) -> dict[str, object]:
    more = checkout.renewing[CHOICES_SHOWN:]
    save_name = f"save-{selection.option.provider}" if selection else ""
    return {
        "checkout": checkout,
        "esim": checkout.esim,
        "selection": selection,
        "choices": checkout.renewing[:CHOICES_SHOWN],
        "more_choices": more,
        "new_choices": checkout.on_new_esim,
        "show_more": "all" in request.GET or (selection is not None and selection.choice in more),
        # Never from the URL alone: following a link is not consent.
        "is_save_wanted": save_name in request.POST
        or (bool(HtmxDetails(request)) and save_name in request.GET),
        "is_loss_known": "lose" in request.POST
        or (bool(HtmxDetails(request)) and "lose" in request.GET),
        "checked": kept_answer(request, now=now),
        "is_other_device": "other-device" in request.POST
        or (bool(HtmxDetails(request)) and "other-device" in request.GET),
        "shown": sign_shown(selection, now=now) if selection else "",
    }
