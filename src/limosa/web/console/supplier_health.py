"""How suppliers have done lately, from their orders; no outside calls."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Count

from limosa.domain.connectivity.engine.supplying import SupplyState
from limosa.domain.connectivity.models import SupplierCall, SupplierMessage, Supply
from limosa.web.console.long_reads import statements_may_take

SPAN = timedelta(days=7)
_SECONDS_MAX = 10
_HEALTH = """
SELECT supplier_id,
       count(*) FILTER (WHERE state = 'delivered'),
       count(*) FILTER (WHERE state = 'refused'),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - created_at))
           FILTER (WHERE state = 'delivered'),
       percentile_disc(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - created_at))
           FILTER (WHERE state = 'delivered'),
       count(*) FILTER (WHERE state NOT IN ('delivered', 'returning', 'refused')
                          AND asked_at IS NOT NULL AND iccid = '' AND is_paid_back)
  FROM (SELECT supply.*, orders.state = 'refunded' AND orders.fulfilled_at IS NULL AS is_paid_back
          FROM connectivity_supply AS supply
          LEFT JOIN ordering_order AS orders ON orders.number = supply.order_number
         WHERE supply.created_at >= %s) AS lately
 GROUP BY supplier_id
"""
_WAITING = [state.value for state in (SupplyState.DUE, SupplyState.ASKED, SupplyState.PENDING)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Counts of SPAN, and what waits now. `half_within`, `most_within`: in what time half, and 95
    of 100, of what was delivered had come; None: nothing was. `too_late`: asked for, and not there
    when the money went back."""

    delivered: int = 0
    refused: int = 0
    half_within: timedelta | None = None
    most_within: timedelta | None = None
    waiting: int = 0
    unclear: int = 0
    too_late: int = 0

    @property
    def success_percent(self) -> int | None:
        """Delivered, of what was delivered, refused or too late, rounded down; None: nothing."""
        ended = self.delivered + self.refused + self.too_late
        return self.delivered * 100 // ended if ended else None


def health_by_supplier(*, now: datetime) -> dict[str, Health]:
    """Return the health of each supplier that had orders lately, or has some that wait."""
    with statements_may_take(_SECONDS_MAX), connection.cursor() as cursor:
        cursor.execute(_HEALTH, [now - SPAN])
        ended = {row[0]: row[1:] for row in cursor.fetchall()}
    waiting = _counts([*_WAITING])
    unclear = _counts([SupplyState.UNCLEAR.value])
    found = {}
    for code in {*ended, *waiting, *unclear}:
        delivered, refused, half, most, late = ended.get(code, (0, 0, None, None, 0))
        found[code] = Health(
            delivered=delivered,
            refused=refused,
            half_within=_time(half),
            most_within=_time(most),
            waiting=waiting.get(code, 0),
            unclear=unclear.get(code, 0),
            too_late=late,
        )
    return found


def refusals_of(supplier_code: str, *, now: datetime) -> list[tuple[str, int]]:
    """Return why a supplier refused orders lately, most frequent first."""
    rows = Supply.objects.filter(
        supplier=supplier_code, state=SupplyState.REFUSED.value, created_at__gte=now - SPAN
    )
    return [
        (problem, number)
        for problem, number in rows.values_list("problem")
        .annotate(number=Count("pk"))
        .order_by("-number", "problem")
    ]


def last_call(supplier_code: str, *, now: datetime) -> SupplierCall | None:
    """Return the newest call about an order of SPAN; None: there was none."""
    lately = Supply.objects.filter(supplier=supplier_code, created_at__gte=now - SPAN)
    return SupplierCall.objects.filter(supply__in=lately).order_by("-id").first()


def last_message(supplier_code: str, *, now: datetime) -> SupplierMessage | None:
    """Return the newest notification of SPAN; None: there was none."""
    return (
        SupplierMessage.objects.filter(supplier_code=supplier_code, received_at__gte=now - SPAN)
        .order_by("-received_at")
        .first()
    )


def _counts(states: list[str]) -> dict[str, int]:
    rows = Supply.objects.filter(state__in=states).values_list("supplier_id")
    return dict(rows.annotate(number=Count("pk")))


def _time(seconds: Decimal | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=float(seconds))
