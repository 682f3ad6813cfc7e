"""Who is signed in: a person whose main address is confirmed, and nobody else.

Said here, where a session becomes a person, it holds for every page and stream that there is or
will be: who has not confirmed the main address is a stranger to all of them. Another address that
is confirmed does not count: earlier releases let somebody sign up with an address that was not
theirs, and confirm a second one that was.
"""

from typing import Any, cast

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from limosa.domain.accounts.models import Subscriber


class ConfirmedAddressBackend(AuthenticationBackend):  # type: ignore[misc]
    """Signs in by address and password, as allauth does.

    A password alone opens no account whose address was never confirmed: whoever signed up may have
    typed somebody else's. It is confirmed by the code, where the sign-up was begun, or by the link
    that sets a new password.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Subscriber | None:
        """Return whose address and password these are; None if the main one is not confirmed."""
        person = super().authenticate(request, **credentials)
        if person is None or not _confirmed().filter(pk=person.pk).exists():
            return None
        return cast("Subscriber", person)

    def get_user(self, user_id: int) -> Subscriber | None:
        """Return the person of a session; None if the address is not confirmed. One statement."""
        person = _confirmed().filter(pk=user_id).first()
        if person is None or not self.user_can_authenticate(person):
            return None
        return person


def _confirmed() -> QuerySet[Subscriber]:
    """Return those whose main address is confirmed."""
    main = EmailAddress.objects.filter(
        user=OuterRef("pk"), email__iexact=OuterRef("email"), verified=True
    )
    return Subscriber.objects.filter(Exists(main))
