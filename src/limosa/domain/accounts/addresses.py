"""A person's addresses, in the form stored for restoring them."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict

from allauth.account.models import EmailAddress

from limosa.domain.accounts.models import AddressChange
from limosa.domain.notifications.not_me import NOT_ME_PERIOD


class KeptAddress(TypedDict):
    """An address as it was. A person can sign in with any of them; mail goes to the main one."""

    email: str
    is_confirmed: bool
    is_main: bool


def addresses_of(subscriber_id: int) -> list[KeptAddress]:
    """Return a person's addresses, the main one first."""
    rows = EmailAddress.objects.filter(user_id=subscriber_id).order_by("-primary", "pk")
    return [
        KeptAddress(email=row.email, is_confirmed=row.verified, is_main=row.primary) for row in rows
    ]


def confirmed(addresses: Iterable[KeptAddress]) -> list[str]:
    """Return the confirmed ones: somebody has shown that they read the mail there."""
    return [address["email"] for address in addresses if address["is_confirmed"]]


def is_held(email: str, *, now: datetime) -> bool:
    """Whether an address may still be restored to a previous owner, so nobody else may have it."""
    return AddressChange.objects.filter(
        before__contains=[{"email": email.lower()}],
        changed_at__gt=now - NOT_ME_PERIOD,
        undone_at=None,
    ).exists()
