"""Signatures by the platform's certificates: one or several, beside the public key or without."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.core.exceptions import ImproperlyConfigured

from limosa.domain.payments.message_refusals import MessageRefusedError
from limosa.domain.payments.providers.wechatpay.account import Account, read_account
from limosa.domain.payments.providers.wechatpay.refusals import Refusal
from limosa.domain.payments.providers.wechatpay.signature import PlatformKeys
from tests.contract.providers.signer import SERIAL, PlatformSigner

GATEWAY = "https://api.mch.weixin.qq.com"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2027, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OLD_SERIAL = 0x5157F09EFDC096DE15EBE81A47057A7232F1B8E1
NEW_SERIAL = 0x0157F09EFDC096DE15EBE81A47057A7232F1B8E2  # Begins with a zero, as one in 16 does.
PUBLIC, OLD, NEW = PlatformSigner(), PlatformSigner(), PlatformSigner()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    half = BEGIN + timedelta(days=182)
    OLD.certificate(folder / "old.pem", serial=OLD_SERIAL, begins_at=BEGIN, ends_at=END)
    NEW.certificate(folder / "new.pem", serial=NEW_SERIAL, begins_at=half, ends_at=END)
    both = (folder / "old.pem").read_bytes() + (folder / "new.pem").read_bytes()
    (folder / "both.pem").write_bytes(both)
    return folder


def account(folder: Path, *names: str, with_public_key: bool = False) -> Account:
    values = PUBLIC.settings(folder, gateway_url=GATEWAY)
    files = {"platform_cert_files": ", ".join(str(folder / name) for name in names)}
    nothing = {"public_key_file": "", "public_key_id": ""}
    return read_account(values | files | ({} if with_public_key else nothing))


def check(trusted: Account, signer: PlatformSigner, serial: str, *, at: datetime = NOW) -> None:
    """Check a message that the signer signs with this serial."""
    headers: Mapping[str, str] = signer.headers(b"{}", at=at, serial=serial)
    PlatformKeys(trusted.platform_keys).check(headers, b"{}", now_seconds=at.timestamp())


def refusal(trusted: Account, signer: PlatformSigner, serial: str, *, at: datetime = NOW) -> str:
    with pytest.raises(MessageRefusedError) as refused:
        check(trusted, signer, serial, at=at)
    return refused.value.reason


def test_a_certificate_signs_without_a_public_key(folder: Path) -> None:
    trusted = account(folder, "old.pem")
    check(trusted, OLD, f"{OLD_SERIAL:040X}")
    assert trusted.public_key_id == ""
    assert refusal(trusted, PUBLIC, SERIAL) == Refusal.SERIAL_UNKNOWN
    assert refusal(trusted, NEW, f"{NEW_SERIAL:040X}") == Refusal.SERIAL_UNKNOWN


@pytest.mark.parametrize("names", [("old.pem", "new.pem"), ("both.pem",)])
def test_old_and_new_certificates_are_trusted_side_by_side(
    folder: Path, names: tuple[str, ...]
) -> None:
    trusted = account(folder, *names)
    check(trusted, OLD, f"{OLD_SERIAL:040X}")
    check(trusted, NEW, f"{NEW_SERIAL:040X}")
    # Each for its own serial alone.
    assert refusal(trusted, OLD, f"{NEW_SERIAL:040X}") == Refusal.SIGNATURE_WRONG


def test_the_public_key_and_certificates_are_trusted_while_the_account_changes_over(
    folder: Path,
) -> None:
    trusted = account(folder, "old.pem", with_public_key=True)
    check(trusted, OLD, f"{OLD_SERIAL:040X}")
    check(trusted, PUBLIC, SERIAL)
    assert trusted.public_key_id == SERIAL
    assert refusal(trusted, OLD, SERIAL) == Refusal.SIGNATURE_WRONG


def test_how_a_serial_is_written_does_not_matter(folder: Path) -> None:
    trusted = account(folder, "new.pem")
    for serial in (f"{NEW_SERIAL:040X}", f"{NEW_SERIAL:X}", f"{NEW_SERIAL:040x}"):
        check(trusted, NEW, serial)


def test_a_certificate_is_trusted_between_its_dates_alone(folder: Path) -> None:
    trusted = account(folder, "old.pem")
    serial = f"{OLD_SERIAL:040X}"
    for good in (BEGIN, END):
        check(trusted, OLD, serial, at=good)
    for bad in (BEGIN - timedelta(seconds=1), END + timedelta(seconds=1)):
        assert refusal(trusted, OLD, serial, at=bad) == Refusal.CERTIFICATE_NOT_VALID


def _ec_certificate() -> bytes:
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "not RSA")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, BEGIN, END)
    return made.sign(key, SHA256()).public_bytes(Encoding.PEM)


@pytest.mark.parametrize(
    "pem", [None, b"", b"-----BEGIN CERTIFICATE-----\nQUJD\n", _ec_certificate()]
)
def test_a_file_that_holds_no_certificate_to_trust_is_named(
    folder: Path, pem: bytes | None
) -> None:
    (folder / "bad.pem").unlink(missing_ok=True)
    if pem is not None:
        (folder / "bad.pem").write_bytes(pem)
    with pytest.raises(ImproperlyConfigured) as fault:
        account(folder, "old.pem", "bad.pem")
    assert str(fault.value).startswith("LIMOSA_WECHATPAY_PLATFORM_CERT_FILES ")


def test_half_of_a_public_key_is_none_even_beside_a_certificate(folder: Path) -> None:
    values = PUBLIC.settings(folder, gateway_url=GATEWAY)
    values["platform_cert_files"] = str(folder / "old.pem")
    for missing, variable in (
        ("public_key_id", "PUBLIC_KEY_ID"),
        ("public_key_file", "PUBLIC_KEY_FILE"),
    ):
        with pytest.raises(ImproperlyConfigured) as fault:
            read_account(values | {missing: ""})
        assert str(fault.value).startswith(f"LIMOSA_WECHATPAY_{variable} ")
