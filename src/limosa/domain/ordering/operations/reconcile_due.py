import logging
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from limosa.domain.ordering.operations.compare_settlement import compare_settlement
from limosa.domain.ordering.operations.reconcile import reconcile
from limosa.domain.payments.models import (
    Difference,
    DifferenceState,
    Settlement,
    SettlementState,
)
from limosa.domain.payments.registry import provider_for
from limosa.foundation.problem import ProviderError, RemoteProtocolError

# A day whose settlement did not come in a week is left to the console.
DAYS_TRIED = 7
# What is open longer is not looked at by itself any more; a run of its day still does.
DAYS_COMPARED = 31

logger = logging.getLogger(__name__)


def reconcile_due(*, now: datetime) -> int:
    """Reconcile the days that are over and not done yet; return how many were done.

    Each provider's days are those of its settlement zone. One whose settlement is not there yet
    is tried again at the next call. Of the first days of a new installation only yesterday is
    asked for. Then older settlements with open differences are compared again: what came to be
    known since explains some of them.
    """
    done = 0
    for code in settings.PAYMENT_PROVIDERS:
        for day in _days_due(code, now):
            done += _is_done(code, day, now)
        _compare_older(code, now)
    return done


def _days_due(code: str, now: datetime) -> list[date]:
    """Return yesterday, and the days before it since the first that we have asked for."""
    today = now.astimezone(ZoneInfo(provider_for(code).settlement_zone)).date()
    asked = dict(
        Settlement.objects.filter(
            provider=code, day__gte=today - timedelta(days=DAYS_TRIED)
        ).values_list("day", "state")
    )
    first = min(asked, default=today)
    days = [today - timedelta(days=back) for back in range(DAYS_TRIED, 0, -1)]
    return [
        day
        for day in days
        if asked.get(day) != SettlementState.DONE and (day >= first or day == days[-1])
    ]


def _is_done(code: str, day: date, now: datetime) -> bool:
    try:
        reconcile(provider_code=code, day=day, now=now)
    except (ProviderError, RemoteProtocolError) as error:
        logger.info("The settlement of %s of %s is not reconciled: %s", code, day, error)
        return False
    return True


def _compare_older(code: str, now: datetime) -> None:
    open_in = Difference.objects.filter(provider=code, state=DifferenceState.OPEN)
    older = Settlement.objects.filter(
        pk__in=open_in.values("settlement"),
        day__gte=(now - timedelta(days=DAYS_COMPARED)).date(),
        compared_at__lt=now,
    )
    for settlement_id in list(older.order_by("day").values_list("pk", flat=True)):
        compare_settlement(settlement_id=settlement_id, now=now)
