"""Suppliers, carriers, plans and their prices; exchange rates with their date and source."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from limosa.domain.catalog.engine.sources import SUPPLIER_CODE_LENGTH_MAX
from limosa.foundation.period import Validity, ValidityUnit


class PlanKind(models.TextChoices):
    """`volume` ends when its data is used up; `unlimited` slows down; `top_up` joins a running
    bundle."""

    VOLUME = "volume"
    UNLIMITED = "unlimited"
    TOP_UP = "top_up"


class ValidFrom(models.TextChoices):
    """When a bundle's validity begins: at its start, or with the first byte used."""

    PURCHASE = "purchase"
    FIRST_USE = "first_use"


class Supplier(models.Model):
    """A provider of connectivity. While it is paused, orders wait and are refunded after a
    while."""

    code = models.SlugField(primary_key=True)
    name = models.CharField(max_length=80)
    is_paused = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.code


class Carrier(models.Model):
    """The network brand that a person sees, such as AT&T or T-Mobile.

    `apn`: the access point name that a person has to enter; empty: phones know it by themselves.
    """

    code = models.SlugField(primary_key=True)
    name = models.CharField(max_length=80)
    apn = models.CharField(max_length=63, blank=True)

    def __str__(self) -> str:
        return self.code


class Plan(models.Model):
    """Something that can be bought. Never deleted; a plan no longer sold has `on_sale=False`.

    `name`, `fair_use_note`: by language code. `volume_bytes` is empty for unlimited plans, which
    have `fair_use_bytes` at full speed and `fair_use_kbps` after that. A top-up has no validity of
    its own: it ends with the bundle that it joins. `back_on_sale_at`: when it was last put back on
    sale; None: never.
    """

    code = models.SlugField(primary_key=True)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="plans")
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="plans")
    kind = models.CharField(max_length=10, choices=PlanKind)
    name = models.JSONField()
    volume_bytes = models.BigIntegerField(null=True, blank=True)
    fair_use_bytes = models.BigIntegerField(null=True, blank=True)
    fair_use_kbps = models.PositiveIntegerField(null=True, blank=True)
    validity_count = models.PositiveSmallIntegerField(null=True, blank=True)
    validity_unit = models.CharField(
        max_length=5, blank=True, choices=[(unit.value, unit.value) for unit in ValidityUnit]
    )
    valid_from = models.CharField(max_length=10, choices=ValidFrom, default=ValidFrom.PURCHASE)
    first_use_within_days = models.PositiveSmallIntegerField(default=180)
    countries = ArrayField(models.CharField(max_length=2))
    on_sale = models.BooleanField(default=True)
    back_on_sale_at = models.DateTimeField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [GinIndex(fields=["countries"], name="plan_by_country")]
        # A condition that comes to NULL does not refuse a row, hence each `isnull=False`.
        constraints = [
            models.CheckConstraint(
                name="plan_has_its_volume",
                condition=models.Q(
                    kind="unlimited",
                    volume_bytes__isnull=True,
                    fair_use_bytes__isnull=False,
                    fair_use_bytes__gt=0,
                )
                | models.Q(
                    kind__in=["volume", "top_up"], volume_bytes__isnull=False, volume_bytes__gt=0
                ),
            ),
            models.CheckConstraint(
                name="plan_has_its_validity",
                condition=models.Q(valid_from__in=ValidFrom.values)
                & (
                    models.Q(kind="top_up", validity_count__isnull=True, validity_unit="")
                    | ~models.Q(kind="top_up")
                    & models.Q(
                        validity_count__isnull=False,
                        validity_count__gt=0,
                        validity_unit__in=[unit.value for unit in ValidityUnit],
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def validity(self) -> Validity | None:
        """How long a bundle of this plan is valid; None for a top-up."""
        if self.validity_count is None:
            return None
        return Validity(self.validity_count, ValidityUnit(self.validity_unit))

    def name_in(self, language: str) -> str:
        """Return the plan's name in a language, or in English."""
        name: str = self.name.get(language) or self.name["en"]
        return name


class PlanSource(models.Model):
    """Where a plan is bought, in order of preference; the first is the plan's supplier.

    A plan without any is known to its supplier by our own code. `code`: the supplier's, for a new
    eSIM; `renewal_code`: for one that exists, empty where it renews none. `cost_minor`: what it
    charges, in `cost_currency`; None: not known. `cost_is_listed`: its price list said so, so a
    catalogue file does not change it. `day_zone`: whose midnight its days begin at;
    `exit_country`: where its traffic reaches the internet; empty: not known.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="sources")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="sources")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=SUPPLIER_CODE_LENGTH_MAX)
    renewal_code = models.CharField(max_length=SUPPLIER_CODE_LENGTH_MAX, blank=True)
    cost_minor = models.BigIntegerField(null=True, blank=True)
    cost_currency = models.CharField(max_length=3, blank=True)
    cost_is_listed = models.BooleanField(default=False)
    day_zone = models.CharField(max_length=64, blank=True)
    exit_country = models.CharField(max_length=2, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "supplier"], name="source_once_per_supplier"),
            models.UniqueConstraint(
                fields=["plan", "position"],
                name="source_once_per_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="source_cost_has_its_currency",
                condition=models.Q(cost_minor__isnull=True, cost_currency="")
                | (
                    models.Q(cost_minor__isnull=False, cost_minor__gte=0)
                    & ~models.Q(cost_currency="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} at {self.supplier_id}"


class Price(models.Model):
    """What a plan costs in a currency, tax included.

    `rate_per_gb`, `rate_per_day`: as in engine.rates; the database writes them with the price.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="prices")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    rate_per_gb = models.BigIntegerField(editable=False, default=0)
    rate_per_day = models.BigIntegerField(null=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["currency", column, "plan"], name=f"price_by_{name}")
            for name, column in (
                ("amount", "amount_minor"),
                ("rate_per_gb", "rate_per_gb"),
                ("rate_per_day", "rate_per_day"),
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["plan", "currency"], name="price_once_per_currency"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="price_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.amount_minor} {self.currency}"


class CatalogImport(models.Model):
    """A catalogue file that was imported."""

    file_name = models.CharField(max_length=255)
    version = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    plan_count = models.PositiveIntegerField()
    imported_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.file_name} {self.version}"


class ExchangeRate(models.Model):
    """Units of `currency` for one euro on a day, as published (European Central Bank)."""

    currency = models.CharField(max_length=3)
    day = models.DateField()
    per_euro = models.DecimalField(max_digits=18, decimal_places=8)
    source = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["currency", "day"], name="rate_once_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.currency}"
