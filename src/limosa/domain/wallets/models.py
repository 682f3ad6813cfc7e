"""Wallet top-ups, and the bonuses on top of them. A payment names a top-up as it names an order: by
its number (ADR 43). What a bonus is: engine/bonuses.py."""

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
    of it is kept from being spent while the payer disputes the payment. `bonus_minor`: the bonus
    that it was placed with, for `bonus_days` (None: for good); it binds us until `expires_at` too.
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
    bonus_minor = models.BigIntegerField(default=0)
    bonus_days = models.PositiveIntegerField(null=True, blank=True)

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
                name="wallet_top_up_bonus_adds",
                condition=Q(bonus_minor=0, bonus_days__isnull=True)
                | (Q(bonus_minor__gt=0) & (Q(bonus_days__isnull=True) | Q(bonus_days__gt=0))),
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
    def bonus(self) -> Money:
        """What is given on top of it once it is paid."""
        return Money(self.bonus_minor, self.currency)

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


class BonusTier(models.Model):
    """A bonus that the operator offers on top of a top-up of `least_minor` or more, from
    `starts_at` and before `ends_at`; None: until it is ended.

    `valid_days`: after how many days the bonus expires; None: never. Nothing but its end changes.
    """

    currency = models.CharField(max_length=3)
    least_minor = models.BigIntegerField()
    bonus_minor = models.BigIntegerField()
    valid_days = models.PositiveIntegerField(null=True, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="bonus_tier_gives_no_more_than_is_added",
                condition=Q(bonus_minor__gt=0, least_minor__gte=F("bonus_minor")),
            ),
            models.CheckConstraint(
                name="bonus_tier_lasts",
                condition=(Q(valid_days__isnull=True) | Q(valid_days__gt=0))
                & (Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at"))),
            ),
        ]
        indexes = [models.Index(fields=["currency", "starts_at"], name="bonus_tier_of_currency")]

    def __str__(self) -> str:
        return f"bonus tier {self.pk}"

    @property
    def least(self) -> Money:
        """From which top-up on it is given."""
        return Money(self.least_minor, self.currency)

    @property
    def bonus(self) -> Money:
        """What is given."""
        return Money(self.bonus_minor, self.currency)


class Bonus(models.Model):
    """What a top-up was given on top of it. Whoever changes one holds its person's wallet.

    `granted_minor` is the sum of what is left, was used, has expired, was taken back, and is held
    back while the top-up's payer disputes its payment, since `held_at`. `paid_minor`: what of the
    used part was taken back out of the wallet's money. `ended_at`: the dispute was lost; what still
    comes back to it is taken.
    """

    top_up = models.OneToOneField(WalletTopUp, on_delete=models.PROTECT, related_name="granted")
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="bonuses",
        db_index=False,  # Meta has one that begins with it.
    )
    currency = models.CharField(max_length=3)
    granted_minor = models.BigIntegerField()
    left_minor = models.BigIntegerField()
    used_minor = models.BigIntegerField(default=0)
    expired_minor = models.BigIntegerField(default=0)
    taken_minor = models.BigIntegerField(default=0)
    held_minor = models.BigIntegerField(default=0)
    paid_minor = models.BigIntegerField(default=0)
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="bonus_adds_up",
                condition=Q(
                    granted_minor__gt=0,
                    granted_minor=F("left_minor")
                    + F("used_minor")
                    + F("expired_minor")
                    + F("taken_minor")
                    + F("held_minor"),
                    left_minor__gte=0,
                    used_minor__gte=0,
                    expired_minor__gte=0,
                    taken_minor__gte=0,
                    held_minor__gte=0,
                    paid_minor__gte=0,
                    paid_minor__lte=F("granted_minor"),
                ),
            ),
            models.CheckConstraint(
                name="bonus_held_or_ended_is_not_there",
                condition=Q(held_at__isnull=True, held_minor=0, ended_at__isnull=True)
                | (Q(left_minor=0) & (Q(held_at__isnull=False) | Q(held_minor=0))),
            ),
        ]
        indexes = [
            models.Index(fields=["subscriber", "currency"], name="bonus_of_subscriber"),
            models.Index(
                fields=["expires_at"], name="bonus_to_expire", condition=Q(left_minor__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"bonus of {self.top_up_id}"

    @property
    def left(self) -> Money:
        """What can be spent of it."""
        return Money(self.left_minor, self.currency)


class BonusUse(models.Model):
    """What a bonus paid of one payment, and what of that came back to it. `expires_at`: when the
    bonus would have expired; the time for which it was spent doesn't count."""

    bonus = models.ForeignKey(Bonus, on_delete=models.PROTECT, related_name="uses")
    payment_number = models.CharField(max_length=32)
    used_minor = models.BigIntegerField()
    returned_minor = models.BigIntegerField(default=0)
    used_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payment_number", "bonus"], name="bonus_used_once_by_a_payment"
            ),
            models.CheckConstraint(
                name="bonus_use_returns_within",
                condition=Q(used_minor__gt=0, returned_minor__gte=0)
                & Q(used_minor__gte=F("returned_minor")),
            ),
        ]

    def __str__(self) -> str:
        return f"bonus for {self.payment_number}"
