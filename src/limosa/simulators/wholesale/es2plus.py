"""Orders profiles from an SM-DP+ by ES2+, and reads what it tells of downloads.

Written from SGP.22 (sections 5.3 and 6.5). An SM-DP+ that recognizes a repeated call by its
identifier is needed: otherwise a crash costs a profile.
"""

import hashlib
import http.client
import json
import ssl
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from limosa.simulators.wholesale.esims import DOWNLOADED, INSTALLED, Profile
from limosa.simulators.wholesale.profiles import NoProfileError

PATH = "/gsma/rsp2/es2plus/"
TOLD_PATH = f"{PATH}handleDownloadProgressInfo"
HEADERS = {
    "Content-Type": "application/json;charset=UTF-8",
    "X-Admin-Protocol": "gsma/rsp/v2.2.0",
}
ANSWER_SECONDS_MAX = 15.0
ANSWER_BYTES_MAX = 64 * 1024
_DONE = ("Executed-Success", "Executed-WithWarning")
# Reasons that pass: the function is not available, or nothing fits just now.
_FOR_NOW = ("5.1", "4.3")
_NONE_LEFT = "3.7"
_POINTS = {3: DOWNLOADED, 4: INSTALLED}


@dataclass(frozen=True, slots=True)
class Operator:
    """Who orders, where, and what type. `address`: for activation codes, if the answer has none."""

    url: str
    requester: str
    profile_type: str
    address: str
    certificate: Path | None = None
    key: Path | None = None
    ca: Path | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What an SM-DP+ told of a download. `profile` empty: nothing of a profile."""

    iccid: str
    eid: str
    profile: str
    at: float


class OrderedProfiles:
    """Profiles of an SM-DP+. Raises OSError at once if the certificate can't be read."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator
        self._tls = _tls(operator) if operator.url.startswith("https:") else None

    def take(self, name: str) -> Profile:
        ordered = self._ask("downloadOrder", name, profileType=self._operator.profile_type)
        iccid = str(ordered["iccid"]).rstrip("Ff")
        matching_id = hashlib.sha256(f"{self._operator.requester} {name} {iccid}".encode())
        wanted = matching_id.hexdigest()[:32].upper()
        confirmed = self._ask(
            "confirmOrder", name, iccid=ordered["iccid"], matchingId=wanted, releaseFlag=True
        )
        return Profile(
            iccid=iccid,
            matching_id=str(confirmed.get("matchingId") or wanted),
            smdp_address=str(confirmed.get("smdpAddress") or self._operator.address),
        )

    def give_back(self, name: str, profile: Profile) -> None:
        self._ask(
            "cancelOrder",
            name,
            iccid=profile.iccid,
            matchingId=profile.matching_id,
            finalProfileStatusIndicator="Unavailable",
        )

    def _ask(self, function: str, name: str, **members: object) -> dict[str, Any]:
        header = {
            "functionRequesterIdentifier": self._operator.requester,
            "functionCallIdentifier": f"{name}-{function}",
        }
        status, body = self._post(function, json.dumps({"header": header, **members}).encode())
        try:
            answer = json.loads(body)
            execution = answer["header"]["functionExecutionStatus"]
            is_done = execution["status"] in _DONE
        except (ValueError, KeyError, TypeError) as error:
            raise NoProfileError(f"{function}: HTTP {status}", is_for_now=True) from error
        if not is_done:
            data = execution.get("statusCodeData", {})
            codes = f"{data.get('subjectCode', '')}/{data.get('reasonCode', '')}"
            said = f"{function}: {codes} {data.get('message', '')}"
            reason = data.get("reasonCode")
            raise NoProfileError(
                said, is_for_now=reason in _FOR_NOW, is_none_left=reason == _NONE_LEFT
            )
        return dict(answer)

    def _post(self, function: str, body: bytes) -> tuple[int, bytes]:
        parts = urlsplit(self._operator.url)
        host, port = parts.hostname or "", parts.port
        line: http.client.HTTPConnection
        if self._tls is None:
            line = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS_MAX)
        else:
            line = http.client.HTTPSConnection(
                host, port, timeout=ANSWER_SECONDS_MAX, context=self._tls
            )
        try:
            line.request("POST", f"{PATH}{function}", body, HEADERS)
            reply = line.getresponse()
            return reply.status, reply.read(ANSWER_BYTES_MAX)
        except (OSError, http.client.HTTPException) as error:
            said = f"{function}: no answer: {type(error).__name__}"
            raise NoProfileError(said, is_for_now=True) from error
        finally:
            line.close()


def read_told(body: bytes) -> Told:
    """Read HandleDownloadProgressInfo. Raises ValueError, KeyError, TypeError."""
    members = json.loads(body)
    at = datetime.fromisoformat(str(members["timestamp"])).timestamp()
    is_done = members["notificationPointStatus"]["status"] in _DONE
    profile = _POINTS.get(int(members["notificationPointId"]), "") if is_done else ""
    return Told(
        iccid=str(members["iccid"]).rstrip("Ff"),
        eid=str(members.get("eid") or ""),
        profile=profile,
        at=at,
    )


def _tls(operator: Operator) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=operator.ca)
    if operator.certificate is not None:
        context.load_cert_chain(operator.certificate, operator.key)
    return context
