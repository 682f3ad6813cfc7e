import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, QuerySet

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
from limosa.domain.payments.operations.import_settlement import import_settlement
from limosa.domain.payments.operations.pass_settlement import pass_settlement
from limosa.domain.payments.registry import provider_for
from limosa.foundation.errors import ProviderError, RemoteProtocolError

# A day whose settlement is still missing after a week is left to the console. A settlement is
# fetched again daily for a week, and weekly after that, because providers add to it and correct it.
DAYS_TRIED = 7
FETCH_AGAIN_AFTER = timedelta(days=1)
FETCH_OLDER_AGAIN_AFTER = timedelta(days=7)
# For this long it is checked every time, and after that in rotation with all older ones: a bank may
# decide after months, and a payment may become known late.
DAYS_COMPARED = 31
OLDER_AT_ONCE = 24

logger = logging.getLogger(__name__)


def reconcile_due(*, now: datetime) -> int:
    """Reconcile the days that are over and not done yet; return how many were done.

    Days are those of each provider's settlement zone. If a settlement is not available yet, it is
    retried at the next call. A new installation only requests yesterday's. Settlements of the last
    week are fetched again once a day, those of the last month once a week, and one that was taken
    before its day had ended at once. Then settlements are compared again if their lines, books or
    open differences have changed, or may have. Those of the last month are checked every time; of
    the older ones some are, in rotation: first those with open differences, then those checked
    longest ago.
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
    """Yield yesterday, and the days before it since the first that we have requested."""
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
    return row.asked_at <= now - (FETCH_AGAIN_AFTER if is_young else FETCH_OLDER_AGAIN_AFTER)


def _fetch_again(row: Settlement, now: datetime) -> None:
    """Fetch the provider's current version; comparing shows whether anything is new."""
    try:
        import_settlement(provider_code=row.provider, day=row.day, now=now)
    except (ProviderError, RemoteProtocolError) as error:
        logger.info("The settlement of %s of %s is as it was: %s", row.provider, row.day, error)


def _compare_changed(code: str, today: date, now: datetime) -> None:
    """Compare what has changed, and what a provider's answer may explain by now."""
    compared = Settlement.objects.filter(provider=code, compared_at__lt=now)
    since = today - timedelta(days=DAYS_COMPARED)
    recent, older = compared.filter(day__gte=since), compared.filter(day__lt=since)
    open_in = set(_with_open_differences(recent).values_list("pk", flat=True))
    for row in recent.order_by("day"):
        if row.pk in open_in or _has_changed(row):
            compare_settlement(settlement_id=row.pk, now=now)
    for row in _next_older(older):
        if _has_changed(row):
            compare_settlement(settlement_id=row.pk, now=now)
        pass_settlement(settlement=row, now=now)


def _with_open_differences(settlements: QuerySet[Settlement]) -> QuerySet[Settlement]:
    return settlements.filter(differences__state=DifferenceState.OPEN).distinct()


def _next_older(older: QuerySet[Settlement]) -> list[Settlement]:
    """Return the older ones whose turn it is, each once."""
    turn = F("looked_at").asc(nulls_first=True)
    found = [
        *_with_open_differences(older).order_by(turn, "day")[:OLDER_AT_ONCE],
        *older.order_by(turn, "day")[:OLDER_AT_ONCE],
    ]
    return list({row.pk: row for row in found}.values())


def _has_changed(row: Settlement) -> bool:
    return day_mark(row) != row.compared_mark or differs_from_totals(row)
