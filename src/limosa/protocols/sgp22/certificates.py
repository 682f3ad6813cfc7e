"""Certificates of SGP.22, read once: whose they are, what they are for, who issued them.

Every certificate names its role in its policies. The certificate of a manufacturer (EUM) says which
EIDs its cards may have; a card's certificate has its EID as the serial number of its subject.

Sources: SGP.22 section 4.5.2 (profiles of certificates, roles, subjects); RFC 5280 (X.509).
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, SignatureAlgorithmOID

from limosa.foundation.errors import RemoteProtocolError
from limosa.protocols.hazmat.curves import PublicKey, check_curve

CERTIFICATE_LENGTH_MAX = 8192  # Ours: real ones have a tenth of it.
_ROLES = "2.23.146.1.2.1."
ROLE_EUICC = _ROLES + "1"
ROLE_EUM = _ROLES + "2"
ROLE_DP_TLS = _ROLES + "3"
ROLE_DP_AUTHENTICATION = _ROLES + "4"
ROLE_DP_BINDING = _ROLES + "5"
Kind = TypeVar("Kind", bound=x509.ExtensionType)
# What the library raises for what it can't read: it has no one kind for that.
UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
_EID = re.compile(r"89[0-9]{30}")


class CertificateInvalidError(RemoteProtocolError):
    """The certificate is not what its place in a chain needs."""


class CertificateExpiredError(RemoteProtocolError):
    """The certificate is right, but no longer valid."""


@dataclass(frozen=True)
class Certificate:
    """A certificate and what is asked of it. `der` is all of it, as it arrived."""

    der: bytes
    parsed: x509.Certificate
    subject: x509.Name
    public_key: PublicKey
    extensions: x509.Extensions
    not_before: datetime
    not_after: datetime

    @cached_property
    def subject_key_id(self) -> bytes:
        """The name of its key, or nothing if it has none."""
        found = extension(self.extensions, x509.SubjectKeyIdentifier)
        return found.digest if found else b""

    @cached_property
    def authority_key_id(self) -> bytes:
        """The name of its issuer's key, or nothing if it has none."""
        found = extension(self.extensions, x509.AuthorityKeyIdentifier)
        return (found.key_identifier or b"") if found else b""

    @cached_property
    def registered_id(self) -> str:
        """The object identifier of the server's owner, or nothing if it has none."""
        names = extension(self.extensions, x509.SubjectAlternativeName)
        found = names.get_values_for_type(x509.RegisteredID) if names else []
        return found[0].dotted_string if found else ""

    def check_time(self, now: datetime) -> None:
        """Raise CertificateExpiredError, or CertificateInvalidError if it is not valid yet."""
        if now < self.not_before:
            raise CertificateInvalidError("a certificate that is not valid yet")
        if now > self.not_after:
            raise CertificateExpiredError("an expired certificate")

    def check_role(self, role: str) -> None:
        """Raise CertificateInvalidError if it is not for that role."""
        policies = extension(self.extensions, x509.CertificatePolicies) or ()
        if role not in {policy.policy_identifier.dotted_string for policy in policies}:
            raise CertificateInvalidError(f"a certificate without the role {role}")

    def check_issuer(self, issuer: "Certificate") -> None:
        """Raise CertificateInvalidError if it was not signed by `issuer`, or its key is on another
        curve. Source: SGP.22 version 2.6: all certificates of a chain point to the same."""
        if self.public_key.curve.name != issuer.public_key.curve.name:
            raise CertificateInvalidError("a key on another curve than its issuer's")
        try:
            self.parsed.verify_directly_issued_by(issuer.parsed)
        except (InvalidSignature, *UNREADABLE) as error:
            raise CertificateInvalidError("a certificate that its issuer did not sign") from error

    def check_may_issue(self) -> None:
        """Raise CertificateInvalidError if it may not sign certificates."""
        constraints = extension(self.extensions, x509.BasicConstraints)
        if constraints is None or not constraints.ca:
            raise CertificateInvalidError("an issuer's certificate that is not one")
        usage = extension(self.extensions, x509.KeyUsage)
        if usage is not None and not usage.key_cert_sign:
            raise CertificateInvalidError("a key that may not sign certificates")

    def check_may_not_issue(self) -> None:
        """Raise CertificateInvalidError if it is one of an issuer."""
        constraints = extension(self.extensions, x509.BasicConstraints)
        if constraints is not None and constraints.ca:
            raise CertificateInvalidError("a card's certificate that is an issuer's")

    def eid(self) -> str:
        """Return the EID of the card whose certificate it is. Raises CertificateInvalidError."""
        found = _attribute(self.subject, NameOID.SERIAL_NUMBER)
        if not _EID.fullmatch(found):
            raise CertificateInvalidError("a card's certificate without an EID")
        return found

    def check_permits(self, card: "Certificate") -> None:
        """Raise CertificateInvalidError if this manufacturer may not make that card.

        The constraints hold the organization of the cards' subjects and the first digits of their
        EIDs as a serial number, in one pair or several. Without any, the manufacturer may make
        every card: whether such a certificate is issued is for the CI, and test PKIs do. SGP.22 has
        no excluded ones; where a CI sets them, they count before those that are permitted.
        Sources: SGP.22 version 2 sections 4.5.2.1.0.2 and 4.5.2.1.0.3 (variant O; version 3 has an
        extension of its own instead, with other roles); RFC 5280 section 4.2.1.10.
        """
        constraints = extension(self.extensions, x509.NameConstraints)
        if constraints is None:
            return
        permitted = _directory_names(constraints.permitted_subtrees)
        excluded = _directory_names(constraints.excluded_subtrees)
        is_permitted = not permitted or any(_is_within(card.subject, tree) for tree in permitted)
        if not is_permitted or any(_is_within(card.subject, tree) for tree in excluded):
            raise CertificateInvalidError("a card that its manufacturer may not make")


