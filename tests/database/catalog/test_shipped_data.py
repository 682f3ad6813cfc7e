"""The data that ships: thirty plans of three carriers, promotions, rates."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import limosa
from limosa.domain.catalog.models import Plan, Price
from limosa.domain.catalog.operations.import_catalog import import_catalog
from limosa.domain.catalog.operations.import_rates import import_rates
from limosa.domain.catalog.queries import exchange_rate, plans_on_sale
from limosa.domain.promotions.operations.import_promotions import import_promotions
from limosa.domain.promotions.queries import best_promotion
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db

DATA = Path(limosa.__file__).parent / "data"


@pytest.fixture(autouse=True)
def _import_everything() -> None:
    import_catalog(path=DATA / "catalog.yaml", now=MOMENT)
    import_promotions(path=DATA / "promotions.yaml")
    import_rates(path=DATA / "ecb_rates.csv")


def test_thirty_plans_of_three_carriers_are_on_sale_in_every_currency() -> None:
    for currency in ("USD", "CNY", "EUR", "HKD"):
        prices = plans_on_sale(currency=currency)
        assert len(prices) == 30
        assert len({price.plan.carrier_id for price in prices}) == 3


def test_each_kind_and_each_length_is_there() -> None:
    plans = Plan.objects.all()
    assert Counter(plan.kind for plan in plans) == {"volume": 20, "unlimited": 4, "top_up": 6}
    lengths = {str(plan.validity) for plan in plans if plan.validity}
    assert len(lengths) == 5
    assert plans.filter(valid_from="first_use").exists()


def test_more_data_of_the_same_carrier_and_length_costs_more_but_less_per_byte() -> None:
    priced = list(
        Price.objects.filter(currency="USD", plan__kind="volume")
        .select_related("plan")
        .order_by("plan__volume_bytes")
    )
    for small in priced:
        for large in priced:
            same = (small.plan.carrier_id, small.plan.validity) == (
                large.plan.carrier_id,
                large.plan.validity,
            )
            small_bytes, large_bytes = small.plan.volume_bytes or 0, large.plan.volume_bytes or 0
            if same and small_bytes < large_bytes:
                assert small.amount_minor < large.amount_minor
                assert large.amount_minor * small_bytes < small.amount_minor * large_bytes


@pytest.mark.parametrize(
    ("plan_code", "day", "promotion"),
    [
        ("t-mobile-quarter-60gb", date(2026, 11, 26), "thanksgiving-2026"),
        ("t-mobile-month-20gb", date(2026, 11, 26), None),
        ("t-mobile-year-120gb", date(2026, 12, 25), "winter-holidays-2026"),
        ("t-mobile-month-20gb", date(2027, 2, 6), "lunar-new-year-2027"),
        ("world-week-1gb", date(2027, 10, 1), "golden-week-2027"),
        ("world-week-1gb", date(2027, 11, 1), None),
    ],
)
def test_promotions_run_by_the_calendar(plan_code: str, day: date, promotion: str | None) -> None:
    best = best_promotion(
        price=Price(plan=Plan.objects.get(code=plan_code), currency="USD", amount_minor=6500),
        now=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
    )
    assert (best.code if best else None) == promotion


def test_the_newest_rate_is_there() -> None:
    quote = exchange_rate(from_currency="USD", to_currency="CNY", day=date(2026, 11, 22))
    assert (quote.day, quote.source) == (date(2026, 10, 30), "ECB")
    assert 6 < quote.rate < 8
