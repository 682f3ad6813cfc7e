from limosa.domain.accounts.models import StaffRole, Subscriber


def appoint_staff(*, person: Subscriber, role: StaffRole) -> None:
    """Give a person a role in the staff, and with it the console; or another role than they have.

    Who may do that, and that somebody is left to look after the service, is for the caller to see.
    The caller holds the person's row and records the deed.
    """
    person.staff_role = role
    person.is_staff = True
    person.save(update_fields=["staff_role", "is_staff"])
