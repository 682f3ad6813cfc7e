"""Attempts are counted before they are checked, so concurrent ones can't exceed the limit."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.engine.try_rules import Counted, Trier, TryKind, counts_of
from limosa.domain.accounts.refusals import TriedTooOftenError
from limosa.domain.accounts.try_counts import add_to_count


def count_try(*, kind: TryKind, trier: Trier, now: datetime) -> None:
    """Count an attempt, or refuse it. `take_back_try` reverses it for one that succeeds.

    Each count is committed at once, so the caller can't roll it back. No transaction may be open.
    Counts are kept in the database: they hold across processes and restarts.
    Raises: TriedTooOftenError, which says how long to wait.
    """
    for counted in counts_of(kind, trier):
        if (until := _add(counted, now)) is not None:
            raise TriedTooOftenError(until - now)


@transaction.atomic(durable=True)
def _add(counted: Counted, now: datetime) -> datetime | None:
    return add_to_count(counted, now=now)
