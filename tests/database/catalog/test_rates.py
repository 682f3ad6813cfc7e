"""The rates that the database keeps are those of the rule, whoever writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from limosa.domain.catalog.engine.rates import rate_per_day, rate_per_gb
from limosa.domain.catalog.models import Plan, Price
from limosa.domain.catalog.operations.set_prices import set_prices
from limosa.foundation.volume import GB, MB
from tests.factories import MOMENT
from tests.factories.catalog import make_plan

pytestmark = pytest.mark.django_db


def check_rates() -> None:
    """Each price's rates are those of the rule."""
    for price in Price.objects.select_related("plan"):
        plan = price.plan
        data = plan.volume_bytes or plan.fair_use_bytes
        assert data
        expected = (
            rate_per_gb(price.amount_minor, volume_bytes=data),
            rate_per_day(price.amount_minor, validity=plan.validity),
        )
        assert (price.rate_per_gb, price.rate_per_day) == expected


class AnyPrice(TestCase):
    """Whatever a price and its plan are."""

    @given(
        st.integers(1, 10**15),
        st.integers(1, 10**13),
        st.integers(1, 1000),
        st.sampled_from(["day", "month"]),
        st.sampled_from(["volume", "unlimited", "top_up"]),
    )
    def test_the_database_rounds_as_the_rule_does(
        self, amount: int, data: int, count: int, unit: str, kind: str
    ) -> None:
        fields: dict[str, object] = {"kind": kind}
        fields["fair_use_bytes" if kind == "unlimited" else "volume_bytes"] = data
        if kind != "top_up":
            fields |= {"validity_count": count, "validity_unit": unit}
        make_plan(prices={"USD": amount}, **fields)
        check_rates()


def test_rates_follow_a_new_price_and_a_changed_plan() -> None:
    plan = make_plan()
    set_prices(prices={plan.code: {"USD": 1999, "EUR": 1800}}, now=MOMENT)
    check_rates()
    Plan.objects.filter(pk=plan.pk).update(volume_bytes=700 * MB)
    check_rates()
    Plan.objects.filter(pk=plan.pk).update(validity_count=10, validity_unit="day")
    check_rates()
    Plan.objects.filter(pk=plan.pk).update(
        kind="unlimited", volume_bytes=None, fair_use_bytes=3 * GB
    )
    check_rates()
    assert Price.objects.get(plan=plan, currency="USD").rate_per_day == 199_900


def test_nobody_writes_other_rates() -> None:
    plan = make_plan(prices={"USD": 2500})
    Price.objects.filter(plan=plan).update(rate_per_gb=1, rate_per_day=1)
    check_rates()
