"""Who is signed in: a person whose main address is confirmed, and nobody else.

Enforced here, where a session becomes a person, this holds for every present and future page and
stream: to them, anyone who has not confirmed the main address is a stranger. Another confirmed
address does not count: an account could otherwise be opened under somebody else's address and
confirmed by a second one.
"""

from typing import Any, cast

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from limosa.domain.accounts.models import Subscriber


class ConfirmedAddressBackend(AuthenticationBackend):  # type: ignore[misc]
    """Signs in by address and password, as allauth does.

    A password alone does not open an account whose address was never confirmed: whoever signed up
    may have typed somebody else's. The address is confirmed by the code, in the session that signed
    up, or by the link that sets a new password.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Subscriber | None:
        """Return the person with this address and password; None if the main one is unconfirmed."""
        person = super().authenticate(request, **credentials)
        if person is None or not _confirmed().filter(pk=person.pk).exists():
            return None
        return cast("Subscriber", person)

    def get_user(self, user_id: int) -> Subscriber | None:
        """Return a session's person; None if the main address is unconfirmed. One statement."""
        person = _confirmed().filter(pk=user_id).first()
        if person is None or not self.user_can_authenticate(person):
            return None
        return person


def _confirmed() -> QuerySet[Subscriber]:
    """Return people whose main address is confirmed."""
    main = EmailAddress.objects.filter(
        user=OuterRef("pk"), email__iexact=OuterRef("email"), verified=True
    )
    return Subscriber.objects.filter(Exists(main))
