from allauth.mfa.models import Authenticator

from limosa.domain.accounts.models import Subscriber


def remove_second_step(*, person: Subscriber) -> bool:
    """Take away a person's second step at sign-in, codes and all; return whether there was one.

    The caller records the deed. Locks: none.
    """
    removed, _by_table = Authenticator.objects.filter(user=person).delete()
    return bool(removed)
