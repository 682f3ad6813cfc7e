"""Make a code for a promotion that needs one."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from limosa.domain.promotions.engine.code_text import read_code_text
from limosa.domain.promotions.models import (
    PER_PERSON_MAX,
    USES_MAX,
    Promotion,
    PromotionCode,
)
from limosa.domain.promotions.refusals import (
    PromotionCodeTermsError,
    PromotionCodeTextTakenError,
)
from limosa.foundation.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTerms:
    """A code as it is asked for. `uses_max`, `budget` None: no limit."""

    text: str
    uses_max: int | None = None
    uses_per_person: int = 1
    first_order_only: bool = False
    budget: Money | None = None


@transaction.atomic
def make_promotion_code(*, promotion_code: str, terms: CodeTerms, now: datetime) -> PromotionCode:
    """Return the new code of a promotion.

    Raises: Promotion.DoesNotExist, PromotionCodeTermsError, PromotionCodeTextTakenError; nothing
            changed.
    """
    promotion = Promotion.objects.get(code=promotion_code)
    text = read_code_text(terms.text)
    fits = (
        promotion.needs_code
        and (terms.uses_max is None or 0 < terms.uses_max <= USES_MAX)
        and 0 < terms.uses_per_person <= PER_PERSON_MAX
        and (terms.budget is None or terms.budget.amount_minor > 0)
    )
    if text is None or not fits:
        raise PromotionCodeTermsError
    code, is_new = PromotionCode.objects.get_or_create(
        text=text,
        defaults={
            "promotion": promotion,
            "uses_max": terms.uses_max,
            "uses_per_person": terms.uses_per_person,
            "first_order_only": terms.first_order_only,
            "budget_minor": terms.budget.amount_minor if terms.budget else None,
            "budget_currency": terms.budget.currency if terms.budget else "",
            "made_at": now,
        },
    )
    if not is_new:
        raise PromotionCodeTextTakenError
    return code
