"""The wallet: what is in it, adding money, and what became of money that was added."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ledger.queries import wallet_balance, wallet_in
from limosa.domain.ordering.changes import watch_path
from limosa.domain.payments.models import Payment
from limosa.domain.payments.queries import open_disputes, processing_payment
from limosa.domain.wallets.engine.bonuses import best_tier
from limosa.domain.wallets.models import BonusTier, TopUpState, WalletTopUp
from limosa.domain.wallets.operations.place_top_up import place_top_up
from limosa.domain.wallets.queries import (
    TopUpTerms,
    bonus_of,
    bonuses_left,
    running_tiers,
    terms_of,
    top_up_terms,
    top_ups_of,
)
from limosa.domain.wallets.refusals import TopUpNotOfferedError
from limosa.foundation.errors import DomainRefusal
from limosa.foundation.money import Money
from limosa.web.storefront.access import own_top_up, person_of
from limosa.web.storefront.declines import decline_text
from limosa.web.storefront.order_money import money_lines
from limosa.web.storefront.paging import page_by_id
from limosa.web.storefront.top_up_form import TopUpForm, new_page
from limosa.web.wording.refusals import refusal_text


@never_cache
@login_required
def wallet(request: HttpRequest) -> HttpResponse:
    """Show the wallet; POST places a top-up, and goes on to paying it."""
    person = person_of(request)
    terms = _terms(person.currency)
    tiers = running_tiers(person.currency, now=timezone.now()) if terms else []
    form = None
    if terms is not None:
        form = TopUpForm(request.POST if request.method == "POST" else None, terms=terms)
        if form.is_valid():
            return _place(request, person, form)
    context = {
        "balances": wallet_balance(subscriber_id=person.pk),
        "bonuses": list(bonuses_left(person.pk)),
        "terms": terms,
        "tiers": tiers,
        "amounts": _amounts(terms, tiers),
        "form": form,
        "chosen": request.POST.get("amount", ""),
        "form_page": new_page(),
        "page": page_by_id(top_ups_of(person.pk), before=request.GET.get("before", "")),
    }
    status = 400 if form is not None and form.errors else 200
    return render(request, "storefront/wallet.html", context, status=status)


@never_cache
@login_required
def top_up(request: HttpRequest, number: str) -> HttpResponse:
    """Show what became of a top-up, live while it is unpaid."""
    return render(request, "storefront/top_up.html", _of(own_top_up(request, number)))


def _terms(currency: str) -> TopUpTerms | None:
    try:
        return top_up_terms(currency)
    except TopUpNotOfferedError:
        return None


def _amounts(terms: TopUpTerms | None, tiers: list[BonusTier]) -> list[tuple[Money, Money]]:
    """Return the amounts that are offered, each with the bonus on top of it."""
    found = []
    for amount in terms.amounts if terms else ():
        tier = best_tier(map(terms_of, tiers), amount_minor=amount.amount_minor)
        found.append((amount, Money(tier.bonus_minor if tier else 0, amount.currency)))
    return found


def _place(request: HttpRequest, person: Subscriber, form: TopUpForm) -> HttpResponse:
    try:
        placed = place_top_up(
            subscriber=person, amount=form.chosen, key=form.key, now=timezone.now()
        )
    except DomainRefusal as refusal:
        messages.error(request, refusal_text(refusal))
        return redirect("wallet")
    return redirect("pay", placed.number)


def _of(found: WalletTopUp) -> dict[str, Any]:
    payments = Payment.objects.filter(order_number=found.number).order_by("-pays_order", "-id")
    payment = payments.select_related("saved_method").first()
    is_unpaid = found.state == TopUpState.PLACED
    return {
        "order": found,
        "payment": payment,
        "zone": found.subscriber.time_zone,
        "balance": wallet_in(subscriber_id=found.subscriber_id, currency=found.currency),
        "granted": bonus_of(found),
        "seconds": _seconds(found, payment),
        "lines": money_lines(found),
        "declined": decline_text(payment) if is_unpaid else "",
        "processing": processing_payment(found.number) if is_unpaid else None,
        "is_disputed": open_disputes(found.number).exists(),
        "is_over": is_unpaid and found.expires_at <= timezone.now(),
        "watch": watch_path(found.number),
    }


def _seconds(found: WalletTopUp, payment: Payment | None) -> float | None:
    """Return how long after the payment, by the provider's clock, the wallet was credited."""
    if payment is None or payment.paid_at is None or found.paid_at is None:
        return None
    return max((found.paid_at - payment.paid_at).total_seconds(), 0.0)
