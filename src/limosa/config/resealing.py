"""Goes through every sealed column of every table, and through allauth's secrets."""

from collections.abc import Callable, Iterator

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import transaction

from limosa.domain.sealed.batches import reseal_batch, rows_to_reseal
from limosa.domain.sealed.fields import SealedTextField
from limosa.domain.sealed.sealing import newest_mark, open_sealed, seal
from limosa.web.second_step import PLACE, SEALED_IN

# Told (place, unit, done, of how many).
Report = Callable[[str, str, int, int], None]


def sealed_fields() -> Iterator[SealedTextField]:
    """Return every sealed column there is."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, SealedTextField):
                yield field


def reseal_all(*, rows_per_batch: int, report: Report) -> int:
    """Seal all rows under the newest key; return how many were under another one.

    Raises: SealBrokenError, SealingKeyMissingError; batches before it are kept.
    """
    rows = sum(_reseal(field, rows_per_batch, report) for field in sealed_fields())
    return rows + _reseal_second_steps(report)


def _reseal(field: SealedTextField, rows_per_batch: int, report: Report) -> int:
    total, done, after = rows_to_reseal(field), 0, 0
    while (batch := reseal_batch(field, after=after, most=rows_per_batch)) is not None:
        after, rows = batch
        done += rows
        report(field.place, "rows", done, max(total, done))
    return done


def _reseal_second_steps(report: Report) -> int:
    """Seal the secrets anew that allauth keeps in the JSON of its rows; a transaction for each."""
    rows = Authenticator.objects.filter(type__in=SEALED_IN).order_by("id")
    keys, done = list(rows.values_list("id", flat=True)), 0
    for key in keys:
        done += _reseal_second_step(key)
        report(PLACE, "rows", done, max(len(keys), 1))
    return done


@transaction.atomic
def _reseal_second_step(key: int) -> int:
    row = Authenticator.objects.select_for_update().filter(pk=key).first()
    if row is None:  # It was removed meanwhile.
        return 0
    member = SEALED_IN[row.type]
    sealed = row.data[member]
    if sealed.startswith(newest_mark()):
        return 0
    row.data[member] = seal(open_sealed(sealed, place=PLACE), place=PLACE)
    row.save(update_fields=["data"])
    return 1
