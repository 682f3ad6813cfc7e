"""What a phone's page tells the virtual network: which eSIMs are on, and that one uses data."""

import urllib3
from urllib3.exceptions import HTTPError

PACE = 500_000  # Bytes per second: reading the news.
_SECONDS_MAX = 3.0


class NetworkLink:
    """A network reached by its control calls. It may be away: then nothing uses data."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._pool = urllib3.PoolManager(timeout=_SECONDS_MAX, retries=False)

    def uses_data(self, iccid: str) -> bool:
        """Tell whether the network lets an eSIM use data right now."""
        try:
            answer = self._pool.request("GET", f"{self.url}/control/esims").json()
            paces = {one["iccid"]: one["pace"] for one in answer["esims"]}
        except (HTTPError, ValueError, KeyError, TypeError):
            return False
        return bool(paces.get(iccid))

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
