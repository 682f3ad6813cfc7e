"""Suppliers' price lists: sheets, the plans in them, and what each sheet changed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from limosa.domain.connectivity.answers import Activation, PlanUse, SupplierPlan
from limosa.domain.wholesale.engine.differences import ChangeKind
from limosa.domain.wholesale.engine.sheet_life import SheetFailure, SheetState
from limosa.foundation.money import Money


class PriceSheet(models.Model):
    """A supplier's price list as it was at a time; it is stored whole or not at all.

    `supplier`: its code; the catalogue need not know it yet. `file_name`: what it was read from;
    empty: it was fetched. `plans`, `total`: how many have been read, and how many the supplier
    announced; of a whole one, how many it lists. `touched_at`: of the last sign of whoever fetches
    it. `failure`, `failed_plan`: why it failed, and at which plan. `previous`: the whole one before
    it, with which it was compared; None: it is the supplier's first. `by_kind`: how many changes
    it has of each kind. `left_out`: plans that the supplier lists and we can't say, and why, by
    code.
    """

    supplier = models.SlugField()
    file_name = models.CharField(max_length=255, blank=True)
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in SheetState],
        default=SheetState.FETCHING.value,
    )
    plans = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True)
    asked_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=10, blank=True)
    failed_plan = models.CharField(max_length=200, blank=True)
    previous = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True)
    by_kind = models.JSONField(default=dict)
    left_out = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier"], condition=Q(state="fetching"), name="sheet_fetched_once"
            ),
            models.CheckConstraint(
                name="sheet_state_has_its_time",
                condition=Q(state="fetching", done_at__isnull=True, failure="")
                | Q(state="whole", done_at__isnull=False, failure="")
                | Q(
                    state="failed",
                    done_at__isnull=False,
                    failure__in=[failure.value for failure in SheetFailure],
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["supplier", "-id"], name="sheet_newest", condition=Q(state="whole")
            ),
            models.Index(fields=["supplier", "-id"], name="sheet_by_supplier"),
        ]

    def __str__(self) -> str:
        return f"sheet {self.pk} of {self.supplier}"


class ListedPlan(models.Model):
    """An edition of a plan in a supplier's list, never changed: it stood in each sheet from `since`
    until before `until`; None: it still does.

    The other columns are those of SupplierPlan. `digest`: of all of them.
    """

    supplier = models.SlugField(db_index=False)
    code = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    since = models.ForeignKey(PriceSheet, on_delete=models.PROTECT, related_name="brought")
    until = models.ForeignKey(
        PriceSheet, on_delete=models.PROTECT, null=True, blank=True, related_name="ended"
    )
    name = models.CharField(max_length=300, blank=True)
    use = models.CharField(max_length=10, choices=[(use.value, use.value) for use in PlanUse])
    cost_minor = models.BigIntegerField()
    cost_currency = models.CharField(max_length=3)
    volume_bytes = models.BigIntegerField(null=True, blank=True)
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    countries = ArrayField(models.CharField(max_length=2))
    daily_bytes = models.BigIntegerField(null=True, blank=True)
    throttled_kbps = models.BigIntegerField(null=True, blank=True)
    activation = models.CharField(
        max_length=12, choices=[(one.value, one.value) for one in Activation]
    )
    day_zone = models.CharField(max_length=60, blank=True)
    exit_country = models.CharField(max_length=60, blank=True)
    is_renewable = models.BooleanField(null=True, blank=True)
    renewed_by = ArrayField(models.CharField(max_length=200))
    rules = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "code"],
                condition=Q(until__isnull=True),
                name="listed_plan_current_once",
            ),
            models.CheckConstraint(
                condition=Q(cost_minor__gte=0), name="listed_plan_cost_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(use__in=[use.value for use in PlanUse])
                & Q(activation__in=[one.value for one in Activation]),
                name="listed_plan_words_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier} {self.code}"

    @property
    def cost(self) -> Money:
        """What the supplier asks for it."""
        return Money(self.cost_minor, self.cost_currency)

    @property
    def as_listed(self) -> SupplierPlan:
        """The plan in the words of the port."""
        return SupplierPlan(
            code=self.code,
            name=self.name,
            use=PlanUse(self.use),
            cost=self.cost,
            volume_bytes=self.volume_bytes,
            days=self.days,
            countries=tuple(self.countries),
            daily_bytes=self.daily_bytes,
            throttled_kbps=self.throttled_kbps,
            activation=Activation(self.activation),
            day_zone=self.day_zone,
            exit_country=self.exit_country,
            is_renewable=self.is_renewable,
            renewed_by=tuple(self.renewed_by),
            rules=self.rules,
        )


class ListChange(models.Model):
    """What a sheet changed about one plan. A supplier's first sheet has none.

    `other_rules`: as in PlanChange.
    """

    sheet = models.ForeignKey(
        PriceSheet, on_delete=models.CASCADE, related_name="changes", db_index=False
    )
    kind = models.CharField(
        max_length=10, choices=[(kind.value, kind.value) for kind in ChangeKind]
    )
    code = models.CharField(max_length=200)
    before = models.ForeignKey(
        ListedPlan, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    after = models.ForeignKey(
        ListedPlan, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    other_rules = ArrayField(models.CharField(max_length=260), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "code"], name="list_change_once"),
            models.CheckConstraint(
                name="list_change_has_its_editions",
                condition=Q(kind="new", before__isnull=True, after__isnull=False)
                | Q(kind="gone", before__isnull=False, after__isnull=True)
                | Q(
                    kind__in=["dearer", "cheaper", "other"],
                    before__isnull=False,
                    after__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"
