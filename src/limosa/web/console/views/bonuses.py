"""Bonuses on top of top-ups: what is offered, a preview of another one, and their ends."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.end_bonus import end_bonus
from limosa.domain.support.operations.offer_bonus import offer_bonus
from limosa.domain.wallets.engine.bonuses import Tier, best_tier
from limosa.domain.wallets.models import BonusTier
from limosa.domain.wallets.operations.offer_tier import WantedTier
from limosa.domain.wallets.queries import running_tiers, terms_of, top_up_terms
from limosa.domain.wallets.refusals import TopUpNotOfferedError
from limosa.foundation.errors import DomainRefusal
from limosa.foundation.money import Money
from limosa.web.console.access import staff_action_page, staff_page
from limosa.web.console.bonus_forms import BonusForm
from limosa.web.console.paging import page_of
from limosa.web.wording.refusals import refusal_text


@dataclass(frozen=True, slots=True)
class Foreseen:
    """An amount that is offered, and the bonus on it: by what runs now, and with one tier more."""

    amount: Money
    now: Money
    then: Money


@staff_page
def bonuses(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List the tiers, newest first."""
    return _list(request, staff, BonusForm())


@staff_action_page(AuditAction.OFFER_BONUS)
@require_POST
def offer(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """Show what a tier would mean; offer it once that was confirmed."""
    form, now = BonusForm(request.POST), timezone.now()
    if not form.is_valid() or form.wanted is None:
        return _list(request, staff, form)
    try:
        form.wanted.check(now=now)
        if "sure" in request.POST:
            offer_bonus(wanted=form.wanted, actor=staff, now=now)
            messages.success(request, gettext("The bonus is offered."))
            return redirect("console:bonuses")
    except DomainRefusal as refusal:
        form.add_error(None, refusal_text(refusal))
        return _list(request, staff, form)
    context = {"form": form, "wanted": form.wanted, "foreseen": _foreseen(form.wanted)}
    return render(request, "console/bonus_sure.html", {**context, "staff": staff})


@staff_action_page(AuditAction.END_BONUS)
@require_POST
def end(request: HttpRequest, staff: Subscriber, pk: int) -> HttpResponse:
    """End a tier."""
    try:
        end_bonus(tier_id=pk, actor=staff, now=timezone.now())
    except BonusTier.DoesNotExist:
        raise Http404 from None
    messages.success(request, gettext("The bonus has ended. Top-ups begun before keep it."))
    return redirect("console:bonuses")


def _foreseen(wanted: WantedTier) -> list[Foreseen]:
    currency = wanted.least.currency
    try:
        terms = top_up_terms(currency)
    except TopUpNotOfferedError:
        return []
    running = [terms_of(tier) for tier in running_tiers(currency, now=wanted.starts_at)]
    added = Tier(
        least_minor=wanted.least.amount_minor,
        bonus_minor=wanted.bonus.amount_minor,
        valid_days=wanted.valid_days,
    )
    return [
        Foreseen(amount, _bonus(running, amount), _bonus([*running, added], amount))
        for amount in sorted({*terms.amounts, terms.most}, key=lambda one: one.amount_minor)
    ]


def _bonus(tiers: list[Tier], amount: Money) -> Money:
    tier = best_tier(tiers, amount_minor=amount.amount_minor)
    return Money(tier.bonus_minor if tier else 0, amount.currency)


def _list(request: HttpRequest, staff: Subscriber, form: BonusForm) -> HttpResponse:
    context = {
        "page": page_of(BonusTier.objects.all(), request),
        "form": form,
        "now": timezone.now(),
        "staff": staff,
    }
    return render(request, "console/bonuses.html", context, status=422 if form.is_bound else 200)
