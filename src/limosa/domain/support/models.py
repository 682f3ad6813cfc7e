"""A case that a person opened about an order."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from limosa.domain.ordering.models import Order


class Case(models.Model):
    """A question about an order; `trace` is what we knew of it when the case was opened."""

    number = models.CharField(max_length=16, unique=True)
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="cases"
    )
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="cases")
    message = models.TextField(blank=True)
    trace = models.JSONField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(closed_at__isnull=True), name="case_open_once"
            ),
        ]
        indexes = [models.Index(fields=["-opened_at"], name="case_newest")]

    def __str__(self) -> str:
        return f"case {self.number}"
