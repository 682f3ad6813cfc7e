"""The platform's certificates, renewed automatically in an account that uses them.

The platform publishes a new certificate at least a day before it signs with it. A fetch every
RENEW_SECONDS, triggered by ordinary traffic, therefore has it in time. The answer is encrypted with
the API v3 key, which nobody else has, and signed with one of the certificates in it. An unknown
serial number also triggers a fetch, for a process that has just started. Since any stranger can
choose that serial, the message itself is refused, a thread of ours fetches, and not again for
RETRY_SECONDS.

Source: pay.weixin.qq.com, "Download platform certificates", "How to renew platform certificates".
"""

import logging
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from math import inf
from time import monotonic

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509 import load_pem_x509_certificate

from limosa.domain.payments.message_refusals import MessageRefusedError
from limosa.domain.payments.providers.wechatpay import wire
from limosa.domain.payments.providers.wechatpay.refusals import Refusal
from limosa.domain.payments.providers.wechatpay.signature import (
    PlatformKey,
    PlatformKeys,
    certified_key,
)
from limosa.foundation.errors import ProviderError

log = logging.getLogger(__name__)

PATH = "/v3/certificates"
RENEW_SECONDS = 10 * 3600.0  # The platform requires less than twelve hours.
RETRY_SECONDS = 60.0
CERTIFICATES_MAX = 20

Fetch = Callable[[], tuple[Mapping[str, str], bytes, int]]


class PlatformCertificates:
    """Verifies signatures with the known keys, and keeps those up to date.

    fetch: returns the headers and the body of the answer to GET PATH, and when it was requested, in
    seconds since the epoch; raises ProviderError. Thread-safe.
    """

    def __init__(self, keys: PlatformKeys, *, api_v3_key: bytes, fetch: Fetch) -> None:
        self._keys = keys
        self._cipher = AESGCM(api_v3_key)
        self._fetch = fetch
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._tried_at = self._renewed_at = -inf

    def check(self, headers: Mapping[str, str], body: bytes, *, now_seconds: float) -> None:
        """Verify as PlatformKeys.check does; makes no outside calls itself.

        Raises MessageRefusedError; if the serial is unknown and being fetched, the error can be
        awaited.
        """
        try:
            self._keys.check(headers, body, now_seconds=now_seconds)
        except MessageRefusedError as refused:
            if refused.reason is Refusal.SERIAL_UNKNOWN:
                # A fetch that has finished since then helps as well.
                refused.awaited = self._idle.wait if self._renew_soon() else None
            raise
        if monotonic() - self._renewed_at > RENEW_SECONDS:
            self._renew_soon()

    def renew(self) -> None:
        """Fetch the certificates and trust them from now on, in addition to those known before.

        Raises ProviderError; MessageRefusedError if the answer can't be trusted.
        """
        headers, body, asked_at = self._fetch()
        fresh = list(self._read(body))
        # Of the two checks the encryption is the stronger one; the signature shows that nothing is
        # missing. It may be by the platform's public key, which we request if the account has both.
        self._keys.joined_by(fresh).check(headers, body, now_seconds=asked_at)
        self._keys.add(fresh)
        self._renewed_at = monotonic()

    def _renew_soon(self) -> bool:
        """Have a thread fetch them, unless one does or did within RETRY_SECONDS; return whether one
        does now."""
        with self._lock:
            if not self._idle.is_set():
                return True
            if monotonic() - self._tried_at < RETRY_SECONDS:
                return False
            self._tried_at = monotonic()
            self._idle.clear()
        threading.Thread(target=self._renew, name="wechatpay-certificates", daemon=True).start()
        return True

    def _renew(self) -> None:
        try:
            self.renew()
        except (ProviderError, MessageRefusedError) as error:
            log.warning("WeChat Pay's platform certificates were not renewed: %s", error)
        finally:
            self._idle.set()

    def _read(self, body: bytes) -> Iterator[PlatformKey]:
        listed = wire.read_object(body).get("data")
        if not isinstance(listed, list) or not 0 < len(listed) <= CERTIFICATES_MAX:
            raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, "data")
        for entry in listed:
            sealed = entry.get("encrypt_certificate") if isinstance(entry, dict) else None
            if not isinstance(sealed, dict):
                raise MessageRefusedError(Refusal.RESOURCE_MALFORMED, "encrypt_certificate")
            yield self._open(sealed)

    def _open(self, sealed: wire.Fields) -> PlatformKey:
        try:
            words = [str(sealed[name]).encode() for name in ("nonce", "associated_data")]
            pem = self._cipher.decrypt(words[0], b64decode(str(sealed["ciphertext"])), words[1])
            return certified_key(load_pem_x509_certificate(pem))
        except (KeyError, ValueError, InvalidTag) as error:
            raise MessageRefusedError(Refusal.DECRYPTION_FAILED, type(error).__name__) from None
