"""People."""

from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from limosa.domain.accounts.models import StaffRole, Subscriber

_numbers = count(1)


def make_subscriber(
    *, password: str | None = None, is_confirmed: bool = True, **fields: Any
) -> Subscriber:
    """Return a subscriber, whose address is confirmed unless a test wants another.

    Without a password (hashing takes time) only `force_login` works.
    """
    fields.setdefault("email", f"person{next(_numbers)}@example.com")
    person = Subscriber(**fields)
    if password is None:
        person.password = UNUSABLE_PASSWORD_PREFIX
    else:
        person.set_password(password)
    person.save()
    EmailAddress.objects.create(
        user=person, email=person.email.lower(), primary=True, verified=is_confirmed
    )
    return person


def make_operator(**fields: Any) -> Subscriber:
    """Return a member of the staff; an admin unless told otherwise."""
    return make_subscriber(**{"is_staff": True, "staff_role": StaffRole.ADMIN, **fields})
