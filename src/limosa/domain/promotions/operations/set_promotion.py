"""Make a promotion, or change one that has not begun."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from limosa.domain.catalog.engine.units import PERCENT_OFF_MAX
from limosa.domain.catalog.models import Carrier, Plan
from limosa.domain.promotions.engine.promotions_file import PromotionRow
from limosa.domain.promotions.models import Promotion
from limosa.domain.promotions.refusals import (
    PromotionBegunError,
    PromotionCodeTakenError,
    PromotionTermsError,
)


@transaction.atomic
def set_promotion(*, row: PromotionRow, is_new: bool, now: datetime) -> Promotion:
    """Return the promotion as it now is; making the same one again changes nothing.

    `is_new`: there must not be one of its code yet. One that has begun stays as it is: people have
    seen it, so it can only be ended. Quotes made before keep their prices.
    Locks:  the promotion that is changed.
    Raises: PromotionTermsError, PromotionCodeTakenError, PromotionBegunError, and
            Promotion.DoesNotExist if it is not new; nothing changed.
    """
    _check(row, now)
    if is_new:
        found, _ = Promotion.objects.get_or_create(code=row.code, defaults=asdict(row))
        if not _is_same(found, row):
            raise PromotionCodeTakenError
        return found
    held = Promotion.objects.select_for_update().get(code=row.code)
    if _is_same(held, row):
        return held
    if held.starts_at <= now:
        raise PromotionBegunError
    changed = Promotion(**asdict(row), ended_at=held.ended_at)
    changed.save(force_update=True)
    return changed


def _check(row: PromotionRow, now: datetime) -> None:
    gifts = [bool(one) for one in (row.percent_off, row.amount_off_minor, row.bonus_bytes)]
    fits = (
        gifts.count(True) == 1
        and 0 <= row.percent_off <= PERCENT_OFF_MAX
        and min(row.amount_off_minor, row.bonus_bytes) >= 0
        and bool(row.amount_off_minor) == bool(row.amount_currency)
        and row.ends_at > max(row.starts_at, now)
        and bool(row.name.get("en"))
    )
    if (
        not fits
        or not _are_known(Plan, row.plan_codes)
        or not _are_known(Carrier, row.carrier_codes)
    ):
        raise PromotionTermsError


def _are_known(model: type[Plan] | type[Carrier], codes: Sequence[str]) -> bool:
    wanted = set(codes)
    return model.objects.filter(code__in=wanted).count() == len(wanted)


def _is_same(promotion: Promotion, row: PromotionRow) -> bool:
    return all(
        _plain(value) == _plain(getattr(promotion, name)) for name, value in asdict(row).items()
    )


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
