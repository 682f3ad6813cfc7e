"""Orders of profiles, and what whoever ordered is told of them."""

from django.db import models
from django.db.models import F, Q

from limosa.domain.encryption.fields import (
    BlindIndexField,
    EncryptedBytesField,
    EncryptedTextField,
)
from limosa.domain.rsp.engine.order_life import DownloadState
from limosa.domain.rsp.engine.redownload import Redownload
from limosa.domain.rsp.models.stock import REDOWNLOADS, Profile

CALLER_LENGTH_MAX = 128
CALLS_LENGTH_MAX = 300  # Ordered, confirmed, released, cancelled: each once.
WRONG_CODES_MAX = 10
WRONG_CODES_OVER = WRONG_CODES_MAX + 1
REFERENCE_LENGTH_MAX = 40
_STATES = [
    (state.value, state.value) for state in DownloadState if state is not DownloadState.AVAILABLE
]


class DownloadOrder(models.Model):
    """One order of one profile: ES2+ moves it until it is released, devices from then on.

    `eid`: the eUICC that whoever ordered named, or nothing; `bound_eid`: the one that downloaded,
    as long as it may have the profile, and `bound_at` when it was last given a package: its
    certificates were valid then. `binding`: the keys of its package, until it is installed,
    so that a download that broke off is repeated with the same. `matching_id` None: not confirmed,
    or found by the EID alone; one that an order had is never another's, also after it was
    cancelled. `code_digest`: SHA-256 of the confirmation code. `wrong_codes`: attempts
    since the last right one; from 10 on no code opens it, and 11 says that a device was told so: it
    is over then.
    `redownload`, `needs_delete`, `downloads_max`: the terms (engine/redownload.py).
    `last_sequence`: of what the eUICC did to the profile since this download, the greatest of its
    own count; 0: nothing was reported.
    `requester`: who ordered; empty: staff. `reference`: the number under which they have it, if
    they gave one. `order_call`: the call that ordered any profile of a type, and `calls`: all that
    changed it, oldest first (engine/order_calls.py), by which their repetitions are recognized.
    """

    profile = models.ForeignKey(
        Profile, on_delete=models.PROTECT, related_name="orders", db_index=False
    )
    state = models.CharField(max_length=10, choices=_STATES)
    eid = models.CharField(max_length=32, blank=True)
    bound_eid = models.CharField(max_length=32, blank=True)
    bound_at = models.DateTimeField(null=True, blank=True)
    binding = EncryptedBytesField(null=True, blank=True)
    matching_id = EncryptedTextField(null=True, blank=True, index_field="matching_id_index")
    matching_id_index = BlindIndexField(of="matching_id", null=True)
    code_digest = EncryptedBytesField(null=True, blank=True)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    redownload = models.CharField(
        max_length=10, choices=REDOWNLOADS, default=Redownload.NEVER.value
    )
    needs_delete = models.BooleanField(default=True)
    downloads_max = models.PositiveIntegerField(null=True, blank=True)
    downloads = models.PositiveIntegerField(default=0)
    requester = models.CharField(max_length=CALLER_LENGTH_MAX, blank=True)
    order_call = models.CharField(max_length=2 * CALLER_LENGTH_MAX, blank=True)
    reference = models.CharField(max_length=REFERENCE_LENGTH_MAX, blank=True)
    calls = models.CharField(max_length=CALLS_LENGTH_MAX, blank=True)
    ordered_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    installed_at = models.DateTimeField(null=True, blank=True)
    enabled_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    last_sequence = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["profile"], name="download_order_open_once", condition=~Q(state="cancelled")
            ),
            models.UniqueConstraint(
                fields=["matching_id_index"], name="download_order_matching_id_once"
            ),
            models.UniqueConstraint(
                fields=["requester", "order_call"],
                name="download_order_call_once",
                condition=~Q(state="cancelled") & ~Q(order_call=""),
            ),
            models.UniqueConstraint(
                fields=["requester", "reference"],
                name="download_order_reference_once",
                condition=~Q(reference=""),
            ),
            models.CheckConstraint(
                name="download_order_state_known",
                condition=Q(state__in=[state for state, _ in _STATES]),
            ),
            models.CheckConstraint(
                name="download_order_redownload_known",
                condition=Q(redownload__in=[rule for rule, _ in REDOWNLOADS]),
            ),
            models.CheckConstraint(
                name="download_order_state_has_its_eid",
                condition=Q(state="allocated", eid="")
                | (Q(state="linked") & ~Q(eid=""))
                | ~Q(state__in=["allocated", "linked"]),
            ),
            models.CheckConstraint(
                name="download_order_can_be_found",
                condition=Q(state__in=["allocated", "linked", "cancelled"])
                | Q(matching_id__isnull=False)
                | ~Q(eid=""),
            ),
            models.CheckConstraint(
                name="download_order_one_eid",
                condition=Q(eid="") | Q(bound_eid="") | Q(bound_eid=F("eid")),
            ),
            models.CheckConstraint(
                name="download_order_download_has_its_eid",
                condition=~Q(state__in=["downloaded", "installed"])
                | (~Q(bound_eid="") & Q(downloads__gte=1)),
            ),
            models.CheckConstraint(
                name="download_order_downloads_within_most",
                condition=Q(downloads_max=None) | Q(downloads__lte=F("downloads_max")),
            ),
            models.CheckConstraint(
                name="download_order_wrong_codes_counted",
                condition=Q(wrong_codes__gte=0, wrong_codes__lte=WRONG_CODES_OVER),
            ),
        ]
        indexes = [
            models.Index(fields=["profile", "id"], name="download_order_of_profile"),
            models.Index(
                fields=["eid"],
                name="download_order_by_eid",
                condition=~Q(eid="") & Q(state__in=["released", "downloaded", "installed"]),
            ),
            models.Index(
                fields=["expires_at"],
                name="download_order_to_expire",
                condition=Q(state__in=["allocated", "linked", "confirmed", "released"])
                & Q(expires_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"download order {self.pk}"


class ProgressPoint(models.IntegerChoices):
    """What is told. Those below 100 are SGP.22's notification points; for the others, which are
    ours, ES2+ has no message."""

    ELIGIBILITY = 1
    CONFIRMATION = 2
    DOWNLOADED = 3
    INSTALLED = 4
    ENABLED = 101
    DISABLED = 102
    DELETED = 103


class ProgressReport(models.Model):
    """Something to be told to whoever ordered: a row waits here until it was told.

    `requester`: who that is. `download`: which download of the order it is about. `sequence`: the
    eUICC's own count of what it reports; 0: it reported nothing, we saw it. `failure`: what the
    eUICC said went wrong, or the name of a status of ours; empty: nothing. `next_at` None: told, or
    nobody is to be told.
    """

    order = models.ForeignKey(
        DownloadOrder, on_delete=models.CASCADE, related_name="progress", db_index=False
    )
    requester = models.CharField(max_length=CALLER_LENGTH_MAX, blank=True)
    point = models.PositiveSmallIntegerField(choices=ProgressPoint)
    download = models.PositiveIntegerField()
    eid = models.CharField(max_length=32)
    sequence = models.BigIntegerField(default=0)
    failure = models.CharField(max_length=40, blank=True)
    happened_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "download", "point"],
                name="progress_report_once",
                condition=Q(point__in=[3, 4]),
            ),
            models.UniqueConstraint(
                fields=["order", "download", "point", "sequence"],
                name="progress_report_once_per_number",
            ),
            models.CheckConstraint(
                name="progress_point_known", condition=Q(point__in=ProgressPoint.values)
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], name="progress_to_tell", condition=Q(next_at__isnull=False)
            ),
            models.Index(
                fields=["requester", "id"],
                name="progress_to_tell_somebody",
                condition=Q(next_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"point {self.point} of {self.order_id}"
