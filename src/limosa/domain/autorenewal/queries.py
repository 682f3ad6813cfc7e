"""Reads for pages: what is on, what happens next and when, and what has happened."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from limosa.domain.autorenewal.engine.course import Unable
from limosa.domain.autorenewal.engine.cycle_life import OPEN_STATES, CycleState
from limosa.domain.autorenewal.engine.timetable import Timetable, timetable
from limosa.domain.autorenewal.models import AutoRenewal, Cycle
from limosa.domain.autorenewal.news import UNDONE_WITHIN, is_undone_by_itself
from limosa.domain.autorenewal.offering import Offer, cheapest_that_fits, offer_of
from limosa.domain.autorenewal.standing import last_bundle, times_of, turn_of
from limosa.domain.esims.models import Bundle, BundleState, Esim
from limosa.domain.payments.models import SavedMethod
from limosa.foundation.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What auto-renew would do for an eSIM if it were switched on now.

    `bundle`: the one that ends last; None: it has had none that counts. `offer`: of the same plan;
    `cheapest`: of the plan that would have been enough, if that is another one. `times` None: no
    end is known yet, it is over, or too near.
    """

    bundle: Bundle | None
    offer: Offer | Unable
    cheapest: Offer | None
    times: Timetable | None
    is_running: bool

    @property
    def is_used_up(self) -> bool:
        """Whether it runs, and has no data left."""
        return (
            self.bundle is not None
            and self.is_running
            and self.bundle.state == BundleState.EXHAUSTED
        )

    @property
    def is_possible(self) -> bool:
        """Whether it can be switched on."""
        return isinstance(self.offer, Offer)


def prospect(esim: Esim, *, now: datetime) -> Prospect:
    """Return what auto-renew would do for an eSIM."""
    bundle = last_bundle(esim.pk)
    if bundle is None:
        return Prospect(
            bundle=None, offer=Unable.PLAN_GONE, cheapest=None, times=None, is_running=False
        )
    currency = esim.subscriber.currency
    offer = offer_of(bundle.plan_id, esim=esim, currency=currency, now=now)
    return Prospect(
        bundle=bundle,
        offer=offer,
        cheapest=_cheapest(esim, bundle, now=now) if isinstance(offer, Offer) else None,
        times=_times(bundle, told_from=now),
        is_running=bundle.ends_at is None or bundle.ends_at > now,
    )


def _cheapest(esim: Esim, bundle: Bundle, *, now: datetime) -> Offer | None:
    currency = esim.subscriber.currency
    code = cheapest_that_fits(esim, bundle=bundle, currency=currency, now=now)
    if code == bundle.plan_id:
        return None
    offer = offer_of(code, esim=esim, currency=currency, now=now)
    return offer if isinstance(offer, Offer) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What happens next with an automatic renewal that is on.

    `charge_at`: when; None: no end is known yet, or this end is left to the person.
    `waits_for_notice`: it was due, and the notice is not delivered yet. `state`: of the cycle of
    the bundle that ends last, if it has one. `unable`: why it can't be renewed, as the person was
    told. `undoable`: a renewal that can still be undone.
    """

    auto: AutoRenewal
    ends_at: datetime | None
    charge_at: datetime | None
    waits_for_notice: bool
    state: CycleState | None
    unable: str
    undoable: Cycle | None

    @property
    def cap(self) -> Money:
        """The most that it may cost."""
        return cap_of(self.auto)

    @property
    def month_cap(self) -> Money | None:
        """The most that all renewals of thirty days may cost; None: it is not by data."""
        consent = self.auto.consent
        most = consent.month_cap_minor
        return None if most is None else Money(most, consent.currency)

    @property
    def may_skip(self) -> bool:
        """Whether the next renewal can be left out."""
        return self.ends_at is not None and (self.state is None or self.state in OPEN_STATES)


def ahead(auto: AutoRenewal, *, now: datetime) -> Ahead:
    """Return what happens next with an automatic renewal that is on."""
    bundle = last_bundle(auto.esim_id)
    cycle = auto.cycles.filter(bundle=bundle).first() if bundle else None
    is_open = cycle is None or cycle.closed_at is None
    ends_at = bundle.ends_at if bundle and bundle.ends_at and bundle.ends_at > now else None
    charge_at = None
    if bundle is not None and ends_at is not None and is_open:
        charge_at = _charge_at(cycle) if cycle else _first_charge(auto, bundle)
    if cycle is not None and cycle.state == CycleState.CHARGING:
        turn = turn_of(cycle, now=now)
        charge_at = turn.at if turn else None
    return Ahead(
        auto=auto,
        ends_at=ends_at,
        charge_at=charge_at,
        waits_for_notice=charge_at is not None
        and charge_at <= now
        and (cycle is None or cycle.delivered_at is None),
        state=CycleState(cycle.state) if cycle else None,
        unable=cycle.unable if cycle else "",
        undoable=undoable(auto.esim, now=now),
    )


def undoable(esim: Esim, *, now: datetime) -> Cycle | None:
    """Return an eSIM's latest automatic renewal, if it can be undone as far as its time and its
    supplier go: also after auto-renew was stopped or changed."""
    found = (
        Cycle.objects.filter(
            auto_renewal__esim=esim,
            auto_renewal__subscriber_id=esim.subscriber_id,
            state=CycleState.RENEWED,
            closed_at__gt=now - UNDONE_WITHIN,
        )
        .order_by("-id")
        .first()
    )
    is_undone = found is not None and is_undone_by_itself(found.order_number, now=now)
    return found if is_undone else None


def methods_in_use(subscriber_id: int) -> dict[str, list[Esim]]:
    """Return which of a person's eSIMs renew by themselves with a saved method, by its public id.
    One statement."""
    found: dict[str, list[Esim]] = {}
    autos = AutoRenewal.objects.filter(subscriber_id=subscriber_id, ended_at=None)
    for auto in autos.select_related("consent", "esim__carrier").order_by("id"):
        for method in auto.consent.methods:
            if method["saved_id"]:
                found.setdefault(method["saved_id"], []).append(auto.esim)
    return found


def cap_of(auto: AutoRenewal) -> Money:
    """Return the most that one renewal may cost."""
    return Money(auto.consent.cap_minor or 0, auto.consent.currency)


def auto_renewal_of(esim: Esim) -> AutoRenewal | None:
    """Return an eSIM's automatic renewal that is on."""
    return (
        AutoRenewal.objects.filter(esim=esim, ended_at=None)
        .select_related("consent__plan", "esim__carrier", "esim__subscriber", "subscriber")
        .first()
    )


