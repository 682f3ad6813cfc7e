"""The pages of a list together are all that is wanted, in the order of what it costs now."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from limosa.domain.catalog.models import Price
from limosa.domain.promotions.models import Promotion
from limosa.domain.promotions.queries import best_among
from limosa.domain.shelf import listing
from limosa.domain.shelf.engine.ordering import Order
from limosa.domain.shelf.listing import Shelved, count_wanted, shelf_page, shelved
from limosa.domain.shelf.wanted import Wanted
from limosa.foundation.period import Validity, ValidityUnit
from limosa.foundation.volume import GB
from tests.factories import MOMENT
from tests.factories.catalog import make_carrier, make_plan
from tests.factories.promotions import make_promotion

pytestmark = pytest.mark.django_db


def _days(count: int) -> str:
    return str(Validity(count, ValidityUnit.DAY))


# Below a hundred minor units a percentage may come to nothing; no plan costs so little.
_plans = st.tuples(
    st.integers(100, 400),
    st.one_of(st.none(), st.integers(1, 40)),
    st.integers(1, 4),
    st.sampled_from(["att", "t-mobile"]),
)
_currencies = st.sampled_from(["USD", "EUR"])
_gifts: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(dict, percent_off=st.integers(1, 90)),
    st.builds(dict, amount_off_minor=st.integers(1, 300), amount_currency=_currencies),
    st.builds(dict, percent_off=st.just(0), bonus_bytes=st.integers(1, 20).map(GB.__mul__)),
)
_promotions = st.tuples(
    _gifts,
    st.one_of(st.none(), st.sets(st.integers(0, 14))),
    st.sampled_from([[], ["att"], ["t-mobile"]]),
    st.one_of(st.just([]), st.lists(st.integers(1, 4).map(_days), min_size=1, max_size=2)),
)


def all_pages(wanted: Wanted, order: Order) -> list[Shelved]:
    """Return what all pages show, one after another."""
    rows: list[Shelved] = []
    after = None
    while True:
        page = shelf_page(wanted, currency="USD", order=order, after=after, now=MOMENT)
        rows += page.rows
        after = page.after
        if after is None:
            return rows


class AnyPromotions(TestCase):
    """Whatever runs, for all plans or for some."""

    @settings(deadline=None)
    @given(
        st.lists(_plans, max_size=15),
        st.lists(_promotions, max_size=4),
        st.sampled_from(Order),
        st.integers(1, 5),
    )
    def test_pages_are_in_the_order_of_what_is_paid(
        self,
        plans: list[tuple[int, int | None, int, str]],
        promotions: list[tuple[dict[str, Any], set[int] | None, list[str], list[str]]],
        order: Order,
        page_length: int,
    ) -> None:
        codes = []
        for amount, volume, days, carrier in plans:
            data = {"kind": "unlimited"} if volume is None else {"volume_bytes": volume * GB}
            plan = make_plan(
                prices={"USD": amount},
                validity_count=days,
                validity_unit="day",
                carrier=make_carrier(carrier),
                **data,
            )
            codes.append(plan.code)
        for gift, named, carriers, durations in promotions:
            of = [codes[number] for number in named or () if number < len(codes)]
            if named is None or of:
                make_promotion(plan_codes=of, carrier_codes=carriers, durations=durations, **gift)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(listing, "PAGE_LENGTH", page_length)
            rows = all_pages(Wanted(), order)
        assert sorted(row.plan.code for row in rows) == sorted(codes)
        places = [row.place(order) for row in rows]
        assert places == sorted(places)
        for row in rows:
            assert row.promotion == best_among(Promotion.objects.all(), price=row.price)


def test_each_filter_leaves_what_it_says() -> None:
    make_carrier("att", name="AT&T")
    make_plan(code="week", validity_count=7, validity_unit="day", volume_bytes=GB)
    make_plan(code="month", countries=["US", "CA"])
    make_plan(code="all", kind="unlimited", countries=["CA"], carrier_id="att")
    make_plan(code="more", kind="top_up")
    make_plan(code="gone", on_sale=False)
    make_plan(code="euro", prices={"EUR": 100})

    def found(**wanted: object) -> set[str]:
        chosen = Wanted(**wanted)  # type: ignore[arg-type]
        codes = {row.plan.code for row in all_pages(chosen, Order.PRICE)}
        assert count_wanted(chosen, currency="USD") == (len(codes), True)
        return codes

    assert found() == {"week", "month", "all"}
    assert found(country="CA") == {"month", "all"}
    assert found(country="FR") == set()
    assert found(days=8) == {"month", "all"}
    assert found(days=30) == {"month", "all"}
    assert found(days=31) == set()
    assert found(volume_bytes=2 * GB) == {"month", "all"}
    assert found(volume_bytes=21 * GB) == {"all"}
    assert found(is_unlimited=True) == {"all"}
    assert found(carrier="att", country="US") == set()


def test_named_plans_come_in_the_order_asked_for_and_only_if_offered() -> None:
    for code in ("a", "b"):
        make_plan(code=code)
    make_plan(code="gone", on_sale=False)
    rows = shelved(["b", "gone", "none", "a"], currency="USD", now=MOMENT)
    assert [row.plan.code for row in rows] == ["b", "a"]


def test_a_count_stops_where_it_is_no_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNTED_MAX", 2)
    for _ in range(4):
        make_plan()
    assert count_wanted(Wanted(), currency="USD") == (2, False)
    assert Price.objects.filter(currency="USD").count() == 4
