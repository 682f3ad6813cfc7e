"""One plan after another: what its cost and the rules mean for it. Writes nothing."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from math import ceil

from django.db.models import Exists, OuterRef, Q, QuerySet

from limosa.domain.catalog.models import Plan, PlanSource
from limosa.domain.wholesale.buying import (
    Buying,
    buyings_of,
    is_listed_anew,
    listing_of,
    suppliers_with_a_list,
    that_may_be_asked,
)
from limosa.domain.wholesale.ended import ENDED_BY_US, ENDINGS, with_last_change
from limosa.domain.wholesale.engine.dearest import Priced, dearest_of, may_all_apply, worst_of
from limosa.domain.wholesale.engine.pricing import (
    NoPriceError,
    Rule,
    converted,
    price_of,
    rule_for,
)
from limosa.domain.wholesale.engine.proposing import (
    Meaning,
    ProposalKind,
    Standing,
    meaning_of,
)
from limosa.domain.wholesale.terms import StandingTerms
from limosa.foundation.money import Money

PLANS_PER_PART = 500


@dataclass(slots=True)
class Repriced:
    """What a pass did: codes of plans that went off sale at once, of those that are back since
    their supplier lists them anew, and of those that a rule changed; how many proposals are new;
    and which plans have no price by the rules, by the reason."""

    ended: list[str] = field(default_factory=list)
    back: list[str] = field(default_factory=list)
    applied: list[str] = field(default_factory=list)
    proposed: int = 0
    unpriced: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is meant for a plan, and what it goes by. `may_be_applied`: by the rule alone. `worst`:
    the supplier by whose cost it goes off sale, if it does."""

    plan: Plan
    meaning: Meaning
    buyings: list[Buying]
    supplier: str
    cost: Money | None = None
    rule: Rule | None = None
    rate_days: Mapping[str, date] = field(default_factory=dict)
    may_be_applied: bool = False
    unpriced: tuple[str, ...] = ()
    worst: Priced | None = None


def plans_to_price(*, supplier_code: str = "") -> QuerySet[Plan]:
    """Return the plans on sale, and those that went off sale by our doing; of a supplier, or all;
    as with_last_change gives them."""
    plans = with_last_change(Plan.objects.all()).filter(Q(on_sale=True) | ENDED_BY_US)
    if supplier_code:
        sources = PlanSource.objects.filter(plan=OuterRef("pk"), supplier=supplier_code)
        plans = plans.filter(Q(supplier=supplier_code) | Exists(sources))
    return plans


def findings(plans: QuerySet[Plan], terms: StandingTerms) -> Iterator[list[Finding]]:
    """Yield what is meant for each plan, in parts that are ordered by code."""
    suppliers = suppliers_with_a_list()
    codes = iter(list(plans.order_by("code").values_list("code", flat=True)))
    while part := list(islice(codes, PLANS_PER_PART)):
        rows = list(
            plans.filter(code__in=part).order_by("code").prefetch_related("prices", "sources")
        )
        listing = listing_of(rows, suppliers=suppliers)
        yield [_finding(plan, buyings_of(plan, listing), terms) for plan in rows]


def _finding(plan: Plan, buyings: list[Buying], terms: StandingTerms) -> Finding:
    asked = that_may_be_asked(buyings)
    known = [one for one in asked if one.cost is not None]
    if asked and not known:  # Suppliers without a list: nothing is known.
        return Finding(plan=plan, meaning=Meaning(), buyings=buyings, supplier=asked[0].supplier)
    standing = Standing(
        on_sale=plan.on_sale,
        is_ended_by_us=getattr(plan, "last_kind", None) in ENDINGS and not plan.on_sale,
        is_listed=bool(asked),
        is_refused=_was_refused(plan)
        and not is_listed_anew(plan, since=getattr(plan, "last_at", None)),
        prices={price.currency: price.amount_minor for price in plan.prices.all()},
    )
    if not known:
        meaning = meaning_of(standing, costs={}, wanted={})
        return Finding(plan=plan, meaning=meaning, buyings=buyings, supplier=buyings[0].supplier)
    priced = [_priced(plan, one.supplier, one.cost, terms) for one in known if one.cost]
    return _found(standing, priced, terms, plan=plan, buyings=buyings, keeps=asked[0] not in known)


