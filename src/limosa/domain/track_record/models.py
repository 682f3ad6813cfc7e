"""The facts as they were computed last."""

from django.db import models
from django.db.models import F, Q

from limosa.domain.track_record.engine.measures import Measure


class MeasuredFact(models.Model):
    """One fact about the 30 days before `measured_at`. `count`: the cases that it is of.

    `median`, `p95`: in whole seconds, of a length of time; `part`: of a share, how many of the
    cases.
    """

    measure = models.CharField(
        max_length=10, primary_key=True, choices=[(one.value, one.value) for one in Measure]
    )
    count = models.PositiveIntegerField()
    median = models.BigIntegerField(null=True)
    p95 = models.BigIntegerField(null=True)
    part = models.PositiveIntegerField(null=True)
    measured_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="measured_fact_known",
                condition=Q(measure__in=[one.value for one in Measure]),
            ),
            models.CheckConstraint(
                name="measured_fact_is_one_of_two",
                condition=Q(part__isnull=True, count=0, median__isnull=True, p95__isnull=True)
                | Q(part__isnull=True, median__isnull=False, p95__gte=F("median"))
                | Q(part__isnull=False, part__lte=F("count"), median__isnull=True)
                & Q(p95__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.measure
