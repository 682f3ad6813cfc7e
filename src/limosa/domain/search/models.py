"""The index: names of places and carriers, and what each plan is found by."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q

from limosa.domain.search.engine.normalising import KEY_LENGTH_MAX


class TermRow(models.Model):
    """A name of a place or a carrier: engine.terms.Term. `popularity`: engine.ranking.popularity;
    `shortened`: what it is found by if one error was typed."""

    key = models.CharField(max_length=KEY_LENGTH_MAX)
    kind = models.CharField(max_length=7)
    form = models.PositiveSmallIntegerField()
    targets = ArrayField(models.TextField())
    label = models.CharField(max_length=80, blank=True)
    popularity = models.PositiveSmallIntegerField()
    shortened = ArrayField(models.TextField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "kind", "form", "targets"], name="search_term_once"
            ),
            models.CheckConstraint(
                name="search_term_kind_known", condition=Q(kind__in=["place", "carrier"])
            ),
        ]
        indexes = [
            models.Index(OpClass("key", name="text_pattern_ops"), name="search_term_by_beginning"),
            GinIndex(fields=["shortened"], name="search_term_by_error"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {' '.join(self.targets)}"


class PlanEntry(models.Model):
    """What a plan is found by in a currency, and its price without promotions, which orders it.

    `plan`: its code; no foreign key, since the catalogue decides what is sold. `facets` and
    `generations`: engine.facets. `days`: how long it is valid, a month being 30; `volume_bytes`
    is empty for unlimited.
    """

    plan = models.SlugField(db_index=False)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    days = models.PositiveIntegerField()
    volume_bytes = models.BigIntegerField(null=True, blank=True)
    facets = ArrayField(models.TextField())
    generations = ArrayField(models.TextField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "currency"], name="search_entry_once"),
        ]
        indexes = [
            GinIndex(fields=["facets"], name="search_entry_by_facets"),
            models.Index(fields=["currency", "amount_minor", "plan"], name="search_entry_by_price"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.currency}"


class IndexState(models.Model):
    """The one row that says what the index was made of, and when. `digest`: of all its sources."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    digest = models.CharField(max_length=64, blank=True)
    built_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="search_state_is_one_row", condition=Q(id=1)),
        ]

    def __str__(self) -> str:
        return self.digest[:12]
