"""Whom an SM-DP+ trusts: certificate issuers (CI), what they revoked, and the chain of a card.

A manufacturer's certificate comes with every download and is the same for millions of cards, so it
is read and its signature verified once per process; whether it is still valid is asked every time.

Sources: SGP.22 section 4.5.2; RFC 5280 section 5 (revocation lists).
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from limosa.protocols.sgp22.certificates import (
    ROLE_EUICC,
    ROLE_EUM,
    UNREADABLE,
    Certificate,
    CertificateExpiredError,
    CertificateInvalidError,
    read_certificate,
)
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus

MANUFACTURERS_MAX = 256  # Ours: certificates of manufacturers that are remembered.


@dataclass(frozen=True)
class RevocationList:
    """The serial numbers that an issuer took back; `next_update` is when to look again."""

    serial_numbers: frozenset[int]
    next_update: datetime | None


@dataclass(frozen=True)
class Issuer:
    """A CI that is trusted, with what it revoked."""

    certificate: Certificate
    revocations: tuple[RevocationList, ...] = ()

    @property
    def key_id(self) -> bytes:
        """The name of its key, by which eUICCs and certificates refer to it."""
        return self.certificate.subject_key_id

    def check_revoked(self, certificate: Certificate) -> None:
        """Raise CertificateInvalidError if it took the certificate back."""
        number = certificate.parsed.serial_number
        if any(number in one.serial_numbers for one in self.revocations):
            raise CertificateInvalidError("a revoked certificate")


@dataclass(frozen=True)
class Card:
    """A card whose certificate was verified up to its CI, by that of its manufacturer."""

    eid: str
    certificate: Certificate
    manufacturer: Certificate
    ci_key_id: bytes

    def check_time(self, at: datetime) -> None:
        """Raise RspRefusal unless both certificates are valid at a time: EUM_ or EUICC_ EXPIRED,
        or INVALID if they are not valid yet."""
        for certificate, expired, invalid in (
            (self.manufacturer, RspStatus.EUM_EXPIRED, RspStatus.EUM_INVALID),
            (self.certificate, RspStatus.EUICC_EXPIRED, RspStatus.EUICC_INVALID),
        ):
            try:
                certificate.check_time(at)
            except CertificateExpiredError as error:
                raise RspRefusal(expired, str(error)) from error
            except CertificateInvalidError as error:
                raise RspRefusal(invalid, str(error)) from error


class Trust:
    """The issuers that are trusted, by the names of their keys."""

    def __init__(self, issuers: Iterable[Issuer]) -> None:
        self.issuers = {issuer.key_id: issuer for issuer in issuers}
        self._manufacturers: OrderedDict[bytes, Certificate] = OrderedDict()

    def verify_card(self, *, card: bytes, manufacturer: bytes, now: datetime) -> Card:
        """Return the card of a certificate, given it and its manufacturer's, if both are valid now.

        Raises RspRefusal: CI_UNKNOWN, or EUM_ or EUICC_ INVALID or EXPIRED.
        """
        found = self.identify_card(card=card, manufacturer=manufacturer)
        found.check_time(now)
        return found

    def identify_card(self, *, card: bytes, manufacturer: bytes) -> Card:
        """Return the card of a certificate, whether it and its manufacturer's are still valid or
        not. What was revoked is refused all the same.

        Raises RspRefusal: CI_UNKNOWN, or EUM_ or EUICC_ INVALID.
        """
        try:
            eum = self._manufacturer(manufacturer)
            issuer = self.issuers[eum.authority_key_id]
            issuer.check_revoked(eum)
        except CertificateInvalidError as error:
            raise RspRefusal(RspStatus.EUM_INVALID, str(error)) from error
        try:
            found = _verified_card(card, eum)
            return Card(found.eid(), found, manufacturer=eum, ci_key_id=issuer.key_id)
        except CertificateInvalidError as error:
            raise RspRefusal(RspStatus.EUICC_INVALID, str(error)) from error

    def _manufacturer(self, der: bytes) -> Certificate:
        """Return a manufacturer's certificate that one of the issuers signed."""
        digest = hashlib.sha256(der).digest()
        known = self._manufacturers.get(digest)
        if known is not None:
            return known
        found = read_certificate(der)
        issuer = self.issuers.get(found.authority_key_id)
        if issuer is None:
            raise RspRefusal(RspStatus.CI_UNKNOWN)
        found.check_issuer(issuer.certificate)
        found.check_role(ROLE_EUM)
        found.check_may_issue()
        self._manufacturers[digest] = found
        while len(self._manufacturers) > MANUFACTURERS_MAX:
            self._manufacturers.popitem(last=False)
        return found


def _verified_card(der: bytes, eum: Certificate) -> Certificate:
    """Return the certificate of a card that the manufacturer made."""
    found = read_certificate(der)
    found.check_issuer(eum)
    found.check_role(ROLE_EUICC)
    found.check_may_not_issue()
    eum.check_permits(found)
    return found


def read_revocation_list(data: bytes, *, issuer: Certificate) -> RevocationList:
    """Return an issuer's list, given in DER or PEM. Raises CertificateInvalidError."""
    try:
        is_pem = data.lstrip().startswith(b"-----BEGIN")
        found = x509.load_pem_x509_crl(data) if is_pem else x509.load_der_x509_crl(data)
        is_signed = found.is_signature_valid(issuer.public_key)
        is_own = found.issuer == issuer.subject
        numbers = frozenset(one.serial_number for one in found)
        next_update = found.next_update_utc
    except UNREADABLE as error:
        raise CertificateInvalidError("not a revocation list") from error
    if not is_own or not is_signed:
        raise CertificateInvalidError("a revocation list of another issuer")
    return RevocationList(numbers, next_update)
