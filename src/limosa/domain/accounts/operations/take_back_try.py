"""A try that succeeded was no guess."""

from datetime import datetime

from django.db.models import F

from limosa.domain.accounts.engine.try_rules import Trier, TryKind, counts_of
from limosa.domain.accounts.models import TryCount
from limosa.domain.accounts.try_counts import stored_name


def take_back_try(*, kind: TryKind, trier: Trier, now: datetime) -> None:
    """Take a try that `count_try` counted off its counts again.

    Only this one: an own account that signs in between two guesses buys no further guesses.
    """
    names = [stored_name(counted.name) for counted in counts_of(kind, trier)]
    running = TryCount.objects.filter(name__in=names, over_at__gt=now, tries__gt=0)
    running.update(tries=F("tries") - 1)
