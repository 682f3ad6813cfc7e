"""What is offered to a person for an eSIM, in a few statements however many plans there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Q, When

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import Plan, PlanKind, Price
from limosa.domain.catalog.queries import plans_on_sale
from limosa.domain.catalog.sources import sources_of
from limosa.domain.connectivity.capabilities import Renewal
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.esims.engine.lifecycle import BundlePeriod, RunningBundle
from limosa.domain.esims.models import Bundle, BundleState
from limosa.domain.esims.promise import period_for
from limosa.domain.esims.queries import EsimView
from limosa.domain.ordering.models import StartRule
from limosa.domain.promotions.engine.discount import discount_minor
from limosa.domain.promotions.models import Promotion
from limosa.domain.promotions.queries import best_among, running_promotions
from limosa.domain.renewals.engine.ranking import Candidate, rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What determines the period of a bundle bought at `now`.

    `is_on_hold`: the current bundle is suspended, since its payment is disputed.
    """

    running: Sequence[RunningBundle]
    is_on_hold: bool
    time_zone: str
    now: datetime

    @property
    def start_rules(self) -> list[StartRule]:
        """The possible starts of a plan with its own period; the first is preselected.

        Normally after the current bundle, unless that would mean waiting without data: nobody knows
        when a dispute will be decided.
        """
        if not self.running:
            return [StartRule.NOW]
        if self.is_on_hold:
            return [StartRule.NOW, StartRule.AFTER_CURRENT]
        return [StartRule.AFTER_CURRENT, StartRule.NOW]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One choice on the renewal page. Amounts are in the person's currency, tax included."""

    price: Price
    promotion: Promotion | None
    discount_minor: int
    total_minor: int
    volume_bytes: int | None
    is_same_plan: bool
    situation: Situation

    @property
    def start_rules(self) -> list[StartRule]:
        """The starts that the plan allows; the first is preselected."""
        is_top_up = self.price.plan.kind == PlanKind.TOP_UP
        return [StartRule.NOW] if is_top_up else self.situation.start_rules

    def period(self, start: StartRule) -> BundlePeriod:
        """Return when it begins and ends. Raises TopUpNeedsBundleError."""
        return period_for(
            plan=self.price.plan,
            running=self.situation.running,
            after_current=start is StartRule.AFTER_CURRENT,
            time_zone=self.situation.time_zone,
            now=self.situation.now,
        )


def offers_for(*, view: EsimView, subscriber: Subscriber, now: datetime) -> list[Offer]:
    """Return what can be bought for an eSIM, best first: the same plan again, if it is still sold.

    `view`: the eSIM with its open bundles, as of `now`.
    """
    esim = view.esim
    same = same_bundles([view], now=now).get(esim.pk)
    same_plan = same.plan_id if same else None
    prices = [
        price
        for price in plans_on_sale(currency=subscriber.currency)
        if _is_renewed_by(price.plan, esim.supplier_id)
    ]
    situation = Situation(
        running=[_running(bundle) for bundle in (*view.in_use, *view.queued, *view.on_hold)],
        is_on_hold=bool(view.on_hold) and not view.in_use,
        time_zone=esim.time_zone,
        now=now,
    )
    codes = rank(
        [_candidate(price) for price in prices], current_plan=same_plan, carrier=esim.carrier_id
    )
    by_code = {price.plan_id: price for price in prices}
    promotions = running_promotions(now=now)
    return [
        _offer(by_code[code], promotions, situation, same_plan=same_plan)
        for code in codes
        if _is_possible(by_code[code], situation)
    ]


def same_bundles(views: Sequence[EsimView], *, now: datetime) -> dict[int, Bundle]:
    """Return, by eSIM, the bundle whose plan counts as "the same again".

    That is the one in use, or of several the one that ends first, since data is deducted from it
    first. If none is in use: the newest that ran, even if used up; then the first one waiting; a
    refunded one last. Top-ups don't count. `views`: as of `now`. One statement, for those eSIMs
    that have none in use.
    """
    same = {view.esim.pk: view.current for view in views if view.current}
    others = [view.esim.pk for view in views if view.current is None]
    return same | _same_of_idle(others, now=now) if others else same


def _same_of_idle(esim_ids: Sequence[int], *, now: datetime) -> dict[int, Bundle]:
    waits = Q(state=BundleState.QUEUED) & (Q(starts_at=None) | Q(starts_at__gt=now))
    preference = Case(When(state=BundleState.REFUNDED, then=2), When(waits, then=1), default=0)
    rows = (
        Bundle.objects.filter(esim_id__in=esim_ids)
        .exclude(plan__kind=PlanKind.TOP_UP)
        .annotate(preference=preference, oldest=Case(When(waits, then="id")))
        .order_by("esim_id", "preference", "oldest", "-id")
        .distinct("esim_id")
    )
    return {row.esim_id: row for row in rows}


def offers_for_new_esim(*, subscriber_currency: str, time_zone: str, now: datetime) -> list[Offer]:
    """Return what a first eSIM can be bought with, in catalogue order; no top-ups."""
    promotions = running_promotions(now=now)
    situation = Situation(running=[], is_on_hold=False, time_zone=time_zone, now=now)
    return [
        _offer(price, promotions, situation)
        for price in plans_on_sale(currency=subscriber_currency)
        if _is_possible(price, situation)
    ]


def _is_renewed_by(plan: Plan, supplier_code: str) -> bool:
    """Whether an eSIM's supplier sells the plan for it: on the same eSIM or, where it renews none,
    on a new one."""
    is_on_new = capabilities_of(supplier_code).renewal is Renewal.NEW_ESIM
    return any(
        source.supplier == supplier_code and (source.renewal_code or is_on_new)
        for source in sources_of(plan)
    )


def _candidate(price: Price) -> Candidate:
    plan = price.plan
    return Candidate(
        code=plan.code,
        carrier=plan.carrier_id,
        is_top_up=plan.kind == PlanKind.TOP_UP,
        position=plan.position,
    )


def _running(bundle: Bundle) -> RunningBundle:
    return RunningBundle(ends_at=bundle.ends_at, is_top_up=bundle.validity_count is None)


def _is_possible(price: Price, situation: Situation) -> bool:
    """Whether the plan can be bought now: a top-up needs a bundle with a known end."""
    joined = (bundle.ends_at for bundle in situation.running if not bundle.is_top_up)
    return price.plan.kind != PlanKind.TOP_UP or any(joined)


def _offer(
    price: Price,
    promotions: Sequence[Promotion],
    situation: Situation,
    *,
    same_plan: str | None = None,
) -> Offer:
    plan = price.plan
    promotion = best_among(promotions, plan=plan, price_minor=price.amount_minor)
    discount = discount_minor(price.amount_minor, promotion.percent_off) if promotion else 0
    bonus_bytes = promotion.bonus_bytes if promotion else 0
    return Offer(
        price=price,
        promotion=promotion,
        discount_minor=discount,
        total_minor=price.amount_minor - discount,
        volume_bytes=None if plan.volume_bytes is None else plan.volume_bytes + bonus_bytes,
        is_same_plan=plan.pk == same_plan,
        situation=situation,
    )
