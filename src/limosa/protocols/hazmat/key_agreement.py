"""The keys of one bound package: agreed on with one-time keys, and never used again.

Sources: SGP.22 annex G (key agreement; key type, length, host id and EID as shared information),
section 2.6.4 (the three keys, in this order); ANSI X9.63 (key derivation with SHA-256).
"""

from __future__ import annotations

import secrets
from typing import NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF

from limosa.protocols.hazmat.curves import point_of, read_point

KEY_LENGTH = 16
KEY_TYPE_AES = 0x88


class PackageKeys(NamedTuple):
    """What protects the segments of a package: secret."""

    initial_chaining_value: bytes
    encryption_key: bytes
    mac_key: bytes

    @classmethod
    def random(cls) -> PackageKeys:
        """Return keys that nobody has seen: profile protection keys."""
        return cls(*(secrets.token_bytes(KEY_LENGTH) for _ in range(3)))

    @classmethod
    def from_bytes(cls, data: bytes) -> PackageKeys:
        """Return the keys that follow one another in `data`."""
        if len(data) != 3 * KEY_LENGTH:
            raise ValueError(f"keys of {len(data)} bytes")
        return cls(*(data[at : at + KEY_LENGTH] for at in range(0, 3 * KEY_LENGTH, KEY_LENGTH)))

    def to_bytes(self) -> bytes:
        """Return the keys, one after the other."""
        return b"".join(self)

    def __repr__(self) -> str:
        """Return what may stand in a log."""
        return "PackageKeys(…)"


def derive_keys(shared_secret: bytes, *, host_id: bytes, eid: bytes) -> PackageKeys:
    """Return the session keys that both sides derive from what they agreed on."""
    shared_information = b"".join(
        (
            bytes((KEY_TYPE_AES, KEY_LENGTH)),
            bytes((len(host_id),)),
            host_id,
            bytes((len(eid),)),
            eid,
        )
    )
    derivation = X963KDF(hashes.SHA256(), length=3 * KEY_LENGTH, sharedinfo=shared_information)
    return PackageKeys.from_bytes(derivation.derive(shared_secret))


def agree(
    *, curve: str, peer_point: bytes, host_id: bytes, eid: bytes
) -> tuple[bytes, PackageKeys]:
    """Return the point of a one-time key made for this, and the keys agreed on with the peer's.

    Raises KeyUnusableError if `peer_point` is none of the curve. The private half is forgotten.
    """
    peer = read_point(peer_point, curve=curve)
    own = ec.generate_private_key(peer.curve)
    shared_secret = own.exchange(ec.ECDH(), peer)
    return point_of(own.public_key()), derive_keys(shared_secret, host_id=host_id, eid=eid)
