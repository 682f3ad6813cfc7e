"""Platform certificates that follow one another: fetched, opened, believed or not."""

import json
import os
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from limosa.domain.payments.message_refusals import MessageRefusedError
from limosa.domain.payments.providers.wechatpay import certificates
from limosa.domain.payments.providers.wechatpay.certificates import PlatformCertificates
from limosa.domain.payments.providers.wechatpay.refusals import Refusal
from limosa.domain.payments.providers.wechatpay.signature import PlatformKey, PlatformKeys
from limosa.foundation.errors import ProviderError
from tests.contract.providers.signer import API_V3_KEY, PlatformSigner

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OLD, NEW = PlatformSigner(), PlatformSigner()
OLD_SERIAL, NEW_SERIAL = "5157F09E", "6268A1AF"
PUBLIC_ID = "PUB_KEY_ID_0114232134912410000000000000"


class Platform:
    """Answers to GET /v3/certificates; counts how often it was asked."""

    def __init__(self, folder: Path) -> None:
        self.asked = 0
        self.open = Event()
        self.open.set()
        NEW.certificate(
            folder / "new.pem",
            serial=int(NEW_SERIAL, 16),
            begins_at=NOW - timedelta(days=1),
            ends_at=NOW + timedelta(days=365),
        )
        self.pem = (folder / "new.pem").read_bytes()

    def fetch(self) -> tuple[Mapping[str, str], bytes, int]:
        self.asked += 1
        self.open.wait(10)
        return self.answer()

    def answer(
        self,
        *,
        key: str = API_V3_KEY,
        signer: PlatformSigner = NEW,
        serial: str = NEW_SERIAL,
        signed_as: str = "",
    ) -> tuple[Mapping[str, str], bytes, int]:
        nonce = os.urandom(6).hex()
        sealed = AESGCM(key.encode()).encrypt(nonce.encode(), self.pem, b"certificate")
        entry: dict[str, Any] = {
            "serial_no": serial,
            "encrypt_certificate": {
                "algorithm": "AEAD_AES_256_GCM",
                "nonce": nonce,
                "associated_data": "certificate",
                "ciphertext": b64encode(sealed).decode(),
            },
        }
        body = json.dumps({"data": [entry]}).encode()
        headers = signer.headers(body, at=NOW, serial=signed_as or serial)
        return headers, body, int(NOW.timestamp())


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return Platform(tmp_path)


@pytest.fixture
def kept(platform: Platform) -> PlatformCertificates:
    known = PlatformKeys([PlatformKey(serial=OLD_SERIAL, public_key=OLD.key.public_key())])
    return PlatformCertificates(known, api_v3_key=API_V3_KEY.encode(), fetch=platform.fetch)


def check(kept: PlatformCertificates, signer: PlatformSigner, serial: str) -> None:
    headers = signer.headers(b"{}", at=NOW, serial=serial)
    kept.check(headers, b"{}", now_seconds=NOW.timestamp())


def refused(kept: PlatformCertificates) -> MessageRefusedError:
    with pytest.raises(MessageRefusedError) as error:
        check(kept, NEW, NEW_SERIAL)
    assert error.value.reason is Refusal.SERIAL_UNKNOWN
    return error.value


def test_a_message_by_a_new_certificate_is_believed_once_that_is_fetched(
    kept: PlatformCertificates,
) -> None:
    awaited = refused(kept).awaited
    assert awaited is not None
    assert awaited(10)
    check(kept, NEW, NEW_SERIAL)
    check(kept, OLD, OLD_SERIAL)


def test_a_message_can_wait_for_a_fetch_that_has_ended_meanwhile(
    kept: PlatformCertificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    class AtOnce(Thread):
        """Ends before whoever started it goes on, as a fast fetch may."""

        def start(self) -> None:
            self.run()

    monkeypatch.setattr("threading.Thread", AtOnce)
    awaited = refused(kept).awaited
    assert awaited is not None
    assert awaited(0)
    check(kept, NEW, NEW_SERIAL)


def test_an_answer_that_the_public_key_signed_is_believed(platform: Platform) -> None:
    public = PlatformSigner()
    known = PlatformKeys([PlatformKey(serial=PUBLIC_ID, public_key=public.key.public_key())])
    kept = PlatformCertificates(
        known,
        api_v3_key=API_V3_KEY.encode(),
        fetch=lambda: platform.answer(signer=public, signed_as=PUBLIC_ID),
    )
    kept.renew()
    check(kept, NEW, NEW_SERIAL)
    check(kept, public, PUBLIC_ID)


def test_strangers_who_name_serials_set_off_one_fetch(
    kept: PlatformCertificates, platform: Platform
) -> None:
    platform.open.clear()
    first = refused(kept)
    for _ in range(50):
        assert refused(kept).awaited is not None
    platform.open.set()
    assert first.awaited is not None
    first.awaited(10)
    for serial in range(50):
        with pytest.raises(MessageRefusedError) as error:
            check(kept, NEW, f"ABC{serial}")
        assert error.value.awaited is None
    assert platform.asked == 1


def test_a_genuine_message_renews_them_twice_a_day(
    kept: PlatformCertificates, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = 0.0
    monkeypatch.setattr(certificates, "monotonic", lambda: hours * 3600)
    for now, asked in ((1.0, 1), (2.0, 1), (10.0, 1), (11.5, 2)):
        hours = now
        check(kept, OLD, OLD_SERIAL)
        kept._idle.wait(10)
        assert platform.asked == asked


@pytest.mark.parametrize(
    "changed",
    [{"key": "another key, as long as ours....", "signer": NEW}, {"signer": OLD}],
    ids=["sealed by another", "signed by another"],
)
def test_certificates_that_are_not_the_platforms_are_not_believed(
    platform: Platform, changed: dict[str, Any]
) -> None:
    keys = PlatformKeys([])
    kept = PlatformCertificates(
        keys, api_v3_key=API_V3_KEY.encode(), fetch=lambda: platform.answer(**changed)
    )
    with pytest.raises(MessageRefusedError):
        kept.renew()
    with pytest.raises(MessageRefusedError):
        check(kept, NEW, NEW_SERIAL)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"data":[]}', b'{"data":[1]}', b'{"data":[{}]}',
             b'{"data":[{"encrypt_certificate":{}}]}',
             b'{"data":[{"encrypt_certificate":{"nonce":1,"associated_data":2,"ciphertext":"\xc3"}}]}'],
)  # fmt: skip
def test_an_answer_of_another_form_is_refused(body: bytes) -> None:
    kept = PlatformCertificates(
        PlatformKeys([]), api_v3_key=API_V3_KEY.encode(), fetch=lambda: ({}, body, 0)
    )
    with pytest.raises(MessageRefusedError):
        kept.renew()


def test_without_an_answer_the_known_ones_hold(platform: Platform) -> None:
    def fail() -> tuple[Mapping[str, str], bytes, int]:
        raise ProviderError("no answer", retryable=True)

    known = PlatformKeys([PlatformKey(serial=OLD_SERIAL, public_key=OLD.key.public_key())])
    kept = PlatformCertificates(known, api_v3_key=API_V3_KEY.encode(), fetch=fail)
    check(kept, OLD, OLD_SERIAL)
    kept._idle.wait(10)
    check(kept, OLD, OLD_SERIAL)
