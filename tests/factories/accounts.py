"""People."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.http import HttpRequest
from django.test import Client

from limosa.domain.accounts.models import StaffRole, Subscriber
from limosa.web.console.staff_sessions import SESSION_LASTS

_numbers = count(1)
TOTP_SECRET = "LIMOSALIMOSALIMOSALIMOSALIMOSAAA"


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
    role = fields.setdefault("staff_role", StaffRole.ADMIN)
    return make_subscriber(**{"is_staff": bool(role), **fields})


def sign_in_staff(
    client: Client, person: Subscriber | None = None, *, ago: timedelta = timedelta(0)
) -> Subscriber:
    """Sign somebody of the staff in, by default an admin, with a second step."""
    person = person or make_operator()
    step = make_second_step(person)
    client.force_login(person)
    request = HttpRequest()
    request.session = client.session
    record_authentication(request, person, "password")
    record_authentication(request, person, "mfa", id=step.pk, type=step.type)
    records = request.session[AUTHENTICATION_METHODS_SESSION_KEY]
    for record in records:
        record["at"] -= ago.total_seconds()
    if ago < SESSION_LASTS:  # The answer to signing in has written this.
        request.session.set_expiry(datetime.fromtimestamp(records[0]["at"], UTC) + SESSION_LASTS)
    request.session.save()
    return person


def make_second_step(person: Subscriber, *, secret: str = TOTP_SECRET) -> Authenticator:
    """Give somebody an authenticator app, unless they have one."""
    step, _is_new = Authenticator.objects.get_or_create(
        user=person, type=Authenticator.Type.TOTP, defaults={"data": {"secret": encrypt(secret)}}
    )
    return step
