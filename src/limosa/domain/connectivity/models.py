"""Our orders at suppliers, the calls and callbacks about them, and our own network's profiles."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from limosa.domain.catalog.engine.sources import SUPPLIER_CODE_LENGTH_MAX
from limosa.domain.catalog.models import Supplier
from limosa.domain.connectivity.engine.breaking import LATELY, Breaker, BreakerState
from limosa.domain.connectivity.engine.supplying import KEPT_FOR_OTHERS, SupplyState
from limosa.domain.encryption.fields import EncryptedBytesField, EncryptedTextField
from limosa.foundation.money import Money

REASON_LENGTH_MAX = 60
REFERENCE_LENGTH_MAX = 80
_STATES = [(state.value, state.value) for state in SupplyState]


class Supply(models.Model):
    """Our order at a supplier that has to be called. An order placed by a person has one at a time;
    if its supplier refuses, the next one of the plan gets another.

    `plan_code`: the supplier's. `cost_minor`: what it charges, in `cost_currency`; None: not known.
    `reference`: the supplier's own id. `iccid`, `activation_code`, `esim_reference`: the eSIM that
    was delivered; empty: the bundle was added to the eSIM that the order is for. `application`: the
    supplier's id of our application to cancel it, where people there decide.
    `next_at`: when a worker takes it up or, while one works on it, when another may.
    `attempts`: calls begun; an answer names the attempt it belongs to, so outdated answers are
    recognized.
    `asked_at`: when it was last sent; `lost_at`: when a request was sent that the supplier did not
    know of soon afterwards; `problem`: a term for the latest problem. `return_asked_at`: when its
    person last asked to return it; the supplier has refused if it is delivered again.
    """

    order_number = models.CharField(max_length=20)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="supplies")
    plan_code = models.CharField(max_length=SUPPLIER_CODE_LENGTH_MAX)
    cost_minor = models.BigIntegerField(null=True, blank=True)
    cost_currency = models.CharField(max_length=3, blank=True)
    renewed_iccid = models.CharField(max_length=20, blank=True)
    renewed_reference = models.CharField(max_length=REFERENCE_LENGTH_MAX, blank=True)
    state = models.CharField(max_length=10, choices=_STATES, default=SupplyState.DUE.value)
    problem = models.CharField(max_length=REASON_LENGTH_MAX, blank=True)
    reference = models.CharField(max_length=REFERENCE_LENGTH_MAX, blank=True)
    iccid = models.CharField(max_length=20, blank=True)
    activation_code = EncryptedTextField(null=True, blank=True)
    esim_reference = models.CharField(max_length=REFERENCE_LENGTH_MAX, blank=True)
    application = models.CharField(max_length=REFERENCE_LENGTH_MAX, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    lost_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    return_asked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "supplies"
        constraints = [
            models.UniqueConstraint(
                fields=["order_number", "supplier"], name="supply_once_per_supplier"
            ),
            models.UniqueConstraint(
                fields=["order_number"],
                condition=Q(
                    state__in=["due", "asked", "pending", "unclear", "delivered", "returning"]
                ),
                name="supply_one_at_a_time",
            ),
            models.CheckConstraint(
                name="supply_cost_has_its_currency",
                condition=Q(cost_minor__isnull=True, cost_currency="")
                | (Q(cost_minor__isnull=False, cost_minor__gte=0) & ~Q(cost_currency="")),
            ),
            models.UniqueConstraint(
                fields=["supplier", "reference"],
                condition=~Q(reference=""),
                name="supply_reference_once",
            ),
            models.CheckConstraint(
                name="supply_state_has_its_times",
                condition=Q(state="due", next_at__isnull=False, ended_at__isnull=True)
                | Q(state="asked", asked_at__isnull=False, next_at__isnull=False)
                | Q(state="pending", asked_at__isnull=False)
                | Q(state__in=["cancelling", "ending"], next_at__isnull=False)
                | Q(
                    state="returning",
                    next_at__isnull=False,
                    ended_at__isnull=False,
                    return_asked_at__isnull=False,
                )
                | Q(state="unclear", next_at__isnull=True)
                | Q(
                    state__in=["delivered", "refused", "cancelled", "kept"],
                    next_at__isnull=True,
                    ended_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="supply_profile_is_whole",
                condition=Q(iccid="", activation_code__isnull=True)
                | (~Q(iccid="") & Q(activation_code__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], name="supply_to_ask_for", condition=Q(next_at__isnull=False)
            ),
            models.Index(fields=["created_at"], name="supply_lately"),
            models.Index(
                fields=["iccid"],
                name="supply_cancelled_esim",
                condition=Q(state="cancelled") & ~Q(iccid=""),
            ),
            models.Index(
                fields=["id"],
                name="supply_open",
                condition=Q(
                    state__in=[
                        "due",
                        "asked",
                        "pending",
                        "unclear",
                        "returning",
                        "cancelling",
                        "ending",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"supply of {self.order_number}"

    @property
    def is_kept_for_others(self) -> bool:
        """Whether it is not cancelled only because its eSIM has what others have paid for."""
        return self.state == SupplyState.KEPT and self.problem == KEPT_FOR_OTHERS

    @property
    def cost(self) -> Money | None:
        """What the supplier charges; None: not known."""
        return None if self.cost_minor is None else Money(self.cost_minor, self.cost_currency)


class SupplierBreaker(models.Model):
    """Whether a supplier is left alone, over all workers (engine/breaking.py).

    `retry_at`, `query_at`: when an order, and a query, may be sent next; None while it is closed.
    `held_until`: until when it wants no new orders, whatever the state; None: it never said so.
    """

    supplier = models.OneToOneField(
        Supplier, on_delete=models.PROTECT, primary_key=True, related_name="breaker"
    )
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in BreakerState],
        default=BreakerState.CLOSED.value,
    )
    in_a_row = models.PositiveIntegerField(default=0)
    lately = models.CharField(max_length=LATELY, blank=True)
    pause_seconds = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    query_at = models.DateTimeField(null=True, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="supplier_breaker_state_has_its_times",
                condition=Q(
                    state="closed", retry_at__isnull=True, query_at__isnull=True, pause_seconds=0
                )
                | Q(
                    state__in=["open", "half_open"],
                    retry_at__isnull=False,
                    query_at__isnull=False,
                    pause_seconds__gt=0,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"breaker of {self.supplier_id}"

    @property
    def as_breaker(self) -> Breaker:
        """The row in the rules' terms."""
        return Breaker(
            state=BreakerState(self.state),
            in_a_row=self.in_a_row,
            lately=self.lately,
            pause=timedelta(seconds=self.pause_seconds),
            retry_at=self.retry_at,
        )


