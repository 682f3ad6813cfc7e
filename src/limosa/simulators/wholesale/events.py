"""What happens to an eSIM out in the world: a device installs it, it uses data, time passes."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from limosa.simulators.clock import Clock
from limosa.simulators.wholesale.bundles import (
    Change,
    bundles_of,
    main_bundle,
    pass_time,
    start_next,
    use_data,
    warn_of,
)
from limosa.simulators.wholesale.esims import (
    DOWNLOADED,
    ENABLED,
    INSTALLED,
    LIVE,
    RELEASED,
    RUNNING,
    WAITING,
    Esim,
    esim_of,
    esims_with,
    move_clock,
    set_profile,
)
from limosa.simulators.wholesale.store import Store, note
from limosa.simulators.wholesale.wire import Wire


@dataclass(frozen=True, slots=True)
class Counted:
    """What the network may do with an eSIM. `remaining` None: any volume."""

    is_known: bool
    remaining: int | None = None
    may_use: bool = False


class Events:
    """Takes what happens to eSIMs, whoever sold them.

    `is_told`: an SM-DP+ tells what was installed. What is used before it has said so counts, and
    the eSIM is enabled when it has.
    """

    def __init__(
        self, store: Store, wires: Mapping[str, Wire], clock: Clock, *, is_told: bool
    ) -> None:
        self._store, self._wires, self._clock = store, wires, clock
        self._is_told = is_told

    def use(self, esim: Esim, volume: int) -> Esim:
        """Use data; an eSIM that uses data is switched on."""
        now = self._clock()
        with self._store.transaction() as db:
            self._use(db, esim, volume, now)
            return esim_of(db, esim.id)

    def take_record(self, record_id: str, iccid: str, volume: int) -> Counted:
        """Count a record of the network once, for the newest eSIM with its ICCID that is valid; one
        of no bytes says that the eSIM has come to the network."""
        now = self._clock()
        with self._store.transaction() as db:
            esims = esims_with(db, iccid)
            if not esims:
                return Counted(is_known=False)
            esim = next((one for one in esims if one.state == LIVE), esims[0])
            is_new = db.execute(
                "INSERT OR IGNORE INTO seen_records VALUES (?)", (record_id,)
            ).rowcount
            if is_new:
                self._use(db, esim, volume, now)
            return _counted(db, esim_of(db, esim.id))

    def set_profile(self, esim: Esim, profile: str, *, eid: str = "") -> Esim:
        """Note where a profile stands on a device."""
        with self._store.transaction() as db:
            self._set_profile(db, esim, profile, eid=eid, now=self._clock())
            return esim_of(db, esim.id)

    def tell_profile(self, iccid: str, profile: str, *, eid: str) -> bool:
        """Note what an SM-DP+ told of a profile; False: it is not of ours."""
        with self._store.transaction() as db:
            esims = esims_with(db, iccid)
            if not esims:
                return False
            now, esim = self._clock(), esims[0]
            self._set_profile(db, esim, profile, eid=eid, now=now)
            bundle = main_bundle(db, esim)
            if profile == INSTALLED and bundle is not None and bundle.state == RUNNING:
                self._set_profile(db, esim_of(db, esim.id), ENABLED, eid=eid, now=now)
            return True

    def move_clock(self, esim: Esim, seconds: float) -> Esim:
        """Let an eSIM be so much later than it is."""
        now = self._clock()
        with self._store.transaction() as db:
            esim = move_clock(db, esim, seconds)
            self._tell(db, pass_time(db, esim, now=now), now)
            return esim

    def _use(self, db: sqlite3.Connection, esim: Esim, volume: int, now: float) -> None:
        is_early = self._is_told and esim.profile in (RELEASED, DOWNLOADED)
        if esim.state == LIVE and not is_early:
            self._set_profile(db, esim, ENABLED, eid="", now=now)
            esim = esim_of(db, esim.id)
        self._tell(db, use_data(db, esim, volume, now=now), now)
        wire = self._wires[esim.wire]
        for bundle in bundles_of(db, esim):
            percent = warn_of(db, bundle, wire.warn_levels)
            if percent is not None:
                wire.on_warning(db, esim, bundle, percent, now)

    def _set_profile(
        self, db: sqlite3.Connection, esim: Esim, profile: str, *, eid: str, now: float
    ) -> None:
        changed = set_profile(db, esim, profile, eid=eid, now=now)
        if changed is None:
            return
        self._wires[esim.wire].on_profile(db, changed, now)
        note(db, now, esim.wire, "profile", esim.key, profile=profile)
        if profile == ENABLED:
            self._tell(db, start_next(db, changed, at=now + changed.clock_shift), now)

    def _tell(self, db: sqlite3.Connection, changes: list[Change], now: float) -> None:
        for change in changes:
            self._wires[change.esim.wire].on_bundle(db, change, now)


def _counted(db: sqlite3.Connection, esim: Esim) -> Counted:
    open_ones = [one for one in bundles_of(db, esim) if one.state in (RUNNING, WAITING)]
    if esim.state != LIVE or not open_ones:
        return Counted(is_known=True, remaining=0)
    volumes = [one.volume for one in open_ones if one.volume is not None]
    if len(volumes) < len(open_ones):
        return Counted(is_known=True, may_use=True)
    remaining = sum(volumes) - sum(one.used for one in open_ones)
    return Counted(is_known=True, remaining=remaining, may_use=remaining > 0)
