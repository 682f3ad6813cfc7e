"""What the control page and the control calls do to a wholesaler."""

from limosa.simulators.wholesale import callbacks as queue
from limosa.simulators.wholesale.esims import PROFILES, Esim, esim_by, esim_of
from limosa.simulators.wholesale.faults import Fault
from limosa.simulators.wholesale.orders import balance_of, book
from limosa.simulators.wholesale.plans import change_plan, restore_plans
from limosa.simulators.wholesale.wholesaler import Wholesaler
from limosa.simulators.wholesale.wire import Wire


class Acts:
    """Acts on one wholesaler. Raises LookupError for an eSIM, a plan or a callback that is not
    there, ValueError for a state that is none."""

    def __init__(self, wholesaler: Wholesaler, wire: Wire) -> None:
        self._all, self.wire = wholesaler, wire

    def add_faults(self, fault: Fault, *, count: int) -> None:
        self.wire.desk.faults.add(fault, count=count)

    def clear_faults(self) -> None:
        self.wire.desk.faults.clear()

    def set_balance(self, balance: int) -> None:
        """Deposit what is missing, or take what is too much, in ten-thousandths."""
        with self._all.store.transaction() as db:
            change = balance - balance_of(db, self.wire.name)
            book(db, self.wire.name, change, kind="deposit", now=self._all.clock())

    def set_callback_url(self, url: str) -> None:
        with self._all.store.transaction() as db:
            queue.set_callback_url(db, self.wire.name, url)

    def change_plan(self, code: str, **changed: int | None) -> None:
        if code not in self.wire.listed:
            raise LookupError(code)
        with self._all.store.transaction() as db:
            change_plan(db, self.wire.name, code, **changed)

    def restore_plans(self) -> None:
        """Sell everything at its first price again, any number of it."""
        with self._all.store.transaction() as db:
            restore_plans(db, self.wire.name)

    def esim(self, *, number: int = 0, iccid: str = "", key: str = "") -> Esim:
        with self._all.store.transaction() as db:
            if number:
                row = db.execute(
                    "SELECT id FROM esims WHERE wire = ? AND id = ?", (self.wire.name, number)
                ).fetchone()
                found = None if row is None else esim_of(db, number)
            else:
                found = esim_by(db, self.wire.name, iccid=iccid, key=key)
        if found is None:
            raise LookupError(f"no eSIM {number or key or iccid}")
        return found

    def use(self, esim: Esim, volume: int) -> Esim:
        return self._all.events.use(esim, volume)

    def move_clock(self, esim: Esim, seconds: float) -> Esim:
        return self._all.events.move_clock(esim, seconds)

    def set_profile(self, esim: Esim, profile: str, *, eid: str) -> Esim:
        if profile not in PROFILES:
            raise ValueError(f"profile: one of {', '.join(PROFILES)}")
        return self._all.events.set_profile(esim, profile, eid=eid)

    def settle_use(self) -> None:
        """Let all use until now be told, however fresh it is."""
        with self._all.store.transaction() as db:
            db.execute(
                "UPDATE accounts SET settled_at = ? WHERE wire = ?",
                (self._all.clock(), self.wire.name),
            )

    def deliver_now(self) -> None:
        """Let every order that is accepted be due."""
        with self._all.store.transaction() as db:
            db.execute(
                "UPDATE orders SET due_at = ? WHERE wire = ? AND state = 'accepted'",
                (self._all.clock(), self.wire.name),
            )
        self._all.life.wake()

    def send_again(self, number: int) -> None:
        """Have a callback sent again, whatever its state."""
        with self._all.store.transaction() as db:
            is_there = queue.send_again(db, self.wire.name, number=number, now=self._all.clock())
        if not is_there:
            raise LookupError(f"no callback {number}")
        self._all.life.wake()
