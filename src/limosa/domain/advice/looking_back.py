"""Reads: what an eSIM's days were like, and what was paid for them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from limosa.domain.advice.engine.window import KnownUse, Ran, Span, known_use, paid_share
from limosa.domain.catalog.models import PlanKind
from limosa.domain.charging.queries import daily_usage
from limosa.domain.esims.models import Bundle, BundleState, Esim
from limosa.domain.ordering.models import Order
from limosa.foundation.money import Money
from limosa.foundation.period import last_moment

BUNDLES_MAX = 400


@dataclass(frozen=True, slots=True)
class History:
    """`countries`: where the plans of these days can be used, top-ups aside; `ran`: the days of all
    bundles that ran then, by order."""

    known: KnownUse
    countries: frozenset[str]
    ran: Mapping[str, Ran]


def history_of(esim: Esim, span: Span) -> History:
    """Return what is known of an eSIM's days in a span, its own days. Two statements, one if
    nothing was used."""
    used = {
        row.day: row.used_bytes
        for row in daily_usage(esim_id=esim.pk, since=span.since)
        if row.day < span.until
    }
    if not any(used.values()):
        return History(known_use(span, used={}, ran=()), frozenset(), {})
    zone = ZoneInfo(esim.time_zone)
    since, until = (datetime.combine(day, time(0), tzinfo=zone) for day in (span.since, span.until))
    bundles = _bundles_of(esim, since=since, until=until)
    ran = dict(_ran(bundles, zone))
    own = (one.plan.countries for one in bundles if one.plan.kind != PlanKind.TOP_UP)
    return History(known_use(span, used=used, ran=ran.values()), frozenset().union(*own), ran)


def paid_for(history: History, span: Span, *, currency: str) -> Money | None:
    """Return what was paid for bundles and not given back, shared out over their days: the part
    that falls on a span. None: some in another currency. One statement, none without bundles.

    What has no order was a gift.
    """
    ran = {number: one for number, one in history.ran.items() if one.first < span.until}
    if not ran:
        return Money(0, currency)
    rows = Order.objects.filter(number__in=list(ran)).values_list(
        "number", "quote__currency", F("quote__total_minor") - F("reversed_minor")
    )
    paid = 0
    for number, paid_in, amount_minor in rows:
        if paid_in != currency:
            return None
        paid += paid_share(amount_minor, ran=ran[number], span=span)
    return Money(paid, currency)


def _bundles_of(esim: Esim, *, since: datetime, until: datetime) -> tuple[Bundle, ...]:
    never_used = Q(state=BundleState.REFUNDED, used_bytes=0)
    rows = Bundle.objects.filter(esim=esim, starts_at__lt=until).exclude(never_used)
    rows = rows.filter(Q(ended_at=None) | Q(ended_at__gt=since))
    return tuple(rows.select_related("plan").order_by("-id")[:BUNDLES_MAX])


def _ran(bundles: Iterable[Bundle], zone: ZoneInfo) -> Iterator[tuple[str, Ran]]:
    for bundle in bundles:
        if bundle.starts_at:
            # That its time was over is noted some time after it was.
            ends = [one for one in (bundle.ended_at, bundle.ends_at) if one is not None]
            end = min(ends, default=None)
            last = _day(last_moment(end), zone) if end else None
            yield bundle.order_number, Ran(_day(bundle.starts_at, zone), last)


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
