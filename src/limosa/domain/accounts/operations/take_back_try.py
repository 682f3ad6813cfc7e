"""An attempt that succeeded was not a guess."""

from datetime import datetime

from django.db.models import F

from limosa.domain.accounts.engine.try_rules import Trier, TryKind, counts_of
from limosa.domain.accounts.models import TryCount
from limosa.domain.accounts.try_counts import stored_name


def take_back_try(*, kind: TryKind, trier: Trier, now: datetime) -> None:
    """Remove an attempt counted by `count_try` from its counts.

    Only that one: an attacker who signs in to their own account between guesses gains no further
    ones.
    """
    names = [stored_name(counted.name) for counted in counts_of(kind, trier)]
    running = TryCount.objects.filter(name__in=names, over_at__gt=now, tries__gt=0)
    running.update(tries=F("tries") - 1)
