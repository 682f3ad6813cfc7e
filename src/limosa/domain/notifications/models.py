"""A message to a person; its text is made from `kind` and `parameters` when it is shown."""

from django.conf import settings
from django.db import models


class MailState(models.TextChoices):
    """How a message stands with the mail server."""

    WAITING = "waiting"
    MAILED = "mailed"
    GIVEN_UP = "given_up"


class Notification(models.Model):
    """One message. `key` decides races: the same key is never stored twice.

    `next_mail_at` is there as long as it is to be mailed; `mail_tries` counts those begun.
    """

    key = models.CharField(max_length=120, unique=True)
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="notifications",
        db_index=False,  # Meta has one that begins with it.
    )
    kind = models.CharField(max_length=40)
    parameters = models.JSONField(default=dict)
    path = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    next_mail_at = models.DateTimeField(null=True, blank=True)
    mail_tries = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
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
        """Mailed, to be mailed, or neither: then no mail server took it."""
        if self.mailed_at is not None:
            return MailState.MAILED
        return MailState.GIVEN_UP if self.next_mail_at is None else MailState.WAITING
