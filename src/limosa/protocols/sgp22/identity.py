"""Who the SM-DP+ is: its address, and for each CI the certificates and keys by which it signs.

Source: SGP.22 section 4.5.2 (the owner's object identifier is the same in all of a server's
certificates; a chain stays on one curve).
"""

from dataclasses import dataclass

from limosa.foundation.errors import LocalProtocolError
from limosa.protocols.hazmat.curves import point_of
from limosa.protocols.hazmat.signatures import SigningKey
from limosa.protocols.sgp22.certificates import (
    ROLE_DP_AUTHENTICATION,
    ROLE_DP_BINDING,
    Certificate,
)
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus
from limosa.protocols.sgp22.trust import Trust


@dataclass(frozen=True)
class Credential:
    """A certificate of the server, and the key that belongs to it."""

    certificate: Certificate
    key: SigningKey


@dataclass(frozen=True)
class CredentialPair:
    """What the server shows under one CI: it authenticates by the one, and binds by the other."""

    authentication: Credential
    binding: Credential

    @property
    def ci_key_id(self) -> bytes:
        """The name of the key of the CI that issued them."""
        return self.authentication.certificate.authority_key_id

    @property
    def oid(self) -> str:
        """The object identifier of the server's owner."""
        return self.authentication.certificate.registered_id

    @property
    def curve(self) -> str:
        """The curve on which one-time keys are agreed."""
        return self.binding.certificate.public_key.curve.name

    def check(self) -> None:
        """Raise LocalProtocolError, or CertificateInvalidError, if a card would refuse them."""
        for credential, role in (
            (self.authentication, ROLE_DP_AUTHENTICATION),
            (self.binding, ROLE_DP_BINDING),
        ):
            certificate = credential.certificate
            certificate.check_role(role)
            if point_of(certificate.public_key) != point_of(credential.key.public_key):
                raise LocalProtocolError("a certificate of another key")
            if certificate.authority_key_id != self.ci_key_id:
                raise LocalProtocolError("certificates of two CIs in one pair")
            if not self.oid or certificate.registered_id != self.oid:
                raise LocalProtocolError("certificates of two owners in one pair, or of none")


@dataclass(frozen=True)
class Smdp:
    """An SM-DP+. `address` is its FQDN, with a port where devices have to use another than 443."""

    address: str
    pairs: tuple[CredentialPair, ...]
    trust: Trust

    def pair_of(self, ci_key_id: bytes) -> CredentialPair:
        """Return what it showed under that CI when a session began.

        Raises RspRefusal(TRANSACTION_UNKNOWN) if it no longer has that.
        """
        for pair in self.pairs:
            if pair.ci_key_id == ci_key_id:
                return pair
        raise RspRefusal(RspStatus.TRANSACTION_UNKNOWN, "certificates that are no longer there")
