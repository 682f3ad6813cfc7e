"""What is offered to a person for an eSIM, in a few statements however many plans there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Q, When

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import Plan, PlanKind, Price
from limosa.domain.catalog.queries import plans_on_sale
from limosa.domain.connectivity.engine.renewing import RenewalWay
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.esims.engine.lifecycle import BundlePeriod, RunningBundle
from limosa.domain.esims.models import Bundle, BundleState, Esim
from limosa.domain.esims.queries import EsimView, running_bundles
from limosa.domain.ordering.models import StartRule
from limosa.domain.ordering.plan_changes import PlanLeft, is_on_same_esim
from limosa.domain.ordering.shared_esims import is_renewable
from limosa.domain.ordering.starts import Start, possible_starts, way_for, zone_of_new_esim
from limosa.domain.promotions.codes import best_with_code
from limosa.domain.promotions.models import Promotion, PromotionCode
from limosa.domain.promotions.queries import discount_of, running_promotions
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One choice on the renewal page. Amounts are in the person's currency, tax included.

    `way`: how it would come to the person, on the same eSIM or on a new one.
    """

    price: Price
    promotion: Promotion | None
    discount_minor: int
    total_minor: int
    volume_bytes: int | None
    is_same_plan: bool
    situation: Situation
    way: RenewalWay

    @property
    def is_new_esim(self) -> bool:
        """Whether the plan comes on a new eSIM."""
        return self.way is RenewalWay.NEW_ESIM

    @property
    def start_rules(self) -> list[StartRule]:
        """The starts that the plan and the eSIM's supplier allow; the first is preselected.

        Normally after the current bundle, unless that would mean waiting without data: nobody knows
        when a dispute will be decided.
        """
        rules = possible_starts(self.price.plan, self.way)
        return rules[::-1] if self.situation.is_on_hold else rules

    def period(self, start: StartRule) -> BundlePeriod:
        """Return when it is promised to begin and end. Raises TopUpNeedsBundleError."""
        return self._start(start).promise(self.situation.now)

    @property
    def begins_by(self) -> datetime | None:
        """When it begins at the latest, wherever the supplier doesn't say; None: not known."""
        return self._start(StartRule.AFTER_CURRENT).period(self.situation.now).starts_at

    def _start(self, wanted: StartRule) -> Start:
        return Start(
            plan=self.price.plan,
            way=self.way,
            wanted=wanted,
            running=self.situation.running,
            time_zone=self.situation.time_zone,
        )


def offers_for(
    *, view: EsimView, subscriber: Subscriber, now: datetime, code: PromotionCode | None = None
) -> list[Offer]:
    """Return what can be bought for an eSIM, best first: the same plan again, if it is still sold;
    after all those, what the person could only have on a new eSIM.

    `view`: the eSIM with its open bundles, as of `now`. `code`: as in `make_quote`.
    """
    esim = view.esim
    same = same_bundles([view], now=now).get(esim.pk)
    prices = plans_on_sale(currency=subscriber.currency)
    beside = Situation(
        running=[_running(bundle) for bundle in (*view.in_use, *view.queued, *view.on_hold)],
        is_on_hold=bool(view.on_hold) and not view.in_use,
        time_zone=esim.time_zone,
        now=now,
    )
    goes_on = is_renewable(esim)
    ways = {
        price.plan_id: way_for(price.plan, esim, beside.running, is_renewable=goes_on)
        if works_on(esim, price.plan, same)
        else RenewalWay.NEW_ESIM
        for price in prices
    }
    possible = [
        price
        for price in prices
        if _is_possible(price.plan, ways[price.plan_id], running=beside.running, same=same)
    ]
    codes = rank(
        [_candidate(price, ways) for price in possible],
        current_plan=same.plan_id if same else None,
        carrier=esim.carrier_id,
    )
    by_code = {price.plan_id: price for price in possible}
    promotions = running_promotions(now=now)
    return [
        _offer(
            by_code[plan_code],
            (promotions, code),
            _alone(by_code[plan_code].plan, now)
            if ways[plan_code] is RenewalWay.NEW_ESIM
            else beside,
            way=ways[plan_code],
            same=same,
        )
        for plan_code in codes
    ]


