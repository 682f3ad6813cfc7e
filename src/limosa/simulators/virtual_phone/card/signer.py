"""What a card signs with under one CI: its key, and the certificates that vouch for it."""

from dataclasses import dataclass
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_private_key

from limosa.protocols.sgp22.tlv import encode
from limosa.simulators.virtual_phone.card.memory import Identity
from limosa.simulators.virtual_phone.elliptic import sign

SIGNATURE = 0x5F37


@dataclass(frozen=True, slots=True)
class Signer:
    ci: x509.Certificate
    ci_key_id: bytes
    key: ec.EllipticCurvePrivateKey
    certificate: bytes
    eum_certificate: bytes

    @classmethod
    def of(cls, identity: Identity) -> Self:
        ci = x509.load_der_x509_certificate(identity.ci_certificate)
        key_id = ci.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
        key = load_der_private_key(identity.private_key, None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101  (the card's own file)
        return cls(ci, key_id, key, identity.certificate, identity.eum_certificate)

    def signature(self, data: bytes) -> bytes:
        """Return the signature over `data` as a TLV."""
        return encode(SIGNATURE, sign(self.key, data))
