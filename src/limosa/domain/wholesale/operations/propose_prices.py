"""Find out what suppliers' lists and the rules mean for the plans on sale."""

from datetime import datetime

from django.db import transaction

from limosa.domain.catalog.holding import hold_catalog
from limosa.domain.catalog.operations.note_source_costs import note_source_costs
from limosa.domain.catalog.operations.offer_plan import offer_plan
from limosa.domain.catalog.operations.set_prices import set_prices
from limosa.domain.wholesale.engine.pricing import Fee
from limosa.domain.wholesale.engine.proposing import ProposalKind, ProposalState
from limosa.domain.wholesale.holding import hold_proposals
from limosa.domain.wholesale.models import PriceProposal, PriceSheet
from limosa.domain.wholesale.pricing_pass import Finding, Repriced, findings, plans_to_price
from limosa.domain.wholesale.terms import StandingTerms
from limosa.foundation.money import Money


@transaction.atomic
def propose_prices(
    *, sheet: PriceSheet | None, fee: Fee, tax_basis_points: int, now: datetime
) -> Repriced:
    """Propose new prices and ends of sale; apply those that a rule allows; return what was done.

    For the plans of the sheet's supplier; None: for all plans, since the rules changed. A plan that
    costs more than it sells for goes off sale at once, unless its rule lets its price rise. Open
    proposals that no longer hold are overtaken; one that still holds is kept, and one that was
    rejected is not made again until its prices or its cost are others. Costs in the catalogue
    follow the lists. A plan that its supplier refused for good goes back on sale once a newer list
    shows it anew, if it covers its cost and no price changes beyond its rule. Repeating it changes
    nothing.

    Locks:  the table of proposals against other passes and decisions, the table of imports against
            imports; then the plans' rows.
    """
    hold_proposals()
    hold_catalog()
    terms = StandingTerms.now(fee=fee, tax_basis_points=tax_basis_points, today=now.date())
    done = Repriced()
    plans = plans_to_price(supplier_code=sheet.supplier if sheet else "")
    for part in findings(plans, terms):
        note_source_costs(costs=_costs(part))
        _write(part, sheet=sheet, done=done, now=now)
    return done


def _costs(part: list[Finding]) -> dict[int, Money]:
    """Return what the lists say, by the ids of sources that don't have it from there."""
    return {
        one.source.pk: one.listed
        for found in part
        for one in found.buyings
        if one.source
        and one.listed
        and (one.source.cost_minor, one.source.cost_currency, one.source.cost_is_listed)
        != (one.listed.amount_minor, one.listed.currency, True)
    }


def _write(part: list[Finding], *, sheet: PriceSheet | None, done: Repriced, now: datetime) -> None:
    codes = [found.plan.code for found in part]
    open_rows = {
        row.plan_id: row
        for row in PriceProposal.objects.filter(plan__in=codes, state=ProposalState.OPEN)
    }
    rejected = {
        row.plan_id: row
        for row in PriceProposal.objects.filter(plan__in=codes, state=ProposalState.REJECTED)
        .order_by("plan", "-id")
        .distinct("plan")
    }
    overtaken: list[int] = []
    new: list[PriceProposal] = []
    for found in part:
        for reason in found.unpriced:
            done.unpriced[reason].append(found.plan.code)
        if found.meaning.at_once and not found.may_be_applied:
            offer_plan(plan_code=found.plan.code, on_sale=False, now=now)
            done.ended.append(found.plan.code)
            new.append(_row(found, found.meaning.at_once, sheet=sheet, decided_at=now, now=now))
        wanted, known = _proposal(found, sheet=sheet, now=now), open_rows.get(found.plan.code)
        if wanted and known and _is_same(wanted, known):
            continue
        if known:
            overtaken.append(known.pk)
        if wanted and not _was_rejected(wanted, rejected.get(found.plan.code)):
            new.append(wanted)
    PriceProposal.objects.filter(pk__in=overtaken).update(
        state=ProposalState.OVERTAKEN, decided_at=now
    )
    PriceProposal.objects.bulk_create(new)
    applied = [row for row in new if row.state == ProposalState.APPLIED and row.prices_after]
    back = [
        row.plan_id
        for row in new
        if row.state == ProposalState.APPLIED and row.kind == ProposalKind.BACK
    ]
    set_prices(prices={row.plan_id: row.prices_after for row in applied}, on_sale=back, now=now)
    done.back += back
    done.applied += [row.plan_id for row in applied]
    done.proposed += sum(row.state == ProposalState.OPEN for row in new)


def _proposal(found: Finding, *, sheet: PriceSheet | None, now: datetime) -> PriceProposal | None:
    if found.meaning.proposed is None:
        return None
    if found.may_be_applied:
        # One that would have gone off sale at once stays on it, since its price rises.
        kind = ProposalKind.PRICE if found.meaning.at_once else found.meaning.proposed
        return _row(found, kind, sheet=sheet, decided_at=now, now=now)
    return _row(found, found.meaning.proposed, sheet=sheet, decided_at=None, now=now)


def _row(
    found: Finding,
    kind: ProposalKind,
    *,
    sheet: PriceSheet | None,
    decided_at: datetime | None,
    now: datetime,
) -> PriceProposal:
    is_end = kind is ProposalKind.COST_ABOVE_PRICE
    by = found.worst if is_end and found.worst else found
    return PriceProposal(
        plan=found.plan,
        sheet=sheet,
        kind=kind,
        state=ProposalState.APPLIED if decided_at else ProposalState.OPEN,
        supplier=by.supplier,
        cost_minor=by.cost.amount_minor if by.cost else None,
        cost_currency=by.cost.currency if by.cost else "",
        prices_before={} if is_end else dict(found.meaning.before),
        prices_after={} if is_end else dict(found.meaning.after),
        rule=found.rule.code if found.rule else "",
        rate_days={currency: day.isoformat() for currency, day in found.rate_days.items()},
        steepest_basis_points=0 if is_end else found.meaning.steepest_basis_points,
        made_at=now,
        decided_at=decided_at,
    )


def _is_same(wanted: PriceProposal, known: PriceProposal) -> bool:
    """Whether an open proposal still says what would be proposed now."""
    return wanted.state == ProposalState.OPEN and (
        (wanted.kind, wanted.prices_before, wanted.prices_after)
        == (known.kind, known.prices_before, known.prices_after)
    )


def _was_rejected(wanted: PriceProposal, rejected: PriceProposal | None) -> bool:
    """Whether somebody has said no to the same at the same cost."""
    if rejected is None or wanted.state != ProposalState.OPEN:
        return False
    return (
        wanted.kind,
        wanted.prices_before,
        wanted.prices_after,
        wanted.cost_minor,
        wanted.cost_currency,
    ) == (
        rejected.kind,
        rejected.prices_before,
        rejected.prices_after,
        rejected.cost_minor,
        rejected.cost_currency,
    )
