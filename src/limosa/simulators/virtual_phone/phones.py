"""All phones of a folder, as a page uses them: one installation at a time on each."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from limosa.simulators.clock import Clock
from limosa.simulators.virtual_phone.installing import Installation
from limosa.simulators.virtual_phone.lpa.download import Asking
from limosa.simulators.virtual_phone.lpa.es9plus import Connecting
from limosa.simulators.virtual_phone.network_link import NetworkLink
from limosa.simulators.virtual_phone.phone import NAME, InstalledProfile, Phone


@dataclass(frozen=True, slots=True)
class Household:
    """Where the phones, their PKI and the way to the server are, and the network that they use;
    `way` and `network` may be None."""

    phones: Path
    pki: Path
    connecting: Connecting
    way: tuple[str, int] | None
    clock: Clock
    network: NetworkLink | None = None


class Phones:
    """Thread-safe: a phone's folder has a lock, which its user waits for."""

    def __init__(self, household: Household) -> None:
        self._household = household
        self._lock = threading.Lock()
        self._installations: dict[str, Installation] = {}

    def names(self) -> list[str]:
        found = self._household.phones.glob("*/card.json")
        return sorted(path.parent.name for path in found)

    def has(self, name: str) -> bool:
        return bool(NAME.fullmatch(name)) and (self._household.phones / name / "card.json").exists()

    def add(self, name: str) -> None:
        """Make a phone, unless it is there."""
        with self.opened(name):
            pass

    @contextmanager
    def opened(self, name: str) -> Iterator[Phone]:
        """Yield a phone; it is made if it is new. Raises what Phone.opened does."""
        now = datetime.fromtimestamp(self._household.clock(), UTC)
        opening = Phone.opened(
            self._household.phones / name,
            pki=self._household.pki,
            connecting=self._household.connecting,
            now=now,
        )
        with opening as phone:
            yield phone

    def installation(self, name: str) -> Installation | None:
        """Return the installation that runs on a phone, or whose end nobody has seen yet."""
        with self._lock:
            return self._installations.get(name)

    def install(self, name: str, code: str) -> Installation:
        """Begin an installation, or return the one that runs."""

        def run(asking: Asking) -> InstalledProfile:
            with self.opened(name) as phone:
                return phone.install(code, asking, way=self._household.way)

        with self._lock:
            running = self._installations.get(name)
            if running is None or running.progress.is_over:
                running = self._installations[name] = Installation(run)
            return running

    def forget_installation(self, name: str) -> None:
        """Forget an installation that is over."""
        with self._lock:
            found = self._installations.get(name)
            if found is not None and found.progress.is_over:
                del self._installations[name]
