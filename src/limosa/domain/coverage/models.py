"""Regions as the operator lists them, and what is said of plans by whom."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from limosa.domain.coverage.engine.facts import Origin


class RegionList(models.Model):
    """A region as the operator of the brand lists it; without any row, the shipped lists count.

    `names`: by language code. `countries`: ISO 3166-1 alpha-2.
    """

    code = models.SlugField(primary_key=True)
    names = models.JSONField()
    countries = ArrayField(models.CharField(max_length=2))
    position = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return self.code


class NetworkSet(models.Model):
    """Networks by country, as engine.facts.written writes them. Never changed, so that a process
    may keep what it has read: `digest` is that of the text."""

    digest = models.CharField(max_length=64, primary_key=True)
    networks = models.TextField()

    def __str__(self) -> str:
        return self.digest[:12]


class StatedFacts(models.Model):
    """What one origin says of a plan; a column that is null or empty: it says nothing of that.

    `supplier`, `code`: of a supplier's list, the supplier and its own code for the plan; otherwise
    the code is that of a plan or, for CARRIER_FILE, of a carrier.
    """

    origin = models.CharField(
        max_length=12, choices=[(origin.value, origin.value) for origin in Origin]
    )
    supplier = models.SlugField(blank=True, db_index=False)
    code = models.CharField(max_length=200)
    tethering = models.BooleanField(null=True, blank=True)
    identity_check = models.BooleanField(null=True, blank=True)
    has_number = models.BooleanField(null=True, blank=True)
    has_calls = models.BooleanField(null=True, blank=True)
    has_texts = models.BooleanField(null=True, blank=True)
    exit_country = models.CharField(max_length=2, blank=True)
    blocked_services = ArrayField(models.CharField(max_length=60), default=list)
    networks = models.ForeignKey(
        NetworkSet, on_delete=models.PROTECT, null=True, blank=True, related_name="stated"
    )
    stated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "origin", "supplier"], name="facts_stated_once"
            ),
            models.CheckConstraint(
                name="facts_have_their_origin",
                condition=(Q(origin="listed") & ~Q(supplier=""))
                | Q(origin__in=["staff", "plan_file", "carrier_file"], supplier=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.supplier} {self.code}"


class CountyCoverage(models.Model):
    """How much of a county of the United States an operator covers, as county_file.CountyNetwork
    has it. `state`: its FIPS code."""

    state = models.CharField(max_length=2)
    county = models.CharField(max_length=5)
    name = models.CharField(max_length=80)
    operator = models.CharField(max_length=60)
    lte_basis_points = models.PositiveSmallIntegerField(null=True, blank=True)
    nr_basis_points = models.PositiveSmallIntegerField(null=True, blank=True)
    nr_fast_basis_points = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["state", "county", "operator"], name="county_once_by_operator"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.county} {self.operator}"


class CoverageImport(models.Model):
    """A coverage file that was imported. `kind`: what it holds: networks, facts, regions or
    counties."""

    kind = models.CharField(max_length=10)
    file_name = models.CharField(max_length=255)
    version = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    row_count = models.PositiveIntegerField()
    imported_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "-id"], name="coverage_import_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"
