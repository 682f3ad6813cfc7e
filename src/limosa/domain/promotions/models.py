"""Promotions, which run between two moments."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Promotion(models.Model):
    """Percent off or bonus bytes, for some plans (all if `plan_codes` is empty).

    `name`: by language code.
    """

    code = models.SlugField(primary_key=True)
    name = models.JSONField()
    percent_off = models.PositiveSmallIntegerField(default=0)
    bonus_bytes = models.BigIntegerField(default=0)
    plan_codes = ArrayField(models.SlugField(), default=list, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(percent_off__lte=90), name="promotion_percent_sane"
            ),
            models.CheckConstraint(
                condition=models.Q(percent_off__gt=0, bonus_bytes=0)
                | models.Q(percent_off=0, bonus_bytes__gt=0),
                name="promotion_gives_one_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="promotion_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def name_in(self, language: str) -> str:
        """Return the promotion's name in a language, or in English."""
        name: str = self.name.get(language) or self.name["en"]
        return name
