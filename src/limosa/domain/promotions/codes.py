"""Reads: what a promotion code is worth to a person now, before anything is taken."""

from collections.abc import Iterable
from datetime import datetime

from limosa.domain.catalog.models import Price
from limosa.domain.promotions.models import Promotion, PromotionCode, PromotionCodeUse
from limosa.domain.promotions.queries import best_among, discount_of
from limosa.domain.promotions.refusals import (
    PromotionCodeEarlyError,
    PromotionCodeFirstOrderError,
    PromotionCodeOverError,
    PromotionCodeUsedByYouError,
    PromotionCodeUsedUpError,
)


def check_code(
    code: PromotionCode, *, subscriber_id: int, has_ordered: bool, now: datetime
) -> None:
    """Refuse a code that a person can't use now, whatever they buy.

    `code`: with its promotion. `has_ordered`: the person has paid for an order. One statement;
    another if it is for first orders. Taking a use looks again, under a lock.
    Raises: PromotionCodeEarlyError, PromotionCodeOverError, PromotionCodeUsedUpError,
            PromotionCodeUsedByYouError, PromotionCodeFirstOrderError.
    """
    check_runs(code, now=now)
    spent = code.budget_minor is not None and code.spent_minor >= code.budget_minor
    if spent or (code.uses_max is not None and code.uses >= code.uses_max):
        raise PromotionCodeUsedUpError
    if len(taken_by(code, subscriber_id=subscriber_id)) >= code.uses_per_person:
        raise PromotionCodeUsedByYouError
    if code.first_order_only:
        check_first(subscriber_id=subscriber_id, has_ordered=has_ordered)


def check_runs(code: PromotionCode, *, now: datetime) -> None:
    """Refuse a code that does not count at this moment. `code`: with its promotion.

    Raises: PromotionCodeEarlyError, PromotionCodeOverError.
    """
    if code.ended_at is not None or code.promotion.over_at <= now:
        raise PromotionCodeOverError
    if code.promotion.starts_at > now:
        raise PromotionCodeEarlyError


def taken_by(code: PromotionCode, *, subscriber_id: int) -> list[int]:
    """Return the numbers of a person's uses that count."""
    uses = PromotionCodeUse.objects.filter(
        code=code, subscriber_id=subscriber_id, given_back_at=None
    )
    return list(uses.values_list("nth", flat=True))


def check_first(*, subscriber_id: int, has_ordered: bool) -> None:
    """Refuse whoever has paid for an order, or has one for which such a code is taken.

    Raises: PromotionCodeFirstOrderError.
    """
    open_uses = PromotionCodeUse.objects.filter(
        subscriber_id=subscriber_id, code__first_order_only=True, given_back_at=None
    )
    if has_ordered or open_uses.exists():
        raise PromotionCodeFirstOrderError


def best_with_code(
    running: Iterable[Promotion], code: PromotionCode | None, *, price: Price
) -> Promotion | None:
    """Return the promotion that counts for a price, for somebody with a code; no statement.

    `running`: those for everybody. `code`: one that `check_code` lets pass, with its promotion.
    """
    with_code = [code.promotion] if code is not None and _affords(code, price) else []
    return best_among([*running, *with_code], price=price)


def _affords(code: PromotionCode, price: Price) -> bool:
    """Return whether what is left of the code's budget is enough for a price."""
    if code.budget_minor is None:
        return True
    discount = discount_of(code.promotion, price_minor=price.amount_minor)
    fits = price.currency == code.budget_currency
    return fits and code.spent_minor + discount <= code.budget_minor
