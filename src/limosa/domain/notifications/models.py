"""Messages to people, whose text is rendered when shown; and mail about accounts."""

from django.conf import settings
from django.db import models

from limosa.domain.encryption.fields import EncryptedTextField


class MailState(models.TextChoices):
    """The state of a message's mail."""

    WAITING = "waiting"
    MAILED = "mailed"
    GIVEN_UP = "given_up"
    NOT_MAILED = "not_mailed"


class Notification(models.Model):
    """One message. `key` decides races: the same key is never stored twice.

    `next_mail_at` is set as long as it is to be mailed; `mail_attempts` counts attempts begun.
    """

    key = models.CharField(max_length=120)
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="notifications",
        db_index=False,  # Meta has one that begins with it.
    )
    kind = models.CharField(max_length=40)
    parameters = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    next_mail_at = models.DateTimeField(null=True, blank=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            # Declared on the field, it would add a second index for LIKE, which no query uses.
            models.UniqueConstraint(fields=["key"], name="notification_once"),
            models.CheckConstraint(
                name="notification_mailed_is_not_due",
                condition=models.Q(mailed_at__isnull=True) | models.Q(next_mail_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["subscriber", "-created_at"], name="notification_newest"),
            models.Index(
                fields=["next_mail_at"],
                name="notification_to_mail",
                condition=models.Q(next_mail_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def mail_state(self) -> MailState:
        """Mailed, to be mailed, or neither: then it was never to be, or no mail server accepted
        it."""
        if self.mailed_at is not None:
            return MailState.MAILED
        if self.next_mail_at is not None:
            return MailState.WAITING
        return MailState.GIVEN_UP if self.mail_attempts else MailState.NOT_MAILED


class AccountMail(models.Model):
    """A mail about an account: a code, a link, a notice. The address may be nobody's.

    `recipient` and `content` (JSON: subject, text, html) are encrypted, and cleared once they are
    no longer needed: the mail was sent or given up, or `useful_until` has passed. `once_key`, if
    set, is never stored twice. `next_mail_at` and `mail_attempts` as in Notification.
    """

    once_key = models.CharField(max_length=120, unique=True, null=True, blank=True)
    recipient = EncryptedTextField()
    content = EncryptedTextField()
    created_at = models.DateTimeField()
    useful_until = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True, blank=True)
    next_mail_at = models.DateTimeField(null=True, blank=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="account_mail_mailed_is_not_due",
                condition=models.Q(mailed_at__isnull=True) | models.Q(next_mail_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_mail_at"],
                name="account_mail_to_send",
                condition=models.Q(next_mail_at__isnull=False),
            ),
            models.Index(fields=["created_at"], name="account_mail_oldest"),
        ]

    def __str__(self) -> str:
        return f"account mail {self.pk}"
