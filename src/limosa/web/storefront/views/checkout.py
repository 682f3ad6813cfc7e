"""Choosing a plan and pressing "Pay": the same page for a renewal, a first eSIM and a guest."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from limosa.domain.ledger.operations.post_entry import WalletTooLowError
from limosa.domain.ordering.models import Order, StartRule
from limosa.domain.ordering.refusals import (
    AmountTooSmallError,
    PaymentMethodNotOfferedError,
    PlanNotOnSaleError,
)
from limosa.foundation.problem import DomainRefusal
from limosa.web.storefront.access import guest_orders, let_guest_follow
from limosa.web.storefront.choices import Checkout, Choice
from limosa.web.storefront.placing import Press, place, sign_shown
from limosa.web.storefront.refusals import refusal_text
from limosa.web.storefront.views.starting import go_on_to_pay
from limosa.web.storefront.ways import Option

CHOICES_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Selection:
    """What is chosen on the page."""

    choice: Choice
    start: StartRule
    option: Option


def checkout_page(
    request: HttpRequest,
    checkout: Checkout,
    *,
    template: str,
    link: str = "",
    extra: dict[str, object] | None = None,
) -> HttpResponse:
    """Show the page, or take a press of "Pay". Nothing is written by showing it.

    `link`: the digest of the renewal link by which a guest came. `extra`: what the template wants
    beside the checkout.
    """
    now = timezone.now()
    selection = _selection(request, checkout)
    context = _context(request, checkout, selection, now=now) | (extra or {})
    if request.method != "POST" or "show" in request.POST or selection is None:
        return render(request, template, context)
    try:
        order = _order(request, checkout, selection, link=link, now=now)
    except DomainRefusal as refusal:
        context["refusal"] = refusal_text(refusal)
        return render(request, template, context, status=409)
    if link:
        let_guest_follow(request, order)
    keep = f"keep-{selection.option.provider}" in request.POST and not link
    return go_on_to_pay(request, order, selection.option, save=keep)


def _selection(request: HttpRequest, checkout: Checkout) -> Selection | None:
    """Return what is asked for, or what is best; None when nothing is on offer."""
    if not checkout.choices or not checkout.options:
        return None
    asked = request.POST if request.method == "POST" else request.GET
    by_code = {choice.plan.code: choice for choice in checkout.choices}
    choice = by_code.get(asked.get("plan", ""), checkout.choices[0])
    start = asked.get("start", "")
    wanted = StartRule(start) if start in StartRule.values else checkout.starts[0]
    return Selection(
        choice,
        wanted if wanted in checkout.starts else checkout.starts[0],
        checkout.option(asked.get("method", "")) or checkout.first_option(choice),
    )


def _order(
    request: HttpRequest,
    checkout: Checkout,
    selection: Selection,
    *,
    link: str,
    now: datetime,
) -> Order:
    if request.POST.get("plan") != selection.choice.plan.code:
        raise PlanNotOnSaleError
    if request.POST.get("method") != selection.option.key:
        raise PaymentMethodNotOfferedError
    if selection.option.is_wallet and not checkout.is_wallet_enough(selection.choice):
        raise WalletTooLowError
    if not selection.option.takes(selection.choice.total):
        raise AmountTooSmallError
    press = Press(
        plan_code=selection.choice.plan.code,
        start_rule=selection.choice.start_for(selection.start),
        currency=selection.option.currency,
        shown=request.POST.get("shown", ""),
        known_orders=guest_orders(request) if link else None,
        link=link,
    )
    return place(checkout.buyer, checkout.esim, press=press, now=now)


def _context(
    request: HttpRequest, checkout: Checkout, selection: Selection | None, *, now: datetime
) -> dict[str, object]:
    rows = _rows(checkout, selection)
    more = rows[CHOICES_SHOWN:]
    return {
        "checkout": checkout,
        "esim": checkout.esim,
        "selection": selection,
        "rows": rows[:CHOICES_SHOWN],
        "more_rows": more,
        "all_rows": rows,
        "wallet_is_enough": any(row["is_wallet_enough"] for row in rows),
        "show_more": "all" in request.GET or any(row["is_selected"] for row in more),
        "shown": sign_shown(checkout, now=now),
    }


def _rows(checkout: Checkout, selection: Selection | None) -> list[dict[str, object]]:
    """Return a row for each choice: what it costs in each currency, its time for each start."""
    return [
        {
            "index": index,
            "choice": choice,
            "is_selected": selection is not None and selection.choice is choice,
            "is_same_carrier": checkout.esim is None
            or choice.plan.carrier_id == checkout.esim.carrier_id,
            "charges": [
                (currency, checkout.charged(choice, currency)) for currency in checkout.currencies
            ],
            "periods": [(start, choice.period_for(start)) for start in checkout.starts],
            "is_wallet_enough": checkout.is_wallet_enough(choice),
        }
        for index, choice in enumerate(checkout.choices)
    ]
