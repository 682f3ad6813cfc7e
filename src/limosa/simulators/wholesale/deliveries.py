"""Delivers orders: takes their profiles, and puts bundles on eSIMs.

No transaction is open while an SM-DP+ is asked. What is done twice, since a call and the passing
of time may both come to an order, is done once.
"""

import sqlite3
import threading
from collections import defaultdict
from collections.abc import Mapping

from limosa.simulators.clock import Clock
from limosa.simulators.wholesale.bundles import Change, add_bundle, enlarge_bundle, start_next
from limosa.simulators.wholesale.esims import (
    ENABLED,
    Esim,
    Profile,
    add_esim,
    esim_of,
    gone_iccid,
    name_esim,
)
from limosa.simulators.wholesale.faults import FaultKind
from limosa.simulators.wholesale.orders import (
    ACCEPTED,
    DELIVERED,
    FAILED,
    RENEWAL,
    Order,
    finish,
    order_of,
    put_off,
)
from limosa.simulators.wholesale.profiles import NoProfileError
from limosa.simulators.wholesale.store import Store, note
from limosa.simulators.wholesale.wire import Wire

AGAIN_SECONDS, GIVEN_UP_SECONDS = 3.0, 600.0


class Deliveries:
    """Delivers the orders of all wholesalers."""

    def __init__(self, store: Store, wires: Mapping[str, Wire], clock: Clock) -> None:
        self._store, self._wires, self._clock = store, wires, clock
        self._locks: dict[int, threading.Lock] = defaultdict(threading.Lock)

    def fulfil(self, number: int) -> Order:
        """Deliver an order that is accepted, or fail it; return it as it is then.

        If the SM-DP+ is away, it stays accepted, and is due again a little later.
        """
        with self._locks[number]:
            with self._store.transaction() as db:
                order = order_of(db, number)
            if order.state != ACCEPTED:
                return order
            wire = self._wires[order.wire]
            try:
                profiles = [] if order.kind == RENEWAL else self._take(wire, order)
            except NoProfileError as error:
                return self._failed(wire, order, error)
            now = self._clock()
            with self._store.transaction() as db:
                if order.kind == RENEWAL:
                    is_done = self._renew(db, wire, order)
                    order = finish(db, order, DELIVERED if is_done else FAILED, now=now)
                else:
                    for profile in profiles:
                        self._add(db, wire, order, profile)
                    order = finish(db, order, DELIVERED, now=now)
                told = wire.on_delivered if order.state == DELIVERED else wire.on_failed
                told(db, order, now)
                note(db, now, wire.name, "order", order.reference, state=order.state)
            return order

    def _take(self, wire: Wire, order: Order) -> list[Profile]:
        """Take an order's profiles under names that stay the same."""
        return [
            wire.desk.profiles.take(f"{wire.name}-{order.id}-{place}")
            for place in range(order.count)
        ]

    def _add(self, db: sqlite3.Connection, wire: Wire, order: Order, profile: Profile) -> None:
        now = self._clock()
        if wire.desk.faults.take(FaultKind.ICCID_REUSED) and (old := gone_iccid(db, wire.name)):
            profile = Profile(old, profile.matching_id, profile.smdp_address)
        esim = add_esim(db, profile, wire=wire.name, order_id=order.id, now=now)
        esim = name_esim(db, esim, wire.key_of_esim(esim, now))
        volume, days = self._sold(wire, order)
        add_bundle(db, esim, order_id=order.id, plan=order.plan, volume=volume, days=days)

    def _renew(self, db: sqlite3.Connection, wire: Wire, order: Order) -> bool:
        """Put what was bought on its eSIM; returns whether that was possible."""
        esim = esim_of(db, order.esim_id or 0)
        volume, days = self._sold(wire, order)
        if esim.state not in ("live", "suspended"):
            return False
        if wire.adds_renewals:
            return enlarge_bundle(db, esim, volume=volume, days=days) is not None
        add_bundle(db, esim, order_id=order.id, plan=order.plan, volume=volume, days=days)
        self._start_if_on(db, wire, esim)
        return True

    def _start_if_on(self, db: sqlite3.Connection, wire: Wire, esim: Esim) -> None:
        """Let the new bundle run at once, if the eSIM is on and nothing else runs on it."""
        if esim.profile != ENABLED:
            return
        now = self._clock()
        for change in start_next(db, esim, at=now + esim.clock_shift):
            wire.on_bundle(db, Change(esim=esim, bundle=change.bundle), now)

    def _sold(self, wire: Wire, order: Order) -> tuple[int | None, int]:
        """Return volume and days of one of what was ordered."""
        size = wire.listed[order.plan].size
        times = int(order.details.get("times", 1))
        return (None if size.volume is None else size.volume * times), size.days * times

    def _failed(self, wire: Wire, order: Order, error: NoProfileError) -> Order:
        now = self._clock()
        with self._store.transaction() as db:
            note(db, now, wire.name, "no profile", order.reference, said=str(error))
            if error.is_for_now and now - order.created_at < GIVEN_UP_SECONDS:
                put_off(db, order, due_at=now + AGAIN_SECONDS)
                return order_of(db, order.id)
            order = finish(db, order, FAILED, now=now)
            wire.on_failed(db, order, now)
        return order
