"""The ciphers of a card, from first principles: AES of one block is all that is taken as given.

Proven by the published vectors in tests/vectors/sgp22.
"""

import hashlib

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.ciphers.modes import ECB


class AesBlock:
    """AES-128, one block at a time."""

    def __init__(self, key: bytes) -> None:
        cipher = Cipher(AES128(key), ECB())  # noqa: S305 -- what is built on it is the test.
        self._encryptor, self._decryptor = cipher.encryptor(), cipher.decryptor()

    def encrypt(self, block: bytes) -> bytes:
        assert len(block) == 16
        return self._encryptor.update(block)

    def decrypt(self, block: bytes) -> bytes:
        assert len(block) == 16
        return self._decryptor.update(block)


def xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _doubled(block: bytes) -> bytes:
    number = int.from_bytes(block, "big") << 1
    if number >> 128:
        number = (number & (1 << 128) - 1) ^ 0x87
    return number.to_bytes(16, "big")


def cmac(key: bytes, message: bytes) -> bytes:
    """NIST SP 800-38B, section 6.2."""
    aes = AesBlock(key)
    first = _doubled(aes.encrypt(bytes(16)))
    whole = message and len(message) % 16 == 0
    blocks = [message[at : at + 16] for at in range(0, len(message), 16)] or [b""]
    last = blocks.pop()
    if whole:
        last = xor(last, first)
    else:
        last = xor(last + b"\x80" + bytes(15 - len(last)), _doubled(first))
    state = bytes(16)
    for block in (*blocks, last):
        state = aes.encrypt(xor(state, block))
    return state


def decrypt_cbc(key: bytes, vector: bytes, data: bytes) -> bytes:
    aes, plain, before = AesBlock(key), b"", vector
    for at in range(0, len(data), 16):
        block = data[at : at + 16]
        plain += xor(aes.decrypt(block), before)
        before = block
    return plain


def x963(secret: bytes, shared_information: bytes, length: int) -> bytes:
    """ANSI X9.63, with SHA-256."""
    found, counter = b"", 1
    while len(found) < length:
        found += hashlib.sha256(secret + counter.to_bytes(4, "big") + shared_information).digest()
        counter += 1
    return found[:length]
