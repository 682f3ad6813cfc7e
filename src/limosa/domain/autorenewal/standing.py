"""Reads: the bundle whose end is renewed next, and what is known of its cycle."""

from datetime import datetime, timedelta

from django.db.models import F, Sum

from limosa.domain.autorenewal.engine.attempts import Outcome, Tried, Turn, next_turn
from limosa.domain.autorenewal.engine.course import Facts, Price, Told, Unable
from limosa.domain.autorenewal.engine.cycle_life import CycleState
from limosa.domain.autorenewal.engine.timetable import (
    LEAD_EVER_LEAST,
    Timetable,
    by_data,
    slots,
    timetable,
)
from limosa.domain.autorenewal.models import MONTH, AutoRenewal, Cycle, EndReason
from limosa.domain.autorenewal.offering import Offer, offer_of, plan_for, usable_places
from limosa.domain.catalog.engine.rates import days_of
from limosa.domain.catalog.models import PlanKind
from limosa.domain.esims.models import Bundle, BundleState, EsimState
from limosa.domain.notifications.models import MailState, Notification
from limosa.domain.ordering.plan_changes import is_plan_changed
from limosa.domain.payments.models import Dispute, DisputeState

_UNKNOWN_END_MOST = timedelta(hours=6)
_SHARE_OF_TERM = 8


def last_bundle(esim_id: int) -> Bundle | None:
    """Return the bundle of an eSIM that ends last; of those whose first use decides, the newest.
    Top-ups end with another one, and what was refunded is none."""
    return (
        Bundle.objects.filter(esim_id=esim_id)
        .exclude(plan__kind=PlanKind.TOP_UP)
        .exclude(state=BundleState.REFUNDED)
        .exclude(state=BundleState.EXPIRED, ends_at=None)
        .select_related("plan")
        .order_by(F("ends_at").desc(nulls_first=True), "-id")
        .first()
    )


def look_while_end_is_unknown(bundle: Bundle) -> timedelta:
    """Return how long to leave a bundle alone whose first use decides when it ends."""
    validity = bundle.validity
    term = timedelta(days=days_of(validity)) if validity else _UNKNOWN_END_MOST
    return min(term / _SHARE_OF_TERM, _UNKNOWN_END_MOST)


def why_over(auto: AutoRenewal, *, now: datetime) -> EndReason | None:
    """Return why an automatic renewal has come to its end; None: it has not."""
    consent = auto.consent
    if consent.until is not None and consent.until <= now:
        return EndReason.UNTIL
    if auto.esim.state == EsimState.DELETED:
        return EndReason.ESIM_GONE
    if is_plan_changed(auto.esim, since=auto.started_at):
        return EndReason.REPLACED
    if not usable_places(consent.methods, subscriber_id=auto.subscriber_id):
        return EndReason.NO_METHOD
    orders = auto.cycles.exclude(order_number="").values("order_number")
    lost = Dispute.objects.filter(payment__order_number__in=orders, state=DisputeState.LOST)
    return EndReason.DISPUTE if lost.exists() else None


def times_of(cycle: Cycle) -> Timetable:
    """Return an open cycle's timetable; one that came too late is never charged."""
    known = timetable(starts_at=cycle.starts_at, ends_at=cycle.ends_at, told_from=cycle.told_from)
    times = known or Timetable(
        notice_at=cycle.ends_at,
        charge_at=cycle.ends_at,
        ends_at=cycle.ends_at,
        least_lead=LEAD_EVER_LEAST,
    )
    return by_data(times, low_at=cycle.low_at, due_at=cycle.due_at)


def offer_now(cycle: Cycle, *, now: datetime) -> Offer | Unable:
    """Return what a cycle would be renewed with now: with the plan that its notice names, if one
    was sent."""
    auto, bundle = cycle.auto_renewal, cycle.bundle
    if bundle.suspended_at is not None:
        return Unable.ON_HOLD
    code = cycle.plan_id or plan_for(auto.consent, bundle=bundle, now=now)
    offer = offer_of(code, esim=auto.esim, currency=auto.consent.currency, now=now)
    if isinstance(offer, Offer) and is_above_month(auto, offer.price.total_minor, now=now):
        return Unable.MONTH_CAP
    return offer


def is_above_month(auto: AutoRenewal, further_minor: int, *, now: datetime) -> bool:
    """Return whether a further charge would be more than a consent allows in thirty days."""
    most = auto.consent.month_cap_minor
    if most is None:
        return False
    lately = auto.cycles.filter(state=CycleState.RENEWED, closed_at__gt=now - MONTH)
    charged = lately.aggregate(charged=Sum("total_minor"))["charged"] or 0
    return int(charged) + further_minor > most


def facts_of(cycle: Cycle, *, price: Price | Unable, now: datetime) -> Facts:
    """Return what the rule of engine/course.py decides by."""
    turn = turn_of(cycle, now=now)
    return Facts(
        state=CycleState(cycle.state),
        times=times_of(cycle),
        cap_minor=cycle.cap_minor,
        price=price,
        told=_told(cycle),
        is_reminded=cycle.notices.filter(is_reminder=True).exists(),
        has_told_unable=bool(cycle.unable),
        turn_at=turn.at if turn else None,
    )


def turn_of(cycle: Cycle, *, now: datetime) -> Turn | None:
    """Return which method is to be charged next, and when; None: none is left."""
    consent = cycle.auto_renewal.consent
    return next_turn(
        _tried(cycle),
        usable=usable_places(consent.methods, subscriber_id=consent.subscriber_id),
        slots=slots(cycle.first_attempt_at or now, ends_at=cycle.ends_at),
        now=now,
    )


def _tried(cycle: Cycle) -> list[Tried]:
    rows = cycle.attempts.order_by("number").values_list("place", "begun_at", "outcome")
    return [Tried(place, begun_at, Outcome(outcome)) for place, begun_at, outcome in rows]


def _told(cycle: Cycle) -> Told | None:
    notice = cycle.notices.filter(is_reminder=False).order_by("-id").first()
    if notice is None:
        return None
    mail = Notification.objects.filter(key=notice.key).first()
    return Told(
        at_most_minor=notice.at_most_minor,
        sent_at=notice.sent_at,
        delivered_at=notice.delivered_at or (mail.mailed_at if mail else None),
        is_given_up=mail is None or mail.mail_state is MailState.GIVEN_UP,
    )
