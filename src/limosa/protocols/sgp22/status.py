"""The answers of an SM-DP+ that say no: a subject, a reason, and a sentence.

Sources: SGP.22 version 2, where it describes each call: ES9+ in sections 5.6.1 to 5.6.5, ES2+ in
5.3; subjects are listed in 5.2.6.1, reasons in 5.2.6.2.
The pairs of ES2+ are also those which public tests made from SGP.23 expect; that none is left of a
type is the example of a failure in annex I. Pairs of the call ANY
are ours, made of its codes, for what it leaves open.
"""

from enum import Enum, StrEnum


class Call(StrEnum):
    """The function that answers so."""

    INITIATE = "ES9+.InitiateAuthentication"
    AUTHENTICATE = "ES9+.AuthenticateClient"
    PACKAGE = "ES9+.GetBoundProfilePackage"
    CANCEL = "ES9+.CancelSession"
    ORDER = "ES2+"
    ANY = "any"


_SESSION = (Call.AUTHENTICATE, Call.PACKAGE, Call.CANCEL)


class RspStatus(Enum):
    """Subject code, reason code, text, and the calls whose answer it is."""

    # What is not a message of the protocol at all.
    MALFORMED = ("1.3.1", "2.1", "The request is malformed.", Call.ANY)
    ELEMENT_MISSING = ("1.3.1", "2.2", "A mandatory element is missing.", Call.ANY)
    REQUESTER_UNKNOWN = ("1.1", "1.1", "The function requester is unknown.", Call.ORDER)
    REQUESTER_REFUSED = ("1.1", "1.2", "The function requester may not do this.", Call.ORDER)
    TEMPORARILY_UNAVAILABLE = ("1.2", "3.7", "The server can't answer now.", Call.ANY)

    # ES9+.InitiateAuthentication
    ADDRESS_REFUSED = ("8.8.1", "3.8", "Invalid SM-DP+ address.", Call.INITIATE)
    CI_UNSUPPORTED = (
        "8.8.2",
        "3.1",
        "None of the proposed public key identifiers is supported.",
        Call.INITIATE,
    )
    VERSION_UNSUPPORTED = (
        "8.8.3",
        "3.1",
        "The eUICC's specification version is not supported.",
        Call.INITIATE,
    )
    CERTIFICATE_UNAVAILABLE = (
        "8.8.4",
        "3.7",
        "No server certificate is signed by a CI that the eUICC supports.",
        Call.INITIATE,
    )

    # A session
    TRANSACTION_UNKNOWN = ("8.10.1", "3.9", "The RSP session is unknown.", *_SESSION)
    SIGNATURE_INVALID = ("8.1", "6.1", "The eUICC's signature or challenge is invalid.", *_SESSION)
    EUICC_FAILED = (
        "8.1",
        "4.2",
        "The eUICC reports an error.",
        Call.AUTHENTICATE,
        Call.PACKAGE,
        Call.CANCEL,
    )

    # ES9+.AuthenticateClient
    EUM_INVALID = ("8.1.2", "6.1", "The EUM certificate is invalid.", Call.AUTHENTICATE)
    EUM_EXPIRED = ("8.1.2", "6.3", "The EUM certificate has expired.", Call.AUTHENTICATE)
    EUICC_INVALID = ("8.1.3", "6.1", "The eUICC certificate is invalid.", Call.AUTHENTICATE)
    EUICC_EXPIRED = ("8.1.3", "6.3", "The eUICC certificate has expired.", Call.AUTHENTICATE)
    CI_UNKNOWN = ("8.11.1", "3.9", "The CI of the EUM certificate is unknown.", Call.AUTHENTICATE)
    MEMORY_INSUFFICIENT = (
        "8.1",
        "4.8",
        "The eUICC has too little memory for this profile.",
        Call.AUTHENTICATE,
    )
    NOT_RELEASED = ("8.2", "1.2", "The profile has not yet been released.", Call.AUTHENTICATE)
    MATCHING_ID_REFUSED = ("8.2.6", "3.8", "The matching id is refused.", Call.AUTHENTICATE)
    EID_REFUSED = ("8.1.1", "3.8", "The EID is not the one expected.", Call.AUTHENTICATE)
    NO_ELIGIBLE_PROFILE = ("8.2.5", "4.3", "No profile fits this eUICC.", Call.AUTHENTICATE)
    ORDER_EXPIRED = (
        "8.8.5",
        "4.10",
        "The download order has expired.",
        Call.AUTHENTICATE,
        Call.PACKAGE,
    )
    DOWNLOADS_EXCEEDED = (
        "8.8.5",
        "6.4",
        "The profile may not be downloaded any more: too many attempts.",
        Call.AUTHENTICATE,
    )

    # ES9+.GetBoundProfilePackage
    BINDING_UNAVAILABLE = ("8.2", "3.7", "The package can't be bound anew.", Call.PACKAGE)
    CODE_MISSING = ("8.2.7", "2.2", "The confirmation code is missing.", Call.PACKAGE)
    CODE_REFUSED = ("8.2.7", "3.8", "The confirmation code is refused.", Call.PACKAGE)
    CODE_TRIES_EXCEEDED = (
        "8.2.7",
        "6.4",
        "The confirmation code was wrong too often.",
        Call.PACKAGE,
    )

    # ES9+.CancelSession
    OID_INVALID = ("8.8", "3.10", "The SM-DP+ OID is invalid.", Call.CANCEL)

    # ES2+
    PROFILE_UNKNOWN = ("8.2.1", "3.9", "The profile is unknown.", Call.ORDER)
    PROFILE_NOT_ALLOWED = ("8.2.1", "1.2", "The profile belongs to somebody else.", Call.ORDER)
    PROFILE_IN_USE = ("8.2.1", "3.3", "The profile is already in use.", Call.ORDER)
    PROFILE_STATE_INVALID = ("8.2.1", "3.5", "The profile's state forbids it.", Call.ORDER)
    PROFILE_TYPE_UNKNOWN = ("8.2.5", "3.9", "The profile type is unknown.", Call.ORDER)
    PROFILE_TYPE_NOT_ALLOWED = (
        "8.2.5",
        "1.2",
        "The function requester may not order this profile type.",
        Call.ORDER,
    )
    PROFILE_TYPE_REFUSED = ("8.2.5", "3.8", "The profile is of another type.", Call.ORDER)
    PROFILE_NONE_LEFT = ("8.2.5", "3.7", "No profile of this type is left.", Call.ORDER)
    MATCHING_ID_IN_USE = ("8.2.6", "3.3", "The matching id is already in use.", Call.ORDER)
    MATCHING_ID_ELSEWHERE = (
        "8.2.6",
        "3.10",
        "The order has another matching id.",
        Call.ORDER,
    )
    EID_MISSING = ("8.1.1", "2.2", "The EID is missing.", Call.ORDER)
    EID_ELSEWHERE = ("8.1.1", "3.10", "The order has another EID.", Call.ORDER)
    SMDS_INACCESSIBLE = ("8.9", "5.1", "The SM-DS is inaccessible.", Call.ORDER)

    def __init__(self, subject_code: str, reason_code: str, text: str, *calls: Call) -> None:
        self.subject_code = subject_code
        self.reason_code = reason_code
        self.text = text
        self.calls = calls
