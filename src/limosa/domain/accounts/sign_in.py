"""Who is signed in: a person with a confirmed address, and nobody else.

Said here, where a session becomes a person, it holds for every page and stream that there is or
will be: who has confirmed no address is a stranger to all of them.
"""

from typing import Any, cast

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from limosa.domain.accounts.models import Subscriber


class ConfirmedAddressBackend(AuthenticationBackend):  # type: ignore[misc]
    """Signs in by address and password, as allauth does.

    A password alone opens no account that was never confirmed: whoever signed up may have typed
    somebody else's address. It is confirmed by the code, where the sign-up was begun, or by the
    link that sets a new password.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Subscriber | None:
        """Return whose address and password these are; None without a confirmed address."""
        person = super().authenticate(request, **credentials)
        if person is None or not EmailAddress.objects.filter(user=person, verified=True).exists():
            return None
        return cast("Subscriber", person)

    def get_user(self, user_id: int) -> Subscriber | None:
        """Return the person of a session; None without a confirmed address. One statement."""
        confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
        person = Subscriber.objects.filter(Exists(confirmed), pk=user_id).first()
        if person is None or not self.user_can_authenticate(person):
            return None
        return person
