"""What price lists refuse."""

from limosa.foundation.errors import DomainRefusal


class NoListError(DomainRefusal):
    """The supplier is not set up, or has no price list that can be fetched."""

    code = "no_price_list"


class SellsNoPlansError(DomainRefusal):
    """The supplier provides eSIMs and no plans, so it has no price list."""

    code = "sells_no_plans"


class SheetFetchedError(DomainRefusal):
    """A list of this supplier is being fetched right now."""

    code = "price_list_fetched"
