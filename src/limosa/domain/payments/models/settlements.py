"""Our copies of providers' daily settlements, and how they differ from our books."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from limosa.domain.payments.engine.comparison import DifferenceKind
from limosa.domain.payments.engine.settlement_life import DifferenceState, SettlementState
from limosa.domain.payments.models.payments import Dispute, Payment, Refund
from limosa.domain.payments.status_reports import SettlementKind


class Settlement(models.Model):
    """One provider's day, in the provider's time zone, reconciled with our books.

    `problem`: why it is waiting or refused, in the provider's or the parser's words.
    `lines`, `matched`: the number of lines, and how many of them equal our records.
    `compared_mark`: the digest of what was compared (day_mark); if it changes, compare again.
    `looked_at`: when an older one was last checked for that; they are checked in rotation.
    """

    provider = models.CharField(max_length=20)
    day = models.DateField()
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.name.title()) for state in SettlementState],
        default=SettlementState.WAITING.value,
    )
    problem = models.CharField(max_length=200, blank=True)
    lines = models.PositiveIntegerField(default=0)
    matched = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    compared_at = models.DateTimeField(null=True, blank=True)
    compared_mark = models.CharField(max_length=64, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "day"], name="settlement_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "refused"])
                | Q(state="done", compared_at__isnull=False, problem=""),
                name="settlement_state_has_its_time",
            ),
        ]
        indexes = [models.Index(fields=["-day", "provider"], name="settlement_by_day")]

    def __str__(self) -> str:
        return f"settlement {self.provider} {self.day}"


class SettledLine(models.Model):
    """A line of a settlement (SettlementLine), stored once however many files contain it.

    `nth`: 1, or more for a line that its file repeats. `payment`, `refund`, `dispute`: what it is
    about; None as long as we know of none. A refund's or dispute's line has its payment, too.
    """

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="kept_lines")
    provider = models.CharField(max_length=20)
    kind = models.CharField(
        max_length=20, choices=[(kind.value, kind.value) for kind in SettlementKind]
    )
    reference = models.CharField(max_length=80)
    nth = models.PositiveIntegerField(default=1)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    fee_minor = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    payment_number = models.CharField(max_length=32, blank=True)
    refund_number = models.CharField(max_length=32, blank=True)
    transaction_id = models.CharField(max_length=64, blank=True)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, related_name="settled_lines"
    )
    refund = models.ForeignKey(
        Refund, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    dispute = models.ForeignKey(
        Dispute, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "kind", "reference", "nth"], name="settled_line_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in SettlementKind]),
                name="settled_line_kind_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["refund"],
                name="settled_line_of_refund",
                condition=Q(refund__isnull=False),
            ),
            models.Index(
                fields=["dispute"],
                name="settled_line_of_dispute",
                condition=Q(dispute__isnull=False),
            ),
            # Lines that a later payment, refund or dispute of ours may explain.
            models.Index(
                fields=["provider"],
                name="settled_line_unknown",
                condition=Q(kind="payment", payment__isnull=True)
                | Q(kind__in=["refund", "refund_reversal"], refund__isnull=True)
                | Q(kind__in=["dispute", "dispute_reversal"], dispute__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class SettlementTotal(models.Model):
    """The sums of a settlement in one currency.

    `payments_minor` … `fees_minor` are the file's. `booked_minor`: what our clearing account moved
    for the same things. `explained_minor`: what the differences found account for. `net_minor` is
    the sum of the two, or else an open difference states the remainder.
    """

    settlement = models.ForeignKey(Settlement, on_delete=models.CASCADE, related_name="totals")
    currency = models.CharField(max_length=3)
    payments_minor = models.BigIntegerField(default=0)
    refunds_minor = models.BigIntegerField(default=0)
    disputes_minor = models.BigIntegerField(default=0)
    other_minor = models.BigIntegerField(default=0)
    fees_minor = models.BigIntegerField(default=0)
    net_minor = models.BigIntegerField(default=0)
    booked_minor = models.BigIntegerField(default=0)
    explained_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["settlement", "currency"], name="settlement_total_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.settlement_id} {self.currency} {self.net_minor}"

    @property
    def unexplained_minor(self) -> int:
        """The remainder, which must be zero."""
        return self.net_minor - self.booked_minor - self.explained_minor


class Difference(models.Model):
    """Something on which a settlement and our books do not agree.

    `subject` names what it is about, the same each time it is found: `payment:LM…`, `refund:LR…`,
    `dispute:…`, a line's kind and reference, or `clearing:CNY:2026-11-20`. `theirs`, `ours`: both
    sides as last seen, as JSON values; empty: that side has nothing. `theirs_minor`, `ours_minor`:
    each side's effect on the clearing account, positive when money came to us. `resolved_by` empty
    on a resolved one: a later run or event explained it. `is_found`: the last run found it; one
    that was not found no longer explains anything in the sums.
    """

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="differences")
    provider = models.CharField(max_length=20)
    kind = models.CharField(
        max_length=20, choices=[(kind.value, kind.value) for kind in DifferenceKind]
    )
    subject = models.CharField(max_length=120)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, related_name="differences"
    )
    refund = models.ForeignKey(
        Refund, on_delete=models.PROTECT, null=True, related_name="differences"
    )
    theirs = models.JSONField(default=dict)
    ours = models.JSONField(default=dict)
    theirs_minor = models.BigIntegerField(default=0)
    theirs_currency = models.CharField(max_length=3, blank=True)
    ours_minor = models.BigIntegerField(default=0)
    ours_currency = models.CharField(max_length=3, blank=True)
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.name.title()) for state in DifferenceState],
        default=DifferenceState.OPEN.value,
    )
    is_found = models.BooleanField(default=True)
    found_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "kind", "subject"], name="difference_once"),
            models.CheckConstraint(
                condition=Q(state="open", resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(state="resolved", resolved_at__isnull=False),
                name="difference_resolved_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in DifferenceKind]),
                name="difference_kind_known",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="difference_open", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number that people read: D-17."""
        return f"D-{self.pk}"
