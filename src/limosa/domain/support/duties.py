"""What each role of the staff may do: one table, held by the operations themselves.

Whoever is of the staff may look at every page; the table is about deeds. `staff_deed` stands above
every operation that a member of the staff calls, and `record_staff_action` looks once more, so
that a deed that is kept on record was allowed. A new kind of deed stands in the table, or nobody
can do it.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from limosa.domain.accounts.models import StaffRole, Subscriber
from limosa.domain.support.models import StaffActionKind
from limosa.domain.support.refusals import RoleTooLowError

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")
_SUPPORT = frozenset({StaffRole.SUPPORT, StaffRole.FINANCE, StaffRole.ADMIN})
_FINANCE = frozenset({StaffRole.FINANCE, StaffRole.ADMIN})
_ADMIN = frozenset({StaffRole.ADMIN})

MAY: Mapping[StaffActionKind, frozenset[StaffRole]] = {
    StaffActionKind.ASK_PROVIDER: _SUPPORT,
    StaffActionKind.CLEAR_PAYMENT: _SUPPORT,
    StaffActionKind.CLOSE_CASE: _SUPPORT,
    StaffActionKind.ANSWER_CASE: _SUPPORT,
    StaffActionKind.PROPOSE_REFUND: _SUPPORT,
    StaffActionKind.REFUND_ORDER: _SUPPORT,
    StaffActionKind.TURN_DOWN_REFUND: _SUPPORT,
    StaffActionKind.PAUSE_SUPPLIER: _SUPPORT,
    StaffActionKind.RESUME_SUPPLIER: _SUPPORT,
    StaffActionKind.SETTLE_SUPPLY: _SUPPORT,
    StaffActionKind.SIGN_REFUND: _FINANCE,
    StaffActionKind.REFUND_TO_WALLET: _FINANCE,
    StaffActionKind.RESOLVE_DIFFERENCE: _FINANCE,
    StaffActionKind.NOTE_FINDING: _FINANCE,
    StaffActionKind.RECONCILE: _FINANCE,
    StaffActionKind.EXPORT: _FINANCE,
    StaffActionKind.STOP_SALE: _ADMIN,
    StaffActionKind.START_SALE: _ADMIN,
    StaffActionKind.SET_CHANNEL: _ADMIN,
    StaffActionKind.IMPORT_CATALOG: _ADMIN,
    StaffActionKind.ADD_STAFF: _ADMIN,
    StaffActionKind.CHANGE_STAFF: _ADMIN,
    StaffActionKind.REMOVE_STAFF: _ADMIN,
    StaffActionKind.RESET_SECOND_STEP: _ADMIN,
}
# Before these, whoever is signed in shows once more that it is they (web/console/access.py).
NEEDS_PROOF = frozenset(
    {
        StaffActionKind.PROPOSE_REFUND,
        StaffActionKind.REFUND_ORDER,
        StaffActionKind.SIGN_REFUND,
        StaffActionKind.REFUND_TO_WALLET,
        StaffActionKind.EXPORT,
        StaffActionKind.ADD_STAFF,
        StaffActionKind.CHANGE_STAFF,
        StaffActionKind.REMOVE_STAFF,
        StaffActionKind.RESET_SECOND_STEP,
    }
)


def may(actor: Subscriber, deed: StaffActionKind) -> bool:
    """Return whether the actor's role may do it."""
    return actor.is_active and actor.staff_role in MAY[deed]


def ids_of_who_may(deed: StaffActionKind) -> list[int]:
    """Return the ids of those whose role may do it."""
    rows = Subscriber.objects.filter(staff_role__in=MAY[deed], is_active=True)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def check_may(actor: Subscriber | None, deed: StaffActionKind) -> None:
    """Refuse what the actor's role may not do. None: a command on the machine itself, which may.

    Raises: RoleTooLowError.
    """
    if actor is not None and not may(actor, deed):
        raise RoleTooLowError


def staff_deed(
    deed: StaffActionKind,
) -> Callable[[Callable[_Given, _Result]], Callable[_Given, _Result]]:
    """Let an operation be called only for an `actor` whose role may do the deed.

    The operation then raises RoleTooLowError before anything else.
    """

    def guard(operation: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
        @wraps(operation)
        def guarded(*args: _Given.args, **given: _Given.kwargs) -> _Result:
            check_may(cast("Subscriber | None", given["actor"]), deed)
            return operation(*args, **given)

        return guarded

    return guard