def works_on(esim: Esim, plan: Plan, same: Bundle | None) -> bool:
    """Return whether an eSIM can have a plan, as far as we know. `same`: as in same_bundles.

    One of a supplier that has to be called is for certain countries, and refuses plans for others.
    """
    if same is None or capabilities_of(esim.supplier_id).in_own_database:
        return True
    return set(plan.countries) == set(same.plan.countries)


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
        .select_related("plan")
        .order_by("esim_id", "preference", "oldest", "-id")
        .distinct("esim_id")
    )
    return {row.esim_id: row for row in rows}


def offers_for_new_esim(
    *,
    plan_code: str,
    subscriber_currency: str,
    now: datetime,
    code: PromotionCode | None = None,
) -> list[Offer]:
    """Return what a first eSIM with a plan is bought with; none for a top-up. `code`: as in
    `make_quote`."""
    promotions = running_promotions(now=now)
    prices = plans_on_sale(currency=subscriber_currency, plan_code=plan_code)
    return [
        _offer(price, (promotions, code), _alone(price.plan, now))
        for price in prices
        if price.plan.kind != PlanKind.TOP_UP
    ]


def offers_to_change(*, left: PlanLeft, now: datetime) -> list[Offer]:
    """Return what a person can change a plan to, in the order of the catalogue: any other plan, on
    the same eSIM or on a new one."""
    esim, same = left.bundle.esim, left.bundle
    running = running_bundles(esim_id=esim.pk, now=now)
    goes_on = is_renewable(esim)
    there = Situation(running=running, is_on_hold=False, time_zone=esim.time_zone, now=now)
    reductions = (running_promotions(now=now), None)
    found = []
    for price in plans_on_sale(currency=left.order.quote.currency):
        plan = price.plan
        if plan.kind == PlanKind.TOP_UP or plan.pk == same.plan_id:
            continue
        if is_on_same_esim(plan, esim, running, is_renewable=goes_on):
            way = way_for(plan, esim, running, is_renewable=goes_on)
            found.append(_offer(price, reductions, there, way=way))
        else:
            found.append(_offer(price, reductions, _alone(plan, now)))
    return found


def _alone(plan: Plan, now: datetime) -> Situation:
    """Return the situation on a new eSIM."""
    return Situation(running=[], is_on_hold=False, time_zone=zone_of_new_esim(plan), now=now)


def _candidate(price: Price, ways: Mapping[str, RenewalWay]) -> Candidate:
    plan = price.plan
    return Candidate(
        code=plan.code,
        carrier=plan.carrier_id,
        is_top_up=plan.kind == PlanKind.TOP_UP,
        is_new_esim=ways[plan.code] is RenewalWay.NEW_ESIM,
        position=plan.position,
    )


def _running(bundle: Bundle) -> RunningBundle:
    return RunningBundle(
        ends_at=bundle.ends_at,
        is_top_up=bundle.validity_count is None,
        first_use_before=bundle.first_use_before,
        validity=bundle.validity,
    )


def _is_possible(
    plan: Plan, way: RenewalWay, *, running: Sequence[RunningBundle], same: Bundle | None
) -> bool:
    """Whether the plan can be bought now.

    A top-up needs a bundle with a known end that stays. A plan that takes a new eSIM has to be for
    a country of the plan that counts as "the same again".
    """
    if plan.kind == PlanKind.TOP_UP:
        stays = way not in {RenewalWay.REPLACES, RenewalWay.NEW_ESIM}
        return stays and any(bundle.ends_at for bundle in running if not bundle.is_top_up)
    if same is None or way is not RenewalWay.NEW_ESIM or plan.pk == same.plan_id:
        return True
    return not set(plan.countries).isdisjoint(same.plan.countries)


def _offer(
    price: Price,
    reductions: tuple[Sequence[Promotion], PromotionCode | None],
    situation: Situation,
    *,
    way: RenewalWay = RenewalWay.NEW_ESIM,
    same: Bundle | None = None,
) -> Offer:
    plan = price.plan
    promotion = best_with_code(*reductions, price=price)
    discount = discount_of(promotion, price_minor=price.amount_minor)
    bonus_bytes = promotion.bonus_bytes if promotion else 0
    return Offer(
        price=price,
        promotion=promotion,
        discount_minor=discount,
        total_minor=price.amount_minor - discount,
        volume_bytes=None if plan.volume_bytes is None else plan.volume_bytes + bonus_bytes,
        is_same_plan=same is not None and plan.pk == same.plan_id,
        situation=situation,
        way=way,
    )
