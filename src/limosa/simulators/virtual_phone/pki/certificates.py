"""What a certificate of each role contains, as SGP.22 lays down.

Source: SGP.22 section 4.5.2: profiles of CI, EUM, eUICC, DPauth, DPpb and DP TLS certificates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_ROLES = "2.23.146.1.2.1"


class Role(StrEnum):
    """What a certificate is for: the OID in its certificate policies."""

    CI = f"{_ROLES}.0"
    EUICC = f"{_ROLES}.1"
    EUM = f"{_ROLES}.2"
    DP_TLS = f"{_ROLES}.3"
    DP_AUTH = f"{_ROLES}.4"
    DP_PB = f"{_ROLES}.5"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs: a certificate with its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Validity:
    begins: datetime
    ends: datetime


def ci_certificate(key: ec.EllipticCurvePrivateKey, *, oid: str, valid: Validity) -> Issuer:
    """Make the self-signed certificate of an issuer of its own. Its name carries the curve, so
    that two issuers differ also for those who find them by name."""
    name = _name(
        ("Limosa", NameOID.ORGANIZATION_NAME), (f"Test CI {key.curve.name}", NameOID.COMMON_NAME)
    )
    builder = _builder(name, name, key.public_key(), valid)
    builder = _with_role(builder, Role.CI)
    builder = builder.add_extension(_ids([oid]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(
        _usage(signs_certificates=True, signs_lists=True), critical=True
    )
    return Issuer(builder.sign(key, SHA256()), key)


def eum_certificate(
    issuer: Issuer, key: ec.EllipticCurvePrivateKey, *, oid: str, eid_prefix: str, valid: Validity
) -> Issuer:
    """Make the certificate of a card maker, which may name cards whose EID begins so."""
    maker = ("Limosa Virtual Cards", NameOID.ORGANIZATION_NAME)
    name = _name(maker, ("EUM", NameOID.COMMON_NAME))
    builder = _issued(issuer, name, key.public_key(), valid)
    builder = _with_role(builder, Role.EUM)
    builder = builder.add_extension(_ids([oid]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
    permitted = x509.DirectoryName(_name(maker, (eid_prefix, NameOID.SERIAL_NUMBER)))
    builder = builder.add_extension(x509.NameConstraints([permitted], None), critical=True)
    return Issuer(builder.sign(issuer.key, SHA256()), key)


def euicc_certificate(
    issuer: Issuer, key: ec.EllipticCurvePublicKey, *, eid: str, valid: Validity
) -> x509.Certificate:
    """Make the certificate of a card."""
    name = _name(
        ("Limosa Virtual Cards", NameOID.ORGANIZATION_NAME),
        (eid, NameOID.SERIAL_NUMBER),
        ("Virtual eUICC", NameOID.COMMON_NAME),
    )
    builder = _with_role(_issued(issuer, name, key, valid), Role.EUICC)
    builder = builder.add_extension(_usage(), critical=True)
    return builder.sign(issuer.key, SHA256())


def server_certificate(
    issuer: Issuer,
    key: ec.EllipticCurvePublicKey,
    role: Role,
    *,
    oid: str,
    fqdn: str,
    valid: Validity,
) -> x509.Certificate:
    """Make a certificate of an SM-DP+ for authentication, for binding, or for TLS."""
    name = _name(("Limosa", NameOID.ORGANIZATION_NAME), (fqdn[:64], NameOID.COMMON_NAME))
    builder = _with_role(_issued(issuer, name, key, valid), role)
    builder = builder.add_extension(_usage(), critical=True)
    hosts = [fqdn] if role is Role.DP_TLS else []
    builder = builder.add_extension(_ids([oid], hosts), critical=False)
    if role is Role.DP_TLS:
        purposes = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=True)
    return builder.sign(issuer.key, SHA256())


def empty_crl(issuer: Issuer, *, valid: Validity) -> x509.CertificateRevocationList:
    """Make an issuer's list of revoked certificates, with none in it."""
    builder = x509.CertificateRevocationListBuilder(
        issuer.certificate.subject, valid.begins, valid.ends
    )
    builder = builder.add_extension(x509.CRLNumber(1), critical=False)
    builder = builder.add_extension(_authority(issuer), critical=False)
    return builder.sign(issuer.key, SHA256())


def key_id(certificate: x509.Certificate) -> bytes:
    """Return the subject key identifier. Raises ValueError if there is none."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound as error:
        raise ValueError("the certificate has no subject key identifier") from error
    return found.value.digest


def _issued(
    issuer: Issuer, name: x509.Name, key: ec.EllipticCurvePublicKey, valid: Validity
) -> x509.CertificateBuilder:
    builder = _builder(name, issuer.certificate.subject, key, valid)
    return builder.add_extension(_authority(issuer), critical=False)


def _builder(
    name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, valid: Validity
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder(issuer, name, key, x509.random_serial_number())
    builder = builder.not_valid_before(valid.begins).not_valid_after(valid.ends)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _with_role(builder: x509.CertificateBuilder, role: Role) -> x509.CertificateBuilder:
    policy = x509.PolicyInformation(x509.ObjectIdentifier(role), None)
    return builder.add_extension(x509.CertificatePolicies([policy]), critical=True)


def _authority(issuer: Issuer) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier(key_id(issuer.certificate), None, None)


def _ids(oids: Sequence[str], hosts: Sequence[str] = ()) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName(
        [
            *(x509.DNSName(host) for host in hosts),
            *(x509.RegisteredID(x509.ObjectIdentifier(oid)) for oid in oids),
        ]
    )


def _name(*parts: tuple[str, x509.ObjectIdentifier]) -> x509.Name:
    return x509.Name([x509.NameAttribute(kind, value) for value, kind in parts])


def _usage(*, signs_certificates: bool = False, signs_lists: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_lists,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
