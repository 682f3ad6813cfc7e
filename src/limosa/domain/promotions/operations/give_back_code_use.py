"""Give back a use of a promotion code whose order is never paid."""

from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, When

from limosa.domain.promotions.models import PromotionCode, PromotionCodeUse


@transaction.atomic
def give_back_code_use(*, order_number: str, now: datetime) -> bool:
    """Give back the use and its discount; return False if the order has none, or none any more.

    A refund gives nothing back: the order was paid with the code.
    Locks:  the use, then the code, each by its UPDATE, until the caller's transaction ends (the
            caller holds the order).
    """
    uses = PromotionCodeUse.objects.filter(order_number=order_number, given_back_at=None)
    use = uses.first()
    if use is None or not uses.update(given_back_at=now):
        return False
    spent = Case(
        When(budget_minor=None, then=F("spent_minor")),
        default=F("spent_minor") - use.discount_minor,
    )
    PromotionCode.objects.filter(pk=use.code_id).update(uses=F("uses") - 1, spent_minor=spent)
    return True
