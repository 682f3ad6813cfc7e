"""Why a message from the platform was refused; docs/reference/payments.md explains each."""

from enum import StrEnum


class Refusal(StrEnum):
    """The reason, as used in the notification counter and the log."""

    BODY_TOO_LARGE = "body_too_large"
    ENVELOPE_MALFORMED = "envelope_malformed"
    SIGNATURE_MISSING = "signature_missing"
    SIGNATURE_TYPE_UNKNOWN = "signature_type_unknown"
    SIGNATURE_WRONG = "signature_wrong"
    TIMESTAMP_MALFORMED = "timestamp_malformed"
    TIMESTAMP_TOO_OLD = "timestamp_too_old"
    TIMESTAMP_IN_FUTURE = "timestamp_in_future"
    RESOURCE_MALFORMED = "resource_malformed"
