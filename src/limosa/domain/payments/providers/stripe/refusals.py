"""Why a message from Stripe was refused; docs/reference/payments.md explains each."""

from enum import StrEnum


class Refusal(StrEnum):
    """The reason, as used in the notification counter and the log."""

    BODY_TOO_LARGE = "body_too_large"
    HEADER_MISSING = "header_missing"
    SIGNATURE_TYPE_UNKNOWN = "signature_type_unknown"
    TIMESTAMP_MALFORMED = "timestamp_malformed"
    TIMESTAMP_TOO_OLD = "timestamp_too_old"
    TIMESTAMP_IN_FUTURE = "timestamp_in_future"
    SIGNATURE_WRONG = "signature_wrong"
    ENVELOPE_MALFORMED = "envelope_malformed"
    RESOURCE_MALFORMED = "resource_malformed"
    MERCHANT_WRONG = "merchant_wrong"
    LIVEMODE_WRONG = "livemode_wrong"
