from allauth.mfa.models import Authenticator

from limosa.domain.accounts.models import Subscriber


def remove_second_step(*, person: Subscriber) -> bool:
    """Remove a person's second step, recovery codes included; return whether there was one.

    The caller writes the audit entry. Locks: none.
    """
    removed, _by_table = Authenticator.objects.filter(user=person).delete()
    return bool(removed)
