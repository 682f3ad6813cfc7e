"""Devices, the profiles that were downloaded to them, and moves from one to another."""

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Reverse

from limosa.domain.encryption.fields import BlindIndexField, EncryptedTextField
from limosa.domain.esims.engine.installation_life import InstallationState
from limosa.domain.esims.engine.move_life import MoveState
from limosa.domain.esims.models.esims import Esim

NAME_LENGTH_MAX = 40
FAILURE_LENGTH_MAX = 40


class DeviceKind(models.TextChoices):
    """What a device is."""

    PHONE = "phone"
    TABLET = "tablet"
    WATCH = "watch"


class Device(models.Model):
    """A person's device. `number` counts the person's devices; it stands in for a name that nobody
    gave. `eid`: its card; None: not known."""

    public_id = models.CharField(max_length=16, unique=True)
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="devices",
        db_index=False,  # The constraint has one that begins with it.
    )
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=NAME_LENGTH_MAX, blank=True)
    kind = models.CharField(max_length=6, choices=DeviceKind, default=DeviceKind.PHONE)
    eid = EncryptedTextField(null=True, blank=True, index_field="eid_index")
    eid_index = BlindIndexField(of="eid", null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "eid_index"], name="device_once_per_person"
            ),
            models.CheckConstraint(
                name="device_kind_known", condition=Q(kind__in=DeviceKind.values)
            ),
        ]

    def __str__(self) -> str:
        return f"device {self.public_id}"


class Installation(models.Model):
    """One download of an eSIM's profile, and where it stands on the card: the latest that was
    reported (engine/installation_life.py).

    `iccid`: the eSIM's at that time. `download`: counts the downloads of that ICCID. `device` None:
    nobody said which. `sequence`, `reported_at`: the card's count and the time of the report that
    `state` is from. `failure`: what went wrong.
    """

    esim = models.ForeignKey(
        Esim, on_delete=models.PROTECT, related_name="installations", db_index=False
    )
    iccid = models.CharField(max_length=20)
    download = models.PositiveIntegerField()
    device = models.ForeignKey(
        Device, on_delete=models.PROTECT, related_name="installations", null=True, blank=True
    )
    state = models.CharField(
        max_length=10, choices=[(state.value, state.value) for state in InstallationState]
    )
    sequence = models.BigIntegerField(default=0)
    reported_at = models.DateTimeField()
    failure = models.CharField(max_length=FAILURE_LENGTH_MAX, blank=True)
    downloaded_at = models.DateTimeField(null=True, blank=True)
    installed_at = models.DateTimeField(null=True, blank=True)
    enabled_at = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["iccid"], name="installation_by_iccid")]
        constraints = [
            models.UniqueConstraint(
                fields=["esim", "iccid", "download"], name="installation_once_per_download"
            ),
            models.CheckConstraint(name="installation_counted", condition=Q(download__gte=1)),
            models.CheckConstraint(
                name="installation_state_has_its_time",
                condition=Q(state="downloaded", downloaded_at__isnull=False)
                | Q(state="installed", installed_at__isnull=False)
                | Q(state="enabled", enabled_at__isnull=False)
                | Q(state="disabled", disabled_at__isnull=False)
                | Q(state="deleted", deleted_at__isnull=False)
                | Q(state="failed", failed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="installation_failed_for_a_reason",
                condition=(Q(state="failed") & ~Q(failure=""))
                | (~Q(state="failed") & Q(failure="")),
            ),
        ]

    def __str__(self) -> str:
        return f"download {self.download} of eSIM {self.esim_id}"


class MoveReason(models.TextChoices):
    """Why an eSIM gets another profile: for another device, or since its own was deleted."""

    NEW_DEVICE = "new_device"
    DELETED = "deleted"


class Move(models.Model):
    """An eSIM on its way to another profile: the eSIM has the old one until a device reports that
    it has the new one (ADR 29).

    `number`: ours, by which the new profile is ordered once. `kind`, `name`: of the device that it
    is for; the name may be empty. `iccid`, `activation_code`, `supplier_reference`: of the new
    profile, once there is one; `old_iccid`: of the one before. `expires_at`: until when the new
    profile may be installed. `next_at`: when a worker has to do something about it, which is to
    order the new profile, to end a move that was waited for too long, or to retire the profile that
    is no longer needed; `attempts`: calls begun; `problem`: a term for the latest problem.
    """

    number = models.CharField(max_length=20, unique=True)
    esim = models.ForeignKey(Esim, on_delete=models.PROTECT, related_name="moves", db_index=False)
    reason = models.CharField(max_length=10, choices=MoveReason)
    kind = models.CharField(max_length=6, choices=DeviceKind)
    name = models.CharField(max_length=NAME_LENGTH_MAX, blank=True)
    state = models.CharField(
        max_length=8,
        choices=[(state.value, state.value) for state in MoveState],
        default=MoveState.WAITING.value,
    )
    old_iccid = models.CharField(max_length=20)
    iccid = models.CharField(max_length=20, blank=True)
    activation_code = EncryptedTextField(null=True, blank=True)
    supplier_reference = models.CharField(max_length=80, blank=True)
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=FAILURE_LENGTH_MAX, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["esim", "-id"], name="move_newest_of_esim"),
            models.Index(fields=["old_iccid"], name="move_by_old_iccid"),
            models.Index(
                OpClass(Reverse("old_iccid"), name="text_pattern_ops"),
                name="move_by_old_iccid_tail",
            ),
            models.Index(
                OpClass(Reverse("iccid"), name="text_pattern_ops"), name="move_by_iccid_tail"
            ),
            models.Index(fields=["next_at"], name="move_due", condition=Q(next_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["esim"], name="move_waiting_once", condition=Q(state="waiting")
            ),
            models.UniqueConstraint(
                fields=["iccid"], name="move_iccid_once", condition=~Q(iccid="")
            ),
            models.CheckConstraint(
                name="move_state_has_its_time",
                condition=Q(state="waiting", ended_at__isnull=True)
                | Q(state="given_up", ended_at__isnull=False)
                | (Q(state="done", ended_at__isnull=False) & ~Q(iccid="")),
            ),
            models.CheckConstraint(
                name="move_profile_is_whole",
                condition=Q(iccid="", activation_code__isnull=True)
                | (~Q(iccid="") & Q(activation_code__isnull=False)),
            ),
            models.CheckConstraint(
                name="move_is_to_another_profile", condition=~Q(iccid=F("old_iccid"))
            ),
            models.CheckConstraint(
                name="move_expires_after_its_beginning", condition=Q(expires_at__gt=F("begun_at"))
            ),
            models.CheckConstraint(
                name="move_waiting_ends_some_day",
                condition=~Q(state="waiting") | Q(next_at__isnull=False),
            ),
            models.CheckConstraint(
                name="move_kinds_known",
                condition=Q(kind__in=DeviceKind.values, reason__in=MoveReason.values),
            ),
        ]

    def __str__(self) -> str:
        return f"move {self.number}"

    @property
    def is_waiting(self) -> bool:
        """Whether the eSIM still has its old profile and is to get another."""
        return self.state == MoveState.WAITING
