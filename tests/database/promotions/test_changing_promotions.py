"""A promotion is made, changed until it begins, ended and reopened."""

from dataclasses import replace
from datetime import timedelta

import pytest

from limosa.domain.promotions.engine.promotions_file import PromotionRow
from limosa.domain.promotions.models import Promotion
from limosa.domain.promotions.operations.end_promotion import end_promotion
from limosa.domain.promotions.operations.reopen_promotion import reopen_promotion
from limosa.domain.promotions.operations.set_promotion import set_promotion
from limosa.domain.promotions.queries import running_promotions
from limosa.domain.promotions.refusals import (
    PromotionBegunError,
    PromotionCodeTakenError,
    PromotionOverError,
    PromotionTermsError,
)
from tests.factories import MOMENT
from tests.factories.catalog import make_carrier, make_plan
from tests.factories.promotions import make_promotion

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ROW = PromotionRow(
    code="spring",
    name={"en": "Spring"},
    percent_off=10,
    starts_at=MOMENT + DAY,
    ends_at=MOMENT + 3 * DAY,
)


def test_a_promotion_is_stored_as_it_is_wanted() -> None:
    make_plan(code="month")
    make_carrier("att")
    row = replace(ROW, plan_codes=["month"], carrier_codes=["att"], durations=["30 days"])
    set_promotion(row=row, is_new=True, now=MOMENT)
    stored = Promotion.objects.get()
    assert (stored.code, stored.percent_off, stored.plan_codes) == ("spring", 10, ["month"])
    assert (stored.carrier_codes, stored.durations) == (["att"], ["30 days"])


def test_making_the_same_again_changes_nothing_and_another_of_its_code_is_refused() -> None:
    set_promotion(row=ROW, is_new=True, now=MOMENT)
    set_promotion(row=ROW, is_new=True, now=MOMENT + 2 * DAY)
    with pytest.raises(PromotionCodeTakenError):
        set_promotion(row=replace(ROW, percent_off=20), is_new=True, now=MOMENT)
    assert Promotion.objects.get().percent_off == 10


def test_it_can_be_changed_until_it_begins() -> None:
    set_promotion(row=ROW, is_new=True, now=MOMENT)
    dearer = replace(ROW, percent_off=5)
    set_promotion(row=dearer, is_new=False, now=ROW.starts_at - timedelta(seconds=1))
    assert Promotion.objects.get().percent_off == 5
    with pytest.raises(PromotionBegunError):
        set_promotion(row=ROW, is_new=False, now=ROW.starts_at)
    assert Promotion.objects.get().percent_off == 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"percent_off": 0},
        {"percent_off": 91},
        {"bonus_bytes": 1},
        {"percent_off": 0, "amount_off_minor": 5},
        {"percent_off": 0, "amount_off_minor": -5, "amount_currency": "USD"},
        {"amount_currency": "USD"},
        {"ends_at": MOMENT + DAY},
        {"starts_at": MOMENT - 2 * DAY, "ends_at": MOMENT},
        {"name": {"es": "Primavera"}},
        {"plan_codes": ["gone"]},
        {"carrier_codes": ["gone"]},
    ],
)
def test_terms_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(PromotionTermsError):
        set_promotion(row=replace(ROW, **wrong), is_new=True, now=MOMENT)  # type: ignore[arg-type]
    assert not Promotion.objects.exists()


def test_it_is_ended_once_and_goes_on_until_its_last_day() -> None:
    make_promotion(code="sale")
    assert end_promotion(code="sale", now=MOMENT)
    assert running_promotions(now=MOMENT) == []
    assert not end_promotion(code="sale", now=MOMENT + timedelta(hours=1))
    assert Promotion.objects.get().ended_at == MOMENT
    assert reopen_promotion(code="sale", now=MOMENT + timedelta(hours=2))
    assert len(running_promotions(now=MOMENT + timedelta(hours=2))) == 1
    assert not reopen_promotion(code="sale", now=MOMENT)
    assert running_promotions(now=MOMENT + DAY) == []


def test_one_that_is_over_is_neither_ended_nor_reopened() -> None:
    make_promotion(code="sale", ends_at=MOMENT)
    with pytest.raises(PromotionOverError):
        end_promotion(code="sale", now=MOMENT)
    Promotion.objects.update(ended_at=MOMENT - timedelta(hours=1))
    with pytest.raises(PromotionOverError):
        reopen_promotion(code="sale", now=MOMENT)
