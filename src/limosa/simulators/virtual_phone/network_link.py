"""What a phone's page tells the virtual network: which eSIMs are on, and that one uses data."""

import time
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

PACE = 500_000  # Bytes per second: reading the news.
_SECONDS_MAX = 3.0
_ANSWER_SECONDS_MAX = 1.0  # For what the usage feed says to the network.
_PAUSE_SECONDS = 0.05
_REFUSED = {"unknown_esim", "invalid"}


class NetworkLink:
    """A network reached by its control calls. It may be away: then nothing uses data."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._pool = urllib3.PoolManager(timeout=_SECONDS_MAX, retries=False)

    def uses_data(self, iccid: str) -> bool:
        """Tell whether the network lets an eSIM use data right now."""
        found = self._found(iccid)
        return bool(found.get("pace")) and found.get("status") not in _REFUSED

    def serves(self, iccid: str) -> bool:
        """Ask the network for an eSIM that is on; return False if it answers that it is nobody's,
        as after a move to another phone. A network that is away has not said so."""
        self._tell({"iccid": iccid, "use_bytes": 0})
        ends_at = time.monotonic() + _ANSWER_SECONDS_MAX
        while self._waits() and time.monotonic() < ends_at:
            time.sleep(_PAUSE_SECONDS)
        return self._found(iccid).get("status") not in _REFUSED

    def _waits(self) -> bool:
        """Return whether the network still has to hear what became of usage."""
        state = self._state()
        return bool(state.get("records_waiting")) and not state.get("trouble")

    def _found(self, iccid: str) -> dict[str, Any]:
        """Return what the network says of an eSIM; nothing: it doesn't know it, or is away."""
        esims = self._state().get("esims", [])
        return next((one for one in esims if one.get("iccid") == iccid), {})

    def _state(self) -> dict[str, Any]:
        try:
            return dict(self._pool.request("GET", f"{self.url}/control/esims").json())
        except (HTTPError, ValueError, TypeError):
            return {}

    def let_use_data(self, iccid: str, *, is_on: bool) -> bool:
        """Begin or stop using data; returns whether the network has heard it."""
        return self._tell({"iccid": iccid, "pace": PACE if is_on else 0})

    def attach(self, iccid: str) -> bool:
        """Bring an eSIM that was switched on to the network; it uses no data yet."""
        return self._tell({"iccid": iccid})

    def detach(self, iccid: str) -> bool:
        """Take an eSIM that was switched off, or deleted, off the network."""
        return self._tell({"iccid": iccid, "forget": True})

    def _tell(self, asked: dict[str, object]) -> bool:
        try:
            answer = self._pool.request("POST", f"{self.url}/control/esims", json=asked)
        except HTTPError:
            return False
        return answer.status == 200