def by_public_id(public_id: str) -> AutoRenewal | None:
    """Return an automatic renewal, on or off; of one that was changed, what its person has on for
    the eSIM now: a link in an older mail stops that."""
    found = (
        AutoRenewal.objects.filter(public_id=public_id)
        .select_related("consent__plan", "esim__carrier", "esim__subscriber", "subscriber")
        .first()
    )
    if found is None or found.is_on:
        return found
    running = auto_renewal_of(found.esim)
    is_theirs = running is not None and running.subscriber_id == found.subscriber_id
    return running if is_theirs else found


def charges_ahead(esims: Iterable[Esim]) -> dict[int, tuple[AutoRenewal, datetime | None]]:
    """Return the automatic renewals of eSIMs that are on, and when each charges next as far as that
    is planned, by the eSIM's key. Two statements at most."""
    autos = {
        auto.esim_id: auto
        for auto in AutoRenewal.objects.filter(
            esim__in=[esim.pk for esim in esims], ended_at=None
        ).select_related("consent")
    }
    planned = (
        {
            cycle.auto_renewal_id: _charge_at(cycle)
            for cycle in Cycle.objects.filter(auto_renewal__in=autos.values(), closed_at=None)
        }
        if autos
        else {}
    )
    return {esim_id: (auto, planned.get(auto.pk)) for esim_id, auto in autos.items()}


def method_labels(auto: AutoRenewal) -> list[str]:
    """Return what an automatic renewal's methods are called, in their order; empty: the wallet."""
    wanted = [one["saved_id"] for one in auto.consent.methods]
    labels = dict(
        SavedMethod.objects.filter(public_id__in=wanted).values_list("public_id", "label")
    )
    return [labels.get(saved_id, "") for saved_id in wanted]


def past_cycles(auto: AutoRenewal, *, most: int) -> list[Cycle]:
    """Return what became of an eSIM's renewals so far, newest first: also of earlier consents."""
    closed = Cycle.objects.filter(auto_renewal__esim_id=auto.esim_id, closed_at__isnull=False)
    return list(closed.select_related("plan", "bundle__plan").order_by("-id")[:most])


def _charge_at(cycle: Cycle) -> datetime | None:
    times = times_of(cycle)
    if cycle.delivered_at is None:
        return times.charge_at if times.charge_at < times.ends_at else None
    return times.charge_after(cycle.delivered_at)


def _first_charge(auto: AutoRenewal, bundle: Bundle) -> datetime | None:
    times = _times(bundle, told_from=max(auto.started_at, bundle.created_at))
    return times.charge_at if times else None


def _times(bundle: Bundle, *, told_from: datetime) -> Timetable | None:
    if bundle.starts_at is None or bundle.ends_at is None:
        return None
    return timetable(starts_at=bundle.starts_at, ends_at=bundle.ends_at, told_from=told_from)
