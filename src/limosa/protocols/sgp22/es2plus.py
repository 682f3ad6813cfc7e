"""The messages of ES2+, between an operator and an SM-DP+: JSON, in both directions.

Each request has a body() for the operator's side and a read() for the server's; answers likewise.
What is optional is None where it is absent: an empty matching id is not an absent one.

Sources: SGP.22 sections 5.3 (functions) and 6.5 (JSON binding).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Self

from limosa.foundation.errors import RemoteProtocolError
from limosa.protocols.sgp22.json_fields import JsonFields, encode_body
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus

PATH = "/gsma/rsp2/es2plus/"
HEADERS = {
    "Content-Type": "application/json;charset=UTF-8",
    "X-Admin-Protocol": "gsma/rsp/v2.2.0",
}
PROGRESS = "handleDownloadProgressInfo"
SUCCESS, WARNING, FAILED, EXPIRED = "Executed-Success", "Executed-WithWarning", "Failed", "Expired"
_STATUSES = f"{SUCCESS}|{WARNING}|{FAILED}|{EXPIRED}"
_ICCID = r"[0-9]{18,20}[Ff]{0,2}"
_EID = r"[0-9]{32}"
_MATCHING_ID = r"[0-9A-Za-z-]{0,255}"
_CODE = r"[0-9]+(\.[0-9]+)*"


class FinalStatus(StrEnum):
    """What becomes of a profile whose order is cancelled."""

    AVAILABLE = "Available"
    UNAVAILABLE = "Unavailable"


class ProgressPoint(IntEnum):
    """How far a download has come."""

    ELIGIBILITY_CHECKED = 1
    CODE_REFUSED = 2
    DOWNLOADED = 3
    INSTALLED = 4


@dataclass(frozen=True)
class Header:
    """Who asks, and the name of the call, which is the requester's own."""

    requester: str
    call: str


@dataclass(frozen=True)
class DownloadOrder:
    """Take a profile off the shelf: one by its ICCID, or any of a type; for one card, or for any.

    `iccid_sent`: the ICCID as it was written, perhaps with its filler. ES2+.DownloadOrder.
    """

    header: Header
    iccid: str | None = None
    profile_type: str | None = None
    eid: str | None = None
    iccid_sent: str | None = field(default=None, compare=False)

    def body(self) -> bytes:
        """Return the message."""
        return _request(self.header, eid=self.eid, iccid=self.iccid, profileType=self.profile_type)

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Return the request. Raises RspRefusal."""
        fields = JsonFields.of(body)
        found = cls(
            header=_header(fields),
            iccid=_iccid(fields) if fields.has("iccid") else None,
            profile_type=_optional(fields, "profileType"),
            eid=_eid(fields),
            iccid_sent=_optional(fields, "iccid", _ICCID),
        )
        if found.iccid is None and not found.profile_type:
            raise RspRefusal(RspStatus.ELEMENT_MISSING, "neither an ICCID nor a profile type")
        return found


@dataclass(frozen=True)
class ConfirmOrder:
    """Say how the profile may be had, and release it or not yet. ES2+.ConfirmOrder."""

    header: Header
    iccid: str
    is_released: bool
    matching_id: str | None = None
    eid: str | None = None
    confirmation_code: str | None = None
    smds_address: str | None = None

    def body(self) -> bytes:
        """Return the message."""
        return _request(
            self.header,
            iccid=self.iccid,
            eid=self.eid,
            matchingId=self.matching_id,
            confirmationCode=self.confirmation_code,
            smdsAddress=self.smds_address,
            releaseFlag=self.is_released,
        )

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Return the request. Raises RspRefusal."""
        fields = JsonFields.of(body)
        return cls(
            header=_header(fields),
            iccid=_iccid(fields),
            is_released=fields.truth("releaseFlag"),
            matching_id=_optional(fields, "matchingId", _MATCHING_ID),
            eid=_eid(fields),
            confirmation_code=_confirmation_code(fields),
            smds_address=_optional(fields, "smdsAddress"),
        )


@dataclass(frozen=True)
class CancelOrder:
    """Give an order back that was not downloaded. ES2+.CancelOrder."""

    header: Header
    iccid: str
    final_status: FinalStatus
    matching_id: str | None = None
    eid: str | None = None

    def body(self) -> bytes:
        """Return the message."""
        return _request(
            self.header,
            iccid=self.iccid,
            eid=self.eid,
            matchingId=self.matching_id,
            finalProfileStatusIndicator=self.final_status,
        )

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Return the request. Raises RspRefusal."""
        fields = JsonFields.of(body)
        return cls(
            header=_header(fields),
            iccid=_iccid(fields),
            final_status=FinalStatus(
                fields.text("finalProfileStatusIndicator", "|".join(FinalStatus))
            ),
            matching_id=_optional(fields, "matchingId", _MATCHING_ID),
            eid=_eid(fields),
        )


@dataclass(frozen=True)
class ReleaseProfile:
    """Let a confirmed order be downloaded. ES2+.ReleaseProfile."""

    header: Header
    iccid: str

    def body(self) -> bytes:
        """Return the message."""
        return _request(self.header, iccid=self.iccid)

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Return the request. Raises RspRefusal."""
        fields = JsonFields.of(body)
        return cls(header=_header(fields), iccid=_iccid(fields))


