"""What each staff role may do: one table, enforced by the operations.

All staff may view every page; the table is about actions. `staff_action` decorates every operation
that staff call, and `record_audit_entry` checks once more, so nothing is recorded that was not
allowed. A new kind of action must be added to the table, or nobody may do it.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from limosa.domain.accounts.models import StaffRole, Subscriber
from limosa.domain.support.models import AuditAction
from limosa.domain.support.refusals import RoleTooLowError

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")
_SUPPORT = frozenset({StaffRole.SUPPORT, StaffRole.FINANCE, StaffRole.ADMIN})
_FINANCE = frozenset({StaffRole.FINANCE, StaffRole.ADMIN})
_ADMIN = frozenset({StaffRole.ADMIN})

MAY: Mapping[AuditAction, frozenset[StaffRole]] = {
    AuditAction.POLL_PAYMENT: _SUPPORT,
    AuditAction.CLEAR_PAYMENT: _SUPPORT,
    AuditAction.CLOSE_CASE: _SUPPORT,
    AuditAction.ANSWER_CASE: _SUPPORT,
    AuditAction.PROPOSE_REFUND: _SUPPORT,
    AuditAction.REFUND_ORDER: _SUPPORT,
    AuditAction.TURN_DOWN_REFUND: _SUPPORT,
    AuditAction.PAUSE_SUPPLIER: _SUPPORT,
    AuditAction.RESUME_SUPPLIER: _SUPPORT,
    AuditAction.SETTLE_SUPPLY: _SUPPORT,
    AuditAction.END_DOUBT: _SUPPORT,
    AuditAction.DELIVER_CALLBACK: _SUPPORT,
    AuditAction.MODERATE_RATING: _SUPPORT,
    AuditAction.REPLY_TO_RATING: _SUPPORT,
    AuditAction.SIGN_REFUND: _FINANCE,
    AuditAction.REFUND_TO_WALLET: _FINANCE,
    AuditAction.RESOLVE_DIFFERENCE: _FINANCE,
    AuditAction.NOTE_FINDING: _FINANCE,
    AuditAction.RECONCILE: _FINANCE,
    AuditAction.EXPORT: _FINANCE,
    AuditAction.RECORD_DEPOSIT: _FINANCE,
    AuditAction.UNDO_DEPOSIT: _FINANCE,
    AuditAction.FETCH_STATEMENT: _FINANCE,
    AuditAction.AGREE_TO_CHARGE: _FINANCE,
    AuditAction.DISPUTE_CHARGE: _FINANCE,
    AuditAction.MAKE_CODES: _FINANCE,
    AuditAction.EXPORT_CODES: _FINANCE,
    AuditAction.ACTIVATE_CODES: _FINANCE,
    AuditAction.VOID_CODES: _FINANCE,
    AuditAction.RECORD_CODES_PAID: _FINANCE,
    AuditAction.OFFER_BONUS: _FINANCE,
    AuditAction.END_BONUS: _FINANCE,
    AuditAction.LOOK_UP_CODE: _SUPPORT,
    AuditAction.STOP_SALE: _ADMIN,
    AuditAction.START_SALE: _ADMIN,
    AuditAction.SET_CHANNEL: _ADMIN,
    AuditAction.IMPORT_CATALOG: _ADMIN,
    AuditAction.SET_COVERAGE: _ADMIN,
    AuditAction.IMPORT_COVERAGE: _ADMIN,
    AuditAction.MARK_INSIDER: _ADMIN,
    AuditAction.FETCH_PRICES: _ADMIN,
    AuditAction.SET_PRICING: _ADMIN,
    AuditAction.DECIDE_PRICES: _ADMIN,
    AuditAction.ADD_PLAN: _ADMIN,
    AuditAction.SET_PROMOTION: _ADMIN,
    AuditAction.END_PROMOTION: _ADMIN,
    AuditAction.REOPEN_PROMOTION: _ADMIN,
    AuditAction.ADD_PROMOTION_CODE: _ADMIN,
    AuditAction.END_PROMOTION_CODE: _ADMIN,
    AuditAction.ADD_STAFF: _ADMIN,
    AuditAction.CHANGE_STAFF: _ADMIN,
    AuditAction.REMOVE_STAFF: _ADMIN,
    AuditAction.RESET_SECOND_STEP: _ADMIN,
}
# Before these, the staff member has to authenticate again (web/console/access.py).
NEEDS_PROOF = frozenset(
    {
        AuditAction.PROPOSE_REFUND,
        AuditAction.REFUND_ORDER,
        AuditAction.SIGN_REFUND,
        AuditAction.REFUND_TO_WALLET,
        AuditAction.EXPORT,
        AuditAction.MAKE_CODES,
        AuditAction.EXPORT_CODES,
        AuditAction.ACTIVATE_CODES,
        AuditAction.VOID_CODES,
        AuditAction.OFFER_BONUS,
        AuditAction.ADD_STAFF,
        AuditAction.CHANGE_STAFF,
        AuditAction.REMOVE_STAFF,
        AuditAction.RESET_SECOND_STEP,
    }
)


def may(actor: Subscriber, action: AuditAction) -> bool:
    """Return whether the actor's role may do it."""
    return actor.is_active and actor.staff_role in MAY[action]


def ids_of_who_may(action: AuditAction) -> list[int]:
    """Return the ids of staff whose role may do it."""
    rows = Subscriber.objects.filter(staff_role__in=MAY[action], is_active=True)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def check_may(actor: Subscriber | None, action: AuditAction) -> None:
    """Refuse what the actor's role may not do. None: a command on the machine itself, which may.

    Raises: RoleTooLowError.
    """
    if actor is not None and not may(actor, action):
        raise RoleTooLowError


def staff_action(
    action: AuditAction,
) -> Callable[[Callable[_Given, _Result]], Callable[_Given, _Result]]:
    """Restrict an operation to actors whose role may do the action.

    The operation raises RoleTooLowError before anything else.
    """

    def guard(operation: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
        @wraps(operation)
        def guarded(*args: _Given.args, **given: _Given.kwargs) -> _Result:
            check_may(cast("Subscriber | None", given["actor"]), action)
            return operation(*args, **given)

        return guarded

    return guard
