"""Signed links that open the renewal of one eSIM without signing in, and nothing else."""

import hashlib
from datetime import timedelta

from django.core import signing

_SALT = "renew"
LINK_LIFETIME = timedelta(days=14)


class LinkExpiredError(Exception):
    """The link is genuine, but too old."""


class LinkInvalidError(Exception):
    """The link is not one of ours, or is truncated."""


def make_renew_token(*, esim_public_id: str) -> str:
    """Return the token of a renewal link."""
    return signing.dumps(esim_public_id, salt=_SALT)


def read_renew_token(token: str) -> str:
    """Return the eSIM's public id. Raises LinkExpiredError, LinkInvalidError."""
    try:
        public_id: str = signing.loads(token, salt=_SALT, max_age=LINK_LIFETIME)
    except signing.SignatureExpired as error:
        raise LinkExpiredError from error
    except signing.BadSignature as error:
        raise LinkInvalidError from error
    return public_id


def digest_of_link(token: str) -> str:
    """Return the digest of a link, which is stored with an order placed through it."""
    return hashlib.sha256(token.encode()).hexdigest()