class SupplierCall(models.Model):
    """A call that we made to a supplier, for the order's trace. No payloads, no secrets."""

    supply = models.ForeignKey(Supply, on_delete=models.CASCADE, related_name="calls")
    call = models.CharField(max_length=10)
    outcome = models.CharField(max_length=120)
    called_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.call} for {self.supply_id}"


class CallbackStanding(models.TextChoices):
    """Whether a callback was believed. VERIFIED: its signature was right. UNSIGNED: this supplier
    signs none, so it only made us ask. REFUSED: it was not from the supplier, or unreadable."""

    VERIFIED = "verified"
    UNSIGNED = "unsigned"
    REFUSED = "refused"


class KeptCallback(models.Model):
    """A callback that names orders, as it arrived: for the order's page, and to be applied again.

    `content`: see kept_callbacks; None: it was too long. `reason`: why it was refused. Deleted
    after a while (forget_callbacks); what became of it stays in SupplierMessage.
    """

    supplier_code = models.CharField(max_length=50)
    message_id = models.CharField(max_length=80)
    order_numbers = ArrayField(models.CharField(max_length=20))
    received_at = models.DateTimeField()
    standing = models.CharField(max_length=10, choices=CallbackStanding)
    reason = models.CharField(max_length=REASON_LENGTH_MAX, blank=True)
    content = EncryptedBytesField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier_code", "message_id"], name="kept_callback_once"
            ),
            models.CheckConstraint(
                name="kept_callback_standing_has_its_reason",
                condition=Q(standing__in=["verified", "unsigned"], reason="")
                | (Q(standing="refused") & ~Q(reason="")),
            ),
        ]
        indexes = [
            GinIndex(fields=["order_numbers"], name="kept_callback_of_order"),
            models.Index(fields=["received_at"], name="kept_callback_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_code} {self.message_id}"

    @property
    def may_be_applied_again(self) -> bool:
        """Whether it is known to be the supplier's, and is there whole."""
        return self.standing == CallbackStanding.VERIFIED and self.content is not None


class SupplierMessage(models.Model):
    """The result of a parsed callback; one row for each order that it names. No payload."""

    supplier_code = models.CharField(max_length=50)
    message_id = models.CharField(max_length=80)
    order_number = models.CharField(max_length=20, blank=True)
    received_at = models.DateTimeField()
    result = models.CharField(max_length=30)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier_code", "message_id", "order_number"],
                name="supplier_message_once",
            ),
        ]
        indexes = [
            models.Index(fields=["order_number"], name="supplier_message_of_order"),
            models.Index(fields=["supplier_code", "-received_at"], name="supplier_message_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_code} {self.message_id}"
