"""Why an action of the staff, or what a person writes about a case, is refused."""

from limosa.foundation.errors import DomainRefusal


class OwnProposalError(DomainRefusal):
    """Nobody signs the refund that they proposed themselves."""

    code = "own_proposal"


class RoleTooLowError(DomainRefusal):
    """The role of this member of the staff may not do it (duties.py)."""

    code = "role_too_low"


class OwnRoleError(DomainRefusal):
    """Nobody changes their own role, or removes themselves."""

    code = "own_role"


class LastAdminError(DomainRefusal):
    """Without this one, nobody could look after the staff."""

    code = "last_admin"


class StaffAddressUnconfirmedError(DomainRefusal):
    """Somebody has an account with this address and has not shown that the address is theirs."""

    code = "staff_address_unconfirmed"


class AlreadyStaffError(DomainRefusal):
    """The person is of the staff already: their role is changed instead."""

    code = "already_staff"


class CaseFullError(DomainRefusal):
    """A case holds only so much of what a person wrote; it has our attention already."""

    code = "case_full"


class CaseNotWaitingError(DomainRefusal):
    """A reply needs an answer that it follows, and there is one reply."""

    code = "case_not_waiting"


class SupplyNotUnclearError(DomainRefusal):
    """People say what became of an order at a supplier only when nobody else can know."""

    code = "supply_not_unclear"
