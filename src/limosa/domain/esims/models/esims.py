"""An eSIM and its bundles. The tables carry the subscriber's key so that they can be sharded by it.

Lookup fields are indexed in Meta: an index declared on the field would add a second one, for LIKE,
which no query uses and every payment would have to write.
"""

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Reverse

from limosa.domain.catalog.models import Carrier, Plan, Supplier, ValidFrom
from limosa.domain.encryption.fields import EncryptedTextField
from limosa.domain.esims.engine.bundle_life import BundleState
from limosa.foundation.period import Validity, ValidityUnit


class EsimState(models.TextChoices):
    """`ready`: can be downloaded; `installed`: a device has it, or the network has seen it;
    `deleted`."""

    READY = "ready"
    INSTALLED = "installed"
    DELETED = "deleted"


class Esim(models.Model):
    """A profile on, or for, one device. `time_zone`: where it is used; its days end there.

    `supplier_reference`: the supplier's own id for it, where the ICCID alone is not enough: some
    suppliers reuse ICCIDs. `supplier_order_reference`: its id of the order that it came with.
    """

    public_id = models.CharField(max_length=16, unique=True)
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="esims",
        db_index=False,  # Meta has one that begins with it.
    )
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="esims")
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="esims")
    iccid = models.CharField(max_length=20)
    activation_code = EncryptedTextField()
    supplier_reference = models.CharField(max_length=80, blank=True)
    supplier_order_reference = models.CharField(max_length=80, blank=True)
    label = models.CharField(max_length=40, blank=True)
    time_zone = models.CharField(max_length=64, default="America/Los_Angeles")
    state = models.CharField(max_length=10, choices=EsimState, default=EsimState.READY)
    created_at = models.DateTimeField()
    installed_at = models.DateTimeField(null=True, blank=True)
    usage_seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["iccid", "supplier_reference"], name="esim_once_per_iccid"
            ),
            models.CheckConstraint(
                name="esim_state_has_its_time",
                condition=Q(state="ready", installed_at__isnull=True)
                | Q(state="installed", installed_at__isnull=False)
                | Q(state="deleted"),
            ),
        ]
        indexes = [
            models.Index(fields=["subscriber", "id"], name="esim_of_subscriber"),
            # People read the last digits aloud, so lookups are by these.
            models.Index(
                OpClass(Reverse("iccid"), name="text_pattern_ops"), name="esim_by_iccid_tail"
            ),
        ]

    def __str__(self) -> str:
        return f"eSIM {self.public_id}"


class Bundle(models.Model):
    """One plan bought for one eSIM.

    `volume_bytes` is what was bought, with its bonus; None means unlimited, with `fair_use_bytes`
    at full speed. `used_bytes` never exceeds `volume_bytes`: an overrun is recorded with the usage,
    not here. Validity from first use: `starts_at` and `ends_at` are set by the first byte, which
    must come by `first_use_before`. `suspended_at`: since when its payment is disputed.
    `call_at_bytes`: once so much is used, `called_at` says so to whoever asked for it (call_at).
    """

    order_number = models.CharField(max_length=20)
    esim = models.ForeignKey(
        Esim,
        on_delete=models.PROTECT,
        related_name="bundles",
        db_index=False,  # Meta has one that begins with it.
    )
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="bundles",
        db_index=False,  # Meta has one that begins with it.
    )
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="bundles", db_index=False)
    state = models.CharField(
        max_length=10, choices=[(state.value, state.name.title()) for state in BundleState]
    )
    volume_bytes = models.BigIntegerField(null=True, blank=True)
    fair_use_bytes = models.BigIntegerField(null=True, blank=True)
    used_bytes = models.BigIntegerField(default=0)
    validity_count = models.PositiveSmallIntegerField(null=True, blank=True)
    validity_unit = models.CharField(max_length=5, blank=True)
    valid_from = models.CharField(max_length=10, choices=ValidFrom, default=ValidFrom.PURCHASE)
    first_use_before = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    call_at_bytes = models.BigIntegerField(null=True, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["called_at"],
                name="bundle_called",
                condition=Q(called_at__isnull=False),
            ),
            models.Index(
                fields=["esim", "id"],
                name="bundle_open_of_esim",
                condition=Q(state__in=["queued", "active"]),
            ),
            models.Index(fields=["esim", "-id"], name="bundle_newest_of_esim"),
            models.Index(fields=["plan"], name="bundle_of_plan"),
            models.Index(fields=["subscriber", "-id"], name="bundle_newest_of_subscriber"),
            models.Index(
                fields=["ends_at"], name="bundle_active_by_end", condition=Q(state="active")
            ),
            models.Index(
                fields=["ended_at"], name="bundle_by_its_end", condition=Q(ended_at__isnull=False)
            ),
            models.Index(
                fields=["starts_at"], name="bundle_queued_by_start", condition=Q(state="queued")
            ),
        ]
        # A condition that comes to NULL does not refuse a row, hence each `isnull=False`.
        constraints = [
            models.UniqueConstraint(fields=["order_number"], name="bundle_once_per_order"),
            models.CheckConstraint(
                name="bundle_called_as_asked",
                condition=Q(called_at__isnull=True)
                | Q(call_at_bytes__isnull=False, used_bytes__gte=F("call_at_bytes")),
            ),
            models.CheckConstraint(
                name="bundle_used_within_volume",
                condition=Q(used_bytes__gte=0)
                & (Q(volume_bytes__isnull=True) | Q(used_bytes__lte=F("volume_bytes"))),
            ),
            models.CheckConstraint(
                name="bundle_ends_after_start",
                condition=Q(ends_at__isnull=True)
                | Q(starts_at__isnull=False, ends_at__gt=F("starts_at")),
            ),
            models.CheckConstraint(
                name="bundle_final_has_its_time",
                condition=Q(state__in=["queued", "active"], ended_at__isnull=True)
                | Q(state__in=["exhausted", "expired", "refunded"], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="bundle_active_has_its_period",
                condition=~Q(state="active") | Q(starts_at__isnull=False, ends_at__isnull=False),
            ),
            models.CheckConstraint(
                name="bundle_has_its_validity",
                condition=Q(valid_from__in=ValidFrom.values)
                & (
                    Q(validity_count__isnull=True, validity_unit="")
                    | Q(
                        validity_count__isnull=False,
                        validity_count__gt=0,
                        validity_unit__in=[unit.value for unit in ValidityUnit],
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"bundle of {self.order_number}"

    @property
    def validity(self) -> Validity | None:
        """The validity bought; None for a top-up, which ends with another bundle."""
        if self.validity_count is None:
            return None
        return Validity(self.validity_count, ValidityUnit(self.validity_unit))

    @property
    def remaining_bytes(self) -> int | None:
        """Bytes left; None for unlimited."""
        return None if self.volume_bytes is None else self.volume_bytes - self.used_bytes
