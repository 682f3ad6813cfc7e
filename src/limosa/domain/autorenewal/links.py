"""Signed links in mails by which a renewal is skipped, stopped or undone without signing in.

They lessen what is charged, never add to it: whoever holds one can't switch on or change anything.
"""

from datetime import timedelta

from django.core import signing

_SALT = "limosa.auto-renewal"
# Longer than from the notice for a year's plan to the end of undoing.
LINK_LIFETIME = timedelta(days=40)


class AutoRenewalLinkError(Exception):
    """The link is not ours, or too old."""


def make_link_token(*, public_id: str) -> str:
    """Return the token of a link about an automatic renewal."""
    return signing.dumps(public_id, salt=_SALT)


def read_link_token(token: str) -> str:
    """Return the automatic renewal's public id. Raises AutoRenewalLinkError."""
    try:
        public_id: str = signing.loads(token, salt=_SALT, max_age=LINK_LIFETIME)
    except signing.BadSignature as error:
        raise AutoRenewalLinkError from error
    return public_id
