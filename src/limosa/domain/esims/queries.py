"""Reads of eSIMs and their bundles. Two statements, however many eSIMs a person has."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import F

from limosa.domain.catalog.models import PlanKind
from limosa.domain.esims.engine.installation_life import InstallationState
from limosa.domain.esims.engine.lifecycle import RunningBundle
from limosa.domain.esims.engine.move_life import MoveLimit, MovesLeft, moves_left
from limosa.domain.esims.models import (
    OPEN_STATES,
    Bundle,
    BundleState,
    Device,
    Esim,
    EsimState,
    Installation,
    Move,
    MoveState,
)
from limosa.foundation.period import Validity, ValidityUnit


@dataclass(frozen=True, slots=True)
class Lot:
    """Data that expires at the same moment; None: the first use has not decided it yet.

    `remaining_bytes` None: unlimited.
    """

    remaining_bytes: int | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class EsimView:
    """An eSIM as its person sees it.

    `current`: the bundle in use that ends first and is not a top-up; `top_ups`: those in use beside
    it; `queued`: those that follow; `on_hold`: those whose payment is disputed, unusable until that
    is decided; `last`: the newest ended one, if none is open.
    """

    esim: Esim
    current: Bundle | None = None
    top_ups: list[Bundle] = field(default_factory=list)
    queued: list[Bundle] = field(default_factory=list)
    on_hold: list[Bundle] = field(default_factory=list)
    last: Bundle | None = None

    @property
    def in_use(self) -> list[Bundle]:
        """The bundles that data is deducted from now."""
        return [*([self.current] if self.current else []), *self.top_ups]

    @property
    def unlimited(self) -> list[Bundle]:
        """The unlimited bundles in use, the one that data is deducted from first."""
        return [bundle for bundle in self.in_use if bundle.volume_bytes is None]

    @property
    def is_unlimited(self) -> bool:
        """Whether a bundle in use is unlimited."""
        return bool(self.unlimited)

    @property
    def counted(self) -> list[Bundle]:
        """The bundles that the figures cover: the unlimited one in use now, or else all in use.

        A volume alongside an unlimited bundle is not added to its full-speed allowance: see `lots`.
        """
        return self.unlimited[:1] or self.in_use

    @property
    def total_bytes(self) -> int:
        """The original volume of the counted bundles (at full speed, if unlimited)."""
        return sum(bundle.volume_bytes or bundle.fair_use_bytes or 0 for bundle in self.counted)

    @property
    def remaining_bytes(self) -> int:
        """What is left of it; never below zero."""
        return sum(
            max((bundle.volume_bytes or bundle.fair_use_bytes or 0) - bundle.used_bytes, 0)
            for bundle in self.counted
        )

    @property
    def lots(self) -> list[Lot]:
        """What is left by expiry, soonest first. Data with two expiries is never summed under the
        later one."""
        left: dict[datetime | None, int] = defaultdict(int)
        for bundle in self.in_use:
            left[bundle.ends_at] += bundle.remaining_bytes or 0
        lots = [Lot(size, ends_at) for ends_at, size in left.items() if size]
        lots += [Lot(None, ends_at) for ends_at in {one.ends_at for one in self.unlimited}]
        return sorted(lots, key=lambda lot: (lot.ends_at is None, lot.ends_at))

    @property
    def remaining_percent(self) -> int:
        """What is left, in whole percent, rounded down."""
        return self.remaining_bytes * 100 // self.total_bytes if self.total_bytes else 0

    @property
    def ends_at(self) -> datetime | None:
        """When the last bundle in use ends, or the last unlimited one if there is any; None while
        the first use has yet to decide."""
        bundles = self.unlimited or self.in_use
        return max((bundle.ends_at for bundle in bundles if bundle.ends_at), default=None)


def open_bundles(*, esim_ids: Iterable[int]) -> list[Bundle]:
    """Return the queued and active bundles of eSIMs, oldest first."""
    return list(
        Bundle.objects.filter(esim_id__in=list(esim_ids), state__in=OPEN_STATES)
        .select_related("plan")
        .order_by("id")
    )


# Every quote and every payment runs it (ADR 24). The states are those of OPEN_STATES.
_RUNNING = """
SELECT ends_at, validity_count, validity_unit, first_use_before FROM esims_bundle
 WHERE esim_id = %s AND state IN ('queued', 'active')
"""


def running_bundles(*, esim_id: int, now: datetime) -> list[RunningBundle]:
    """Return what the rule of lifecycle.py needs to know of an eSIM's open bundles. One statement.

    A bundle without a validity of its own is a top-up.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING, [esim_id])
        return [
            RunningBundle(
                ends_at=ends_at,
                is_top_up=count is None,
                first_use_before=before,
                validity=None if count is None else Validity(count, ValidityUnit(unit)),
            )
            for ends_at, count, unit, before in cursor.fetchall()
            if ends_at is None or ends_at > now
        ]


