"""Usage: the records and readings as received, the deductions made for each, daily sums; reserves;
and when suppliers are asked next."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from limosa.domain.catalog.models import Supplier
from limosa.domain.charging.engine.reading import CONTRADICTIONS
from limosa.domain.charging.engine.reserve_life import ReserveState
from limosa.domain.esims.models import Bundle, Esim


class Reserve(models.Model):
    """A little data that nobody bought, to renew with: once for a bundle after which nothing is
    left on its eSIM. `ends_at`: when it ends at the latest."""

    bundle = models.OneToOneField(Bundle, on_delete=models.PROTECT, related_name="reserve")
    esim = models.ForeignKey(
        Esim,
        on_delete=models.PROTECT,
        related_name="reserves",
        db_index=False,  # Only the open one is looked for, by the constraint.
    )
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in ReserveState],
        default=ReserveState.OPEN.value,
    )
    volume_bytes = models.BigIntegerField()
    used_bytes = models.BigIntegerField(default=0)
    granted_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["esim"], name="reserve_open_once", condition=Q(state="open")
            ),
            models.CheckConstraint(
                name="reserve_used_within_volume",
                condition=Q(used_bytes__gte=0, used_bytes__lte=F("volume_bytes")),
            ),
            models.CheckConstraint(
                name="reserve_ends_after_grant", condition=Q(ends_at__gt=F("granted_at"))
            ),
            models.CheckConstraint(
                name="reserve_state_has_its_time",
                condition=Q(state="open", ended_at__isnull=True)
                | Q(state__in=["used_up", "expired", "renewed"], ended_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["ends_at"], name="reserve_open_by_end", condition=Q(state="open"))
        ]

    def __str__(self) -> str:
        return f"reserve after {self.bundle_id}"

    @property
    def remaining_bytes(self) -> int:
        """Bytes left."""
        return self.volume_bytes - self.used_bytes


class UsageRecord(models.Model):
    """One usage report. (feed, record_id) decides races: the same record counts once.

    `reserve_bytes`: of it, what was used of the reserve, which no bundle counts.
    """

    feed = models.SlugField()
    record_id = models.CharField(max_length=64)
    esim = models.ForeignKey(Esim, on_delete=models.PROTECT, related_name="usage_records")
    subscriber_id = models.BigIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    uplink_bytes = models.BigIntegerField()
    downlink_bytes = models.BigIntegerField()
    overrun_bytes = models.BigIntegerField(default=0)
    reserve = models.ForeignKey(
        Reserve, on_delete=models.PROTECT, null=True, related_name="records", db_index=False
    )
    reserve_bytes = models.BigIntegerField(default=0)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feed", "record_id"], name="usage_record_once"),
            models.CheckConstraint(
                condition=Q(reserve__isnull=True, reserve_bytes=0)
                | Q(reserve__isnull=False, reserve_bytes__gt=0),
                name="usage_record_names_its_reserve",
            ),
            models.CheckConstraint(
                condition=models.Q(uplink_bytes__gte=0, downlink_bytes__gte=0),
                name="usage_record_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["esim", "-ended_at"], name="usage_newest_of_esim"),
            models.Index(
                fields=["reserve"], name="usage_of_reserve", condition=Q(reserve__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.feed} {self.record_id}"


class UsageReading(models.Model):
    """What a supplier said of an eSIM's use, once for each thing it said; never changed.

    `as_of`: of the count. `verdict`: what it came to (engine/reading.py). `bundle`: the newest one
    that it covers, if it is believed. `overrun_bytes`: used so far beyond the bundles covered. A
    reading that says what the last one said is not kept again: the watch has its time.
    """

    esim = models.ForeignKey(
        Esim,
        on_delete=models.PROTECT,
        related_name="usage_readings",
        db_index=False,  # The constraint has one that begins with it.
    )
    bundle = models.ForeignKey(
        Bundle, on_delete=models.PROTECT, null=True, related_name="readings", db_index=False
    )
    as_of = models.DateTimeField()
    used_bytes = models.BigIntegerField()
    total_bytes = models.BigIntegerField(null=True)
    ends_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    verdict = models.CharField(max_length=20)
    overrun_bytes = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "esim",
                "as_of",
                "used_bytes",
                Coalesce("total_bytes", -1),
                name="usage_reading_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.esim_id} {self.as_of} {self.used_bytes}"


class UsageDeduction(models.Model):
    """Bytes deducted from a bundle for a record or a reading. Their sum per bundle is its
    `used_bytes`."""

    record = models.ForeignKey(
        UsageRecord, on_delete=models.PROTECT, null=True, related_name="deductions"
    )
    reading = models.ForeignKey(
        UsageReading,
        on_delete=models.PROTECT,
        null=True,
        related_name="deductions",
        db_index=False,  # The constraint has one that begins with it.
    )
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="deductions")
    deducted_bytes = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "bundle"], name="usage_deduction_once"),
            models.UniqueConstraint(
                fields=["reading", "bundle"], name="usage_deduction_once_by_reading"
            ),
            models.CheckConstraint(
                condition=models.Q(deducted_bytes__gt=0), name="usage_deduction_positive"
            ),
            models.CheckConstraint(
                condition=Q(record__isnull=False, reading__isnull=True)
                | Q(record__isnull=True, reading__isnull=False),
                name="usage_deduction_has_its_cause",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id or self.reading_id} {self.deducted_bytes}"


class DailyUsage(models.Model):
    """Bytes used on a day, in the eSIM's own time zone."""

    esim = models.ForeignKey(Esim, on_delete=models.CASCADE, related_name="daily_usage")
    day = models.DateField()
    used_bytes = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["esim", "day"], name="daily_usage_once"),
        ]

    def __str__(self) -> str:
        return f"{self.esim_id} {self.day}"


