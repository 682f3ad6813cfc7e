"""A try counts before it is made: so not even tries at the same moment go beyond the limit."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.engine.try_rules import Counted, Trier, TryKind, counts_of
from limosa.domain.accounts.refusals import TriedTooOftenError
from limosa.domain.accounts.try_counts import add_to_count


def count_try(*, kind: TryKind, trier: Trier, now: datetime) -> None:
    """Count a try, or refuse it. A try that succeeds is taken back (`take_back_try`).

    Each count is committed at once: what the caller does next can't undo it. No transaction may be
    open. Counts live in the database, for all processes together, and last over a restart.
    Raises: TriedTooOftenError, which says how long to wait.
    """
    for counted in counts_of(kind, trier):
        if (until := _add(counted, now)) is not None:
            raise TriedTooOftenError(until - now)


@transaction.atomic(durable=True)
def _add(counted: Counted, now: datetime) -> datetime | None:
    return add_to_count(counted, now=now)
