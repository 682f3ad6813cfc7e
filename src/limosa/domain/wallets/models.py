"""Wallet top-ups. A payment names one as it names an order: by its number (ADR 43)."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from limosa.foundation.money import Money

# The numbers of orders begin with "L-".
NUMBER_PREFIX = "T-"


class TopUpState(models.TextChoices):
    """placed → paid → refunded; placed → cancelled. The words are those of orders."""

    PLACED = "placed"
    PAID = "paid"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"


class WalletTopUp(models.Model):
    """Money that a person puts into their own wallet, in the wallet's currency.

    `key`: of the page that it was placed from; placing it again finds it. `exchange`: as a quote's,
    for channels in another currency; it and the amount bind us until `expires_at`.
    `reversed_minor`: what of the amount went back, or was lost to a dispute. `frozen_minor`: what
    of it is kept from being spent while the payer disputes the payment.
    """

    number = models.CharField(max_length=20)
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="wallet_top_ups",
        db_index=False,  # Meta has one that begins with it.
    )
    key = models.CharField(max_length=24)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    exchange = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=TopUpState, default=TopUpState.PLACED.value)
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    reversed_minor = models.BigIntegerField(default=0)
    frozen_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="wallet_top_up_number_once"),
            models.UniqueConstraint(fields=["subscriber", "key"], name="wallet_top_up_key_once"),
            models.CheckConstraint(
                name="wallet_top_up_number_told_apart",
                condition=Q(number__startswith=NUMBER_PREFIX),
            ),
            models.CheckConstraint(name="wallet_top_up_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="wallet_top_up_gone_within",
                condition=Q(reversed_minor__gte=0, frozen_minor__gte=0)
                & Q(amount_minor__gte=F("reversed_minor") + F("frozen_minor")),
            ),
            models.CheckConstraint(
                name="wallet_top_up_state_has_its_time",
                condition=Q(
                    state="placed",
                    paid_at__isnull=True,
                    closed_at__isnull=True,
                    reversed_minor=0,
                    frozen_minor=0,
                )
                | Q(
                    state="paid",
                    paid_at__isnull=False,
                    closed_at__isnull=True,
                    reversed_minor__lt=F("amount_minor"),
                )
                | Q(
                    state="refunded",
                    paid_at__isnull=False,
                    closed_at__isnull=False,
                    reversed_minor=F("amount_minor"),
                )
                | Q(
                    state="cancelled",
                    paid_at__isnull=True,
                    closed_at__isnull=False,
                    reversed_minor=0,
                    frozen_minor=0,
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["subscriber", "-id"], name="top_up_newest_of_subscriber"),
            models.Index(fields=["expires_at"], name="top_up_unpaid", condition=Q(state="placed")),
            models.Index(fields=["placed_at"], name="top_up_by_day"),
        ]

    def __str__(self) -> str:
        return f"top-up {self.number}"

    @property
    def is_top_up(self) -> bool:
        """True: what templates ask where either an order or a top-up is paid."""
        return True

    @property
    def total(self) -> Money:
        """What is paid for it, and credited."""
        return Money(self.amount_minor, self.currency)

    @property
    def payable_until(self) -> datetime:
        """Until when its amount and its rate bind us."""
        return self.expires_at

    @property
    def rates(self) -> dict[str, Any]:
        """The exchange rates that it was placed with, as a quote has them."""
        rates: dict[str, Any] = self.exchange
        return rates


def is_top_up(number: str) -> bool:
    """Whether a number, as a payment has it, is of a wallet top-up; otherwise it is an order's."""
    return number.startswith(NUMBER_PREFIX)
