"""What devices do: their sessions, and what they report."""

from django.db import models
from django.db.models import Q

from limosa.domain.encryption.fields import EncryptedBytesField
from limosa.domain.rsp.engine.session_life import SessionState
from limosa.domain.rsp.models.orders import DownloadOrder

_STATES = [(state.value, state.value) for state in SessionState]


class DownloadSession(models.Model):
    """A phone's session, shared by all copies of the server. `transaction_id` is in hexadecimal.

    `opened`, `offered`: what the protocol has to know at the next call, as it wrote it. The row is
    forgotten at `ends_at`.
    """

    transaction_id = models.CharField(max_length=32)
    state = models.CharField(max_length=9, choices=_STATES, default=SessionState.OPENED.value)
    eid = models.CharField(max_length=32, blank=True)
    order = models.ForeignKey(
        DownloadOrder,
        on_delete=models.CASCADE,
        related_name="sessions",
        null=True,
        blank=True,
        db_index=False,  # Meta has one for the sessions that have an order.
    )
    opened = EncryptedBytesField()
    offered = EncryptedBytesField(null=True, blank=True)
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transaction_id"], name="download_session_once"),
            models.CheckConstraint(
                name="download_session_has_what_its_state_says",
                condition=Q(state="opened", order__isnull=True, offered__isnull=True)
                | (
                    Q(state__in=["offered", "bound", "cancelled"])
                    & Q(order__isnull=False, offered__isnull=False)
                    & ~Q(eid="")
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["ends_at"], name="download_session_by_end"),
            models.Index(
                fields=["order"],
                name="download_session_of_order",
                condition=Q(order__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"session {self.pk}"


class NotificationResult(models.TextChoices):
    """What became of a notification. `waiting`: not verified yet."""

    WAITING = "waiting"
    APPLIED = "applied"
    NOTHING = "nothing"  # It is true, and changes nothing.
    REPEATED = "repeated"
    UNKNOWN = "unknown"  # Nothing of ours is known by it.
    REFUSED = "refused"
    FAULT = "fault"  # Of ours, or unreadable: in the log, and the content is kept to be looked at.


class ReceivedNotification(models.Model):
    """What a card reported, verified after the answer.

    Two things make it a repetition: `digest`, SHA-256 of all of it that is verified, and for the
    result of an installation `transaction_id`, of which one is applied; both in hexadecimal.
    `content` is emptied when the result is known, unless that is a fault of ours. `eid` is empty
    until it is verified.
    """

    digest = models.CharField(max_length=64)
    content = EncryptedBytesField(null=True, blank=True)
    result = models.CharField(
        max_length=8, choices=NotificationResult, default=NotificationResult.WAITING.value
    )
    eid = models.CharField(max_length=32, blank=True)
    transaction_id = models.CharField(max_length=32, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="received_notification_once"),
            models.UniqueConstraint(
                fields=["transaction_id"],
                name="received_notification_once_per_transaction",
                condition=Q(result="applied") & ~Q(transaction_id=""),
            ),
            models.CheckConstraint(
                name="received_notification_result_known",
                condition=Q(result__in=NotificationResult.values),
            ),
            models.CheckConstraint(
                name="received_notification_emptied",
                condition=Q(result__in=["waiting", "fault"], content__isnull=False)
                | (~Q(result__in=["waiting", "fault"]) & Q(content__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="notification_to_verify", condition=Q(result="waiting")
            ),
            models.Index(fields=["id"], name="notification_set_aside", condition=Q(result="fault")),
            models.Index(fields=["received_at"], name="notification_by_time"),
        ]

    def __str__(self) -> str:
        return f"notification {self.pk}"
