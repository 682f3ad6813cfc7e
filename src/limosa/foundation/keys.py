"""Keys of one secret for several purposes: knowing one tells nothing of the others."""

import hashlib
import hmac

KEY_BYTES = 32


def key_from(secret: str, *, purpose: str) -> bytes:
    """Return 32 bytes for a purpose. `secret`: long and random.

    Source: RFC 5869, HKDF with SHA-256, without salt, for one block.
    """
    extracted = hmac.digest(bytes(KEY_BYTES), secret.encode(), hashlib.sha256)
    return hmac.digest(extracted, f"limosa:{purpose}".encode() + b"\x01", hashlib.sha256)
