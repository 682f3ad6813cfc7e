"""What a phone's page asks of the virtual network: that an eSIM uses data, or none."""

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
        asked = {"iccid": iccid, "pace": PACE if is_on else 0}
        try:
            answer = self._pool.request("POST", f"{self.url}/control/esims", json=asked)
        except HTTPError:
            return False
        return answer.status == 200
