"""Take a use of a promotion code, with the order that it is for."""

from datetime import datetime
from itertools import count

from django.db import transaction
from django.db.models import Case, F, Q, When

from limosa.domain.promotions.codes import check_first, check_runs, taken_by
from limosa.domain.promotions.models import PromotionCode, PromotionCodeUse
from limosa.domain.promotions.refusals import (
    PromotionCodeUsedByYouError,
    PromotionCodeUsedUpError,
)
from limosa.foundation.money import Money


@transaction.atomic
def take_code_use(
    *,
    code_id: int,
    order_number: str,
    subscriber_id: int,
    discount: Money,
    has_ordered: bool,
    now: datetime,
) -> None:
    """Take a use and its discount off what the code has left.

    `discount`: what it takes off. `has_ordered`: the person has paid for an order. Called in
    the transaction that stores the order.
    Locks:  the code, by its UPDATE, until the caller's transaction ends (the caller holds the
            person).
    Raises: PromotionCodeEarlyError, PromotionCodeOverError, PromotionCodeUsedUpError,
            PromotionCodeUsedByYouError, PromotionCodeFirstOrderError; nothing changed.
    """
    # The one statement that decides who gets what is left; a constraint says the same.
    codes = PromotionCode.objects.filter(_has_left(discount), pk=code_id)
    spent = Case(
        When(budget_minor=None, then=F("spent_minor")),
        default=F("spent_minor") + discount.amount_minor,
    )
    if not codes.update(uses=F("uses") + 1, spent_minor=spent):
        raise PromotionCodeUsedUpError
    code = PromotionCode.objects.select_related("promotion").get(pk=code_id)
    check_runs(code, now=now)
    taken = taken_by(code, subscriber_id=subscriber_id)
    if len(taken) >= code.uses_per_person:
        raise PromotionCodeUsedByYouError
    if code.first_order_only:
        check_first(subscriber_id=subscriber_id, has_ordered=has_ordered)
    PromotionCodeUse.objects.create(
        code=code,
        order_number=order_number,
        subscriber_id=subscriber_id,
        nth=next(number for number in count(1) if number not in taken),
        discount_minor=discount.amount_minor,
        currency=discount.currency,
        taken_at=now,
    )


def _has_left(discount: Money) -> Q:
    has_uses = Q(uses_max=None) | Q(uses__lt=F("uses_max"))
    has_money = Q(budget_minor=None) | Q(
        budget_currency=discount.currency,
        spent_minor__lte=F("budget_minor") - discount.amount_minor,
    )
    return has_uses & has_money
