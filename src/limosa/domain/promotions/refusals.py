"""Why a promotion is not made or changed, or a code not used. Each has a translated text."""

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


class UnknownPromotionCodeError(DomainRefusal):
    """There is no such code, or what was typed can't be one."""

    code = "promotion_code_unknown"


class PromotionCodeEarlyError(DomainRefusal):
    """Its promotion has not begun."""

    code = "promotion_code_early"


class PromotionCodeOverError(DomainRefusal):
    """The code, or its promotion, has ended."""

    code = "promotion_code_over"


class PromotionCodeUsedUpError(DomainRefusal):
    """All of its uses are taken, or its budget is."""

    code = "promotion_code_used_up"


class PromotionCodeUsedByYouError(DomainRefusal):
    """The person has used it as often as they may."""

    code = "promotion_code_used_by_you"


class PromotionCodeFirstOrderError(DomainRefusal):
    """It is for a person's first order only, and this is none."""

    code = "promotion_code_first_order"


class PromotionCodeTextTakenError(DomainRefusal):
    """There is a code of this text already."""

    code = "promotion_code_text_taken"


class PromotionCodeTermsError(DomainRefusal):
    """The code can't be made: its text or its limits make no sense, or its promotion needs none."""

    code = "promotion_code_terms"
