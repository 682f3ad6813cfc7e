"""The token that lets a device be recognized, and the digest stored of it."""

import hashlib
import secrets
from datetime import timedelta

# As long as browsers keep a cookie; a device not seen for that long is unknown again.
DEVICE_LIFETIME = timedelta(days=400)


def new_token() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """Return the stored form of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
