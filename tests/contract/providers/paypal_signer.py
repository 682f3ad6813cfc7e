"""PayPal's side, written for the tests alone: certificates, signatures, resources.

It shares no line with the product or the simulator, so that a mistake in either shows.
"""

import binascii
import json
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WEBHOOK_ID = "1JE4291016473214C"
MERCHANT_ID = "RZA6ZJYS3PYAW"
HOST = "messageverificationcerts.paypal.com"
PREFIX = "https://api.paypal.com/v1/notifications/certs/"
CERTIFICATE = "CERT-360caa42-fca2a594-df8cd2d5"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)


@dataclass(frozen=True)
class Authority:
    """Vouches for certificates."""

    key: rsa.RSAPrivateKey = field(default_factory=new_key)
    name: str = "Test Root"

    @property
    def certificate(self) -> x509.Certificate:
        others = "digital_signature content_commitment key_encipherment data_encipherment"
        names = f"{others} key_agreement encipher_only decipher_only".split()
        usage = dict.fromkeys(names, False)
        return (
            builder(self.name, self.key.public_key(), issuer=self.name, days=3650)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(**usage, key_cert_sign=True, crl_sign=True), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False
            )
            .sign(self.key, hashes.SHA256())
        )

    def issue(self, key: Any, *, host: str = HOST, days: int = 365) -> x509.Certificate:
        """Issue a certificate for a public key, valid for so many days from a month before NOW."""
        return (
            builder(host, key, issuer=self.name, days=days)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
            .sign(self.key, hashes.SHA256())
        )


def builder(name: str, key: Any, *, issuer: str, days: int) -> x509.CertificateBuilder:
    begin = NOW - timedelta(days=30)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=days))
    )


@dataclass(frozen=True)
class PayPalSigner:
    """Signs as PayPal does, with a certificate of the authority's."""

    authority: Authority = field(default_factory=Authority)
    key: rsa.RSAPrivateKey = field(default_factory=new_key)

    @property
    def chain(self) -> bytes:
        return pem(self.authority.issue(self.key.public_key()))

    def headers(
        self, body: bytes, *, at: datetime = NOW, webhook_id: str = WEBHOOK_ID, **changed: str
    ) -> dict[str, str]:
        """Return the headers; `changed` ones (`time="…"`) are signed as they are."""
        words = {
            "transmission-id": "69cd13f0-d67a-11e5-baa3-778b53f4ae55",
            "transmission-time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "cert-url": PREFIX + CERTIFICATE,
            "auth-algo": "SHA256withRSA",
        } | {name.replace("_", "-"): word for name, word in changed.items()}
        crc = str(binascii.crc32(body) & 0xFFFFFFFF)
        signed = "|".join((words["transmission-id"], words["transmission-time"], webhook_id, crc))
        signature = self.key.sign(
            signed.encode(errors="surrogateescape"), padding.PKCS1v15(), hashes.SHA256()
        )
        words.setdefault("transmission-sig", b64encode(signature).decode())
        return {f"paypal-{name}": word for name, word in words.items()}

    def settings(self, folder: Path, *, url: str = "", **changed: str) -> dict[str, str]:
        """Return the settings of an account that trusts this authority."""
        ca_file = folder / "authority.pem"
        ca_file.write_bytes(pem(self.authority.certificate))
        return {
            "client_id": "AZDxjDScFp",
            "client_secret": "EGnHDxD_qR",
            "merchant_id": MERCHANT_ID,
            "webhook_id": WEBHOOK_ID,
            "api_url": url or "https://api-m.paypal.com",
            "certificate_url": f"{url}/certs/" if url else PREFIX,
            "certificate_name": HOST,
            "certificate_folder": "",
            "ca_file": str(ca_file),
        } | changed


def event(event_type: str, resource: Any, **changed: Any) -> bytes:
    """Return a notification's body."""
    members = {
        "id": "WH-58D329510W468432D-8HN650336L201105X",
        "create_time": "2026-11-22T11:59:59.000Z",
        "resource_type": "capture",
        "event_type": event_type,
        "resource": resource,
        "event_version": "1.0",
        "resource_version": "2.0",
    } | changed
    return json.dumps(members).encode()


def capture(**changed: Any) -> dict[str, Any]:
    """Return a capture, as an order has it and a notification shows it."""
    return {
        "id": "42311647XV020574X",
        "status": "COMPLETED",
        "amount": {"currency_code": "USD", "value": "25.99"},
        "final_capture": True,
        "payee": {"email_address": "merchant@example.com", "merchant_id": MERCHANT_ID},
        "invoice_id": "P20261122000001",
        "custom_id": "P20261122000001",
        "create_time": "2026-11-22T11:59:58Z",
        "update_time": "2026-11-22T11:59:58Z",
    } | changed


def refund(**changed: Any) -> dict[str, Any]:
    """Return a refund that we have asked for."""
    return {
        "id": "1JU08902781691411",
        "status": "COMPLETED",
        "amount": {"currency_code": "USD", "value": "6.00"},
        "invoice_id": "R20261122000001",
        "custom_id": "P20261122000001",
        "create_time": "2026-11-22T12:30:00Z",
    } | changed


def order(**changed: Any) -> dict[str, Any]:
    """Return an order; `captures` and `refunds` are put where they belong."""
    unit: dict[str, Any] = {
        "reference_id": "default",
        "amount": {"currency_code": "USD", "value": "25.99"},
        "payee": {"merchant_id": MERCHANT_ID},
        "invoice_id": "P20261122000001",
        "custom_id": "P20261122000001",
    }
    payments = {name: changed.pop(name) for name in ("captures", "refunds") if name in changed}
    if payments:
        unit["payments"] = payments
    return {
        "id": "5O190127TN364715T",
        "status": "CREATED",
        "intent": "CAPTURE",
        "purchase_units": [unit | changed.pop("unit", {})],
        "links": [{"href": "https://www.paypal.com/checkoutnow?token=5O1", "rel": "approve"}],
    } | changed


def dispute(**changed: Any) -> dict[str, Any]:
    """Return a dispute."""
    return {
        "dispute_id": "PP-D-27803",
        "disputed_transactions": [
            {"seller_transaction_id": "42311647XV020574X", "invoice_number": "P20261122000001"}
        ],
        "reason": "UNAUTHORISED",
        "status": "OPEN",
        "dispute_amount": {"currency_code": "USD", "value": "25.99"},
    } | changed
