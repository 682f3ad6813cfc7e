"""Derives keys for several purposes from one secret: knowing one reveals nothing about the
others."""

import base64
import hashlib
import hmac
import re

KEY_BYTES = 32
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,16}", re.ASCII)


def key_from(secret: str, *, purpose: str) -> bytes:
    """Return 32 bytes for a purpose. `secret`: long and random.

    Source: RFC 5869, HKDF with SHA-256, without salt, for one block.
    """
    extracted = hmac.digest(bytes(KEY_BYTES), secret.encode(), hashlib.sha256)
    return hmac.digest(extracted, f"limosa:{purpose}".encode() + b"\x01", hashlib.sha256)


def read_keys(text: str) -> dict[str, bytes]:
    """Return keys by their id, in order: "2026-11:base64,2025-03:base64".

    Raises ValueError, which says what is wrong and contains no key.
    """
    keys: dict[str, bytes] = {}
    for number, item in enumerate(text.split(","), start=1):
        key_id, _, encoded = item.strip().partition(":")
        if not _KEY_ID.fullmatch(key_id):
            raise ValueError(f"key {number} has no id of 1 to 16 letters, digits, - or _")
        if key_id in keys:
            raise ValueError(f"the key id {key_id} stands there twice")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise ValueError(f"the key {key_id} is not {KEY_BYTES} bytes in base64")
        keys[key_id] = key
    return keys
