"""What is refused about money at suppliers."""

from collections.abc import Collection

from limosa.foundation.errors import DomainRefusal


class NoStatementError(DomainRefusal):
    """The supplier is not set up, or has no statement that can be fetched."""

    code = "no_statement"


class StatementDayNotOverError(DomainRefusal):
    """A day of a statement ends by UTC, and this one has not."""

    code = "statement_day_not_over"


class ChargeDifferenceChangedError(DomainRefusal):
    """Meanwhile the difference is another one, or has been resolved."""

    code = "charge_difference_changed"


class DepositCurrencyError(DomainRefusal):
    """The account at this supplier is in another currency: in one of `known`."""

    code = "deposit_currency"

    def __init__(self, known: Collection[str]) -> None:
        super().__init__(known)
        self.known = sorted(known)


class DepositReferenceUnreadableError(DomainRefusal):
    """The reference has characters that can't be printed, such as a line break."""

    code = "deposit_reference_unreadable"


class NothingToPayError(DomainRefusal):
    """The supplier is our own network: nobody is paid in advance there."""

    code = "nothing_to_pay"


class DepositReferenceReusedError(DomainRefusal):
    """There is a payment to this supplier with the same reference and another amount."""

    code = "deposit_reference_reused"
