"""The assembled process: store, profiles, the four wires, and what happens by itself."""

import threading
from dataclasses import dataclass
from pathlib import Path

from limosa.simulators.account_files import write_settings
from limosa.simulators.clock import Clock
from limosa.simulators.wholesale.accounts import account_of
from limosa.simulators.wholesale.airalo.wire import Airalo
from limosa.simulators.wholesale.billionconnect.wire import BillionConnect
from limosa.simulators.wholesale.deliveries import Deliveries
from limosa.simulators.wholesale.es2plus import Operator, OrderedProfiles
from limosa.simulators.wholesale.esim_access.wire import EsimAccess
from limosa.simulators.wholesale.events import Events
from limosa.simulators.wholesale.faults import FaultPlan
from limosa.simulators.wholesale.life import Life
from limosa.simulators.wholesale.operator_files import CERTIFICATE, KEY, keep_operator
from limosa.simulators.wholesale.orders import open_account
from limosa.simulators.wholesale.profiles import MadeUpProfiles, Profiles
from limosa.simulators.wholesale.restocking import RestockedProfiles
from limosa.simulators.wholesale.store import Store
from limosa.simulators.wholesale.tgt.wire import Tgt
from limosa.simulators.wholesale.wire import Desk, Wire

DATABASE_FILE = "wholesale.sqlite3"
KINDS: tuple[type[Wire], ...] = (EsimAccess, Tgt, BillionConnect, Airalo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`callbacks`: where the buyer is told, with `{code}` in it, whatever was said before; empty:
    where it said. `smdp_url` empty: profiles are made up. `time_scale`: multiplies the pauses
    between callbacks; `age_scale`: how old the use is that is told; `order_seconds`: how long an
    order takes that is not answered at once. `make_profiles`: the command that makes as many more
    of the SM-DP+'s profiles as the number after it; empty: nobody makes any."""

    callbacks: str = ""
    smdp_url: str = ""
    smdp_address: str = ""
    smdp_ca: Path | None = None
    requester: str = "2.999.20"
    profile_type: str = "wholesale"
    time_scale: float = 1.0
    age_scale: float = 1.0
    order_seconds: float = 2.0
    make_profiles: tuple[str, ...] = ()


def prepare(folder: Path, *, base_url: str, clock: Clock) -> dict[str, str]:
    """Make the accounts and the operator's certificate that do not exist; write `buyer.json` and
    `buyer.env` with the product's settings, and return these. Numbers and keys never change."""
    folder.mkdir(parents=True, exist_ok=True)
    keep_operator(folder, now=clock())
    settings: dict[str, str] = {}
    for kind in KINDS:
        ours = kind.settings(base_url, account_of(folder, kind.name))
        settings |= {f"LIMOSA_{kind.name.upper()}_{name}": ours[name] for name in ours}
    write_settings(folder, settings, name="buyer")
    return settings


class Wholesaler:
    """All four. Raises OSError if the operator's files can't be read."""

    def __init__(self, folder: Path, *, base_url: str, clock: Clock, options: Options) -> None:
        self.settings = prepare(folder, base_url=base_url, clock=clock)
        self.clock = clock
        self.store = Store(folder / DATABASE_FILE)
        self.wires: dict[str, Wire] = {}
        self.faults = {kind.name: FaultPlan() for kind in KINDS}
        self.deliveries = Deliveries(self.store, self.wires, clock)
        self.events = Events(self.store, self.wires, clock, is_told=bool(options.smdp_url))
        self.life = Life(
            self.store, self.wires, self.deliveries, clock=clock, time_scale=options.time_scale
        )
        self._is_closing = threading.Event()
        profiles = _profiles(folder, options)
        for kind in KINDS:
            desk = Desk(
                account=account_of(folder, kind.name),
                clock=clock,
                store=self.store,
                faults=self.faults[kind.name],
                profiles=profiles,
                age_scale=options.age_scale,
                order_seconds=options.order_seconds,
                keep_silent=self._is_closing.wait,
                wake=self.life.wake,
                fulfil=self.deliveries.fulfil,
            )
            self.wires[kind.name] = kind(desk)
        self._open_accounts(options.callbacks)

    def start(self) -> None:
        self.life.start()

    def release_waiting(self) -> None:
        """End the silences, so that the server can stop."""
        self._is_closing.set()

    def stop(self) -> None:
        self.life.stop()
        self.store.close()

    def _open_accounts(self, callbacks: str) -> None:
        """Make the accounts, and set where the buyer is told."""
        with self.store.transaction() as db:
            for name in self.wires:
                open_account(db, name, now=self.clock())
                if callbacks:
                    db.execute(
                        "UPDATE accounts SET callback_url = ? WHERE wire = ?",
                        (callbacks.replace("{code}", name), name),
                    )


def _profiles(folder: Path, options: Options) -> Profiles:
    if not options.smdp_url:
        return MadeUpProfiles(str(account_of(folder, "tgt")["account_id"]))
    ordered = OrderedProfiles(
        Operator(
            url=options.smdp_url.rstrip("/"),
            requester=options.requester,
            profile_type=options.profile_type,
            address=options.smdp_address,
            certificate=folder / CERTIFICATE,
            key=folder / KEY,
            ca=options.smdp_ca,
        )
    )
    if not options.make_profiles:
        return ordered
    return RestockedProfiles(ordered, command=options.make_profiles)