def read_certificate(der: bytes) -> Certificate:
    """Return the certificate. Raises CertificateInvalidError, and never anything else."""
    if len(der) > CERTIFICATE_LENGTH_MAX:
        raise CertificateInvalidError(f"a certificate of {len(der)} bytes")
    try:
        parsed = x509.load_der_x509_certificate(der)
        subject = parsed.subject  # The library reads it only now, and may fault.
        if parsed.signature_algorithm_oid != SignatureAlgorithmOID.ECDSA_WITH_SHA256:
            raise CertificateInvalidError("a certificate that is not signed by ECDSA with SHA-256")
        return Certificate(
            der=der,
            parsed=parsed,
            subject=subject,
            public_key=check_curve(parsed.public_key()),
            extensions=_understood(parsed.extensions),
            not_before=parsed.not_valid_before_utc,
            not_after=parsed.not_valid_after_utc,
        )
    except UNREADABLE as error:
        raise CertificateInvalidError("not a certificate") from error


def read_certificates(pem: bytes) -> list[Certificate]:
    """Return the certificates in a PEM file, in their order. Raises CertificateInvalidError."""
    try:
        found = x509.load_pem_x509_certificates(pem)
    except UNREADABLE as error:
        raise CertificateInvalidError("not certificates in PEM") from error
    return [read_certificate(one.public_bytes(Encoding.DER)) for one in found]


def extension(extensions: x509.Extensions, kind: type[Kind]) -> Kind | None:
    """Return the extension of that kind, or None if there is none."""
    for one in extensions:
        # By its very class: the library's are abstract, for which isinstance costs ten times this.
        if type(one.value) is kind:
            return one.value
    return None


def _understood(extensions: x509.Extensions) -> x509.Extensions:
    """Return the extensions, unless one that has to be understood is not."""
    for one in extensions:
        if one.critical and isinstance(one.value, x509.UnrecognizedExtension):
            raise CertificateInvalidError("a critical extension of an unknown kind")
    return extensions


def _attribute(name: x509.Name, kind: x509.ObjectIdentifier) -> str:
    """Return the one attribute of that kind, or nothing if there is none, or several."""
    found = name.get_attributes_for_oid(kind)
    return str(found[0].value) if len(found) == 1 else ""


def _directory_names(trees: list[x509.GeneralName] | None) -> list[x509.Name]:
    """Return the names of directories among the trees of a constraint."""
    return [tree.value for tree in trees or [] if isinstance(tree, x509.DirectoryName)]


def _is_within(subject: x509.Name, tree: x509.Name) -> bool:
    """Tell whether a card's subject has the organization and the first digits of a constraint."""
    for attribute in tree:
        found = _attribute(subject, attribute.oid)
        if attribute.oid == NameOID.SERIAL_NUMBER:
            if not found.startswith(str(attribute.value)):
                return False
        elif _compared(found) != _compared(str(attribute.value)):
            return False
    return True


def _compared(text: str) -> str:
    """Return what two texts of names share if they are the same: neither the case of letters nor
    the number of spaces counts (RFC 5280 section 7.1; RFC 4518 section 2)."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
