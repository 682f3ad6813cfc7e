"""The stock: profile types, and profiles as they were imported or made."""

from django.db import models
from django.db.models import Q

from limosa.domain.encryption.fields import EncryptedBytesField
from limosa.domain.rsp.engine.redownload import Redownload

REDOWNLOADS = [(rule.value, rule.value) for rule in Redownload]


class ProfileClass(models.TextChoices):
    """What an eUICC takes a profile for."""

    TEST = "test"
    PROVISIONING = "provisioning"
    OPERATIONAL = "operational"


class ProfileType(models.Model):
    """Profiles that are alike: what a device shows of them, and the terms of their downloads.

    `owner_plmn`: the MCC and MNC of the owner, 5 or 6 digits; `icon`: JPEG or PNG, in base64.
    `tells_…`: what the eUICC reports to us besides the installation. `is_kept_enabled`,
    `is_kept`: the profile's policy rules 1 and 2, which forbid to disable and to delete it.
    `low_below`: fewer available profiles than this are a finding; 0: never.
    """

    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=64)
    service_provider = models.CharField(max_length=32)
    profile_class = models.CharField(
        max_length=12, choices=ProfileClass, default=ProfileClass.OPERATIONAL
    )
    owner_plmn = models.CharField(max_length=6, blank=True)
    icon = models.TextField(blank=True)
    tells_enabling = models.BooleanField(default=False)
    tells_disabling = models.BooleanField(default=False)
    tells_deletion = models.BooleanField(default=True)
    is_kept_enabled = models.BooleanField(default=False)
    is_kept = models.BooleanField(default=False)
    redownload = models.CharField(
        max_length=10, choices=REDOWNLOADS, default=Redownload.SAME_EUICC.value
    )
    needs_delete = models.BooleanField(default=True)
    downloads_max = models.PositiveIntegerField(null=True, blank=True, default=3)
    low_below = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="profile_type_downloads", condition=Q(downloads_max=None) | ~Q(downloads_max=0)
            ),
            models.CheckConstraint(
                name="profile_type_redownload_known",
                condition=Q(redownload__in=[rule for rule, _ in REDOWNLOADS]),
            ),
            models.CheckConstraint(
                name="profile_type_class_known",
                condition=Q(profile_class__in=ProfileClass.values),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ProfileState(models.TextChoices):
    """`ordered`: an order that was not cancelled has it; `unavailable`: never to be given again."""

    AVAILABLE = "available"
    ORDERED = "ordered"
    UNAVAILABLE = "unavailable"


class Profile(models.Model):
    """One profile. `package`: its profile elements (SAIP, DER), with its keys; encrypted.

    `package_bytes`: its length before that.
    """

    iccid = models.CharField(max_length=20)
    profile_type = models.ForeignKey(
        ProfileType, on_delete=models.PROTECT, related_name="profiles", db_index=False
    )
    state = models.CharField(
        max_length=11, choices=ProfileState, default=ProfileState.AVAILABLE.value
    )
    package = EncryptedBytesField()
    package_bytes = models.PositiveIntegerField()
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["iccid"], name="profile_once"),
            models.CheckConstraint(
                name="profile_state_known",
                condition=Q(state__in=["available", "ordered", "unavailable"]),
            ),
        ]
        indexes = [
            # Whoever orders any profile of a type takes the first; the stock is counted by it.
            models.Index(
                fields=["profile_type", "imported_at", "id"],
                name="profile_available",
                condition=Q(state="available"),
            ),
        ]

    def __str__(self) -> str:
        return f"profile …{self.iccid[-4:]}"
