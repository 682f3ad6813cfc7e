"""The guard of promotion codes finds what is planted, and nothing where all is well."""

from collections.abc import Callable

import pytest

from limosa.domain.ordering.models import Order
from limosa.domain.promotions.models import PromotionCode, PromotionCodeUse
from limosa.domain.support.models import Finding, GuardKind
from limosa.domain.support.operations.run_guards import run_guards
from tests.database.promotions.test_codes import order_with
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_plan, make_rates
from tests.factories.promotions import make_promotion_code

pytestmark = pytest.mark.django_db


def found() -> list[tuple[str, int | None, int | None]]:
    run_guards(now=MOMENT, whole=True, kinds=[GuardKind.PROMOTION_CODES])
    rows = Finding.objects.filter(gone_at=None).order_by("problem")
    return [(row.problem, row.has, row.due) for row in rows]


def miscount() -> None:
    PromotionCode.objects.update(uses=1)


def misspend() -> None:
    PromotionCode.objects.update(spent_minor=999)


def forget_an_order() -> None:
    Order.objects.filter(pk=Order.objects.earliest("pk").pk).update(
        state="cancelled", closed_at=MOMENT
    )


def forget_a_use() -> None:
    PromotionCodeUse.objects.filter(nth=1).update(given_back_at=MOMENT)


@pytest.mark.parametrize(
    ("plant", "expected"),
    [
        (miscount, [("uses", 1, 2)]),
        (misspend, [("spent", 999, 1000)]),
        (forget_an_order, [("orders", 2, 1)]),
        (forget_a_use, [("orders", 0, 2), ("spent", 1000, 0), ("uses", 2, 0)]),
    ],
)
def test_a_planted_difference_is_found(
    plant: Callable[[], None], expected: list[tuple[str, int, int]]
) -> None:
    make_rates(MOMENT.date())
    make_plan(code="month")
    code = make_promotion_code(budget_minor=5000)
    for _ in range(2):
        order_with(code, make_subscriber())
    assert found() == []
    plant()
    told = found()
    assert told
    assert set(told) <= set(expected)
