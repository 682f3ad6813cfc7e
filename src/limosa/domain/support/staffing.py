"""The staff as a whole, locked while it is changed, so that an admin always remains."""

from collections.abc import Mapping
from dataclasses import dataclass

from limosa.domain.accounts.models import SecurityEventKind, StaffRole, Subscriber
from limosa.domain.support.duties import check_may
from limosa.domain.support.models import AuditAction
from limosa.domain.support.refusals import LastAdminError, OwnRoleError

Staff = Mapping[int, Subscriber]


@dataclass(frozen=True, slots=True)
class StaffChange:
    """What the audit log and the person's security events say of a change. detail: a role."""

    action: AuditAction
    kind: SecurityEventKind
    detail: str = ""


def locked_staff() -> dict[int, Subscriber]:
    """Return all staff by id, their rows locked in the order of the ids."""
    rows = Subscriber.objects.exclude(staff_role="").select_for_update().order_by("id")
    return {person.pk: person for person in rows}


def staff_member(staff: Staff, person_id: int) -> Subscriber:
    """Return one of them. Raises Subscriber.DoesNotExist for somebody who is not staff."""
    person = staff.get(person_id)
    if person is None:
        raise Subscriber.DoesNotExist
    return person


def check_actor(staff: Staff, actor: Subscriber | None, action: AuditAction) -> None:
    """Check the actor's role again, now that nobody can change it.

    Raises: RoleTooLowError.
    """
    if actor is not None:
        check_may(staff.get(actor.pk, Subscriber()), action)


def check_change(staff: Staff, person: Subscriber, actor: Subscriber | None) -> None:
    """Refuse a change to one's own role, and one that leaves no admin who can sign in.

    Raises: OwnRoleError, LastAdminError.
    """
    if actor is not None and actor.pk == person.pk:
        raise OwnRoleError
    others = (other for other in staff.values() if other.pk != person.pk)
    if person.staff_role == StaffRole.ADMIN and not any(
        other.staff_role == StaffRole.ADMIN and other.is_active for other in others
    ):
        raise LastAdminError
