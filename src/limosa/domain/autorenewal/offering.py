"""Reads: what an eSIM would be renewed with now, and by which methods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from limosa.domain.advice.queries import advice_from_use
from limosa.domain.autorenewal.engine.course import Price, Unable
from limosa.domain.autorenewal.models import Consent
from limosa.domain.catalog.models import Plan, PlanKind
from limosa.domain.catalog.models import Price as ListPrice
from limosa.domain.catalog.queries import plans_on_sale
from limosa.domain.connectivity.engine.renewing import RenewalWay
from limosa.domain.esims.models import Bundle, Esim
from limosa.domain.esims.queries import running_bundles
from limosa.domain.ordering.shared_esims import is_renewable
from limosa.domain.ordering.starts import way_for
from limosa.domain.payments.models import SavedMethod
from limosa.domain.payments.queries import WALLET
from limosa.domain.promotions.queries import best_promotion, discount_of

# Of the cheapest plans, so many are looked at for one that lasts.
_LIVED_THROUGH = 20
# A renewal is charged some days before the end, so nothing of these days may be lost by it.
KEPT_WAYS = frozenset({RenewalWay.AT_ONCE, RenewalWay.AS_CHOSEN, RenewalWay.AFTER_CURRENT})


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan, and what it costs now."""

    plan: Plan
    price: Price


def offer_of(plan_code: str, *, esim: Esim, currency: str, now: datetime) -> Offer | Unable:
    """Return what a plan costs for an eSIM, if it can follow there without loss."""
    if esim.subscriber.currency != currency:
        return Unable.CURRENCY
    listed = _listed(plan_code, currency)
    if listed is None or listed.plan.kind == PlanKind.TOP_UP:
        return Unable.PLAN_GONE
    running = running_bundles(esim_id=esim.pk, now=now)
    way = way_for(listed.plan, esim, running, is_renewable=is_renewable(esim))
    if way not in KEPT_WAYS:
        return Unable.NOT_HERE
    promotion = best_promotion(price=listed, now=now)
    discount = discount_of(promotion, price_minor=listed.amount_minor)
    return Offer(
        listed.plan,
        Price(total_minor=listed.amount_minor - discount, list_minor=listed.amount_minor),
    )


def plan_for(consent: Consent, *, bundle: Bundle, now: datetime) -> str:
    """Return the code of the plan that a consent means for what follows a bundle: the plan agreed
    to, or the cheapest that would have carried the person, else the same again."""
    if consent.plan_id is not None:
        return consent.plan_id
    return cheapest_that_fits(consent.esim, bundle=bundle, currency=consent.currency, now=now)


def cheapest_that_fits(esim: Esim, *, bundle: Bundle, currency: str, now: datetime) -> str:
    """Return the code of the cheapest plan that would have carried an eSIM's person over their last
    days, each time to its end, and can follow on it; the same again, if too little is known."""
    own = _listed(bundle.plan_id, currency)
    advice = advice_from_use(esim, own=own, currency=currency, now=now, most=_LIVED_THROUGH)
    if advice.is_enough:
        for one in advice.choice.carried:
            # One that is used up before its end leaves its person without data until then.
            if not one.used_up and isinstance(
                offer_of(one.terms.code, esim=esim, currency=currency, now=now), Offer
            ):
                return one.terms.code
    return bundle.plan_id


def usable_places(methods: Sequence[Mapping[str, Any]], *, subscriber_id: int) -> list[int]:
    """Return the places of those methods that can be charged; the wallet always can, if there is
    enough in it. One statement at most."""
    wanted = [one["saved_id"] for one in methods if one["saved_id"]]
    kept = set(
        SavedMethod.objects.filter(
            public_id__in=wanted,
            subscriber_id=subscriber_id,
            removed_at=None,
            provider__in=list(settings.PAYMENT_PROVIDERS),
        ).values_list("public_id", flat=True)
        if wanted
        else ()
    )
    return [
        place
        for place, one in enumerate(methods)
        if one["provider"] == WALLET or one["saved_id"] in kept
    ]


def _listed(plan_code: str, currency: str) -> ListPrice | None:
    return next(iter(plans_on_sale(currency=currency, plan_code=plan_code)), None)
