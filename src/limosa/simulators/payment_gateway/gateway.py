"""The assembled gateway: store, clock, notifier, and the wires, each with its own faults."""

import threading
from pathlib import Path

from limosa.simulators.account_files import write_settings
from limosa.simulators.clock import Clock
from limosa.simulators.payment_gateway import alipay, paypal, stripe, wechatpay
from limosa.simulators.payment_gateway.faults import FaultPlan
from limosa.simulators.payment_gateway.notifier import Notifier
from limosa.simulators.payment_gateway.store import Store
from limosa.simulators.payment_gateway.wire import Desk, Wire

DATABASE_FILE = "payments.sqlite3"
KINDS = (
    wechatpay.KIND,
    alipay.KIND,
    paypal.KIND,
    stripe.KIND,
)  # fmt: skip


def prepare(folder: Path, *, base_url: str) -> dict[str, str]:
    """Create the accounts of all wires that do not exist, each in its own folder; write
    `merchant.json` and `merchant.env` with all their settings, and return these.

    Keys and numbers never change; only the base URL in the settings follows the argument. Files
    with secrets are readable only by their owner.
    """
    settings: dict[str, str] = {}
    for kind in KINDS:
        settings |= kind.prepare(folder / kind.name, base_url)
    write_settings(folder, settings)
    return settings


class Gateway:
    """What the control calls and the home page share. `base_url` is where it is reached."""

    def __init__(
        self, folder: Path, *, base_url: str, clock: Clock, time_scale: float,
        refund_seconds: float,
    ) -> None:  # fmt: skip
        self.base_url = base_url
        self.clock = clock
        self.settings = prepare(folder, base_url=base_url)
        self.store = Store(folder / DATABASE_FILE, schemas=[kind.schema for kind in KINDS])
        self.faults = {kind.name: FaultPlan() for kind in KINDS}
        self.wires: dict[str, Wire] = {}
        self.notifier = Notifier(self.store, self.wires, clock, time_scale=time_scale)
        self._is_closing = threading.Event()
        for kind in KINDS:
            desk = Desk(
                wire=kind.name,
                folder=folder / kind.name,
                base_url=base_url,
                clock=clock,
                store=self.store,
                faults=self.faults[kind.name],
                refund_seconds=refund_seconds,
                wake=self.notifier.wake,
                keep_silent=self._is_closing.wait,
            )
            self.wires[kind.name] = kind.open(desk)

    def start(self) -> None:
        self.notifier.start()

    def release_waiting(self) -> None:
        """End the requested silences, so that the server can stop."""
        self._is_closing.set()

    def stop(self) -> None:
        self.notifier.stop()
        self.store.close()
