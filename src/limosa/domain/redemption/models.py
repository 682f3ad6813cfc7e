"""Batches of codes, the codes, and what was done to them. No row holds a code that can be read."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from limosa.domain.encryption.fields import EncryptedBytesField
from limosa.domain.redemption.engine.bookings import Terms
from limosa.domain.redemption.engine.code_life import CodeState
from limosa.foundation.money import Money

LABEL_LENGTH_MAX, REFERENCE_LENGTH_MAX = 60, 80
COUNT_MAX = 10_000_000


class CodeKey(models.Model):
    """The key under which codes are digested: one row, made with the first batch.

    It is sealed by a key from the settings, and sealed anew when that is replaced: the digests
    stay as they are.
    """

    secret = EncryptedBytesField()

    class Meta:
        constraints = [models.CheckConstraint(name="code_key_once", condition=Q(id=1))]

    def __str__(self) -> str:
        return "key of codes"


class PaidInto(models.TextChoices):
    """Where the money for a sold batch is."""

    BANK = "bank"  # received
    RECEIVABLE = "receivable"  # the buyer owes it


class CodeBatch(models.Model):
    """Codes of one amount that were made together; their serials follow one another.

    `price_minor`, `paid_into`: what one code is sold for, and where that is; 0 and "": they are
    given away. `buyer`: to whom. `expired_is_income`: what becomes of sold codes that expire.
    `seed`: what the codes are computed from; None once they were exported, so that nobody can
    export them again.
    """

    label = models.CharField(max_length=LABEL_LENGTH_MAX)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    price_minor = models.BigIntegerField(default=0)
    paid_into = models.CharField(max_length=10, choices=PaidInto, blank=True)
    buyer = models.CharField(max_length=LABEL_LENGTH_MAX, blank=True)
    expired_is_income = models.BooleanField(default=False)
    first_serial = models.BigIntegerField(unique=True)
    count = models.PositiveIntegerField()
    expires_at = models.DateTimeField(null=True)
    seed = EncryptedBytesField(null=True)
    created_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    exported_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="code_batch_sold_or_given",
                condition=Q(
                    paid_into__in=PaidInto.values,
                    price_minor__gt=0,
                    price_minor__lte=F("amount_minor"),
                )
                | Q(paid_into="", price_minor=0, buyer="", expired_is_income=False),
            ),
            models.CheckConstraint(
                name="code_batch_worth_something", condition=Q(amount_minor__gt=0, count__gt=0)
            ),
            models.CheckConstraint(
                name="code_batch_exported_once",
                condition=Q(seed__isnull=False, exported_at__isnull=True)
                | Q(seed__isnull=True, exported_at__isnull=False, made_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number that people read: B-17."""
        return f"B-{self.pk}"

    @property
    def last_serial(self) -> int:
        """The serial of the last code."""
        return self.first_serial + self.count - 1

    @property
    def amount(self) -> Money:
        """What one code is worth."""
        return Money(self.amount_minor, self.currency)

    @property
    def is_sold(self) -> bool:
        """Whether somebody pays for the codes."""
        return bool(self.paid_into)

    @property
    def terms(self) -> Terms:
        """What the books go by."""
        return Terms(
            batch=self.number,
            amount=self.amount,
            price=Money(self.price_minor, self.currency),
            paid_into=self.paid_into,
            expired_is_income=self.expired_is_income,
        )


class Code(models.Model):
    """One code: its serial, which is printed beside it, and its digest.

    No foreign key to the batch: it would be checked for each of a million rows, and batches are
    never deleted.
    """

    serial = models.BigIntegerField(primary_key=True)
    batch = models.ForeignKey(
        CodeBatch,
        on_delete=models.PROTECT,
        related_name="codes",
        db_index=False,
        db_constraint=False,
    )
    digest = models.BinaryField(unique=True)
    state = models.CharField(
        max_length=8, choices=[(one.value, one.value) for one in CodeState], default=CodeState.MADE
    )
    redeemed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="redeemed_codes",
        db_index=False,
    )
    redeemed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="code_state_has_its_redeemer",
                condition=Q(state="redeemed", redeemed_by__isnull=False, redeemed_at__isnull=False)
                | Q(
                    state__in=["made", "active", "void", "expired"],
                    redeemed_by__isnull=True,
                    redeemed_at__isnull=True,
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["redeemed_by", "-redeemed_at"],
                name="code_redeemed_by",
                condition=Q(redeemed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"code {self.serial}"


class ChangeKind(models.TextChoices):
    """What is done to a range of codes."""

    MAKE = "make"
    ACTIVATE = "activate"
    VOID = "void"
    EXPIRE = "expire"


class CodeChange(models.Model):
    """What was asked to be done to a range of a batch's codes, and how far it is.

    It is done part by part, each in a transaction of its own with its entry in the books, by
    whoever gets to it: if a process dies, another goes on. `changed`: the codes that it changed so
    far; others in the range were redeemed, or in that state before. `asked_by` None: the system.
    """

    batch = models.ForeignKey(CodeBatch, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=8, choices=ChangeKind)
    first_serial = models.BigIntegerField()
    last_serial = models.BigIntegerField()
    next_serial = models.BigIntegerField()
    changed = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="code_change_kind_known", condition=Q(kind__in=ChangeKind.values)
            ),
            models.CheckConstraint(
                name="code_change_done_at_its_end",
                condition=Q(next_serial__gt=F("last_serial"), done_at__isnull=False)
                | Q(
                    next_serial__gte=F("first_serial"),
                    next_serial__lte=F("last_serial"),
                    done_at__isnull=True,
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="code_change_open", condition=Q(done_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.first_serial}-{self.last_serial}"

    @property
    def done_count(self) -> int:
        """How many serials it has been through."""
        return self.next_serial - self.first_serial

    @property
    def whole_count(self) -> int:
        """How many serials it is about."""
        return self.last_serial - self.first_serial + 1


class BuyerPayment(models.Model):
    """Money that a batch's buyer paid, or (below zero) that we paid back; recorded by staff once
    for each reference."""

    batch = models.ForeignKey(CodeBatch, on_delete=models.PROTECT, related_name="payments")
    reference = models.CharField(max_length=REFERENCE_LENGTH_MAX)
    amount_minor = models.BigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "reference"], name="buyer_payment_once"),
            models.CheckConstraint(name="buyer_payment_not_zero", condition=~Q(amount_minor=0)),
        ]

    def __str__(self) -> str:
        return f"{self.reference} for {self.batch_id}"

    @property
    def amount(self) -> Money:
        """What was paid, in the batch's currency."""
        return Money(self.amount_minor, self.batch.currency)


class GuessHour(models.Model):
    """How many codes that do not exist were entered in an hour, by everybody together."""

    hour = models.DateTimeField(primary_key=True)
    guesses = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.guesses} guesses since {self.hour:%F %H}"
