"""Sealing a text: AES-256-GCM under one of the keys in `SEALING_KEYS`.

The first key seals; all of them open. A sealed text names its key, `seal1.<key id>.<base64>`, so
that keys can be replaced while the service runs. The place (table.column) is authenticated with it:
a sealed text that is copied to another column does not open there. Nonces are random, 96 bits: a
key may seal some four billion texts.
"""

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_MARK = "seal1"
_NONCE_BYTES = 12


class SealBrokenError(Exception):
    """What is stored is not what we sealed for this place."""


class SealingKeyMissingError(Exception):
    """The key that sealed a text is not in LIMOSA_SEALING_KEYS any more."""


def seal(text: str, *, place: str) -> str:
    """Return a text sealed under the newest key; twice the same text gives two sealed ones."""
    key_id, key = next(iter(settings.SEALING_KEYS.items()))
    nonce = os.urandom(_NONCE_BYTES)
    locked = _cipher(key).encrypt(nonce, text.encode(), place.encode())
    return f"{_MARK}.{key_id}.{urlsafe_b64encode(nonce + locked).decode()}"


def open_sealed(sealed: str, *, place: str) -> str:
    """Return the text. Raises SealBrokenError, SealingKeyMissingError; neither tells a value."""
    try:
        mark, key_id, locked = sealed.split(".")
        whole = urlsafe_b64decode(locked)
    except ValueError as error:
        raise SealBrokenError(place) from error
    if mark != _MARK:
        raise SealBrokenError(place)
    key = settings.SEALING_KEYS.get(key_id)
    if key is None:
        raise SealingKeyMissingError(f"{place} needs the key {key_id}; see LIMOSA_SEALING_KEYS")
    try:
        text = _cipher(key).decrypt(whole[:_NONCE_BYTES], whole[_NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError(place) from error
    return text.decode()


def newest_mark() -> str:
    """Return how texts begin that are sealed under the newest key."""
    return f"{_MARK}.{next(iter(settings.SEALING_KEYS))}."


def digests(text: str, *, place: str) -> list[str]:
    """Return the digests of a text under each key, the newest key's first.

    A digest finds a text without opening all of them; without a key nobody can tell whose it is.
    """
    return [
        hmac.digest(_digest_key(key), f"{place}\0{text}".encode(), hashlib.sha256).hex()
        for key in settings.SEALING_KEYS.values()
    ]


@cache
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


@cache
def _digest_key(key: bytes) -> bytes:
    return hmac.digest(key, b"limosa:digest", hashlib.sha256)
