"""The certificate by which profiles are ordered from an SM-DP+, and who issued it.

    operators.pem               the issuer, whom the SM-DP+ has to accept
    operator.pem, operator.key  what is shown to it

The issuer's key is not kept: nobody else is to order.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from limosa.simulators.account_files import write_private

ISSUER, CERTIFICATE, KEY = "operators.pem", "operator.pem", "operator.key"
_VALID, _ALLOWANCE = timedelta(days=3650), timedelta(days=1)


def keep_operator(folder: Path, *, now: float) -> None:
    """Write the three files, unless they are there. The issuer's file is the last."""
    if (folder / ISSUER).exists():
        return
    at = datetime.fromtimestamp(now, UTC)
    issuer_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer_name, name = _name("Demo operators"), _name("Demo wholesaler")
    issuer = (
        _builder(issuer_name, issuer_name, issuer_key, at)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(is_issuer=True), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    certificate = (
        _builder(issuer_name, name, key, at)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(is_issuer=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(authority, critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_private(folder / KEY, secret)
    write_private(folder / CERTIFICATE, certificate.public_bytes(Encoding.PEM))
    write_private(folder / ISSUER, issuer.public_bytes(Encoding.PEM))


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    issuer: x509.Name, subject: x509.Name, key: ec.EllipticCurvePrivateKey, at: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - _ALLOWANCE)
        .not_valid_after(at + _VALID)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, is_issuer: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_issuer,
        key_cert_sign=is_issuer,
        crl_sign=is_issuer,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
