"""What is sent to an SM-DP+ for an order, and what its answers mean.

Everything that it has to recognize again is made from the number of our order: the names of the
calls, and the matching id.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from limosa.domain.connectivity.answers import (
    CallbackRefusedError,
    CallbackUnreadableError,
    Failure,
    Refused,
    ReportedProfile,
    SupplierCallback,
)
from limosa.domain.esims.engine.installation_life import InstallationState, ProfileReport
from limosa.protocols.sgp22.es2plus import (
    EXPIRED,
    CancelOrder,
    ConfirmOrder,
    DownloadOrder,
    Execution,
    FinalStatus,
    Header,
    Progress,
    ProgressPoint,
)
from limosa.protocols.sgp22.refusal import RspRefusal

USER = "es2plus"
ORDER, CONFIRM, CANCEL = "downloadOrder", "confirmOrder", "cancelOrder"
_MATCHING_GROUPS, _MATCHING_GROUP_LENGTH = 4, 5  # 100 bits.
_UNAVAILABLE = "3.7"
_REQUESTER = "1.1"
# None left or none such; and no such type: another supplier may have one.
_NOT_THERE = {("8.2.1", "3.9"), ("8.2.5", "3.9"), ("8.2.5", "3.7")}
# Not in a state for it, in use, or the matching id is taken: by our own first attempt.
_CONFIRMED_BEFORE = {("8.2.1", "3.5"), ("8.2.1", "3.3"), ("8.2.6", "3.3")}
_STATES = {
    ProgressPoint.DOWNLOADED: InstallationState.DOWNLOADED,
    ProgressPoint.INSTALLED: InstallationState.INSTALLED,
}


@dataclass(frozen=True)
class Order:
    """An order of ours as it is called there. key: for the matching id, which nobody may guess."""

    requester: str
    number: str
    key: bytes

    @property
    def matching_id(self) -> str:
        """The matching id, the same whenever it is asked for."""
        digest = hmac.digest(self.key, self.number.encode(), hashlib.sha256)
        text = base64.b32encode(digest).decode()
        starts = range(0, _MATCHING_GROUPS * _MATCHING_GROUP_LENGTH, _MATCHING_GROUP_LENGTH)
        return "-".join(text[start : start + _MATCHING_GROUP_LENGTH] for start in starts)

    def download_order(self, profile_type: str) -> bytes:
        """Return the call that takes any profile of a type."""
        return DownloadOrder(self._header(ORDER), profile_type=profile_type).body()

    def confirm_order(self, iccid: str) -> bytes:
        """Return the call after which the profile may be downloaded."""
        header = self._header(CONFIRM)
        return ConfirmOrder(
            header, iccid=iccid, is_released=True, matching_id=self.matching_id
        ).body()

    def give_back(self, iccid: str) -> bytes:
        """Return the call that gives back what nobody has heard of."""
        header = self._header("giveBack")
        return CancelOrder(header, iccid=iccid, final_status=FinalStatus.AVAILABLE).body()

    def cancel_order(self, iccid: str) -> bytes:
        """Return the call that cancels what was sold. Nobody gets that profile again, or another
        order here would have the same ICCID."""
        return CancelOrder(
            self._header(CANCEL),
            iccid=iccid,
            final_status=FinalStatus.UNAVAILABLE,
            matching_id=self.matching_id,
        ).body()

    def _header(self, function: str) -> Header:
        return Header(self.requester, f"{self.number}-{function}")


def refusal(execution: Execution) -> Refused:
    """Return what a function that was not executed means for the order."""
    codes = (execution.subject_code, execution.reason_code)
    reason = "/".join(codes) if execution.subject_code else execution.status.lower()
    if codes in _NOT_THERE:
        return Refused(failure=Failure.ANOTHER, reason=reason)
    return Refused(failure=Failure.AGAIN if is_for_now(execution) else Failure.NEVER, reason=reason)


def is_for_now(execution: Execution) -> bool:
    """Whether it may be executed later: it was too busy, or our account has to be mended."""
    is_account = execution.subject_code.split(".")[:2] == _REQUESTER.split(".")
    return execution.status == EXPIRED or execution.reason_code == _UNAVAILABLE or is_account


def is_confirmed_before(execution: Execution) -> bool:
    """Whether a confirmation is refused as one that was executed would be, if it is repeated."""
    return (execution.subject_code, execution.reason_code) in _CONFIRMED_BEFORE


def read_progress(
    *, headers: Mapping[str, str], body: bytes, callback_key: str
) -> SupplierCallback:
    """Return what HandleDownloadProgressInfo says. Raises CallbackRefusedError.

    What comes before the download (eligibility, the confirmation code) says nothing of a profile.
    """
    expected = "Basic " + base64.b64encode(f"{USER}:{callback_key}".encode()).decode()
    given = headers.get("authorization", "")
    if not callback_key or not hmac.compare_digest(given.encode(), expected.encode()):
        raise CallbackRefusedError("password_wrong")
    try:
        told = Progress.read(body)
    except RspRefusal as refused:
        raise CallbackUnreadableError("malformed") from refused
    name = f"{told.header.requester}\0{told.header.call}\0{told.iccid}\0{told.point.value}"
    message_id = hashlib.sha256(name.encode()).hexdigest()
    state = _STATES.get(told.point)
    if state is None:
        return SupplierCallback(message_id=message_id)
    report = ProfileReport(state=state, happened_at=told.at)
    if not told.execution.is_done:
        report = ProfileReport(
            state=InstallationState.FAILED,
            happened_at=told.at,
            failure=refusal(told.execution).reason,
        )
    reported = ReportedProfile(
        reference=told.iccid, iccid=told.iccid, eid=told.eid or "", report=report
    )
    return SupplierCallback(message_id=message_id, reports=(reported,))
