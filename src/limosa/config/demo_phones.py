"""The demo's phones, and the eSIMs that they have from the beginning."""

import json
import time
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

from limosa.servers.demo import DemoFault

# The name in the certificate for TLS; phones look it up.
NAME = "localhost"
_SECONDS_MAX = 30.0
# What a phone's page shows.
_IS_ASKING, _IS_INSTALLED, _HAS_FAILED = b'value="yes"', b'value="on"', b'role="alert"'
_POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class OnPhone:
    """An eSIM that a phone is to have. `is_on`: it is switched on, too."""

    phone: str
    iccid: str
    code: str
    is_on: bool

    @classmethod
    def read(cls, line: str) -> "OnPhone":
        """Return what `str` wrote."""
        return cls(**json.loads(line))

    def __str__(self) -> str:
        """Return it on one line."""
        values = {"phone": self.phone, "iccid": self.iccid, "code": self.code, "is_on": self.is_on}
        return json.dumps(values)


class Phones:
    """The pages of the virtual phones, used as a person would. Raises DemoFault."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port

    def install(self, wanted: OnPhone) -> None:
        """Download an eSIM to a phone, which is made if it is new, and switch it on."""
        place = f"/phones/{wanted.phone}"
        self._press("/phones", name=wanted.phone)
        self._press(f"{place}/install", code=wanted.code)
        end = time.monotonic() + _SECONDS_MAX
        while _IS_INSTALLED not in (page := self._ask("GET", f"{place}/install")):
            if time.monotonic() > end or _HAS_FAILED in page:
                raise DemoFault(f"The virtual phone {wanted.phone} has not installed its eSIM.")
            if _IS_ASKING in page:
                self._press(f"{place}/answer", act="yes")
            time.sleep(_POLL_SECONDS)
        self._press(f"{place}/esims/{wanted.iccid}", act="on" if wanted.is_on else "")

    def _press(self, path: str, **fields: str) -> None:
        self._ask("POST", path, urlencode(fields))

    def _ask(self, method: str, path: str, body: str = "") -> bytes:
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        pages = HTTPConnection(self._host, self._port, timeout=_SECONDS_MAX)
        with closing(pages):
            pages.request(method, path, body or None, kind)
            return pages.getresponse().read()
