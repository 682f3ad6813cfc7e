from allauth.account.models import EmailAddress

from limosa.domain.accounts.models import Subscriber


def open_account(*, email: str, name: str) -> Subscriber:
    """Return a new person whose address is known to be theirs; they have no password yet.

    They set one by the link of a mail. Commits with the caller's transaction.
    Raises: IntegrityError, when somebody has the address.
    """
    person = Subscriber.objects.create_user(email, None, display_name=name)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person
