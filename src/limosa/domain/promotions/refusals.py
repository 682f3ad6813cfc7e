"""Why a promotion is not made or changed. Each has a translated text."""

from limosa.foundation.errors import DomainRefusal


class PromotionCodeTakenError(DomainRefusal):
    """There is a promotion of this code already."""

    code = "promotion_code_taken"


class PromotionBegunError(DomainRefusal):
    """It has begun, so it can only be ended: people have seen what it says."""

    code = "promotion_begun"


class PromotionOverError(DomainRefusal):
    """It is over, by its last day."""

    code = "promotion_over"


class PromotionTermsError(DomainRefusal):
    """Its terms contradict one another, name what is not there, or are over before they begin."""

    code = "promotion_terms"
