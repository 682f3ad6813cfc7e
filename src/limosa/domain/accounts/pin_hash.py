"""The stored form of a payment PIN: Argon2id over a keyed digest.

A million PINs are hashed in hours, so that the hash alone protects nobody whose database was
stolen. What does is the pepper: a key that stands in the settings and never in the database. The
digest covers the person as well: one person's hash is no use in another's row.
"""

import hashlib
import hmac
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from django.conf import settings

# 46 MiB and one pass, as OWASP asks at least; some 40 ms, under the lock of the person's own row.
_HASHER = PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1)


def hash_pin(*, subscriber_id: int, pin: str) -> str:
    """Return what is stored of a PIN."""
    return _HASHER.hash(_peppered(subscriber_id, pin))


def is_pin(stored: str | None, *, subscriber_id: int, pin: str) -> bool:
    """Whether a PIN is the stored one. Nothing stored takes as long as something."""
    try:
        _HASHER.verify(stored or _stored_of_nobody(), _peppered(subscriber_id, pin))
    except VerifyMismatchError:
        return False
    return stored is not None


@cache
def _stored_of_nobody() -> str:
    return _HASHER.hash(b"no PIN has this digest")


def _peppered(subscriber_id: int, pin: str) -> bytes:
    return hmac.digest(settings.PIN_PEPPER_KEY, f"{subscriber_id}:{pin}".encode(), hashlib.sha256)
