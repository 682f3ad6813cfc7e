from limosa.domain.accounts.models import Subscriber


def dismiss_staff(*, person: Subscriber) -> None:
    """Remove a person's staff role; they keep the account as a subscriber.

    Ends all their sessions, since those were begun as staff. The caller holds the person's row and
    writes the audit entry.
    """
    person.staff_role = ""
    person.is_staff = person.is_superuser = False
    person.sessions_epoch += 1
    person.save(update_fields=["staff_role", "is_staff", "is_superuser", "sessions_epoch"])
