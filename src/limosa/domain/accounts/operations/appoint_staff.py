from limosa.domain.accounts.models import StaffRole, Subscriber


def appoint_staff(*, person: Subscriber, role: StaffRole) -> None:
    """Give a person a staff role, which opens the console, or change the role they have.

    The caller checks who may do this and that an admin remains, holds the person's row, and writes
    the audit entry.
    """
    person.staff_role = role
    person.is_staff = True
    person.save(update_fields=["staff_role", "is_staff"])