@dataclass(frozen=True)
class Execution:
    """What became of a call. The codes and the text are empty where it was executed."""

    status: str = SUCCESS
    subject_code: str = ""
    reason_code: str = ""
    text: str = ""

    @property
    def is_done(self) -> bool:
        """Whether the function was executed."""
        return self.status in (SUCCESS, WARNING)

    def values(self) -> dict[str, object]:
        """Return it as the wire has it."""
        if not self.subject_code:
            return {"status": self.status}
        codes = {
            "subjectCode": self.subject_code,
            "reasonCode": self.reason_code,
            "message": self.text,
        }
        return {"status": self.status, "statusCodeData": codes}

    @classmethod
    def read(cls, fields: JsonFields) -> Self:
        """Return it. Raises RspRefusal."""
        status = fields.text("status", _STATUSES)
        if not fields.has("statusCodeData"):
            return cls(status)
        codes = fields.fields("statusCodeData")
        return cls(
            status,
            codes.text("subjectCode", _CODE),
            codes.text("reasonCode", _CODE),
            codes.text_if("message"),
        )


@dataclass(frozen=True)
class Progress:
    """How far a download has come: told to whoever ordered it. ES2+.HandleDownloadProgressInfo."""

    header: Header
    iccid: str
    profile_type: str
    at: datetime
    point: ProgressPoint
    execution: Execution
    eid: str | None = None

    def body(self) -> bytes:
        """Return the message."""
        return _request(
            self.header,
            eid=self.eid,
            iccid=self.iccid,
            profileType=self.profile_type,
            timestamp=self.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            notificationPointId=int(self.point),
            notificationPointStatus=self.execution.values(),
        )

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Return the message. Raises RspRefusal."""
        fields = JsonFields.of(body)
        return cls(
            header=_header(fields),
            iccid=_iccid(fields),
            profile_type=fields.text("profileType"),
            at=fields.timestamp("timestamp"),
            point=ProgressPoint(
                fields.number("notificationPointId", least=1, most=len(ProgressPoint))
            ),
            execution=Execution.read(fields.fields("notificationPointStatus")),
            eid=_eid(fields),
        )


class Es2PlusFailed(RemoteProtocolError):
    """The SM-DP+ says no: `execution` has its codes."""

    def __init__(self, execution: Execution) -> None:
        super().__init__(f"{execution.subject_code}/{execution.reason_code}: {execution.text}")
        self.execution = execution


@dataclass(frozen=True)
class OrderAnswer:
    """The answer to each of the four functions, with what the function gives."""

    iccid: str | None = None
    eid: str | None = None
    matching_id: str | None = None
    smdp_address: str | None = None

    def body(self) -> bytes:
        """Return the message."""
        values = {
            "iccid": self.iccid,
            "eid": self.eid,
            "matchingId": self.matching_id,
            "smdpAddress": self.smdp_address,
        }
        return encode_body(
            {"header": {"functionExecutionStatus": Execution().values()}} | _given(values)
        )

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Return the answer. Raises Es2PlusFailed, and RspRefusal if it is no answer."""
        fields = JsonFields.of(body)
        execution = Execution.read(fields.fields("header").fields("functionExecutionStatus"))
        if not execution.is_done:
            raise Es2PlusFailed(execution)
        return cls(
            iccid=_iccid(fields) if fields.has("iccid") else None,
            eid=_eid(fields),
            matching_id=_optional(fields, "matchingId", _MATCHING_ID),
            smdp_address=_optional(fields, "smdpAddress"),
        )


def _request(header: Header, **values: object) -> bytes:
    named = {
        "functionRequesterIdentifier": header.requester,
        "functionCallIdentifier": header.call,
    }
    return encode_body({"header": named} | _given(values))


def _given(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _header(fields: JsonFields) -> Header:
    header = fields.fields("header")
    return Header(header.text("functionRequesterIdentifier"), header.text("functionCallIdentifier"))


def _iccid(fields: JsonFields) -> str:
    """Return the digits of an ICCID, without the filler F."""
    return fields.text("iccid", _ICCID).upper().rstrip("F")


def _eid(fields: JsonFields) -> str | None:
    """Return the EID. Some software sends an empty one where it has none."""
    return fields.text_if("eid", f"({_EID})?") or None


def _confirmation_code(fields: JsonFields) -> str | None:
    """Return the code. An empty one is refused: whoever sends it did not mean an open order."""
    code = _optional(fields, "confirmationCode")
    if code == "":
        raise RspRefusal(RspStatus.MALFORMED, "an empty confirmation code")
    return code


def _optional(fields: JsonFields, name: str, pattern: str | None = None) -> str | None:
    return fields.text(name, pattern) if fields.has(name) else None
