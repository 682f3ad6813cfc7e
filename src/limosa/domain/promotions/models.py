"""Promotions, which run between two moments."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from limosa.domain.catalog.engine.units import PERCENT_OFF_MAX
from limosa.domain.promotions.engine.scope import Scope
from limosa.domain.promotions.engine.stacking import Gift

DURATION_LENGTH_MAX = 20


class Promotion(models.Model):
    """Percent off, an amount off or bonus bytes, for some plans (see engine/scope.py) or all.

    `name`: by language code. `needs_code`: only those get it who enter one of its codes.
    `ended_at`: when it was ended before its time; None: it was not.
    """

    code = models.SlugField(primary_key=True)
    name = models.JSONField()
    percent_off = models.PositiveSmallIntegerField(default=0)
    amount_off_minor = models.BigIntegerField(default=0)
    amount_currency = models.CharField(max_length=3, blank=True, default="")
    bonus_bytes = models.BigIntegerField(default=0)
    plan_codes = ArrayField(models.SlugField(), default=list, blank=True)
    carrier_codes = ArrayField(models.SlugField(), default=list, blank=True)
    durations = ArrayField(
        models.CharField(max_length=DURATION_LENGTH_MAX), default=list, blank=True
    )
    needs_code = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(percent_off__lte=PERCENT_OFF_MAX), name="promotion_percent_sane"
            ),
            models.CheckConstraint(
                condition=Q(percent_off__gt=0, amount_off_minor=0, bonus_bytes=0)
                | Q(percent_off=0, amount_off_minor__gt=0, bonus_bytes=0)
                | Q(percent_off=0, amount_off_minor=0, bonus_bytes__gt=0),
                name="promotion_gives_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(amount_off_minor=0, amount_currency="")
                | (Q(amount_off_minor__gt=0) & ~Q(amount_currency="")),
                name="promotion_amount_has_its_currency",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="promotion_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def gift(self) -> Gift:
        """What it gives."""
        return Gift(
            code=self.code,
            percent_off=self.percent_off,
            amount_off_minor=self.amount_off_minor,
            bonus_bytes=self.bonus_bytes,
            needs_code=self.needs_code,
        )

    @property
    def scope(self) -> Scope:
        """What it is for."""
        return Scope(
            plan_codes=self.plan_codes,
            carrier_codes=self.carrier_codes,
            durations=self.durations,
            currency=self.amount_currency,
        )

    @property
    def over_at(self) -> datetime:
        """The first moment at which it no longer runs."""
        return self.ends_at if self.ended_at is None else min(self.ended_at, self.ends_at)

    def name_in(self, language: str) -> str:
        """Return the promotion's name in a language, or in English."""
        name: str = self.name.get(language) or self.name["en"]
        return name
