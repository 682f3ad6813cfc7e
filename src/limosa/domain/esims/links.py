"""Signed links that open the renewal of one eSIM without signing in, and nothing else."""

import hashlib
from datetime import timedelta

from django.core import signing

from limosa.domain.encryption.cipher import (
    DecryptionError,
    EncryptionKeyMissingError,
    decrypt,
    encrypt,
)

_SALT = "renew"
_NUMBER_SALT = "renew-by-number"
LINK_LIFETIME = timedelta(days=14)
# For one visit of somebody who knows an eSIM's number.
NUMBER_LIFETIME = timedelta(hours=2)


class LinkExpiredError(Exception):
    """The link is genuine, but too old."""


class LinkInvalidError(Exception):
    """The link is not one of ours, or is truncated."""


def make_renew_token(*, esim_public_id: str) -> str:
    """Return the token of a renewal link."""
    return signing.dumps(esim_public_id, salt=_SALT)


def make_number_token(*, esim_public_id: str) -> str:
    """Return a token for whoever gave an eSIM's number: it shows less than a renewal link, and
    holds the eSIM's id only encrypted."""
    return signing.dumps(encrypt(esim_public_id, place=_NUMBER_SALT), salt=_NUMBER_SALT)


def read_renew_token(token: str) -> str:
    """Return the eSIM's public id. Raises LinkExpiredError, LinkInvalidError."""
    return _read(token, salt=_SALT, lifetime=LINK_LIFETIME)


def read_number_token(token: str) -> str:
    """Return the eSIM's public id. Raises LinkExpiredError, LinkInvalidError."""
    locked = _read(token, salt=_NUMBER_SALT, lifetime=NUMBER_LIFETIME)
    try:
        return decrypt(locked, place=_NUMBER_SALT)
    except (DecryptionError, EncryptionKeyMissingError) as error:
        raise LinkInvalidError from error


def _read(token: str, *, salt: str, lifetime: timedelta) -> str:
    try:
        public_id: str = signing.loads(token, salt=salt, max_age=lifetime)
    except signing.SignatureExpired as error:
        raise LinkExpiredError from error
    except signing.BadSignature as error:
        raise LinkInvalidError from error
    return public_id


def digest_of_number(esim_public_id: str) -> str:
    """Return what is stored with an order placed by an eSIM's number: the same for each visit, so
    that they share the limit of unpaid orders."""
    return digest_of_link(f"{_NUMBER_SALT} {esim_public_id}")


def digest_of_link(token: str) -> str:
    """Return the digest of a link, which is stored with an order placed through it."""
    return hashlib.sha256(token.encode()).hexdigest()
