"""Methods that providers store for people's later payments."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from limosa.domain.encryption.fields import BlindIndexField, EncryptedTextField


class SavedMethod(models.Model):
    """A card or an account that a provider stores for a person's later payments.

    `reference` is the token by which the provider charges it: a secret, and encrypted. `label` is
    what the person is shown, never more of a card than its brand and last four digits.
    `next_forget_at`: it has been removed here, and the provider still has to delete it.
    """

    public_id = models.CharField(max_length=16, unique=True)
    subscriber = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_methods"
    )
    provider = models.CharField(max_length=20)
    reference = EncryptedTextField(index_field="reference_index")
    reference_index = BlindIndexField(of="reference")
    label = models.CharField(max_length=80)
    consented_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    next_forget_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "provider", "reference_index"], name="saved_method_once"
            ),
            models.CheckConstraint(
                condition=Q(next_forget_at__isnull=True) | Q(removed_at__isnull=False),
                name="saved_method_forgotten_was_removed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_forget_at"],
                name="saved_method_to_forget",
                condition=Q(next_forget_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"saved method {self.public_id}"
