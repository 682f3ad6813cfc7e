from limosa.domain.accounts.models import Subscriber


def dismiss_staff(*, person: Subscriber) -> None:
    """Take a person's role in the staff away; they keep the account as a subscriber.

    Every session of theirs ends: one that was begun as staff goes on as nobody's. The caller holds
    the person's row and records the deed.
    """
    person.staff_role = ""
    person.is_staff = person.is_superuser = False
    person.sessions_epoch += 1
    person.save(update_fields=["staff_role", "is_staff", "is_superuser", "sessions_epoch"])
