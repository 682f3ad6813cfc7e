r"""The platform's signature, which replies and notifications carry alike.

Source: pay.weixin.qq.com, "How to verify with the WeChat Pay public key" and "… with the platform
certificate": four headers, and RSA-SHA256 over `timestamp\nnonce\nbody\n` with the body's bytes
exactly as they came. The platform signs by one key or the other, as the merchant chose; while the
merchant changes over, by both.
"""

import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import Certificate

from limosa.domain.payments.message_refusals import MessageRefusedError
from limosa.domain.payments.providers.wechatpay.refusals import Refusal

SIGNATURE_TYPE = "WECHATPAY2-SHA256-RSA2048"
# The platform occasionally sends an invalid signature, to test that it is rejected.
PROBE_PREFIX = "WECHATPAY/SIGNTEST/"
FRESH_SECONDS = 300
_TIMESTAMP = re.compile(r"[0-9]{1,11}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformKey:
    """One of the platform's keys, with the serial number under which it signs.

    A certificate's is valid between two moments, in seconds since the epoch; a public key always.
    """

    serial: str
    public_key: RSAPublicKey
    valid_from: float = -inf
    valid_until: float = inf


class Checks(Protocol):
    """Verifies that messages come from the platform."""

    def check(self, headers: Mapping[str, str], body: bytes, *, now_seconds: float) -> None:
        """Return if the platform signed this body. Raises MessageRefusedError."""


def certified_key(certificate: Certificate) -> PlatformKey:
    """Return the key of a certificate obtained in a trusted way.

    Raises ValueError if it is not an RSA key.
    """
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        raise ValueError("holds no RSA key")  # noqa: TRY004 -- a file's content, not a caller's type
    return PlatformKey(
        serial=f"{certificate.serial_number:X}",
        public_key=key,
        valid_from=certificate.not_valid_before_utc.timestamp(),
        valid_until=certificate.not_valid_after_utc.timestamp(),
    )


class PlatformKeys:
    """All keys with which the platform may sign for the merchant; parsed once."""

    def __init__(self, keys: Iterable[PlatformKey]) -> None:
        self._keys = {_plain(key.serial): key for key in keys}

    def joined_by(self, keys: Iterable[PlatformKey]) -> "PlatformKeys":
        """Return these keys and others, for one check; nothing is trusted permanently."""
        return PlatformKeys([*self._keys.values(), *keys])

    def add(self, keys: Iterable[PlatformKey]) -> None:
        """Trust these as well. Readers in other threads see either all of them or none yet."""
        self._keys = self._keys | {_plain(key.serial): key for key in keys}

    def check(self, headers: Mapping[str, str], body: bytes, *, now_seconds: float) -> None:
        """Return if the platform signed this body within FRESH_SECONDS of now, either side.

        Header names are lower-case, or the mapping is case-insensitive. The cheap checks come
        first; an unknown serial is refused and never looked up, so sending one does not make us
        call out. Raises MessageRefusedError, and never anything else.
        """
        timestamp = _header(headers, "wechatpay-timestamp")
        nonce = _header(headers, "wechatpay-nonce")
        signature = _header(headers, "wechatpay-signature")
        serial = _header(headers, "wechatpay-serial")
        # Some replies and notifications have been seen without this header, but none with another
        # value.
        if headers.get("wechatpay-signature-type", SIGNATURE_TYPE) != SIGNATURE_TYPE:
            raise MessageRefusedError(Refusal.SIGNATURE_TYPE_UNKNOWN)
        if signature.startswith(PROBE_PREFIX):
            raise MessageRefusedError(Refusal.SIGNATURE_PROBE)
        key = self._keys.get(_plain(serial))
        if key is None:
            raise MessageRefusedError(Refusal.SERIAL_UNKNOWN)
        _check_fresh(timestamp, now_seconds=now_seconds)
        if not key.valid_from <= now_seconds <= key.valid_until:
            raise MessageRefusedError(Refusal.CERTIFICATE_NOT_VALID)
        try:
            message = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
            key.public_key.verify(
                b64decode(signature, validate=True), message, PKCS1v15(), SHA256()
            )
        except (InvalidSignature, ValueError):  # ValueError: invalid base64, or a lone surrogate.
            raise MessageRefusedError(Refusal.SIGNATURE_WRONG) from None


def _plain(serial: str) -> str:
    """Return a serial number in normal form: upper case, without leading zeros."""
    return serial.upper().lstrip("0")


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name)
    if not value:
        raise MessageRefusedError(Refusal.HEADER_MISSING, name)
    return value


def _check_fresh(timestamp: str, *, now_seconds: float) -> None:
    if not _TIMESTAMP.fullmatch(timestamp):
        raise MessageRefusedError(Refusal.TIMESTAMP_MALFORMED)
    age_seconds = now_seconds - int(timestamp)
    if age_seconds > FRESH_SECONDS:
        raise MessageRefusedError(Refusal.TIMESTAMP_TOO_OLD)
    if age_seconds < -FRESH_SECONDS:
        raise MessageRefusedError(Refusal.TIMESTAMP_IN_FUTURE)
