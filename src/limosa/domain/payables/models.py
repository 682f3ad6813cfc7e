"""Our accounts at suppliers: balances, statements, what differs, and what we paid in."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from limosa.domain.connectivity.models import Supply
from limosa.domain.payables.engine.comparison import ChargeProblem
from limosa.domain.payables.engine.difference_life import ChargeDifferenceState, StatementState
from limosa.domain.payables.engine.outlook import BalanceWarning

SUPPLIER_LENGTH_MAX, REFERENCE_LENGTH_MAX = 50, 80


class SupplierAccount(models.Model):
    """Our account at a supplier, as last told; the row that comparisons of it lock.

    `asked_at`: when the balance was last asked for, `problem`: why there was no answer then.
    `available_minor`, `read_at`: as last told; None: never. `days_left`: at the pace of then;
    None: nothing was being spent. `stated_until`: the end of the latest time that its statements
    cover.
    """

    supplier = models.CharField(max_length=SUPPLIER_LENGTH_MAX, primary_key=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    available_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    days_left = models.PositiveIntegerField(null=True, blank=True)
    warning = models.CharField(
        max_length=10, blank=True, choices=[(one.value, one.value) for one in BalanceWarning]
    )
    stated_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="supplier_account_balance_is_whole",
                condition=Q(
                    available_minor__isnull=True, currency="", read_at__isnull=True, warning=""
                )
                | (
                    Q(available_minor__isnull=False, read_at__isnull=False)
                    & ~Q(currency="")
                    & Q(warning__in=[one.value for one in BalanceWarning])
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"account at {self.supplier}"


class BalanceReading(models.Model):
    """What a supplier said that we have there, and what our books said at that time."""

    supplier = models.CharField(max_length=SUPPLIER_LENGTH_MAX)
    currency = models.CharField(max_length=3)
    available_minor = models.BigIntegerField()
    booked_minor = models.BigIntegerField()
    read_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["supplier", "-read_at"], name="balance_reading_newest")]

    def __str__(self) -> str:
        return f"{self.supplier} {self.available_minor} {self.currency}"


class Statement(models.Model):
    """A day (UTC) of a supplier's statement that is fetched. `problem`: why it waits."""

    supplier = models.CharField(max_length=SUPPLIER_LENGTH_MAX)
    day = models.DateField()
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in StatementState],
        default=StatementState.WAITING.value,
    )
    problem = models.CharField(max_length=200, blank=True)
    lines = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    compared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "day"], name="statement_once"),
            models.CheckConstraint(
                name="statement_state_has_its_time",
                condition=Q(state="waiting")
                | Q(state="done", compared_at__isnull=False, problem=""),
            ),
        ]

    def __str__(self) -> str:
        return f"statement {self.supplier} {self.day}"


class ChargedLine(models.Model):
    """A line of a supplier's statement (Charge), stored once however often it is read.

    `amount_minor`: positive: we paid. `supply`: what it is about; None as long as we know of none.
    """

    supplier = models.CharField(max_length=SUPPLIER_LENGTH_MAX)
    charge_id = models.CharField(max_length=REFERENCE_LENGTH_MAX)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    charged_at = models.DateTimeField()
    number = models.CharField(max_length=REFERENCE_LENGTH_MAX, blank=True)
    reference = models.CharField(max_length=REFERENCE_LENGTH_MAX, blank=True)
    supply = models.ForeignKey(
        Supply, on_delete=models.PROTECT, null=True, related_name="charged_lines"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "charge_id"], name="charged_line_once"),
        ]
        indexes = [
            models.Index(fields=["supplier", "charged_at"], name="charged_line_by_time"),
            models.Index(
                fields=["supplier"], name="charged_line_unknown", condition=Q(supply__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier} {self.charge_id}"


class ChargeDifference(models.Model):
    """Something on which a supplier's statement and our books do not agree, in one currency.

    `supply`: what it is about; None: the charge `charge_id`, which is about no order of ours.
    `theirs_minor`, `ours_minor`: what was charged less what was given back, and what is booked of
    it, with corrections. `corrected_minor`: the sum of those corrections, `corrections`: how many.
    `resolved_by` None on a resolved one: a rounding, or a later line explained it.
    """

    supplier = models.CharField(max_length=SUPPLIER_LENGTH_MAX)
    supply = models.ForeignKey(
        Supply, on_delete=models.PROTECT, null=True, related_name="charge_differences"
    )
    charge_id = models.CharField(max_length=REFERENCE_LENGTH_MAX, blank=True)
    currency = models.CharField(max_length=3)
    problem = models.CharField(
        max_length=20, choices=[(one.value, one.value) for one in ChargeProblem]
    )
    theirs_minor = models.BigIntegerField()
    ours_minor = models.BigIntegerField()
    corrected_minor = models.BigIntegerField(default=0)
    corrections = models.PositiveIntegerField(default=0)
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in ChargeDifferenceState],
        default=ChargeDifferenceState.OPEN.value,
    )
    found_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supply", "currency"],
                condition=Q(supply__isnull=False),
                name="charge_difference_of_supply",
            ),
            models.UniqueConstraint(
                fields=["supplier", "charge_id", "currency"],
                condition=Q(supply__isnull=True),
                name="charge_difference_of_charge",
            ),
            models.CheckConstraint(
                name="charge_difference_is_about_one",
                condition=Q(supply__isnull=False, charge_id="")
                | (Q(supply__isnull=True) & ~Q(charge_id="")),
            ),
            models.CheckConstraint(
                name="charge_difference_state_has_its_time",
                condition=(
                    Q(state__in=["open", "disputed"], resolved_at__isnull=True)
                    & Q(resolved_by__isnull=True)
                )
                | Q(state="resolved", resolved_at__isnull=False, theirs_minor=F("ours_minor")),
            ),
            models.CheckConstraint(
                name="charge_difference_problem_known",
                condition=Q(problem__in=[one.value for one in ChargeProblem]),
            ),
            models.CheckConstraint(
                name="charge_difference_corrected_by_some",
                condition=Q(corrected_minor=0) | Q(corrections__gt=0),
            ),
        ]
        indexes = [
            models.Index(
                fields=["supplier", "id"],
                name="charge_difference_unresolved",
                condition=Q(state__in=["open", "disputed"]),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number that people read: SD-17."""
        return f"SD-{self.pk}"

    @property
    def delta_minor(self) -> int:
        """What a correction has to book; positive: more is charged than is booked."""
        return self.theirs_minor - self.ours_minor


class SupplierDeposit(models.Model):
    """Money that we paid to a supplier. `reference`: of the transfer; it is recorded once."""

    supplier = models.CharField(max_length=SUPPLIER_LENGTH_MAX)
    reference = models.CharField(max_length=REFERENCE_LENGTH_MAX)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    recorded_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "reference"], name="deposit_once"),
            models.CheckConstraint(
                name="deposit_is_money", condition=Q(amount_minor__gt=0) & ~Q(reference="")
            ),
        ]

    def __str__(self) -> str:
        return f"deposit {self.supplier} {self.reference}"
