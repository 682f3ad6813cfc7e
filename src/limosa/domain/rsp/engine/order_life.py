"""The life of a profile's order: which call or event moves it where.

    available -> allocated | linked -> confirmed -> released -> downloaded -> installed
                                                                     |-> error
    cancelled: from every state before the download, and from error; also by itself, when its time
    is over before the download

`available` is a profile without an order. `linked` differs from `allocated` in that the order names
the EID. What the eUICC reports of a failed installation leads back to `released` if another attempt
may succeed, else to `error`; so does, before the download, that it says the only card that may have
the profile never takes it. An order whose profile was installed may be downloaded again if its
policy allows (`redownload.py`).

Source: SGP.22 section 3.1.6 (the life of a profile at the SM-DP+).
"""

from enum import StrEnum

from limosa.foundation.state_machine import StateMachine


class DownloadState(StrEnum):
    """Where a profile's order stands."""

    AVAILABLE = "available"
    ALLOCATED = "allocated"
    LINKED = "linked"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    DOWNLOADED = "downloaded"
    INSTALLED = "installed"
    ERROR = "error"
    CANCELLED = "cancelled"


class DownloadEvent(StrEnum):
    """What happens to an order. RETRY: the device reported a failure after which it may try again;
    FAIL: one after which it may not. EXPIRE: nobody downloaded it in its time."""

    ORDER = "order"
    ORDER_FOR_EID = "order_for_eid"
    CONFIRM = "confirm"
    CONFIRM_AND_RELEASE = "confirm_and_release"
    RELEASE = "release"
    DOWNLOAD = "download"
    INSTALL = "install"
    RETRY = "retry"
    FAIL = "fail"
    CANCEL = "cancel"
    EXPIRE = "expire"


_S, _E = DownloadState, DownloadEvent
DOWNLOAD_LIFE = StateMachine(
    {
        (_S.AVAILABLE, _E.ORDER): _S.ALLOCATED,
        (_S.AVAILABLE, _E.ORDER_FOR_EID): _S.LINKED,
        (_S.ALLOCATED, _E.CONFIRM): _S.CONFIRMED,
        (_S.ALLOCATED, _E.CONFIRM_AND_RELEASE): _S.RELEASED,
        (_S.ALLOCATED, _E.CANCEL): _S.CANCELLED,
        (_S.ALLOCATED, _E.EXPIRE): _S.CANCELLED,
        (_S.LINKED, _E.CONFIRM): _S.CONFIRMED,
        (_S.LINKED, _E.CONFIRM_AND_RELEASE): _S.RELEASED,
        (_S.LINKED, _E.CANCEL): _S.CANCELLED,
        (_S.LINKED, _E.EXPIRE): _S.CANCELLED,
        (_S.CONFIRMED, _E.RELEASE): _S.RELEASED,
        (_S.CONFIRMED, _E.CANCEL): _S.CANCELLED,
        (_S.CONFIRMED, _E.EXPIRE): _S.CANCELLED,
        (_S.RELEASED, _E.DOWNLOAD): _S.DOWNLOADED,
        (_S.RELEASED, _E.FAIL): _S.ERROR,
        (_S.RELEASED, _E.CANCEL): _S.CANCELLED,
        (_S.RELEASED, _E.EXPIRE): _S.CANCELLED,
        (_S.DOWNLOADED, _E.DOWNLOAD): _S.DOWNLOADED,
        (_S.DOWNLOADED, _E.INSTALL): _S.INSTALLED,
        (_S.DOWNLOADED, _E.RETRY): _S.RELEASED,
        (_S.DOWNLOADED, _E.FAIL): _S.ERROR,
        (_S.INSTALLED, _E.DOWNLOAD): _S.DOWNLOADED,
        (_S.ERROR, _E.CANCEL): _S.CANCELLED,
    }
)
# A profile has at most one order that is in none of these.
CLOSED_STATES = (DownloadState.CANCELLED,)
# What a device may find by a matching id, or by its EID.
ISSUED_STATES = (DownloadState.RELEASED, DownloadState.DOWNLOADED, DownloadState.INSTALLED)
