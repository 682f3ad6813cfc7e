"""The protection of a bound package's segments (SCP03t, later called BSP).

Each segment is encrypted with AES in CBC mode, its initial vector the encrypted number of the
segment, and carries eight bytes of a CMAC that also covers the segment before it. Segments that are
only authenticated count, too.

Sources: SGP.22 sections 2.6.4 (keys, vector, chaining; 2.6.4.4: padding) and 2.5.3 (size of
segments); NIST SP 800-38B.
"""

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB
from cryptography.hazmat.primitives.cmac import CMAC

from limosa.protocols.hazmat.key_agreement import PackageKeys

SEGMENT_LENGTH_MAX = 1020  # With tag, length and MAC.
PLAINTEXT_LENGTH_MAX = 1007  # Padded, at most 1008: one byte of padding is always there.
MAC_LENGTH = 8
_BLOCK = 16


class PackageProtection:
    """Protects segments, one after the other, as the card will check them."""

    def __init__(self, keys: PackageKeys) -> None:
        self._algorithm = AES128(keys.encryption_key)
        # A single block, which is a counter and never data: what this mode is safe for.
        self._vectors = Cipher(self._algorithm, ECB()).encryptor()  # noqa: S305
        self._mac = CMAC(AES128(keys.mac_key))
        self._chaining_value = keys.initial_chaining_value
        self._number = 1

    def encrypt(self, tag: int, plaintext: bytes) -> list[bytes]:
        """Return `plaintext` as encrypted and authenticated TLVs of one-byte `tag`."""
        return [self._authenticated(tag, self._encrypted(part)) for part in _parts(plaintext)]

    def authenticate(self, tag: int, data: bytes) -> list[bytes]:
        """Return `data` as readable, authenticated TLVs of one-byte `tag`."""
        segments = []
        for part in _parts(data):
            segments.append(self._authenticated(tag, part))
            self._number += 1
        return segments

    def _encrypted(self, part: bytes) -> bytes:
        vector = self._vectors.update(self._number.to_bytes(_BLOCK, "big"))
        self._number += 1
        padded = part + b"\x80" + bytes(-(len(part) + 1) % _BLOCK)
        encryptor = Cipher(self._algorithm, CBC(vector)).encryptor()
        return encryptor.update(padded) + encryptor.finalize()

    def _authenticated(self, tag: int, data: bytes) -> bytes:
        segment = _head(tag, len(data) + MAC_LENGTH) + data
        mac = self._mac.copy()
        mac.update(self._chaining_value + segment)
        self._chaining_value = mac.finalize()
        return segment + self._chaining_value[:MAC_LENGTH]


def _parts(data: bytes) -> list[bytes]:
    return [
        data[at : at + PLAINTEXT_LENGTH_MAX] for at in range(0, len(data), PLAINTEXT_LENGTH_MAX)
    ]


def _head(tag: int, length: int) -> bytes:
    if length < 0x80:
        return bytes((tag, length))
    if length < 0x100:
        return bytes((tag, 0x81, length))
    return bytes((tag, 0x82)) + length.to_bytes(2, "big")
