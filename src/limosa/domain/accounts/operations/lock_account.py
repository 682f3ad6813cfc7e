"""Lock an account of which its owner says that a change was not theirs, and undo the change.

Whoever held the account may have given it a second step of their own, by which the owner would be
kept out for good. So each that is younger than the links that tell of it goes. An older one was
told of for seven days, and stays: it is what keeps out somebody who only reads the owner's mail. At
the staff all stay, since a mailbox alone opens no console: `reset_second_step` takes them away.
"""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction

from limosa.domain.accounts.addresses import KeptAddress
from limosa.domain.accounts.models import (
    AddressChange,
    PaymentPin,
    SecurityEventKind,
    Subscriber,
)
from limosa.domain.accounts.refusals import NotMeTooLateError
from limosa.domain.notifications.not_me import NOT_ME_PERIOD, NotMe


@transaction.atomic
def lock_account(*, change: NotMe, now: datetime) -> list[SecurityEventKind]:
    """Take the password, the payment PIN, new second steps and every session from an account.

    A new password comes only by a mail to its main address. If the change was one of the address,
    the addresses are again as they were before it, and this change and all later ones are over: so
    that nobody, whose address it was in between, can bring theirs back. Should one of them be
    confirmed for another account by now, the account is closed instead, for the staff to look at.

    Returns what happened, for the account's record.
    Locks:  the Subscriber row.
    Raises: NotMeTooLateError, when the account was locked since, or the change is forgotten;
            nothing changed.
    """
    person = Subscriber.objects.select_for_update().filter(pk=change.subscriber_id).first()
    changes = AddressChange.objects.filter(subscriber_id=change.subscriber_id)
    if person is None or changes.filter(undone_at__gte=change.changed_at).exists():
        raise NotMeTooLateError
    happened = [SecurityEventKind.LOCKED]
    if change.change_id is not None:
        undone = changes.filter(pk=change.change_id, undone_at=None).first()
        if undone is None:
            raise NotMeTooLateError
        if _put_back(person, undone.before):
            happened.append(SecurityEventKind.RESTORED)
        changes.filter(pk__gte=undone.pk).update(undone_at=now)
    person.set_unusable_password()
    person.sessions_epoch += 1
    person.save(update_fields=["password", "sessions_epoch", "email", "is_active"])
    PaymentPin.objects.filter(subscriber=person).delete()
    if not person.staff_role and _take_new_steps(person, change):
        happened.append(SecurityEventKind.SECOND_FACTOR_REMOVED)
    return happened


def _take_new_steps(person: Subscriber, change: NotMe) -> bool:
    """Delete the second steps that are newer than seven days before the change."""
    steps = Authenticator.objects.filter(user=person)
    removed, _by_table = steps.filter(created_at__gt=change.changed_at - NOT_ME_PERIOD).delete()
    if not steps.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        steps.delete()  # Codes that stand in for nothing.
    return bool(removed)


def _put_back(person: Subscriber, before: list[KeptAddress]) -> bool:
    """Return whether the addresses are as they were; else the account is closed."""
    emails = [address["email"] for address in before]
    others = Subscriber.objects.exclude(pk=person.pk).filter(email__in=emails)
    elsewhere = EmailAddress.objects.exclude(user=person).filter(email__in=emails, verified=True)
    EmailAddress.objects.filter(user=person).delete()
    if others.exists() or elsewhere.exists():
        person.is_active = False
        return False
    EmailAddress.objects.bulk_create(
        EmailAddress(
            user=person,
            email=address["email"],
            verified=address["is_confirmed"],
            primary=address["is_main"],
        )
        for address in before
    )
    person.email = next(address["email"] for address in before if address["is_main"])
    return True
