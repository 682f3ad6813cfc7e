"""The channels to providers: where they are offered, what they sent us, and our calls to them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from limosa.domain.payments.models.payments import Payment


class Channel(models.Model):
    """The operator's decision about a provider; without a row it is offered everywhere.

    `countries`: where it is offered (ISO 3166 alpha-2); empty: everywhere. `position`: lower is
    shown first.
    """

    provider = models.CharField(max_length=20, primary_key=True)
    is_offered = models.BooleanField(default=True)
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.provider

    @property
    def decision(self) -> str:
        """The whole decision as text for the audit log: "offered 1 CN US", "stopped 0"."""
        words = ["offered" if self.is_offered else "stopped", str(self.position)]
        return " ".join([*words, *sorted(self.countries)])


class RefusedCount(models.Model):
    """The number of refused notifications; nothing else is stored about them."""

    provider = models.CharField(max_length=20)
    reason = models.CharField(max_length=40)
    day = models.DateField()
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "reason", "day"], name="refused_count_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.reason} {self.day}"


class InboxMessage(models.Model):
    """A verified notification, stored once per provider's id, with its result."""

    provider = models.CharField(max_length=20)
    message_id = models.CharField(max_length=80)
    payment_number = models.CharField(max_length=32, blank=True)
    report = models.JSONField()
    received_at = models.DateTimeField()
    result = models.CharField(max_length=30)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "message_id"], name="inbox_once"),
        ]
        indexes = [
            # Declared on the field, it would add a second index for LIKE, which no query uses.
            models.Index(fields=["payment_number"], name="inbox_of_payment"),
            models.Index(
                fields=["-id"], name="inbox_to_look_at", condition=Q(result="unknown_payment")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.message_id}"


class ProviderCall(models.Model):
    """A call that we made to a provider, for the payment's trace. No payloads, no secrets."""

    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="calls")
    call = models.CharField(max_length=20)
    outcome = models.CharField(max_length=120)
    called_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.call} {self.outcome}"
