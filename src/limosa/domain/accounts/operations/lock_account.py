"""Lock an account whose owner reports a change as not theirs, and undo the change.

Whoever took over the account may have added a second step of their own, which would lock the owner
out for good. Every second step newer than the links that report one is therefore removed. An older
one was reported for seven days, and stays: it keeps out somebody who only reads the owner's mail.
Staff keep all of theirs, since a mailbox alone must not open the console: `reset_second_step`
removes them.
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
    """Remove the password, the payment PIN, recent second steps and every session from an account.

    A new password can be set only through a mail to the main address. If the change was to an
    address, the addresses are restored to what they were before it, and this change and all later
    ones are voided, so that whoever held an address in between can't restore theirs. If one of the
    old addresses has since been confirmed for another account, the account is closed instead, for
    staff to look at.

    Returns the security events to record.
    Locks:  the Subscriber row.
    Raises: NotMeTooLateError if the account was locked since, or the change has been forgotten;
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
    """Delete the second steps added later than seven days before the change."""
    steps = Authenticator.objects.filter(user=person)
    removed, _by_table = steps.filter(created_at__gt=change.changed_at - NOT_ME_PERIOD).delete()
    if not steps.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        steps.delete()  # Only recovery codes are left, for no second step.
    return bool(removed)


def _put_back(person: Subscriber, before: list[KeptAddress]) -> bool:
    """Restore the addresses and return True, or close the account."""
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
