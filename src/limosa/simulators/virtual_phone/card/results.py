"""The error codes of ES10 and ES8+, by the names that SGP.22 gives them.

Source: SGP.22 section 5.7 (ES10a, ES10b, ES10c) and annex H (the ASN.1 module).
"""

from enum import IntEnum


class AuthenticateError(IntEnum):
    INVALID_CERTIFICATE = 1
    INVALID_SIGNATURE = 2
    UNSUPPORTED_CURVE = 3
    NO_SESSION_CONTEXT = 4
    INVALID_OID = 5
    EUICC_CHALLENGE_MISMATCH = 6
    CI_KEY_UNKNOWN = 7
    UNDEFINED_ERROR = 127


class DownloadError(IntEnum):
    INVALID_CERTIFICATE = 1
    INVALID_SIGNATURE = 2
    UNSUPPORTED_CURVE = 3
    NO_SESSION_CONTEXT = 4
    INVALID_TRANSACTION_ID = 5
    UNDEFINED_ERROR = 127


class BppCommand(IntEnum):
    """The command of the Bound Profile Package in which an installation failed."""

    INITIALISE_SECURE_CHANNEL = 0
    CONFIGURE_ISDP = 1
    STORE_METADATA = 2
    STORE_METADATA_2 = 3
    REPLACE_SESSION_KEYS = 4
    LOAD_PROFILE_ELEMENTS = 5


class ErrorReason(IntEnum):
    """Why an installation failed."""

    INCORRECT_INPUT_VALUES = 1
    INVALID_SIGNATURE = 2
    INVALID_TRANSACTION_ID = 3
    UNSUPPORTED_CRT_VALUES = 4
    UNSUPPORTED_REMOTE_OPERATION_TYPE = 5
    UNSUPPORTED_PROFILE_CLASS = 6
    STRUCTURE_ERROR = 7
    SECURITY_ERROR = 8
    ICCID_ALREADY_EXISTS = 9
    INSUFFICIENT_MEMORY = 10
    INTERRUPTION = 11
    ELEMENT_PROCESSING_ERROR = 12
    ICCID_MISMATCH = 13
    INVALID_NAA_KEY = 14
    PPR_NOT_ALLOWED = 15
    UNKNOWN_ERROR = 127


class SwitchResult(IntEnum):
    """What came of enabling, disabling or deleting a profile."""

    OK = 0
    NOT_FOUND = 1
    WRONG_STATE = 2
    DISALLOWED_BY_POLICY = 3
    WRONG_PROFILE_REENABLING = 4
    UNDEFINED_ERROR = 127


class CancelReason(IntEnum):
    """Why a session was ended without an installation."""

    END_USER_REJECTION = 0
    POSTPONED = 1
    TIMEOUT = 2
    PPR_NOT_ALLOWED = 3
    METADATA_MISMATCH = 4
    LOAD_BPP_EXECUTION_ERROR = 5
    UNDEFINED_REASON = 127


class Event(IntEnum):
    """A bit of NotificationEvent."""

    INSTALL = 0
    ENABLE = 1
    DISABLE = 2
    DELETE = 3


class AuthenticateRefused(Exception):
    def __init__(self, code: AuthenticateError, why: str) -> None:
        super().__init__(why)
        self.code = code


class DownloadRefused(Exception):
    def __init__(self, code: DownloadError, why: str) -> None:
        super().__init__(why)
        self.code = code


class InstallationFailed(Exception):
    def __init__(self, reason: ErrorReason, why: str) -> None:
        super().__init__(why)
        self.reason = reason
