"""Which certificates of a server a card believes.

A card has no clock that it could trust, so it doesn't look at validity (SGP.22 section 4.5.2.2
allows for that). Everything else it checks: the signature of the CI that it trusts, the role, the
key usage, that the certificate is no issuer's, and, in session.py, that both certificates of a
server have the same OID.
"""

from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from limosa.simulators.virtual_phone.elliptic import curve_name

# The roles, spelt here again: the card must not share a mistake with the PKI that it is tested by.
DP_AUTH_ROLE = "2.23.146.1.2.1.4"
DP_PB_ROLE = "2.23.146.1.2.1.5"


class Untrusted(Exception):
    """A certificate isn't what it should be; the text says why."""


class WrongRole(Untrusted):
    """A certificate is good, but for something else."""


class UnsupportedCurve(Untrusted):
    """A certificate's key is on a curve that SGP.22 doesn't have."""


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """A certificate that was checked."""

    key: ec.EllipticCurvePublicKey
    curve: str
    oid: str


def check_server_certificate(der: bytes, *, ci: x509.Certificate, role: str) -> ServerCertificate:
    """Return what the certificate says. Raises Untrusted, WrongRole or UnsupportedCurve.

    Source: SGP.22 sections 4.5.2.1 (contents) and 4.5.2.2 (verification).
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
        extensions = certificate.extensions
        key = certificate.public_key()
    except UnsupportedAlgorithm as error:
        raise UnsupportedCurve(str(error)) from error
    except (
        ValueError,
        x509.InvalidVersion,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
    ) as error:
        raise Untrusted(f"it can't be read: {error}") from error
    _check_signature(certificate, ci)
    _check_issuer_key(extensions, ci)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise UnsupportedCurve("its key is not an elliptic curve's")
    try:
        curve = curve_name(key)
    except LookupError as error:
        raise UnsupportedCurve(f"its key is on {key.curve.name}") from error
    _check_extensions(extensions)
    _check_role(extensions, role)
    return ServerCertificate(key, curve, _oid_of(extensions))


def _check_signature(certificate: x509.Certificate, ci: x509.Certificate) -> None:
    if certificate.issuer != ci.subject:
        raise Untrusted("its issuer is not the CI that was named")
    if not isinstance(certificate.signature_hash_algorithm, SHA256):
        raise Untrusted("it is not signed over SHA-256")
    key = ci.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise Untrusted("the CI's key is not an elliptic curve's")
    try:
        key.verify(certificate.signature, certificate.tbs_certificate_bytes, ec.ECDSA(SHA256()))
    except InvalidSignature as error:
        raise Untrusted("the CI that was named has not signed it") from error


def _check_issuer_key(extensions: x509.Extensions, ci: x509.Certificate) -> None:
    try:
        named = extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
        own = ci.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound as error:
        raise Untrusted(f"a key identifier is missing: {error}") from error
    if named.key_identifier != own.digest:
        raise Untrusted("it names another key of its issuer")


def _check_extensions(extensions: x509.Extensions) -> None:
    """Refuse a certificate that may issue others, or that may not sign."""
    for extension in extensions:
        if extension.critical and isinstance(extension.value, x509.UnrecognizedExtension):
            raise Untrusted(f"it has a critical extension {extension.oid.dotted_string}")
        if isinstance(extension.value, x509.BasicConstraints) and extension.value.ca:
            raise Untrusted("it is an issuer's")
    try:
        usage = extensions.get_extension_for_class(x509.KeyUsage)
    except x509.ExtensionNotFound as error:
        raise Untrusted("it doesn't say what its key is for") from error
    if not usage.critical or not usage.value.digital_signature:
        raise Untrusted("its key is not for signing")


def _check_role(extensions: x509.Extensions, role: str) -> None:
    try:
        policies = extensions.get_extension_for_class(x509.CertificatePolicies)
    except x509.ExtensionNotFound as error:
        raise WrongRole("it has no role") from error
    roles = [policy.policy_identifier.dotted_string for policy in policies.value]
    if not policies.critical or roles != [role]:
        raise WrongRole(f"its role is {', '.join(roles)}, not {role}")


def _oid_of(extensions: x509.Extensions) -> str:
    """Return the OID of the server, which is in the subject's alternative names."""
    try:
        names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound as error:
        raise Untrusted("it has no OID of the server") from error
    found = names.get_values_for_type(x509.RegisteredID)
    if len(found) != 1:
        raise Untrusted(f"it has {len(found)} OIDs of the server, not one")
    return found[0].dotted_string
