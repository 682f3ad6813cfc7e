"""Why an order can't go on. Each has a translated text that says what to do."""

from limosa.foundation.errors import DomainRefusal


class PlanNotOnSaleError(DomainRefusal):
    """The plan is unknown, not sold any more, or not sold in this currency."""

    code = "plan_not_on_sale"


class QuoteExpiredError(DomainRefusal):
    """The price was promised for a while that is over."""

    code = "quote_expired"


class LinkHasOpenOrdersError(DomainRefusal):
    """So many orders of the renewal link wait for payment that it places no more for now."""

    code = "link_has_open_orders"


class PersonHasOpenOrdersError(DomainRefusal):
    """So many orders of the person wait for payment that no more are placed for now."""

    code = "person_has_open_orders"


class OrderNotPayableError(DomainRefusal):
    """The order is paid, cancelled or refunded."""

    code = "order_not_payable"


class PaymentProcessingError(DomainRefusal):
    """A payment of the order was made, and its provider has not decided yet."""

    code = "payment_processing"


class PaymentMethodNotOfferedError(DomainRefusal):
    """The channel is not set up, or can't take this currency."""

    code = "payment_method_not_offered"


class AmountTooSmallError(DomainRefusal):
    """The channel takes no amount as small as this; nothing was charged."""

    code = "amount_too_small"


class PayerNeededError(DomainRefusal):
    """The bank of a saved method wants the person to confirm; nothing was charged."""

    code = "payer_needed"


class RefundNotAllowedError(DomainRefusal):
    """The bundle has been used, or the order was never paid."""

    code = "refund_not_allowed"