def _was_refused(plan: Plan) -> bool:
    """Whether it is off sale since its only supplier refused it for good."""
    return not plan.on_sale and getattr(plan, "last_kind", None) == ProposalKind.REFUSED


def _priced(plan: Plan, supplier: str, cost: Money, terms: StandingTerms) -> Priced:
    wanted, rule, unpriced = wanted_prices(
        cost,
        supplier=supplier,
        countries=plan.countries,
        volume_bytes=plan.volume_bytes,
        terms=terms,
    )
    sold_in = [price.currency for price in plan.prices.all()]
    return Priced(
        supplier=supplier,
        cost=cost,
        costs=_costs(cost, sold_in, terms),
        rule=rule,
        wanted=wanted,
        unpriced=unpriced,
    )


def _found(
    standing: Standing,
    priced: list[Priced],
    terms: StandingTerms,
    *,
    plan: Plan,
    buyings: list[Buying],
    keeps: bool,
) -> Finding:
    """Return what the highest costs and prices mean. `keeps`: what the first supplier charges is
    not known, so prices stay as they are, and only a loss at another is seen."""
    dearest = dearest_of(priced)
    wanted = {} if keeps else dearest.wanted
    meaning = meaning_of(standing, costs=dearest.costs, wanted=wanted)
    rate_days = _rate_days(priced, meaning, terms)
    return Finding(
        plan=plan,
        meaning=meaning,
        buyings=buyings,
        supplier=dearest.lead.supplier,
        cost=dearest.lead.cost,
        rule=dearest.lead.rule,
        rate_days=rate_days,
        may_be_applied=_may_be_applied(plan, meaning, priced)
        and not any(terms.is_old(day) for day in rate_days.values()),
        unpriced=() if keeps else dearest.unpriced,
        worst=worst_of(priced, standing.prices),
    )


def _may_be_applied(plan: Plan, meaning: Meaning, priced: list[Priced]) -> bool:
    """Whether what is proposed needs nobody's approval: a change that the rules allow; and of a
    plan that was refused, and is listed anew, also that nothing changes."""
    is_back = meaning.proposed is ProposalKind.BACK
    is_refused_no_more = is_back and _was_refused(plan)
    if is_refused_no_more and not meaning.after:
        return True
    stays = is_back and meaning.at_once is not None
    is_by_rule = meaning.proposed is ProposalKind.PRICE or stays or is_refused_no_more
    return is_by_rule and may_all_apply(priced, meaning.before, meaning.after)


def _rate_days(priced: list[Priced], meaning: Meaning, terms: StandingTerms) -> dict[str, date]:
    """Return the day of the oldest rate that each changed price goes by."""
    days = {
        currency: [terms.rate_day(one.cost.currency, currency) for one in priced]
        for currency in meaning.after
    }
    return {
        currency: min(day for day in known if day) for currency, known in days.items() if any(known)
    }


def wanted_prices(
    cost: Money,
    *,
    supplier: str,
    countries: list[str],
    volume_bytes: int | None,
    terms: StandingTerms,
) -> tuple[dict[str, int], Rule | None, tuple[str, ...]]:
    """Return the prices by the rules, the rule, and why there are none in some currencies."""
    try:
        rule = rule_for(
            terms.rules, supplier=supplier, countries=countries, volume_bytes=volume_bytes
        )
    except NoPriceError as error:
        return {}, None, (str(error),)
    currencies = set(terms.endings)
    exact = terms.between({cost.currency, rule.least_margin.currency}, currencies)
    wanted: dict[str, int] = {}
    unpriced: list[str] = []
    for currency in sorted(currencies):
        try:
            price = price_of(cost, currency=currency, rule=rule, terms=exact)
            wanted[currency] = price.amount_minor
        except NoPriceError as error:
            unpriced.append(str(error))
    return wanted, rule, tuple(unpriced)


def _costs(cost: Money, sold_in: list[str], terms: StandingTerms) -> dict[str, int]:
    exact = terms.between({cost.currency}, set(sold_in))
    costs: dict[str, int] = {}
    for currency in sold_in:
        try:
            costs[currency] = ceil(converted(cost, currency=currency, terms=exact))
        except NoPriceError:
            continue
    return costs
