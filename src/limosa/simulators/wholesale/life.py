"""What happens without a call: orders are delivered, time passes for bundles, callbacks are sent.

What is due is in the tables, so it is due again after a SIGKILL: a callback may come twice, but
never not at all, and a profile that was taken under an order's name is taken again.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from limosa.simulators.clock import Clock
from limosa.simulators.wholesale import callbacks as queue
from limosa.simulators.wholesale.bundles import pass_time
from limosa.simulators.wholesale.callbacks import Answer, Callback
from limosa.simulators.wholesale.deliveries import Deliveries
from limosa.simulators.wholesale.esims import Esim
from limosa.simulators.wholesale.orders import due_orders, next_order_at
from limosa.simulators.wholesale.store import Store, note
from limosa.simulators.wholesale.wire import Wire

log = logging.getLogger(__name__)

_SENDERS = 8
_IDLE_SECONDS_MAX = 5.0
_FAILED_SECONDS = 1.0


class Life:
    """Between `start` and `stop`, what is due is done. `time_scale` multiplies the pauses between
    callbacks. `wake` makes it look now."""

    def __init__(
        self, store: Store, wires: Mapping[str, Wire], deliveries: Deliveries, *, clock: Clock,
        time_scale: float,
    ) -> None:  # fmt: skip
        self.time_scale = time_scale
        self._store, self._wires, self._deliveries = store, wires, deliveries
        self._clock = clock
        self._pool = ThreadPoolExecutor(_SENDERS, thread_name_prefix="wholesale")
        self._under_way: set[tuple[str, int]] = set()
        self._condition = threading.Condition()
        self._is_woken = self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="life", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing new; wait for what is under way."""
        with self._condition:
            self._is_stopping = True
            self._condition.notify()
        if self._thread.is_alive():
            self._thread.join()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def wake(self) -> None:
        with self._condition:
            self._is_woken = True
            self._condition.notify()

    def _run(self) -> None:
        while not self._is_stopping:
            try:
                seconds = self._do_what_is_due()
            except Exception:
                log.exception("what is due could not be done")
                seconds = _FAILED_SECONDS
            with self._condition:
                self._condition.wait_for(lambda: self._is_woken or self._is_stopping, seconds)
                self._is_woken = False

    def _do_what_is_due(self) -> float:
        """Do it; return how long until there is more."""
        now = self._clock()
        with self._store.transaction() as db:
            for row in db.execute(
                "SELECT DISTINCT esims.* FROM esims JOIN bundles ON bundles.esim_id = esims.id"
                " WHERE bundles.state IN ('running', 'used_up')"
                " AND bundles.ends_at <= ? + esims.clock_shift",
                (now,),
            ).fetchall():
                esim = Esim(**row)
                for change in pass_time(db, esim, now=now):
                    self._wires[esim.wire].on_bundle(db, change, now)
            orders = due_orders(db, now=now)
            due = queue.due_callbacks(db, now=now)
            times = [next_order_at(db), queue.next_callback_at(db)]
        for order in orders:
            self._begin(("order", order.id), partial(self._deliveries.fulfil, order.id))
        for callback in due:
            self._begin(("callback", callback.id), partial(self._send, callback))
        known = [at for at in times if at is not None and at > now]
        return max(0.02, min([*known, now + _IDLE_SECONDS_MAX]) - now)

    def _begin(self, name: tuple[str, int], work: Callable[[], object]) -> None:
        with self._condition:
            if name in self._under_way or self._is_stopping:
                return
            self._under_way.add(name)

        def run() -> None:
            try:
                work()
            except Exception:
                log.exception("%s %d failed", *name)
            finally:
                with self._condition:
                    self._under_way.discard(name)
                self.wake()

        self._pool.submit(run)

    def _send(self, callback: Callback) -> None:
        wire = self._wires[callback.wire]
        answers: list[Answer] = []
        try:
            message = wire.message(callback)
        except Exception as error:
            # An attempt that can't even be made counts, or it would be due at once forever.
            log.exception("callback %d cannot be made", callback.id)
            answers.append(Answer(0, said=f"not made: {type(error).__name__}"))
        else:
            answers += [
                queue.post(callback.url, message, seconds_max=wire.answer_seconds_max)
                for _ in range(callback.copies)
            ]
        now = self._clock()
        with self._store.transaction() as db:
            state = queue.record_attempt(
                db, callback, answers[-1],
                is_acknowledged=any(one.status and wire.is_acknowledged(one) for one in answers),
                pauses=[pause * self.time_scale for pause in wire.pauses], now=now,
            )  # fmt: skip
            note(
                db, now, wire.name, "callback", callback.kind, id=callback.id,
                attempt=callback.attempts + 1, state=state,
                answers=[one.status or one.said for one in answers],
            )  # fmt: skip