class UsageWatch(models.Model):
    """An eSIM whose supplier counts its use: the last believed reading, and when to ask next.

    `next_at`: when a worker asks or, while one does, when another may; empty: no bundle is open.
    `attempts`: questions begun, or wished for by a callback; an answer plans the next one only if
    there was none since.
    `bundle`: the newest one that the last reading covers. `as_of`, `used_bytes`, `total_bytes`,
    `ends_at`, `received_at`: that reading. `usual_per_hour`, `most_per_hour`: its pace in bytes.
    `warn_at`: when so much may have been used that the person is warned. `problem`: why the newest
    reading was not believed, since `problem_at`.
    """

    esim = models.OneToOneField(Esim, on_delete=models.PROTECT, related_name="usage_watch")
    supplier = models.ForeignKey(
        Supplier,
        on_delete=models.PROTECT,
        related_name="usage_watches",
        db_index=False,  # Meta has one that begins with it.
    )
    next_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(null=True)
    bundle = models.ForeignKey(
        Bundle, on_delete=models.PROTECT, null=True, related_name="usage_watches", db_index=False
    )
    as_of = models.DateTimeField(null=True)
    used_bytes = models.BigIntegerField(null=True)
    total_bytes = models.BigIntegerField(null=True)
    ends_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    usual_per_hour = models.BigIntegerField(default=0)
    most_per_hour = models.BigIntegerField(default=0)
    warn_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=20, blank=True)
    problem_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "usage watches"
        constraints = [
            models.CheckConstraint(
                name="usage_watch_reading_is_whole",
                condition=Q(
                    as_of__isnull=True,
                    used_bytes__isnull=True,
                    received_at__isnull=True,
                    bundle__isnull=True,
                    total_bytes__isnull=True,
                    ends_at__isnull=True,
                    warn_at__isnull=True,
                )
                | Q(
                    as_of__isnull=False,
                    used_bytes__isnull=False,
                    used_bytes__gte=0,
                    received_at__isnull=False,
                    bundle__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="usage_watch_problem_has_its_time",
                condition=Q(problem="", problem_at__isnull=True)
                | ~Q(problem="") & Q(problem_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["supplier", "next_at"],
                name="usage_watch_to_ask_for",
                condition=Q(next_at__isnull=False),
            ),
            models.Index(
                fields=["warn_at"], name="usage_watch_to_warn", condition=Q(warn_at__isnull=False)
            ),
            models.Index(
                fields=["-problem_at"], name="usage_watch_in_doubt", condition=~Q(problem="")
            ),
        ]

    def __str__(self) -> str:
        return f"watch of {self.esim_id}"

    @property
    def is_in_doubt(self) -> bool:
        """Whether the newest reading contradicts what was sold."""
        return self.problem in CONTRADICTIONS


class CallAllowance(models.Model):
    """A supplier's bucket of calls about use, over all workers (engine/allowance.py).

    `free_at`: when it would be full again. `rests_until`: after calls without an answer, `failures`
    in a row.
    """

    supplier = models.OneToOneField(
        Supplier, on_delete=models.PROTECT, primary_key=True, related_name="call_allowance"
    )
    free_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"calls to {self.supplier_id}"
