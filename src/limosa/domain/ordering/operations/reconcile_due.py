import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from limosa.domain.ordering.operations.compare_settlement import compare_settlement
from limosa.domain.ordering.operations.reconcile import reconcile
from limosa.domain.ordering.settlement_sums import differs_from_totals
from limosa.domain.payments.day_mark import day_mark
from limosa.domain.payments.engine.days import is_over
from limosa.domain.payments.models import (
    DifferenceState,
    Settlement,
    SettlementState,
)
from limosa.domain.payments.operations.take_in_settlement import take_in_settlement
from limosa.domain.payments.registry import provider_for
from limosa.foundation.problem import ProviderError, RemoteProtocolError

# A day whose settlement did not come in a week is left to the console. So long, too, a settlement
# is fetched again each day: providers add to it and correct it.
DAYS_TRIED = 7
FETCH_AGAIN_AFTER = timedelta(days=1)
# What changes later is not looked at by itself any more; a run of its day still does.
DAYS_COMPARED = 31

logger = logging.getLogger(__name__)


def reconcile_due(*, now: datetime) -> int:
    """Reconcile the days that are over and not done yet; return how many were done.

    Each provider's days are those of its settlement zone. One whose settlement is not there yet
    is tried again at the next call. Of the first days of a new installation only yesterday is
    asked for. The settlements of the last days are fetched again, once a day; one that was taken
    in before its day had ended, at once. Then older settlements are compared again whose lines,
    books or open differences have changed since, or may have.
    """
    done = 0
    for code in settings.PAYMENT_PROVIDERS:
        zone = provider_for(code).settlement_zone
        today = now.astimezone(ZoneInfo(zone)).date()
        known = {
            row.day: row
            for row in Settlement.objects.filter(
                provider=code, day__gte=today - timedelta(days=DAYS_COMPARED), day__lt=today
            )
        }
        for day in _days_due(known, today):
            done += _is_done(code, day, now)
        for row in known.values():
            if _is_to_fetch_again(row, zone, today, now):
                _fetch_again(row, now)
        _compare_changed(code, today, now)
    return done


def _days_due(known: dict[date, Settlement], today: date) -> Iterator[date]:
    """Yield yesterday, and the days before it since the first that we have asked for."""
    first = min(known, default=today)
    yesterday = today - timedelta(days=1)
    for back in range(DAYS_TRIED, 0, -1):
        day = today - timedelta(days=back)
        is_done = day in known and known[day].state == SettlementState.DONE
        if not is_done and (day >= first or day == yesterday):
            yield day


def _is_done(code: str, day: date, now: datetime) -> bool:
    try:
        reconcile(provider_code=code, day=day, now=now)
    except (ProviderError, RemoteProtocolError) as error:
        logger.info("The settlement of %s of %s is not reconciled: %s", code, day, error)
        return False
    return True


def _is_to_fetch_again(row: Settlement, zone: str, today: date, now: datetime) -> bool:
    if row.state != SettlementState.DONE:
        return False
    if row.taken_at is not None and not is_over(row.day, zone=zone, at=row.taken_at):
        return True
    is_young = row.day >= today - timedelta(days=DAYS_TRIED)
    return is_young and row.asked_at <= now - FETCH_AGAIN_AFTER


def _fetch_again(row: Settlement, now: datetime) -> None:
    """Take in what the provider says now; whether it says anything new is seen by comparing."""
    try:
        take_in_settlement(provider_code=row.provider, day=row.day, now=now)
    except (ProviderError, RemoteProtocolError) as error:
        logger.info("The settlement of %s of %s is as it was: %s", row.provider, row.day, error)


def _compare_changed(code: str, today: date, now: datetime) -> None:
    """Compare what has changed, and what an answer of the provider may explain by now."""
    older = Settlement.objects.filter(
        provider=code,
        day__gte=today - timedelta(days=DAYS_COMPARED),
        compared_at__lt=now,
    )
    open_in = set(
        older.filter(differences__state=DifferenceState.OPEN).values_list("pk", flat=True)
    )
    for row in older.order_by("day"):
        if row.pk in open_in or day_mark(row) != row.compared_mark or differs_from_totals(row):
            compare_settlement(settlement_id=row.pk, now=now)
