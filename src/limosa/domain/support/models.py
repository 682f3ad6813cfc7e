"""Cases that people opened about their orders, and what the staff did."""

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
        indexes = [
            models.Index(fields=["-opened_at"], name="case_newest"),
            models.Index(fields=["id"], name="case_open", condition=Q(closed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"case {self.number}"


class StaffActionKind(models.TextChoices):
    """What a member of the staff can do that is kept on record."""

    PAUSE_SUPPLIER = "pause_supplier"
    RESUME_SUPPLIER = "resume_supplier"
    STOP_SALE = "stop_sale"
    START_SALE = "start_sale"
    ASK_PROVIDER = "ask_provider"
    REFUND_ORDER = "refund_order"
    CLEAR_PAYMENT = "clear_payment"
    CLOSE_CASE = "close_case"
    SET_CHANNEL = "set_channel"
    RESOLVE_DIFFERENCE = "resolve_difference"
    RECONCILE = "reconcile"


class StaffAction(models.Model):
    """Who did what to what, and why. Never changed: the triggers are in migration 0002.

    `subject`: the order's, payment's or case's number, or the code of a plan, a supplier or a
    payment provider.
    """

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="staff_actions"
    )
    action = models.CharField(max_length=20, choices=StaffActionKind)
    subject = models.CharField(max_length=60)
    detail = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject", "action"], name="staff_action_of_subject")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
