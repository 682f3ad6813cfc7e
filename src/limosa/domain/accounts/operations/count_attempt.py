"""Attempts are counted before they are checked, so concurrent ones can't exceed the limit."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.attempt_counts import add_to_count
from limosa.domain.accounts.engine.attempt_rules import AttemptKind, Claimant, Counted, counts_of
from limosa.domain.accounts.refusals import TriedTooOftenError


def count_attempt(*, kind: AttemptKind, claimant: Claimant, now: datetime) -> None:
    """Count an attempt, or refuse it. `take_back_attempt` reverses it for one that succeeds.

    Each count is committed at once, so the caller can't roll it back. No transaction may be open.
    Counts are kept in the database: they hold across processes and restarts.
    Raises: TriedTooOftenError, which says how long to wait.
    """
    for counted in counts_of(kind, claimant):
        if (until := _add(counted, now)) is not None:
            raise TriedTooOftenError(until - now)


@transaction.atomic(durable=True)
def _add(counted: Counted, now: datetime) -> datetime | None:
    return add_to_count(counted, now=now)
