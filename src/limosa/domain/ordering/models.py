"""Tax rates, quotes and orders.

Lookup fields of quotes and orders are indexed in Meta: an index declared on the field would add a
second one, for LIKE, which no query uses and every payment would have to write.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from limosa.domain.catalog.models import Plan
from limosa.domain.connectivity.engine.renewing import RenewalWay
from limosa.domain.esims.models import Esim
from limosa.domain.ordering.engine.plan_change_life import STANDING, PlanChangeState
from limosa.domain.ordering.engine.plan_value import Value
from limosa.domain.promotions.models import Promotion, PromotionCode
from limosa.foundation.money import Money

RECOGNIZE_EVERY = timedelta(days=1)


class StartRule(models.TextChoices):
    """When the new bundle begins."""

    NOW = "now"
    AFTER_CURRENT = "after_current"


class OrderState(models.TextChoices):
    """placed → paid → fulfilled | refunded; placed → cancelled; fulfilled → refunded."""

    PLACED = "placed"
    PAID = "paid"
    FULFILLED = "fulfilled"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"


class TaxRate(models.Model):
    """Tax by place of supply, in hundredths of a percent; edited by the operator."""

    place = models.CharField(max_length=6, primary_key=True)
    rate_basis_points = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.place} {self.rate_basis_points}"


class Quote(models.Model):
    """A price with everything that determined it; it binds us until `expires_at`.

    `promotion_code`: the code by which the promotion is had; an order for it takes a use of it.
    Amounts: `list_minor` − `discount_minor` − `value_minor` = `total_minor`, of which `tax_minor`
    is tax. `value_minor`: what is left of the plan that it takes the place of (PlanChange); only
    with one is the total ever zero.
    `way`: how the eSIM's supplier begins it. `starts_at`, `ends_at`: None if the first use decides,
    or the supplier doesn't say. `exchange`: {currency: {"rate":
    "7.1448", "day": "2026-11-20", "source": "ECB"}} for channels in another currency.
    """

    public_id = models.CharField(max_length=16)
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="quotes"
    )
    esim = models.ForeignKey(Esim, on_delete=models.PROTECT, null=True, related_name="quotes")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="quotes", db_index=False)
    promotion = models.ForeignKey(
        Promotion, on_delete=models.PROTECT, null=True, related_name="quotes", db_index=False
    )
    promotion_code = models.ForeignKey(
        PromotionCode, on_delete=models.PROTECT, null=True, related_name="quotes", db_index=False
    )
    start_rule = models.CharField(max_length=15, choices=StartRule)
    way = models.CharField(
        max_length=15,
        choices=[(way.value, way.value) for way in RenewalWay],
        default=RenewalWay.NEW_ESIM.value,
    )
    list_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    value_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    exchange = models.JSONField(default=dict)
    volume_bytes = models.BigIntegerField(null=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    time_zone = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="quote_public_id_once"),
            models.CheckConstraint(
                name="quote_adds_up",
                condition=Q(
                    total_minor=models.F("list_minor")
                    - models.F("discount_minor")
                    - models.F("value_minor")
                )
                & Q(total_minor__gte=0, discount_minor__gte=0, value_minor__gte=0, tax_minor__gte=0)
                & (Q(total_minor__gt=0) | Q(value_minor__gt=0))
                & Q(tax_minor__lte=models.F("total_minor")),
            ),
            models.CheckConstraint(
                name="quote_code_has_its_promotion",
                condition=Q(promotion_code__isnull=True) | Q(promotion__isnull=False),
            ),
            models.CheckConstraint(
                name="quote_start_rule_known", condition=Q(start_rule__in=StartRule.values)
            ),
            models.CheckConstraint(
                name="quote_way_known", condition=Q(way__in=[way.value for way in RenewalWay])
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="quote_by_expiry"),
            models.Index(fields=["plan"], name="quote_of_plan"),
            models.Index(fields=["promotion"], name="quote_of_promotion"),
            models.Index(
                fields=["promotion_code"],
                name="quote_of_promotion_code",
                condition=Q(promotion_code__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"quote {self.public_id}"


class Order(models.Model):
    """A purchase or a renewal. `number` is what people read: L-7Q4K92MX.

    `recognized_minor`: what has been moved from deferred revenue to revenue so far.
    `reversed_minor`, of which `reversed_tax_minor` is tax: the part of the total reversed by
    refunds or lost disputes. `link`: the digest of the renewal link through which it was placed;
    empty: by the subscriber. `agreed_at`: it was placed automatically, for a person who had agreed
    to that; None: somebody placed it.
    """

    number = models.CharField(max_length=20)
    quote = models.OneToOneField(Quote, on_delete=models.PROTECT, related_name="order")
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="orders",
        db_index=False,  # Meta has one that begins with it.
    )
    esim = models.ForeignKey(Esim, on_delete=models.PROTECT, null=True, related_name="orders")
    state = models.CharField(max_length=10, choices=OrderState, default=OrderState.PLACED)
    consented_at = models.DateTimeField()
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    fulfilled_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    recognized_minor = models.BigIntegerField(default=0)
    reversed_minor = models.BigIntegerField(default=0)
    reversed_tax_minor = models.BigIntegerField(default=0)
    next_recognition_at = models.DateTimeField(null=True, blank=True)
    link = models.CharField(max_length=64, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="order_number_once"),
            models.CheckConstraint(
                name="order_automatic_was_agreed_to",
                condition=Q(agreed_at__isnull=True)
                | Q(agreed_at__lte=models.F("placed_at"), link=""),
            ),
            models.CheckConstraint(
                name="order_not_fulfilled_unpaid",
                condition=Q(fulfilled_at__isnull=True) | Q(paid_at__isnull=False),
            ),
            models.CheckConstraint(
                name="order_state_has_its_time",
                condition=Q(state="placed", paid_at__isnull=True, closed_at__isnull=True)
                | Q(
                    state="paid",
                    paid_at__isnull=False,
                    fulfilled_at__isnull=True,
                    closed_at__isnull=True,
                )
                | Q(
                    state="fulfilled",
                    fulfilled_at__isnull=False,
                    esim__isnull=False,
                    closed_at__isnull=True,
                )
                | Q(state="refunded", paid_at__isnull=False, closed_at__isnull=False)
                | Q(state="cancelled", paid_at__isnull=True, closed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["subscriber", "-id"], name="order_newest_of_subscriber"),
            models.Index(
                fields=["paid_at"], name="order_waiting_for_supply", condition=Q(state="paid")
            ),
            models.Index(fields=["placed_at"], name="order_unpaid", condition=Q(state="placed")),
            models.Index(fields=["placed_at"], name="order_by_day"),
            models.Index(
                fields=["next_recognition_at"],
                name="order_to_earn",
                condition=Q(next_recognition_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"order {self.number}"

    @property
    def total(self) -> Money:
        """What it costs, tax included."""
        return Money(self.quote.total_minor, self.quote.currency)

    @property
    def payable_until(self) -> datetime:
        """Until when its price binds us."""
        return self.quote.expires_at

    @property
    def rates(self) -> dict[str, Any]:
        """The exchange rates that it was quoted with."""
        rates: dict[str, Any] = self.quote.exchange
        return rates


class PlanChange(models.Model):
    """What is left of an order's plan counts towards an order of another one.

    `replaced`: the former order. `value_minor`, of which `value_tax_minor` is tax: what counts, in
    the currency of both. `volume_bytes`, `ends_at`: what the former plan had before it was
    shortened at `bridged_at`, since the new one comes on another eSIM. `ended_at`: when it ended.
    """

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="plan_change")
    replaced = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="plan_changes")
    state = models.CharField(
        max_length=10, choices=[(state.value, state.value) for state in PlanChangeState]
    )
    value_minor = models.BigIntegerField()
    value_tax_minor = models.BigIntegerField()
    volume_bytes = models.BigIntegerField(null=True)
    ends_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    counted_at = models.DateTimeField(null=True)
    bridged_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["replaced"],
                condition=Q(state__in=[state.value for state in STANDING]),
                name="plan_change_counts_once",
            ),
            models.CheckConstraint(
                name="plan_change_of_two_orders", condition=~Q(order=models.F("replaced"))
            ),
            models.CheckConstraint(
                name="plan_change_has_value",
                condition=Q(
                    value_minor__gt=0,
                    value_tax_minor__gte=0,
                    value_tax_minor__lte=models.F("value_minor"),
                ),
            ),
            models.CheckConstraint(
                name="plan_change_state_has_its_times",
                condition=Q(state="held", counted_at__isnull=True, closed_at__isnull=True)
                | Q(state="counted", counted_at__isnull=False, closed_at__isnull=True)
                | Q(state="released", counted_at__isnull=True, closed_at__isnull=False)
                | Q(state="restored", counted_at__isnull=False, closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="plan_change_ends_once_counted",
                condition=Q(counted_at__isnull=False)
                | Q(bridged_at__isnull=True, ended_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["counted_at"],
                name="plan_change_to_end",
                condition=Q(state="counted", ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"change to {self.order_id}"

    @property
    def value(self) -> Value:
        """What counts."""
        return Value(total_minor=self.value_minor, tax_minor=self.value_tax_minor)
