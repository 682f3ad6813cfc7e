"""The protection of a Bound Profile Package, from the card's side: SCP03t, later called BSP.

Source: SGP.22 sections 2.6.4 (SCP03t) and annex G (key derivation).
"""

import hmac
from typing import Self

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB
from cryptography.hazmat.primitives.cmac import CMAC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF

from limosa.protocols.sgp22.tlv import Tlv, TlvError, read_exactly_one
from limosa.simulators.virtual_phone.card.results import ErrorReason, InstallationFailed

KEY_BYTES = 16
KEY_TYPE_AES = 0x88
SEGMENT_BYTES_MAX = 1020
_BLOCK = 16
_MAC_BYTES = 8


class SecureMessaging:
    """One set of keys, with the MAC chain and the counter of data blocks. Segments are opened in
    their order; each moves both on, also one that is not encrypted."""

    def __init__(self, *, encryption: bytes, mac: bytes, chaining_value: bytes) -> None:
        self._encryption, self._mac, self._chain = encryption, mac, chaining_value
        self._block_number = 0

    @classmethod
    def from_shared_secret(cls, secret: bytes, *, host_id: bytes, eid: bytes) -> Self:
        """Derive the session keys: chaining value, then S-ENC, then S-MAC."""
        shared_info = (
            bytes((KEY_TYPE_AES, KEY_BYTES, len(host_id))) + host_id + bytes((len(eid),)) + eid
        )
        derived = X963KDF(SHA256(), 3 * KEY_BYTES, shared_info).derive(secret)
        return cls(
            chaining_value=derived[:KEY_BYTES],
            encryption=derived[KEY_BYTES : 2 * KEY_BYTES],
            mac=derived[2 * KEY_BYTES :],
        )

    def open(self, segment: bytes, *, tag: int) -> bytes:
        """Verify and decrypt a segment. Raises InstallationFailed."""
        encrypted = self._verified(segment, tag)
        if not encrypted or len(encrypted) % _BLOCK:
            raise InstallationFailed(
                ErrorReason.STRUCTURE_ERROR, f"{len(encrypted)} encrypted bytes are no whole blocks"
            )
        counter = self._block_number.to_bytes(_BLOCK, "big")
        block = Cipher(AES(self._encryption), ECB()).encryptor()  # noqa: S305  (one block: the ICV)
        initial = block.update(counter) + block.finalize()
        cipher = Cipher(AES(self._encryption), CBC(initial)).decryptor()
        padded = cipher.update(encrypted) + cipher.finalize()
        plain, marker, zeros = padded.rpartition(b"\x80")
        if not marker or zeros.strip(b"\x00") or len(zeros) >= _BLOCK:
            raise InstallationFailed(ErrorReason.SECURITY_ERROR, "its padding is wrong")
        return plain

    def open_plain(self, segment: bytes, *, tag: int) -> bytes:
        """Verify a segment that is not encrypted. Raises InstallationFailed."""
        return self._verified(segment, tag)

    def _verified(self, segment: bytes, tag: int) -> bytes:
        if len(segment) > SEGMENT_BYTES_MAX:
            raise InstallationFailed(
                ErrorReason.STRUCTURE_ERROR,
                f"a segment of {len(segment)} bytes, more than {SEGMENT_BYTES_MAX}",
            )
        found = _segment(segment, tag)
        if len(found.value) < _MAC_BYTES:
            raise InstallationFailed(ErrorReason.STRUCTURE_ERROR, "a segment without a MAC")
        self._block_number += 1
        computation = CMAC(AES(self._mac))
        computation.update(self._chain + segment[:-_MAC_BYTES])
        whole = computation.finalize()
        if not hmac.compare_digest(whole[:_MAC_BYTES], segment[-_MAC_BYTES:]):
            raise InstallationFailed(
                ErrorReason.SECURITY_ERROR, f"the MAC of segment {self._block_number} is wrong"
            )
        self._chain = whole
        return found.value[:-_MAC_BYTES]


def _segment(segment: bytes, tag: int) -> Tlv:
    try:
        found = read_exactly_one(segment)
    except TlvError as error:
        raise InstallationFailed(ErrorReason.STRUCTURE_ERROR, f"a segment: {error}") from error
    if found.tag != tag:
        raise InstallationFailed(
            ErrorReason.STRUCTURE_ERROR, f"a segment of tag {found.tag:X}, not {tag:X}"
        )
    return found