def esim_view(*, esim: Esim, bundles: Iterable[Bundle], now: datetime) -> EsimView:
    """Sort an eSIM's bundles by their state at `now`, even if the worker is late.

    `bundles` are its open ones, and may include ended ones, newest last.
    """
    active: list[Bundle] = []
    queued: list[Bundle] = []
    on_hold: list[Bundle] = []
    last: Bundle | None = None
    for bundle in bundles:
        is_over = bundle.ends_at is not None and bundle.ends_at <= now
        if bundle.state not in OPEN_STATES or is_over:
            last = bundle
        elif bundle.suspended_at is not None:
            on_hold.append(bundle)
        elif bundle.state == BundleState.ACTIVE or _has_begun(bundle, now):
            active.append(bundle)
        else:
            queued.append(bundle)
    top_ups = [bundle for bundle in active if bundle.plan.kind == PlanKind.TOP_UP]
    own = [bundle for bundle in active if bundle.plan.kind != PlanKind.TOP_UP]
    # In the order of deduction: soonest end first, then oldest.
    own.sort(key=lambda bundle: (bundle.ends_at is None, bundle.ends_at))
    current = own[0] if own else None
    return EsimView(
        esim, current, top_ups=[*own[1:], *top_ups], queued=queued, on_hold=on_hold, last=last
    )


def esims_of(*, subscriber_id: int) -> list[Esim]:
    """Return a person's eSIMs, newest first, without deleted ones."""
    return list(
        Esim.objects.filter(subscriber_id=subscriber_id)
        .exclude(state=EsimState.DELETED)
        .select_related("carrier")
        .order_by("-id")
    )


def renewable_by_number(iccid: str) -> str | None:
    """Return the public id of the eSIM with an ICCID; None: there is none, or several, since some
    suppliers reuse ICCIDs. One statement."""
    found = Esim.objects.filter(iccid=iccid).exclude(state=EsimState.DELETED)
    ids = list(found.values_list("public_id", flat=True)[:2])
    return ids[0] if len(ids) == 1 else None


def home_esims(*, subscriber_id: int, now: datetime) -> list[EsimView]:
    """Return views of a person's eSIMs."""
    esims = esims_of(subscriber_id=subscriber_id)
    by_esim: dict[int, list[Bundle]] = defaultdict(list)
    for bundle in open_bundles(esim_ids=[esim.pk for esim in esims]):
        by_esim[bundle.esim_id].append(bundle)
    return [esim_view(esim=esim, bundles=by_esim[esim.pk], now=now) for esim in esims]


def installation_of(esim: Esim, *, iccid: str = "") -> Installation | None:
    """Return the latest download of the profile that an eSIM has now, or of another one of its
    profiles, with its device; None: no device has reported any."""
    return (
        Installation.objects.filter(esim=esim, iccid=iccid or esim.iccid)
        .select_related("device")
        .order_by("-download")
        .first()
    )


def reported_states(esims: Iterable[Esim]) -> dict[int, InstallationState]:
    """Return where the profiles that eSIMs have now stand on their devices, by the eSIM's key, as
    far as devices have reported. One statement."""
    latest = (
        Installation.objects.filter(esim__in=[esim.pk for esim in esims], iccid=F("esim__iccid"))
        .order_by("esim_id", "-download")
        .distinct("esim_id")
        .values_list("esim_id", "state")
    )
    return {esim_id: InstallationState(state) for esim_id, state in latest}


def is_deleted_from_device(esim: Esim) -> bool:
    """Return whether the device that had an eSIM has reported that it was deleted there."""
    return reported_states([esim]).get(esim.pk) is InstallationState.DELETED


def is_only_unnamed(device: Device) -> bool:
    """Return whether no other device without a name has had one of the eSIMs of a device."""
    esims = device.installations.values("esim")
    unnamed = Device.objects.filter(installations__esim__in=esims, name="")
    return not unnamed.exclude(pk=device.pk).exists()


def waiting_move(esim: Esim) -> Move | None:
    """Return the move that an eSIM waits for."""
    return Move.objects.filter(esim=esim, state=MoveState.WAITING).first()


def newest_moves(esim: Esim, *, most: int) -> list[Move]:
    """Return an eSIM's moves, newest first."""
    return list(Move.objects.filter(esim=esim).order_by("-id")[:most])


def moves_left_for(esim: Esim, *, limit: MoveLimit, now: datetime) -> MovesLeft:
    """Return how often an eSIM may still be moved."""
    since = now - limit.period
    begun = Move.objects.filter(esim=esim, begun_at__gt=since).values_list("begun_at", flat=True)
    return moves_left(begun, limit=limit, now=now)


def due_moves(*, now: datetime, most: int) -> list[Move]:
    """Return the moves that a worker has to do something about, the longest due first."""
    due = Move.objects.filter(next_at__lte=now).select_related("esim")
    return list(due.order_by("next_at")[:most])


def devices_of(*, subscriber_id: int) -> list[Device]:
    """Return a person's devices, oldest first."""
    return list(Device.objects.filter(subscriber_id=subscriber_id).order_by("id"))


def _has_begun(bundle: Bundle, now: datetime) -> bool:
    return bundle.starts_at is not None and bundle.starts_at <= now
