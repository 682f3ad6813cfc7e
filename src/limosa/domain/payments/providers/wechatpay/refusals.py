"""Why a message from the platform was refused; docs/reference/payments.md explains each."""

from enum import StrEnum


class Refusal(StrEnum):
    """The reason, as used in the notification counter and the log."""

    BODY_TOO_LARGE = "body_too_large"
    HEADER_MISSING = "header_missing"
    SIGNATURE_TYPE_UNKNOWN = "signature_type_unknown"
    SIGNATURE_PROBE = "signature_probe"
    SERIAL_UNKNOWN = "serial_unknown"
    TIMESTAMP_MALFORMED = "timestamp_malformed"
    TIMESTAMP_TOO_OLD = "timestamp_too_old"
    TIMESTAMP_IN_FUTURE = "timestamp_in_future"
    CERTIFICATE_NOT_VALID = "certificate_not_valid"
    SIGNATURE_WRONG = "signature_wrong"
    ENVELOPE_MALFORMED = "envelope_malformed"
    EVENT_UNKNOWN = "event_unknown"
    DECRYPTION_FAILED = "decryption_failed"
    RESOURCE_MALFORMED = "resource_malformed"
    MERCHANT_WRONG = "merchant_wrong"
