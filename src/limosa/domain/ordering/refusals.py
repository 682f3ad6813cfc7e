"""Why an order can't go on. Each has a translated text that says what to do."""

from datetime import datetime

from limosa.foundation.errors import DomainRefusal


class PlanNotOnSaleError(DomainRefusal):
    """The plan is unknown, no longer sold, or not sold in this currency."""

    code = "plan_not_on_sale"


class QuoteExpiredError(DomainRefusal):
    """The quoted price has expired."""

    code = "quote_expired"


class LinkHasOpenOrdersError(DomainRefusal):
    """The renewal link has as many unpaid orders as it may, so no more are placed for now."""

    code = "link_has_open_orders"


class PersonHasOpenOrdersError(DomainRefusal):
    """The person has as many unpaid orders as they may, so no more are placed for now."""

    code = "person_has_open_orders"


class OrderNotPayableError(DomainRefusal):
    """The order is paid, cancelled or refunded."""

    code = "order_not_payable"


class PaymentProcessingError(DomainRefusal):
    """A payment of the order was made, but its provider has not decided yet."""

    code = "payment_processing"


class PaymentMethodNotOfferedError(DomainRefusal):
    """The channel is not set up, or can't take this currency."""

    code = "payment_method_not_offered"


class AmountTooSmallError(DomainRefusal):
    """The amount is below the channel's minimum; nothing was charged."""

    code = "amount_too_small"


class PayerNeededError(DomainRefusal):
    """The saved method's bank requires the person's confirmation; nothing was charged."""

    code = "payer_needed"


class RefundNotAllowedError(DomainRefusal):
    """The bundle has been used, or the order was never paid."""

    code = "refund_not_allowed"


class PlanNotChangeableError(DomainRefusal):
    """What is left of the plan can't count towards another one, or no longer can."""

    code = "plan_not_changeable"


class ChangeMovedError(DomainRefusal):
    """What counts towards the new plan, or what is left to pay, is not what was shown."""

    code = "change_moved"


class UseNotKnownError(DomainRefusal):
    """The supplier was asked how much was used, and has not answered clearly."""

    code = "use_not_known"


class NotTakenBackError(DomainRefusal):
    """The supplier is not known to take the plan back, so staff decide about the money."""

    code = "not_taken_back"


class UnpaidOrderInWayError(NotTakenBackError):
    """The supplier takes it back, but not while another order for the eSIM can be paid: until
    `until`."""

    code = "unpaid_order_in_way"

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until
