"""What is refused about money at suppliers."""

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


class DepositReferenceReusedError(DomainRefusal):
    """There is a payment to this supplier with the same reference and another amount."""

    code = "deposit_reference_reused"
