"""Usage: the records as received, the deductions made for each, and daily sums."""

from django.db import models

from limosa.domain.esims.models import Bundle, Esim


class UsageRecord(models.Model):
    """One usage report. (feed, record_id) decides races: the same record counts once."""

    feed = models.SlugField()
    record_id = models.CharField(max_length=64)
    esim = models.ForeignKey(Esim, on_delete=models.PROTECT, related_name="usage_records")
    subscriber_id = models.BigIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    uplink_bytes = models.BigIntegerField()
    downlink_bytes = models.BigIntegerField()
    overrun_bytes = models.BigIntegerField(default=0)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feed", "record_id"], name="usage_record_once"),
            models.CheckConstraint(
                condition=models.Q(uplink_bytes__gte=0, downlink_bytes__gte=0),
                name="usage_record_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["esim", "-ended_at"], name="usage_newest_of_esim")]

    def __str__(self) -> str:
        return f"{self.feed} {self.record_id}"


class UsageDeduction(models.Model):
    """Bytes deducted from a bundle for a record. Their sum per bundle is its `used_bytes`."""

    record = models.ForeignKey(UsageRecord, on_delete=models.PROTECT, related_name="deductions")
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="deductions")
    deducted_bytes = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "bundle"], name="usage_deduction_once"),
            models.CheckConstraint(
                condition=models.Q(deducted_bytes__gt=0), name="usage_deduction_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.deducted_bytes}"


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
