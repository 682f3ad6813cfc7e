"""A new password for a person who has shown that they read the mail of the main address."""

from allauth.account.models import EmailAddress
from django.db import transaction

from limosa.domain.accounts.models import PaymentPin, Subscriber


@transaction.atomic
def reset_password(*, subscriber_id: int, password: str) -> bool:
    """Set the password, and remove anything that somebody else may have left in the account.

    That is every address except the main one, the payment PIN, and every session. Forgetting saved
    payment methods is up to payments. Having read the mail confirms the main address; returns
    whether it was unconfirmed before.
    Locks:  the Subscriber row.
    """
    person = Subscriber.objects.select_for_update().get(pk=subscriber_id)
    person.set_password(password)
    person.sessions_epoch += 1
    person.save(update_fields=["password", "sessions_epoch"])
    EmailAddress.objects.filter(user=person).exclude(email=person.email.lower()).delete()
    PaymentPin.objects.filter(subscriber=person).delete()
    main, _ = EmailAddress.objects.get_or_create(
        user=person, email=person.email.lower(), defaults={"primary": True}
    )
    return not main.verified and bool(main.set_verified())
