"""What is offered to a person for an eSIM. Four statements, whatever the number of plans."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Case, F, Q, When

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import PlanKind, Price
from limosa.domain.catalog.queries import plans_on_sale
from limosa.domain.esims.engine.lifecycle import BundlePeriod, RunningBundle, TopUpNeedsBundleError
from limosa.domain.esims.models import OPEN_STATES, Bundle, BundleState, Esim
from limosa.domain.esims.promise import period_for
from limosa.domain.esims.queries import running_bundles
from limosa.domain.ordering.models import StartRule
from limosa.domain.promotions.engine.discount import discount_minor
from limosa.domain.promotions.models import Promotion
from limosa.domain.promotions.queries import best_among, running_promotions
from limosa.domain.renewals.engine.ranking import Candidate, rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One choice on the renewal page. Amounts are in the person's currency, tax included."""

    price: Price
    promotion: Promotion | None
    discount_minor: int
    total_minor: int
    volume_bytes: int | None
    is_same_plan: bool
    start_rules: list[StartRule]
    periods: dict[StartRule, BundlePeriod]

    @property
    def start_rule(self) -> StartRule:
        """The start that is chosen beforehand: after the current one, where there is one."""
        return self.start_rules[0]

    @property
    def starts_at(self) -> datetime | None:
        """When it begins by that rule; None when the first use decides."""
        return self.periods[self.start_rule].starts_at

    @property
    def ends_at(self) -> datetime | None:
        """When it ends by that rule; None when the first use decides."""
        return self.periods[self.start_rule].ends_at


def offers_for(*, esim: Esim, subscriber: Subscriber, now: datetime) -> list[Offer]:
    """Return what can be bought for an eSIM, best first: the same plan again, where it is sold."""
    running = running_bundles(esim_id=esim.pk, now=now)
    same = same_bundles(esim_ids=[esim.pk], now=now).get(esim.pk)
    same_plan = same.plan_id if same else None
    prices = [
        price
        for price in plans_on_sale(currency=subscriber.currency)
        if price.plan.supplier_id == esim.supplier_id
    ]
    codes = rank(
        [_candidate(price) for price in prices], current_plan=same_plan, carrier=esim.carrier_id
    )
    by_code = {price.plan_id: price for price in prices}
    promotions = running_promotions(now=now)
    offers = [
        _offer(by_code[code], running, promotions, time_zone=esim.time_zone, now=now)
        for code in codes
    ]
    return [
        replace(offer, is_same_plan=offer.price.plan_id == same_plan) for offer in offers if offer
    ]


def same_bundles(*, esim_ids: Iterable[int], now: datetime) -> dict[int, Bundle]:
    """Return, by eSIM, the bundle whose plan "the same again" means. One statement.

    It is the one that runs now, by the clock; of several the one that ends first, since data is
    taken from it. Without one: the newest that ran, though its data be used up; then the first
    that waits; a refunded one last. Top-ups are none of their own.
    """
    in_use = Q(state__in=OPEN_STATES) & (Q(ends_at=None) | Q(ends_at__gt=now))
    waits = Q(state=BundleState.QUEUED) & (Q(starts_at=None) | Q(starts_at__gt=now))
    preference = Case(
        When(state=BundleState.REFUNDED, then=3),
        When(waits, then=2),
        When(in_use, then=0),
        default=1,
    )
    rows = (
        Bundle.objects.filter(esim_id__in=list(esim_ids))
        .exclude(plan__kind=PlanKind.TOP_UP)
        .annotate(
            preference=preference,
            soonest_end=Case(When(in_use, then="ends_at")),
            oldest=Case(When(waits, then="id")),
        )
        .select_related("plan")
        .order_by("esim_id", "preference", F("soonest_end").asc(nulls_last=True), "oldest", "-id")
        .distinct("esim_id")
    )
    return {row.esim_id: row for row in rows}


def offers_for_new_esim(*, subscriber_currency: str, time_zone: str, now: datetime) -> list[Offer]:
    """Return what a first eSIM can be bought with, in the catalogue's order; no top-ups."""
    promotions = running_promotions(now=now)
    offers = [
        _offer(price, [], promotions, time_zone=time_zone, now=now)
        for price in plans_on_sale(currency=subscriber_currency)
    ]
    return [offer for offer in offers if offer]


def _candidate(price: Price) -> Candidate:
    plan = price.plan
    return Candidate(
        code=plan.code,
        carrier=plan.carrier_id,
        is_top_up=plan.kind == PlanKind.TOP_UP,
        position=plan.position,
    )


def _offer(
    price: Price,
    running: Sequence[RunningBundle],
    promotions: Sequence[Promotion],
    *,
    time_zone: str,
    now: datetime,
) -> Offer | None:
    plan = price.plan
    promotion = best_among(promotions, plan=plan, price_minor=price.amount_minor)
    discount = discount_minor(price.amount_minor, promotion.percent_off) if promotion else 0
    bonus_bytes = promotion.bonus_bytes if promotion else 0
    is_top_up = plan.kind == PlanKind.TOP_UP
    rules = [StartRule.NOW]
    if running and not is_top_up:
        rules.insert(0, StartRule.AFTER_CURRENT)
    try:
        periods = {
            rule: period_for(
                plan=plan,
                running=running,
                after_current=rule is StartRule.AFTER_CURRENT,
                time_zone=time_zone,
                now=now,
            )
            for rule in rules
        }
    except TopUpNeedsBundleError:
        return None
    return Offer(
        price=price,
        promotion=promotion,
        discount_minor=discount,
        total_minor=price.amount_minor - discount,
        volume_bytes=None if plan.volume_bytes is None else plan.volume_bytes + bonus_bytes,
        is_same_plan=False,
        start_rules=rules,
        periods=periods,
    )
