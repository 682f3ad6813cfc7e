"""An attempt that succeeded was not a guess."""

from datetime import datetime

from django.db.models import F

from limosa.domain.accounts.attempt_counts import stored_name
from limosa.domain.accounts.engine.attempt_rules import AttemptKind, Claimant, counts_of
from limosa.domain.accounts.models import AttemptCount


def take_back_attempt(*, kind: AttemptKind, claimant: Claimant, now: datetime) -> None:
    """Remove an attempt counted by `count_attempt` from its counts.

    Only that one: an attacker who signs in to their own account between guesses gains no further
    ones.
    """
    names = [stored_name(counted.name) for counted in counts_of(kind, claimant)]
    running = AttemptCount.objects.filter(name__in=names, over_at__gt=now, attempts__gt=0)
    running.update(attempts=F("attempts") - 1)
