"""Encrypts texts and bytes: AES-256-GCM under one of the keys in `ENCRYPTION_KEYS`.

The first key encrypts; all of them decrypt. A ciphertext names its key, `enc1.<key id>.<base64>`,
so keys can be replaced while the service runs. The place (table.column) is authenticated with it: a
ciphertext copied to another column can't be decrypted there. Nonces are random, 96 bits: a key may
encrypt some four billion texts.
"""

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_MARK = "enc1"
_NONCE_BYTES = 12


class DecryptionError(Exception):
    """The stored value is not one that we encrypted for this place."""


class EncryptionKeyMissingError(Exception):
    """The key that encrypted a text is no longer in LIMOSA_ENCRYPTION_KEYS."""


def encrypt(text: str, *, place: str) -> str:
    """Return the text encrypted under the newest key; the same text twice gives two ciphertexts."""
    return encrypt_bytes(text.encode(), place=place)


def decrypt(encrypted: str, *, place: str) -> str:
    """Return the text. Raises DecryptionError, EncryptionKeyMissingError; neither reveals a
    value."""
    return decrypt_bytes(encrypted, place=place).decode()


def encrypt_bytes(content: bytes, *, place: str) -> str:
    """Return bytes encrypted as `encrypt` does a text."""
    key_id, key = next(iter(settings.ENCRYPTION_KEYS.items()))
    nonce = os.urandom(_NONCE_BYTES)
    locked = _cipher(key).encrypt(nonce, content, place.encode())
    return f"{_MARK}.{key_id}.{urlsafe_b64encode(nonce + locked).decode()}"


def decrypt_bytes(encrypted: str, *, place: str) -> bytes:
    """Return the bytes. Raises as `decrypt`."""
    try:
        mark, key_id, locked = encrypted.split(".")
        whole = urlsafe_b64decode(locked)
    except ValueError as error:
        raise DecryptionError(place) from error
    if mark != _MARK:
        raise DecryptionError(place)
    key = settings.ENCRYPTION_KEYS.get(key_id)
    if key is None:
        raise EncryptionKeyMissingError(
            f"{place} needs the key {key_id}; see LIMOSA_ENCRYPTION_KEYS"
        )
    try:
        return _cipher(key).decrypt(whole[:_NONCE_BYTES], whole[_NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as error:
        raise DecryptionError(place) from error


def newest_mark() -> str:
    """Return the prefix of texts that are encrypted under the newest key."""
    return f"{_MARK}.{next(iter(settings.ENCRYPTION_KEYS))}."


def blind_indexes(text: str, *, place: str) -> list[str]:
    """Return the keyed digests of a text, the newest key's first.

    A text can be found by its digest without decrypting them all; without a key, the digest reveals
    nothing.
    """
    return [
        hmac.digest(_digest_key(key), f"{place}\0{text}".encode(), hashlib.sha256).hex()
        for key in settings.ENCRYPTION_KEYS.values()
    ]


@cache
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


@cache
def _digest_key(key: bytes) -> bytes:
    return hmac.digest(key, b"limosa:digest", hashlib.sha256)
