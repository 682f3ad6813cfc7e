"""Why a staff action, or a person's message about a case, is refused."""

from limosa.foundation.errors import DomainRefusal


class OwnProposalError(DomainRefusal):
    """Staff may not sign a refund that they proposed themselves."""

    code = "own_proposal"


class RoleTooLowError(DomainRefusal):
    """The role of this member of the staff does not allow it (duties.py)."""

    code = "role_too_low"


class OwnRoleError(DomainRefusal):
    """Staff may not change their own role, or remove themselves."""

    code = "own_role"


class LastAdminError(DomainRefusal):
    """Without this one, no admin would be left."""

    code = "last_admin"


class StaffAddressUnconfirmedError(DomainRefusal):
    """There is an account with this address, but the address is unconfirmed."""

    code = "staff_address_unconfirmed"


class AlreadyStaffError(DomainRefusal):
    """The person is already staff: change their role instead."""

    code = "already_staff"


class CaseFullError(DomainRefusal):
    """The case can't hold any more text from the person; staff know about it already."""

    code = "case_full"


class CaseNotWaitingError(DomainRefusal):
    """There is no answer to reply to, or it already has a reply."""

    code = "case_not_waiting"


class SupplyNotUnclearError(DomainRefusal):
    """The outcome of a supplier's order may be entered by staff only while it is unclear."""

    code = "supply_not_unclear"


class CallbackNotDeliverableError(DomainRefusal):
    """A callback may be delivered again only if it is known to be the supplier's and kept whole."""

    code = "callback_not_deliverable"
