"""Take off sale what its only supplier refuses for good."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from limosa.domain.catalog.engine.sources import Source
from limosa.domain.catalog.holding import hold_catalog
from limosa.domain.catalog.models import Plan
from limosa.domain.catalog.operations.offer_plan import offer_plan
from limosa.domain.catalog.sources import sources_of
from limosa.domain.connectivity.engine.supplying import SupplyState
from limosa.domain.connectivity.models import Supply
from limosa.domain.wholesale.engine.proposing import ProposalKind, ProposalState
from limosa.domain.wholesale.engine.refusing import (
    LATELY,
    OF_ONE_ESIM,
    PASSING,
    Answered,
    refused_for_good,
)
from limosa.domain.wholesale.holding import hold_proposals
from limosa.domain.wholesale.models import PriceProposal
from limosa.domain.wholesale.unlisted import UsedCode, unlisted_codes

_LOOKED_AT = 50  # Orders of a plan: enough for a few that concern one eSIM alone.


@dataclass(frozen=True, slots=True)
class RefusedPlan:
    """A plan that its only supplier refuses for good, by this term."""

    plan: str
    supplier: str
    reason: str


@transaction.atomic
def end_refused_sales(*, now: datetime) -> list[RefusedPlan]:
    """Take the plans off sale that their only supplier refuses for good, and return them.

    By the orders of the last day, and since the plan was last put on sale. What was proposed for
    such a plan is overtaken. Repeating it changes nothing.
    Locks:  none if no plan is refused for good; else the table of proposals against passes and
            decisions, the table of imports against imports; then the plans' rows.
    """
    if not _refused_plans(now):
        return []
    hold_proposals()
    hold_catalog()
    found = _refused_plans(now)  # Somebody may have changed a plan, or its sources, meanwhile.
    for one in found:
        offer_plan(plan_code=one.plan, on_sale=False, now=now)
        _record(one, now)
    return found


def _refused_plans(now: datetime) -> list[RefusedPlan]:
    lately = Supply.objects.filter(created_at__gt=now - LATELY)
    refused = lately.filter(state=SupplyState.REFUSED).exclude(problem__in=PASSING | OF_ONE_ESIM)
    codes = set(refused.values_list("supplier_id", "plan_code").distinct())
    bought = list(_bought_only_by(codes)) if codes else []
    used = [UsedCode(plan.code, source.supplier, source.code) for plan, source in bought]
    unlisted = {one.used for one in unlisted_codes(used) if not one.left_out}
    return [
        RefusedPlan(plan.code, source.supplier, reason)
        for (plan, source), code in zip(bought, used, strict=True)
        if (reason := refused_for_good(_answered(plan, source, now, is_gone=code in unlisted)))
    ]


def _bought_only_by(codes: set[tuple[str, str]]) -> Iterable[tuple[Plan, Source]]:
    """Yield the plans on sale that have one source, which is bought by one of these codes."""
    names = {code for _, code in codes}
    of_codes = Q(sources__code__in=names) | Q(sources__renewal_code__in=names) | Q(code__in=names)
    plans = Plan.objects.filter(of_codes, on_sale=True).distinct().order_by("code")
    for plan in plans.prefetch_related("sources"):
        source, *others = sources_of(plan)
        if not others and codes & {(source.supplier, code) for code in _codes(source)}:
            yield plan, source


def _codes(source: Source) -> set[str]:
    return {source.code, source.renewal_code} - {""}


def _answered(plan: Plan, source: Source, now: datetime, *, is_gone: bool) -> list[Answered]:
    """Return how the plan's orders ended, the newest first. `is_gone`: the list in force of its
    supplier no longer has its code for a new eSIM."""
    since = max(now - LATELY, plan.back_on_sale_at or now - LATELY)
    rows = Supply.objects.filter(
        supplier=source.supplier,
        plan_code__in=_codes(source),
        created_at__gt=since,
        ended_at__isnull=False,
    )
    return [
        Answered(
            refused=problem if state == SupplyState.REFUSED else "",
            is_listed=not is_gone or code != source.code,
        )
        for state, problem, code in rows.exclude(state=SupplyState.CANCELLED, asked_at__isnull=True)
        .order_by("-ended_at", "-id")
        .values_list("state", "problem", "plan_code")[:_LOOKED_AT]
    ]


def _record(one: RefusedPlan, now: datetime) -> None:
    PriceProposal.objects.filter(plan=one.plan, state=ProposalState.OPEN).update(
        state=ProposalState.OVERTAKEN, decided_at=now
    )
    PriceProposal.objects.create(
        plan_id=one.plan,
        kind=ProposalKind.REFUSED,
        state=ProposalState.APPLIED,
        supplier=one.supplier,
        reason=one.reason,
        made_at=now,
        decided_at=now,
    )
