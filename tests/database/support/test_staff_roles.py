"""What a role may not do is refused by the operation itself, whoever calls it."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from limosa.domain.accounts.models import SecurityEvent, StaffRole, Subscriber
from limosa.domain.accounts.origin import Origin
from limosa.domain.notifications.kinds import page_path
from limosa.domain.notifications.models import Notification
from limosa.domain.redemption.models import ChangeKind
from limosa.domain.support import operations
from limosa.domain.support.duties import MAY, NEEDS_PROOF
from limosa.domain.support.models import AuditAction, AuditEntry
from limosa.domain.support.operations.add_staff import add_staff
from limosa.domain.support.operations.change_codes_recorded import change_codes_recorded
from limosa.domain.support.operations.change_staff_role import change_staff_role
from limosa.domain.support.operations.record_audit_entry import record_audit_entry
from limosa.domain.support.operations.remove_staff import remove_staff
from limosa.domain.support.refusals import (
    AlreadyStaffError,
    LastAdminError,
    OwnRoleError,
    RoleTooLowError,
    StaffAddressUnconfirmedError,
)
from limosa.foundation.errors import DomainRefusal
from tests.factories import MOMENT
from tests.factories.accounts import make_operator, make_subscriber

pytestmark = pytest.mark.django_db
LATER = MOMENT + timedelta(hours=1)
HERE = Origin(address="203.0.113.7", device="Firefox")
# They take what they record from their caller, and look the role up themselves: see below.
_RECORDERS = {"change_codes_recorded", "record_audit_entry", "record_staff_change"}


def operations_of_staff() -> list[Callable[..., Any]]:
    """Return every operation that a member of the staff calls: it takes an actor."""
    names = [found.name for found in pkgutil.iter_modules(operations.__path__)]
    found = [
        getattr(importlib.import_module(f"{operations.__name__}.{name}"), name) for name in names
    ]
    return [
        operation
        for operation in found
        if "actor" in inspect.signature(operation).parameters
        and operation.__name__ not in _RECORDERS
    ]


def test_there_are_operations_to_look_at() -> None:
    assert len(operations_of_staff()) >= 16


@pytest.mark.parametrize("role", ["", StaffRole.VIEWER])
@pytest.mark.parametrize("operation", operations_of_staff(), ids=lambda one: one.__name__)
def test_every_operation_refuses_a_viewer_before_it_looks_at_anything_else(
    operation: Callable[..., Any], role: str
) -> None:
    given = dict.fromkeys(inspect.signature(operation).parameters)
    with pytest.raises(RoleTooLowError):
        operation(**given | {"actor": make_operator(staff_role=role)})
    assert not AuditEntry.objects.exists()


def test_the_table_says_of_every_deed_who_may_do_it() -> None:
    assert set(MAY) == set(AuditAction)
    assert all(StaffRole.ADMIN in roles for roles in MAY.values())
    assert not [action for action, roles in MAY.items() if StaffRole.VIEWER in roles]
    assert set(MAY) >= NEEDS_PROOF


@pytest.mark.parametrize("action", AuditAction)
@pytest.mark.parametrize("role", StaffRole)
def test_no_deed_comes_on_record_that_the_role_may_not_do(
    action: AuditAction, role: StaffRole
) -> None:
    actor = make_operator(staff_role=role)
    if role in MAY[action]:
        record_audit_entry(actor=actor, action=action, subject="x", now=LATER)
        return
    with pytest.raises(RoleTooLowError):
        record_audit_entry(actor=actor, action=action, subject="x", now=LATER)


@pytest.mark.parametrize("action", [AuditAction.ACTIVATE_CODES, AuditAction.VOID_CODES])
def test_a_viewer_changes_no_codes_and_learns_nothing_of_the_batch(action: AuditAction) -> None:
    with pytest.raises(RoleTooLowError):
        change_codes_recorded(
            action=action,
            batch_id=0,
            kind=ChangeKind.VOID,
            serials=(1, 2),
            actor=make_operator(staff_role=StaffRole.VIEWER),
            now=LATER,
        )


def test_a_role_does_not_help_somebody_whose_account_is_shut() -> None:
    actor = make_operator(is_active=False)
    with pytest.raises(RoleTooLowError):
        record_audit_entry(actor=actor, action=AuditAction.EXPORT, subject="x", now=LATER)


def add(
    email: str, role: StaffRole = StaffRole.SUPPORT, by: Subscriber | None = None
) -> Subscriber:
    return add_staff(email=email, role=role, name="Wen", actor=by, origin=HERE, now=LATER)


def test_a_new_member_has_no_password_and_is_told_where_to_set_one() -> None:
    admin = make_operator()
    person = add("wen@example.com", by=admin)
    assert (person.staff_role, person.is_staff, person.display_name) == ("support", True, "Wen")
    assert not person.has_usable_password()
    assert page_path(Notification.objects.get()) == "/accounts/password/reset/"
    line = AuditEntry.objects.get()
    assert (line.actor, line.action, line.subject) == (admin, "add_staff", "wen@example.com")
    event = SecurityEvent.objects.get()
    assert (event.subscriber, event.kind, event.address) == (person, "staff_added", HERE.address)


def test_somebody_with_a_confirmed_address_keeps_their_account() -> None:
    known = make_subscriber(email="wen@example.com", display_name="温")
    assert add("WEN@example.com") == known
    known.refresh_from_db()
    assert (known.staff_role, known.display_name) == ("support", "温")


def test_whoever_took_an_address_that_is_not_theirs_does_not_join_the_staff() -> None:
    thief = make_subscriber(email="wen@example.com", is_confirmed=False)
    with pytest.raises(StaffAddressUnconfirmedError):
        add("wen@example.com")
    thief.refresh_from_db()
    assert thief.staff_role == ""
    assert not AuditEntry.objects.exists()


def test_nobody_joins_twice() -> None:
    add("wen@example.com")
    with pytest.raises(AlreadyStaffError):
        add("Wen@example.com")
    assert Subscriber.objects.get().staff_role == "support"


def change(person: Subscriber, role: StaffRole, by: Subscriber | None) -> bool:
    return change_staff_role(person_id=person.pk, role=role, actor=by, origin=HERE, now=LATER)


def test_a_role_is_changed_and_the_change_recorded_once() -> None:
    admin, other = make_operator(), make_operator(staff_role=StaffRole.VIEWER)
    assert [change(other, StaffRole.FINANCE, admin) for _ in range(2)] == [True, False]
    other.refresh_from_db()
    assert other.staff_role == "finance"
    assert [(line.action, line.detail) for line in AuditEntry.objects.all()] == [
        ("change_staff", "finance")
    ]
    assert SecurityEvent.objects.get().kind == "staff_changed"


def test_somebody_who_leaves_keeps_their_account_as_a_subscriber() -> None:
    admin, other = make_operator(), make_operator(staff_role=StaffRole.SUPPORT)
    held = other.get_session_auth_hash()
    gone = remove_staff(person_id=other.pk, actor=admin, origin=HERE, now=LATER)
    assert gone.get_session_auth_hash() != held  # What was begun as staff has ended.
    other.refresh_from_db()
    assert (other.staff_role, other.is_staff, other.is_active) == ("", False, True)
    assert SecurityEvent.objects.get().kind == "staff_removed"


def refused(refusal: type[DomainRefusal], work: Callable[[], object]) -> None:
    with pytest.raises(refusal):
        work()
    assert not AuditEntry.objects.exists()
    assert not SecurityEvent.objects.exists()


def test_nobody_changes_their_own_role() -> None:
    admin, _other = make_operator(), make_operator()
    refused(OwnRoleError, lambda: change(admin, StaffRole.VIEWER, admin))
    refused(
        OwnRoleError,
        lambda: remove_staff(person_id=admin.pk, actor=admin, origin=HERE, now=LATER),
    )


def test_the_last_admin_who_can_sign_in_stays_even_when_a_command_says_otherwise() -> None:
    admin = make_operator()
    make_operator(is_active=False)
    make_operator(staff_role=StaffRole.FINANCE)
    refused(LastAdminError, lambda: change(admin, StaffRole.FINANCE, None))
    refused(
        LastAdminError,
        lambda: remove_staff(person_id=admin.pk, actor=None, origin=HERE, now=LATER),
    )


def test_an_admin_who_lost_the_role_a_moment_ago_changes_nothing() -> None:
    admin, other = make_operator(), make_operator(staff_role=StaffRole.VIEWER)
    Subscriber.objects.filter(pk=admin.pk).update(staff_role=StaffRole.VIEWER)
    refused(RoleTooLowError, lambda: change(other, StaffRole.ADMIN, admin))


def test_a_subscriber_gets_no_role_by_a_change() -> None:
    refused(
        Subscriber.DoesNotExist,  # type: ignore[arg-type]
        lambda: change(make_subscriber(), StaffRole.ADMIN, make_operator()),
    )
