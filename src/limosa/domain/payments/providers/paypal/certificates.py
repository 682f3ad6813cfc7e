"""The certificates with which PayPal signs its notifications, fetched outside of any request.

A notification names the URL of its certificate. Since any stranger can choose that URL, a request
never fetches it: the notification is refused as `certificate_unknown`, the URL is queued, and a
thread of ours fetches it. The request handler may wait briefly for that and verify again. What a
stranger gains by naming URLs is bounded: they must be under the configured prefix, at most
NOTED_MAX of them are queued, and one is fetched every FETCH_EVERY_SECONDS. (Somebody who names more
than that may delay a new certificate. Meanwhile payments are polled on schedule, and PayPal resends
for three days.) Only a certificate with a chain to a trusted root, the configured name and a
current validity period is kept. At most KEPT_MAX are, so strangers can't push any out. They are
written to a folder, if one is set, which all processes share; each reads it at startup.
"""

import logging
import re
import threading
from collections import OrderedDict, deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import requests
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from limosa.domain.payments.message_refusals import MessageRefusedError
from limosa.domain.payments.providers.paypal.account import Account
from limosa.domain.payments.providers.paypal.refusals import Refusal
from limosa.foundation.errors import ProviderError

log = logging.getLogger(__name__)

NOTED_MAX = 8
KEPT_MAX = 8
FETCH_EVERY_SECONDS = 5.0
PEM_BYTES_MAX = 64 * 1024
CHAIN_MAX = 8
_NAME = re.compile(r"[0-9A-Za-z_-]{1,80}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Signer:
    """A trusted certificate, and its validity period."""

    key: RSAPublicKey
    not_before: datetime
    not_after: datetime


class Certificates:
    """Holds the fetched certificates. Thread-safe."""

    def __init__(self, account: Account, session: requests.Session) -> None:
        self._prefix = account.certificate_url
        self._host = x509.DNSName(account.certificate_name)
        self._roots = Store(list(account.roots))
        self._folder = account.certificate_folder
        self._session = session
        self._kept: OrderedDict[str, Signer] = OrderedDict()
        self._noted: deque[tuple[str, datetime]] = deque()
        self._waiting: set[str] = set()  # The queued names, and the one being fetched.
        self._condition = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_stopped = threading.Event()

    def read_kept(self, *, now: datetime) -> None:
        """Load stored certificates, so that the first notification finds them.

        At most the newest KEPT_MAX; any that can't be read or trusted now are skipped. Makes no
        outside calls.
        """
        if self._folder is None:
            return
        with suppress(OSError):
            newest = sorted(self._folder.glob("*.pem"), key=_written_at)[-KEPT_MAX:]
            for file in newest:
                self._read_file(file.stem, now)

    def key_of(self, url: str, *, now: datetime) -> RSAPublicKey:
        """Return the key of a known, currently valid certificate. Makes no outside calls.

        Raises MessageRefusedError; if the URL may be a certificate's, it is queued for fetching.
        """
        name = url.removeprefix(self._prefix)
        if name == url or not _NAME.fullmatch(name):
            raise MessageRefusedError(Refusal.CERTIFICATE_ADDRESS_WRONG)
        signer = self._kept.get(name) or self._read_file(name, now)
        if signer is None:
            refused = MessageRefusedError(Refusal.CERTIFICATE_UNKNOWN)
            # A fetch that has finished since it was queued helps as well.
            is_noted = self._note(name, now)
            refused.awaited = partial(self._wait_for, name) if is_noted else None
            raise refused
        if not signer.not_before <= now <= signer.not_after:
            raise MessageRefusedError(Refusal.CERTIFICATE_NOT_VALID)
        return signer.key

    def fetch(self, url: str, *, now: datetime) -> None:
        """Fetch and keep a certificate, if it can be trusted. Never call it while serving a
        request.

        Raises ProviderError; MessageRefusedError if it can't be trusted.
        """
        name = url.removeprefix(self._prefix)
        try:
            with self._session.request("GET", self._prefix + name) as response:
                pem = response.content
        except requests.RequestException as error:
            raise ProviderError(f"no answer ({type(error).__name__})", retryable=True) from error
        if response.status_code != 200 or len(pem) > PEM_BYTES_MAX:
            raise ProviderError(f"no certificate, HTTP {response.status_code}", retryable=True)
        self._keep(name, self._believed(pem, now))
        if self._folder is not None:
            _write_file(self._folder / f"{name}.pem", pem)

    @property
    def waiting(self) -> int:
        """Return how many are queued or being fetched."""
        return len(self._waiting)

    def wait_until_fetched(self, *, seconds_max: float = 30) -> None:
        """Return once nothing is queued, or when the time is up."""
        with self._condition:
            self._condition.wait_for(lambda: not self._waiting, seconds_max)

    def _wait_for(self, name: str, seconds_max: float) -> None:
        with self._condition:
            self._condition.wait_for(lambda: name not in self._waiting, seconds_max)

    def stop(self) -> None:
        """Stop fetching."""
        self._is_stopped.set()

    def _believed(self, pem: bytes, now: datetime) -> Signer:
        """Return the signer if a trusted root vouches for it, and for its name, now."""
        try:
            leaf, *others = x509.load_pem_x509_certificates(pem)[:CHAIN_MAX]
            verifier = (
                PolicyBuilder()
                .store(self._roots)
                .time(now.astimezone(UTC).replace(tzinfo=None))
                .max_chain_depth(CHAIN_MAX)
                .build_server_verifier(self._host)
            )
            chain = verifier.verify(leaf, others)
            key = leaf.public_key()
        except (ValueError, UnsupportedAlgorithm, VerificationError) as error:
            raise MessageRefusedError(Refusal.CERTIFICATE_NOT_VALID, type(error).__name__) from None
        if not isinstance(key, RSAPublicKey):
            raise MessageRefusedError(Refusal.CERTIFICATE_NOT_VALID, "not RSA")
        return Signer(
            key=key,
            not_before=max(one.not_valid_before_utc for one in chain),
            not_after=min(one.not_valid_after_utc for one in chain),
        )

    def _keep(self, name: str, signer: Signer) -> None:
        with self._condition:
            self._kept[name] = signer
            while len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)

    def _read_file(self, name: str, now: datetime) -> Signer | None:
        """Return a certificate stored earlier by this or another process."""
        if self._folder is None:
            return None
        try:
            signer = self._believed((self._folder / f"{name}.pem").read_bytes(), now)
        except (OSError, MessageRefusedError):
            return None
        self._keep(name, signer)
        return signer

    def _note(self, name: str, now: datetime) -> bool:
        """Queue it for fetching. False: the queue is full; PayPal's next attempt will queue it
        again."""
        with self._condition:
            if name in self._waiting:
                return True
            if len(self._waiting) >= NOTED_MAX:
                return False
            self._waiting.add(name)
            self._noted.append((name, now))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._fetch_noted, name="paypal-certificates", daemon=True
                )
                self._thread.start()
            return True

    def _fetch_noted(self) -> None:
        """Fetch one after the other; ends when nothing has been queued for a while."""
        while (noted := self._next_noted()) is not None:
            name, now = noted
            try:
                self.fetch(self._prefix + name, now=now)
            except (ProviderError, MessageRefusedError, OSError) as error:
                log.warning("PayPal's certificate %s: %s", name, error)
            finally:
                with self._condition:
                    self._waiting.discard(name)
                    self._condition.notify_all()
            self._is_stopped.wait(FETCH_EVERY_SECONDS)

    def _next_noted(self) -> tuple[str, datetime] | None:
        with self._condition:
            if self._noted and not self._is_stopped.is_set():
                return self._noted.popleft()
            self._thread = None
            return None


def _written_at(file: Path) -> float:
    return file.stat().st_mtime


def _write_file(path: Path, content: bytes) -> None:
    """Write a file atomically, so that another process reads all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{threading.get_native_id()}.new")
    fresh.write_bytes(content)
    fresh.replace(path)
