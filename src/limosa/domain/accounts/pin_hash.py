"""The stored form of a payment PIN: Argon2id over a keyed digest.

A million PINs can be hashed in hours, so once a database is stolen the hash alone protects nobody.
The pepper does: a key kept in the settings and never in the database. The digest also covers the
person, so one person's hash is useless in another's row.
"""

import hashlib
import hmac
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from django.conf import settings

# 46 MiB and one pass, OWASP's minimum; some 40 ms, under the lock of the person's own row.
_HASHER = PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1)


def hash_pin(*, subscriber_id: int, pin: str) -> str:
    """Return the stored form of a PIN."""
    return _HASHER.hash(_peppered(subscriber_id, pin))


def is_pin(stored: str | None, *, subscriber_id: int, pin: str) -> bool:
    """Whether a PIN is the stored one. Takes equally long if none is stored."""
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
