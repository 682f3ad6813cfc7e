"""Why a wallet can't be topped up. Each has a translated text that says what to do."""

from limosa.foundation.errors import DomainRefusal
from limosa.foundation.money import Money


class TopUpAmountError(DomainRefusal):
    """The amount is outside the operator's limits, which `least` and `most` name."""

    code = "top_up_amount"

    def __init__(self, least: Money, most: Money) -> None:
        super().__init__(least, most)
        self.least = least
        self.most = most


class TopUpNotOfferedError(DomainRefusal):
    """No wallet is topped up in this currency."""

    code = "top_up_not_offered"


class TierTermsError(DomainRefusal):
    """A tier of bonuses can't be offered as it is asked for."""

    code = "tier_terms"


class TopUpsOpenError(DomainRefusal):
    """The person has as many unpaid top-ups as they may, so no more are placed for now."""

    code = "top_ups_open"
