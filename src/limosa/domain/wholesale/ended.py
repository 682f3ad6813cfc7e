"""Plans that went off sale by our doing, and by what."""

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from limosa.domain.catalog.models import Plan
from limosa.domain.wholesale.engine.proposing import ProposalKind, ProposalState
from limosa.domain.wholesale.models import PriceProposal

ENDINGS = (ProposalKind.GONE, ProposalKind.COST_ABOVE_PRICE, ProposalKind.REFUSED)
# Whoever put it on sale since, and off again, has decided otherwise.
ENDED_BY_US = Q(on_sale=False, last_kind__in=ENDINGS) & (
    Q(back_on_sale_at__isnull=True) | Q(back_on_sale_at__lte=F("last_at"))
)


def with_last_change(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """Annotate plans with the last proposal that was applied to each: `last_kind`, `last_at`,
    `last_supplier`, `last_reason`."""
    last = PriceProposal.objects.filter(plan=OuterRef("pk"), state=ProposalState.APPLIED).order_by(
        "-id"
    )
    return plans.annotate(
        last_kind=Subquery(last.values("kind")[:1]),
        last_at=Subquery(last.values("decided_at")[:1]),
        last_supplier=Subquery(last.values("supplier")[:1]),
        last_reason=Subquery(last.values("reason")[:1]),
    )


def plans_ended_by(kind: ProposalKind) -> QuerySet[Plan]:
    """Return the plans that are off sale by this, as with_last_change gives them."""
    plans = with_last_change(Plan.objects.all())
    return plans.filter(ENDED_BY_US & Q(last_kind=kind))
