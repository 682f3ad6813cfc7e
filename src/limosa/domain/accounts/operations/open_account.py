from allauth.account.models import EmailAddress

from limosa.domain.accounts.models import Subscriber


def open_account(*, email: str, name: str, currency: str) -> Subscriber:
    """Return a new person, without a password, whose address is known to be theirs.

    They set a password through a mailed link. Commits with the caller's transaction.
    Raises: IntegrityError if the address is taken.
    """
    person = Subscriber.objects.create_user(email, None, display_name=name, currency=currency)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person
