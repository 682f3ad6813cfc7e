"""How costs become prices: rules, in order, and how amounts end in each currency."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from limosa.domain.wholesale.engine.pricing import Ending, Rule
from limosa.foundation.money import Money


class PricingRule(models.Model):
    """A rule; the first by `position` that covers a plan prices it. Its fields are those of Rule,
    where they are explained."""

    code = models.SlugField(unique=True)
    position = models.PositiveSmallIntegerField()
    supplier = models.SlugField(blank=True, db_index=False)
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    least_bytes = models.BigIntegerField(null=True, blank=True)
    below_bytes = models.BigIntegerField(null=True, blank=True)
    margin_basis_points = models.PositiveIntegerField()
    least_margin_minor = models.BigIntegerField(default=0)
    least_margin_currency = models.CharField(max_length=3, default="USD")
    up_basis_points = models.PositiveIntegerField(default=0)
    down_basis_points = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(least_margin_minor__gte=0), name="pricing_rule_margin_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def as_rule(self) -> Rule:
        """The rule in the words of the engine."""
        return Rule(
            code=self.code,
            supplier=self.supplier,
            countries=frozenset(self.countries),
            least_bytes=self.least_bytes,
            below_bytes=self.below_bytes,
            margin_basis_points=self.margin_basis_points,
            least_margin=Money(self.least_margin_minor, self.least_margin_currency),
            up_basis_points=self.up_basis_points,
            down_basis_points=self.down_basis_points,
        )


class PriceEnding(models.Model):
    """A currency that the rules make prices in, and how they end: on `ending_minor` within each
    `step_minor`; 99 in 100 US cents is 4.99, 5.99."""

    currency = models.CharField(max_length=3, primary_key=True)
    step_minor = models.PositiveIntegerField()
    ending_minor = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(step_minor__gt=0) & Q(ending_minor__lt=F("step_minor")),
                name="price_ending_within_its_step",
            ),
        ]

    def __str__(self) -> str:
        return self.currency

    @property
    def as_ending(self) -> Ending:
        """The ending in the words of the engine."""
        return Ending(step_minor=self.step_minor, ending_minor=self.ending_minor)
