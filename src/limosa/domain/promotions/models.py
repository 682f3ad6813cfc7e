"""Promotions, which run between two moments, and the codes that some of them need."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from limosa.domain.catalog.engine.units import PERCENT_OFF_MAX
from limosa.domain.promotions.engine.code_text import CODE_LENGTH_MAX
from limosa.domain.promotions.engine.scope import Scope
from limosa.domain.promotions.engine.stacking import Gift

DURATION_LENGTH_MAX = 20
USES_MAX = 10_000_000
PER_PERSON_MAX = 1_000


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


class PromotionCode(models.Model):
    """What a person enters to get a promotion that needs a code; `text` as engine/code_text.py has
    it.

    `uses_max` None: any number. `budget_minor`: what all its discounts may come to, in
    `budget_currency`, in which alone it then counts; None: no limit. `uses`, `spent_minor`: the
    sums of its uses that were not given back; without a budget nothing is added up. `ended_at`:
    when staff ended it; None: they did not.
    """

    promotion = models.ForeignKey(Promotion, on_delete=models.PROTECT, related_name="codes")
    text = models.CharField(max_length=CODE_LENGTH_MAX)
    uses_max = models.PositiveIntegerField(null=True, blank=True)
    uses_per_person = models.PositiveSmallIntegerField(default=1)
    first_order_only = models.BooleanField(default=False)
    budget_minor = models.BigIntegerField(null=True, blank=True)
    budget_currency = models.CharField(max_length=3, blank=True, default="")
    uses = models.PositiveIntegerField(default=0)
    spent_minor = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        # A condition that comes to NULL does not refuse a row, hence each `isnull`.
        constraints = [
            models.UniqueConstraint(fields=["text"], name="promotion_code_once"),
            models.CheckConstraint(
                condition=Q(uses_per_person__gt=0)
                & (Q(uses_max__isnull=True) | Q(uses_max__gt=0, uses__lte=F("uses_max"))),
                name="promotion_code_within_uses",
            ),
            models.CheckConstraint(
                condition=Q(budget_minor__isnull=True, budget_currency="", spent_minor=0)
                | (
                    Q(budget_minor__gt=0, spent_minor__gte=0, spent_minor__lte=F("budget_minor"))
                    & Q(budget_minor__isnull=False)
                    & ~Q(budget_currency="")
                ),
                name="promotion_code_within_budget",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class PromotionCodeUse(models.Model):
    """A use of a code, taken with its order and given back if that is never paid.

    `nth`: the person's first, second … use that counts; unique, so that parallel orders can't take
    the same one. `discount_minor`: what it took off; 0 for bonus data.
    """

    code = models.ForeignKey(PromotionCode, on_delete=models.PROTECT, related_name="taken")
    order_number = models.CharField(max_length=20)
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="promotion_code_uses",
        db_index=False,  # Meta has one that begins with it.
    )
    nth = models.PositiveSmallIntegerField()
    discount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    taken_at = models.DateTimeField()
    given_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order_number"], name="promotion_code_use_of_order"),
            models.UniqueConstraint(
                fields=["subscriber", "code", "nth"],
                name="promotion_code_use_once",
                condition=Q(given_back_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(nth__gt=0, discount_minor__gte=0), name="promotion_code_use_sane"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_number} by {self.code_id}"
