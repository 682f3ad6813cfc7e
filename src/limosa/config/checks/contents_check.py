"""The database's contents compared with the settings: encrypted texts, and the tax rate of our
place."""

from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Model, QuerySet

from limosa.config.checks.finding import Finding, fault, warning
from limosa.config.reencrypting import encrypted_fields
from limosa.domain.encryption.cipher import DecryptionError, EncryptionKeyMissingError
from limosa.domain.encryption.fields import EncryptedTextField
from limosa.domain.ordering.models import TaxRate


def check_contents() -> Iterator[Finding]:
    """Yield what does not match the settings. An unreachable database is reported by another
    check."""
    try:
        broken = [field.place for field in encrypted_fields() if not _opens(field)]
        has_tax = TaxRate.objects.filter(place=settings.PLACE_OF_SUPPLY).exists()
    except DatabaseError:
        return
    if broken:
        yield fault(
            "LIMOSA_ENCRYPTION_KEYS, or LIMOSA_SECRET_KEY while those are not set, does not open "
            f"what is encrypted in the database ({', '.join(broken)}): set the keys that "
            "encrypted it."
        )
    if not has_tax:
        yield warning(
            f"There is no tax rate for {settings.PLACE_OF_SUPPLY}, which LIMOSA_PLACE_OF_SUPPLY "
            "names: the tax in every price is 0."
        )


def _opens(field: EncryptedTextField) -> bool:
    """Whether the first and the last text of a column can be decrypted, as a sample of the keys."""
    rows: QuerySet[Model] = QuerySet(field.model).filter(**{f"{field.name}__isnull": False})
    texts = rows.values_list(field.name, flat=True)
    try:
        _ = texts.order_by("pk").first(), texts.order_by("-pk").first()
    except (DecryptionError, EncryptionKeyMissingError):
        return False
    return True
