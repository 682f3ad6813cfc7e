"""What a device carries so that it is known again, and what is kept of it."""

import hashlib
import secrets
from datetime import timedelta

# As long as browsers keep a cookie; a device that was not seen for so long is a stranger.
DEVICE_LIFETIME = timedelta(days=400)


def new_token() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
