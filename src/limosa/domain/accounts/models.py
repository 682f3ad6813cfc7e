"""People with an account (subscribers and staff), and what protects it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Lower, Upper
from django.utils.crypto import salted_hmac

from limosa.domain.accounts.engine.pin_rules import ATTEMPTS_MAX

DEVICE_LENGTH_MAX = 300
DETAILS_LENGTH_MAX = 300


class UnappliedFunds(models.TextChoices):
    """Where unapplied funds go: money that came late, twice or in another amount."""

    BACK = "back"  # the way it came
    WALLET = "wallet"


class StaffRole(models.TextChoices):
    """A staff member's job; support/duties.py says what each may do."""

    VIEWER = "viewer"
    SUPPORT = "support"
    FINANCE = "finance"
    ADMIN = "admin"


class SubscriberManager(UserManager["Subscriber"]):
    """Creates people by e-mail address; there are no user names."""

    def create_user(  # type: ignore[override]
        self, email: str, password: str | None = None, **fields: Any
    ) -> "Subscriber":
        """Return a new person; the password is stored as a hash."""
        person: Subscriber = self.model(email=self.normalize_email(email), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(  # type: ignore[override]
        self, email: str, password: str | None = None, **fields: Any
    ) -> "Subscriber":
        """Return a new member of staff with all rights."""
        staff = {"is_staff": True, "is_superuser": True, "staff_role": StaffRole.ADMIN}
        return self.create_user(email, password, **staff, **fields)


def default_usage_thresholds() -> list[int]:
    """Default percentages of a bundle used at which a person is notified."""
    return [80, 100]


def default_days_before_end() -> list[int]:
    """Default numbers of days before the end at which a person is notified."""
    return [3, 1]


class NameWords(Func):
    """The words of a name in upper case, so that whole words can be searched in any script."""

    function = "string_to_array"
    template = "%(function)s(UPPER(%(expressions)s), ' ')"
    output_field = ArrayField(models.TextField())


class Subscriber(AbstractUser):
    """A person. `time_zone` is their home's; an eSIM has its own.

    `country` (ISO 3166 alpha-2; empty: unknown) decides which payment channels are offered.
    `rating_mail`: whether they want to be asked by mail what they think of a network.
    `staff_role` (empty: not staff) decides what they may do in the console; `is_staff` follows it,
    for Django. Changing `sessions_epoch` ends all sessions, as a new password does.
    """

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(unique=True)
    display_name = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=64, default="America/Los_Angeles")
    currency = models.CharField(max_length=3, default="USD")
    country = models.CharField(max_length=2, blank=True)
    unapplied_funds = models.CharField(
        max_length=6,
        choices=UnappliedFunds,
        default=UnappliedFunds.BACK,
    )
    sessions_epoch = models.PositiveIntegerField(default=0)
    usage_thresholds = ArrayField(
        models.PositiveSmallIntegerField(), default=default_usage_thresholds
    )
    days_before_end = ArrayField(
        models.PositiveSmallIntegerField(), default=default_days_before_end
    )

    rating_mail = models.BooleanField(default=False)
    staff_role = models.CharField(max_length=10, choices=StaffRole, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[SubscriberManager] = SubscriberManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="subscriber_email_once"),
            models.CheckConstraint(
                name="subscriber_staff_has_a_role",
                condition=Q(is_staff=False, staff_role="")
                | Q(is_staff=True, staff_role__in=StaffRole.values),
            ),
            models.CheckConstraint(
                name="subscriber_unapplied_funds_known",
                condition=Q(unapplied_funds__in=UnappliedFunds.values),
            ),
        ]
        indexes = [
            # For the console's search: any three consecutive characters of an address or a name, or
            # a whole word of a name. (In a database of locale C, only ASCII characters make
            # trigrams.)
            GinIndex(
                OpClass(Upper("email"), name="gin_trgm_ops"),
                OpClass(Upper("display_name"), name="gin_trgm_ops"),
                NameWords("display_name"),
                name="subscriber_by_parts",
            ),
            # And prefixes of names: Chinese ones are often shorter than three characters.
            models.Index(
                OpClass(Upper("display_name"), name="text_pattern_ops"),
                name="subscriber_by_name",
                condition=~Q(display_name=""),
            ),
            models.Index(fields=["id"], name="subscriber_staff", condition=~Q(staff_role="")),
        ]

    def __str__(self) -> str:
        return f"subscriber {self.pk}"

    def get_session_auth_hash(self) -> str:
        """Return the value that a session stores of the person; a different one ends it."""
        return self._in_epoch(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Return the same value under earlier secret keys."""
        for of_password in super().get_session_auth_fallback_hash():
            yield self._in_epoch(of_password)

    def _in_epoch(self, of_password: str) -> str:
        if not self.sessions_epoch:
            return of_password
        text = f"{of_password}:{self.sessions_epoch}"
        return salted_hmac("limosa.accounts.sessions", text, algorithm="sha256").hexdigest()


class PaymentPin(models.Model):
    """The six digits that authorize payments, as a hash (pin_hash.py); no row: none was set.

    `wrong_attempts`: since the last right one or the last pause. `lockouts`: pauses since the last
    right one. `locked_until`: the end of the last pause.
    """

    subscriber = models.OneToOneField(
        Subscriber, on_delete=models.CASCADE, primary_key=True, related_name="payment_pin"
    )
    stored_hash = models.CharField(max_length=128)
    wrong_attempts = models.PositiveSmallIntegerField(default=0)
    lockouts = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(wrong_attempts__lt=ATTEMPTS_MAX),
                name="payment_pin_attempts_within_limit",
            ),
        ]

    def __str__(self) -> str:
        return f"payment PIN of {self.subscriber_id}"

    def is_locked(self, now: datetime) -> bool:
        """Whether PIN checks are paused now."""
        return self.locked_until is not None and self.locked_until > now


class SecurityEventKind(models.TextChoices):
    """A kind of event that an account's owner would want to know about."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    PASSWORD_RESET_ASKED = "password_reset_asked"  # noqa: S105 -- no password
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 -- no password
    ADDRESS_CONFIRMED = "address_confirmed"
    ADDRESS_MADE_PRIMARY = "address_made_primary"
    PIN_SET = "pin_set"
    PIN_CHANGED = "pin_changed"
    PIN_RESET = "pin_reset"
    PIN_LOCKED = "pin_locked"
    SECOND_FACTOR_ADDED = "second_factor_added"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    SECOND_FACTOR_FAILED = "second_factor_failed"
    RECOVERY_CODES_NEW = "recovery_codes_new"
    LOCKED = "locked"
    RESTORED = "restored"
    MOVE_BEGUN = "move_begun"
    STAFF_ADDED = "staff_added"
    STAFF_CHANGED = "staff_changed"
    STAFF_REMOVED = "staff_removed"


class SecurityEvent(models.Model):
    """What happened to an account, when and from where. Never changed: triggers in migrations/sql.

    `subscriber` is empty if nobody has the account that was tried. `address`: the person's own (not
    a proxy's), if known. `device`: the browser's own description of itself.
    """

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.PROTECT, null=True, related_name="security_events"
    )
    kind = models.CharField(max_length=30, choices=SecurityEventKind)
    at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=DEVICE_LENGTH_MAX, blank=True)
    details = models.CharField(max_length=DETAILS_LENGTH_MAX, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["subscriber", "-id"], name="security_event_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of subscriber {self.subscriber_id}"


class AddressChange(models.Model):
    """A change of a person's address, which can be undone for seven days.

    `before`: the addresses as they were, [{"email", "is_confirmed", "is_main"}]. `undone_at`: when
    this change, or an earlier one, was undone.
    """

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="address_changes"
    )
    before = models.JSONField()
    changed_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["changed_at"], name="address_change_oldest")]

    def __str__(self) -> str:
        return f"change {self.pk} of an address of {self.subscriber_id}"


class AttemptCount(models.Model):
    """The number of attempts since the first one, keyed by a digest of whose they are."""

    name = models.CharField(max_length=64, primary_key=True)
    attempts = models.PositiveIntegerField()
    over_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["over_at"], name="attempt_count_by_end")]

    def __str__(self) -> str:
        return f"{self.attempts} attempts"


class KnownDevice(models.Model):
    """A device that has signed in to the account before, by the digest of its token."""

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="known_devices", db_index=False
    )
    digest = models.CharField(max_length=64)
    device = models.CharField(max_length=DEVICE_LENGTH_MAX, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "digest"], name="known_device_once"),
        ]
        indexes = [models.Index(fields=["seen_at"], name="known_device_by_time")]

    def __str__(self) -> str:
        return f"a device of subscriber {self.subscriber_id}"
