"""What a sheet and the rules mean for plans that we sell, until somebody decides."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from limosa.domain.catalog.models import Plan
from limosa.domain.connectivity.models import REASON_LENGTH_MAX
from limosa.domain.wholesale.engine.proposing import ProposalKind, ProposalState
from limosa.domain.wholesale.models.sheets import PriceSheet


class PriceProposal(models.Model):
    """A change to a plan that we sell. Its kinds and states: engine/proposing.py.

    `sheet`: whose cost it goes by; None: the rules changed. `prices_before`, `prices_after`: minor
    units by currency, only of those that change. `cost_minor`, `cost_currency`: of the plan at the
    supplier that it is bought from first. `rule`: the code of the rule. `reason`: the term by which
    the supplier refuses the plan. `rate_days`: the day of the rate, by currency.
    `steepest_basis_points`: the largest of the changes, with its sign.
    `decided_by` None: nobody had to decide, or a command on the machine itself did.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="price_proposals")
    sheet = models.ForeignKey(
        PriceSheet, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals"
    )
    kind = models.CharField(
        max_length=20, choices=[(kind.value, kind.value) for kind in ProposalKind]
    )
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in ProposalState],
        default=ProposalState.OPEN.value,
    )
    supplier = models.SlugField()
    cost_minor = models.BigIntegerField(null=True, blank=True)
    cost_currency = models.CharField(max_length=3, blank=True)
    prices_before = models.JSONField(default=dict)
    prices_after = models.JSONField(default=dict)
    rule = models.CharField(max_length=50, blank=True)
    reason = models.CharField(max_length=REASON_LENGTH_MAX, blank=True)
    rate_days = models.JSONField(default=dict)
    steepest_basis_points = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="price_proposals_decided",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=Q(state="open"), name="price_proposal_open_once"
            ),
            models.CheckConstraint(
                name="price_proposal_refused_has_its_reason",
                condition=(Q(kind="refused") & ~Q(reason="")) | (~Q(kind="refused") & Q(reason="")),
            ),
            models.CheckConstraint(
                name="price_proposal_kind_known",
                condition=Q(kind__in=[kind.value for kind in ProposalKind]),
            ),
            models.CheckConstraint(
                name="price_proposal_state_has_its_time",
                condition=Q(state="open", decided_at__isnull=True, decided_by__isnull=True)
                | Q(state__in=["applied", "rejected", "overtaken"], decided_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="price_proposal_open", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.plan_id}"
