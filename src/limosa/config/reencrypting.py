"""Covers every encrypted column of every table, and allauth's secrets."""

from collections.abc import Callable, Iterator
from functools import partial

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import transaction
from django.db.models import Model, QuerySet

from limosa.domain.encryption.batches import reencrypt_batch, rows_to_reencrypt
from limosa.domain.encryption.cipher import decrypt, encrypt, newest_mark
from limosa.domain.encryption.fields import Encrypted
from limosa.web.second_step import ENCRYPTED_IN, PLACE

# Called with (place, unit, done, total).
Report = Callable[[str, str, int, int], None]


def encrypted_fields() -> Iterator[Encrypted]:
    """Return every encrypted column there is."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, Encrypted):
                yield field


def encrypted_places() -> dict[str, Callable[[], None]]:
    """Return every place with encrypted texts, each with a function that decrypts its first and
    its last text, as a sample of the keys.

    The functions raise DecryptionError, EncryptionKeyMissingError.
    """
    places = {field.place: partial(_decrypt_sample, field) for field in encrypted_fields()}
    return places | {PLACE: _decrypt_second_steps}


def _decrypt_sample(field: Encrypted) -> None:
    rows: QuerySet[Model] = QuerySet(field.model).filter(**{f"{field.name}__isnull": False})
    texts = rows.values_list(field.name, flat=True)
    _ = texts.order_by("pk").first(), texts.order_by("-pk").first()


def _decrypt_second_steps() -> None:
    for kind, member in ENCRYPTED_IN.items():
        rows = Authenticator.objects.filter(type=kind)
        for row in (rows.order_by("id").first(), rows.order_by("-id").first()):
            if row is not None:
                decrypt(row.data[member], place=PLACE)


def reencrypt_all(*, rows_per_batch: int, report: Report) -> int:
    """Re-encrypt all rows under the newest key; return how many were under another one.

    Raises: DecryptionError, EncryptionKeyMissingError; earlier batches are kept.
    """
    rows = sum(_reencrypt(field, rows_per_batch, report) for field in encrypted_fields())
    return rows + _reencrypt_second_steps(report)


def _reencrypt(field: Encrypted, rows_per_batch: int, report: Report) -> int:
    total, done, after = rows_to_reencrypt(field), 0, 0
    while (batch := reencrypt_batch(field, after=after, most=rows_per_batch)) is not None:
        after, rows = batch
        done += rows
        report(field.place, "rows", done, max(total, done))
    return done


def _reencrypt_second_steps(report: Report) -> int:
    """Re-encrypt the secrets in the JSON of allauth's rows; a transaction for each."""
    rows = Authenticator.objects.filter(type__in=ENCRYPTED_IN).order_by("id")
    keys, done = list(rows.values_list("id", flat=True)), 0
    for key in keys:
        done += _reencrypt_second_step(key)
        report(PLACE, "rows", done, max(len(keys), 1))
    return done


@transaction.atomic
def _reencrypt_second_step(key: int) -> int:
    row = Authenticator.objects.select_for_update().filter(pk=key).first()
    if row is None:  # It was removed meanwhile.
        return 0
    member = ENCRYPTED_IN[row.type]
    encrypted = row.data[member]
    if encrypted.startswith(newest_mark()):
        return 0
    row.data[member] = encrypt(decrypt(encrypted, place=PLACE), place=PLACE)
    row.save(update_fields=["data"])
    return 1
