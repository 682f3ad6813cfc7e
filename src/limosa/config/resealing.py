"""Goes through every sealed column of every table."""

from collections.abc import Callable, Iterator

from django.apps import apps

from limosa.domain.sealed.batches import reseal_batch, rows_to_reseal
from limosa.domain.sealed.fields import SealedTextField

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
    return sum(_reseal(field, rows_per_batch, report) for field in sealed_fields())


def _reseal(field: SealedTextField, rows_per_batch: int, report: Report) -> int:
    total, done, after = rows_to_reseal(field), 0, 0
    while (batch := reseal_batch(field, after=after, most=rows_per_batch)) is not None:
        after, rows = batch
        done += rows
        report(field.place, "rows", done, max(total, done))
    return done
