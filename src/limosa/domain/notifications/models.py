"""A message to a person; its text is made from `kind` and `parameters` when it is shown."""

from django.conf import settings
from django.db import models


class Notification(models.Model):
    """One message. `key` decides races: the same key is never stored twice."""

    key = models.CharField(max_length=120, unique=True)
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    kind = models.CharField(max_length=40)
    parameters = models.JSONField(default=dict)
    path = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["subscriber", "-created_at"], name="notification_newest")]

    def __str__(self) -> str:
        return self.key
