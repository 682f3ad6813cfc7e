"""Code shared by the `limosa staff` commands."""

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from limosa.config.command import CommandFault
from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.refusals import AlreadyStaffError
from limosa.foundation.errors import DomainRefusal
from limosa.web.wording.refusals import refusal_text


def staff_member(email: str) -> Subscriber:
    """Return a member of the staff. Raises CommandFault."""
    person = Subscriber.objects.exclude(staff_role="").filter(email__iexact=email).first()
    if person is None:
        raise CommandFault(f"{email} is not a member of staff. See: limosa staff list")
    return person


def password_link(person: Subscriber) -> str:
    """Return the URL where the person can set a password once, as after "forgot my password"."""
    key = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    path = reverse("account_reset_password_from_key", kwargs=key)
    return f"{settings.BASE_URL}{path}"


@contextmanager
def refusals_told() -> Iterator[None]:
    """Turn a domain refusal into a command's error. Raises CommandFault."""
    try:
        yield
    except AlreadyStaffError as refusal:  # The pages' text points to the list beside it.
        raise CommandFault(
            "This person is already a member of staff. Change their role with `limosa staff role`."
        ) from refusal
    except DomainRefusal as refusal:
        raise CommandFault(refusal_text(refusal)) from refusal
