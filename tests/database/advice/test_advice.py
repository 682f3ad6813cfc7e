"""Advice from what was used: which plans come into question, and what is claimed."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import F
from pytest_django import DjangoAssertNumQueries

from limosa.domain.advice import queries
from limosa.domain.advice.candidates import candidates
from limosa.domain.advice.engine.choosing import least_minor
from limosa.domain.advice.queries import Advice, advice_from_answers, advice_from_use
from limosa.domain.catalog.models import Plan, Price
from limosa.domain.esims.models import Esim
from limosa.domain.shelf.engine.suiting import Use
from limosa.foundation.money import Money
from limosa.foundation.volume import GB
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_supplier
from tests.factories.charging import make_daily_usage
from tests.factories.esims import make_bundle, make_esim
from tests.factories.ordering import make_order

pytestmark = pytest.mark.django_db

TODAY = MOMENT.date()
MIDNIGHT = MOMENT.replace(hour=0)


def lived(
    plan: Plan, *, days: int = 60, daily: int = GB // 2, paid: int | None = None, every: int = 30
) -> Esim:
    """Return an eSIM that used the same each day, with a bundle of the plan each month."""
    esim = make_esim(time_zone="UTC", created_at=MOMENT - timedelta(days=days))
    for begun in range(days, 0, -every):
        order = make_order(
            esim=esim, plan=plan, state="fulfilled", list_minor=2500 if paid is None else paid
        )
        starts_at = MIDNIGHT - timedelta(days=begun)
        ended = {"state": "expired", "ended_at": starts_at + timedelta(days=every)}
        make_bundle(
            esim=esim,
            plan=plan,
            order_number=order.number,
            created_at=starts_at,
            ends_at=starts_at + timedelta(days=every),
            **(ended if begun > every else {}),
        )
    for ago in range(1, days + 1):
        make_daily_usage(esim=esim, day=TODAY - timedelta(days=ago), used_bytes=daily)
    return esim


def month(code: str, price: int, **fields: Any) -> Plan:
    """Return a plan of 30 days."""
    return make_plan(
        code=code, prices={"USD": price}, validity_count=30, validity_unit="day", **fields
    )


def advised(esim: Esim, plan: Plan, *, country: str = "") -> Advice:
    own = Price.objects.filter(plan=plan, currency="USD").select_related("plan").first()
    return advice_from_use(esim, own=own, currency="USD", now=MOMENT, country=country)


def codes(advice: Advice) -> list[str]:
    return [one.terms.code for one in advice.choice.carried]


def test_the_sum_of_a_cheaper_plan() -> None:
    own = month("own", 2500)
    month("half", 1200, volume_bytes=15 * GB)
    advice = advised(lived(own), own)
    assert codes(advice) == ["half", "own"]
    assert advice.best is not None
    assert (advice.best.cost, advice.instead_of) == (Money(2400, "USD"), Money(5000, "USD"))
    assert advice.saves_enough


def test_who_renews_often_is_told_of_what_is_renewed_as_often() -> None:
    own = month("own", 250, volume_bytes=GB)
    month("twice", 900, volume_bytes=2 * GB)
    advice = advised(lived(own, daily=GB), own)
    assert codes(advice) == ["own", "twice"]
    month("once", 100, volume_bytes=GB // 2)
    advice = advised(lived(own, daily=GB), own)
    assert codes(advice) == ["own", "twice"]
    assert advice.choice.too_often == 1


def test_no_more_is_claimed_than_what_was_paid_allows() -> None:
    own = month("own", 2500)
    month("half", 1200, volume_bytes=15 * GB)
    advice = advised(lived(own, paid=1000), own)
    assert advice.paid == advice.instead_of == Money(2000, "USD")
    assert not advice.saves_enough


def test_what_was_paid_is_shared_out_over_the_days() -> None:
    """Of the bundle that still runs, eighteen of thirty days are not over."""
    own = month("own", 2500)
    month("half", 1200, volume_bytes=15 * GB)
    control = advice_from_use(lived(own, days=42), own=None, currency="USD", now=MOMENT)
    assert control.paid == Money(2500 + 2500 * 12 // 30, "USD")


def test_a_plan_lasts_until_its_time_is_over_and_not_until_that_is_noted() -> None:
    """The worker was away for two days: they were without a plan, and none of it was paid then."""
    own = month("own", 2500)
    esim = lived(own, days=32, every=32)
    starts_at = MIDNIGHT - timedelta(days=32)
    ends_at = starts_at + timedelta(days=30)
    esim.bundles.update(ends_at=ends_at, ended_at=MIDNIGHT + timedelta(hours=1), state="expired")
    esim.daily_usage.filter(day__gte=ends_at.date()).delete()
    advice = advised(esim, own)
    assert advice.paid == Money(2500, "USD")
    assert [*advice.known.unknown] == [TODAY - timedelta(days=2), TODAY - timedelta(days=1)]


def test_what_was_given_back_was_not_paid() -> None:
    own = month("own", 2500)
    esim = lived(own)
    esim.orders.update(reversed_minor=700)
    assert advised(esim, own).paid == Money(3600, "USD")


def test_what_was_paid_in_another_currency_is_not_added() -> None:
    own = month("own", 2500)
    esim = lived(own)
    order = esim.orders.order_by("id").select_related("quote")[0]
    order.quote.currency = "EUR"
    order.quote.save(update_fields=["currency"])
    advice = advised(esim, own)
    assert advice.paid is None
    assert advice.instead_of == Money(5000, "USD")


@pytest.mark.parametrize(
    "fields",
    [
        {"on_sale": False},
        {"prices": {"EUR": 100}},
        {"countries": ["CA"]},
        {"supplier": "nobody"},
        {"kind": "top_up"},
    ],
)
def test_only_plans_that_the_person_can_have_come_into_question(fields: dict[str, Any]) -> None:
    own = month("own", 2500)
    wanted: dict[str, Any] = {"code": "other", "prices": {"USD": 100}} | fields
    if "supplier" in wanted:
        wanted["supplier"] = make_supplier("nobody")
    if wanted.get("kind") != "top_up":
        wanted |= {"validity_count": 30, "validity_unit": "day"}
    make_plan(**wanted)
    assert codes(advised(lived(own), own)) == ["own"]


def test_a_plan_is_for_all_places_of_those_that_ran_unless_the_person_says_where() -> None:
    own = month("own", 2500, countries=["CA", "US"])
    month("home", 1200, countries=["US"], volume_bytes=15 * GB)
    esim = lived(own)
    assert codes(advised(esim, own)) == ["own"]
    assert codes(advised(esim, own, country="US")) == ["home", "own"]
    month("elsewhere", 100, countries=["FR"], volume_bytes=15 * GB)
    assert codes(advised(esim, own, country="FR")) == ["own"]  # No plan of theirs was for there.


def test_unlimited_data_that_was_slow_is_apart() -> None:
    own = month("own", 2500)
    month("slow", 900, kind="unlimited", fair_use_bytes=10 * GB)
    advice = advised(lived(own), own)
    assert codes(advice) == ["own"]
    (slower,) = advice.choice.slower
    assert (slower.terms.code, slower.slow_days) == ("slow", 20)


def test_as_many_slow_days_as_the_own_plan_had_are_accepted() -> None:
    own = month("own", 2500, kind="unlimited", fair_use_bytes=10 * GB)
    month("slow", 900, kind="unlimited", fair_use_bytes=12 * GB)
    advice = advised(lived(own), own)
    assert codes(advice) == ["slow", "own"]


def test_a_plan_that_still_runs_is_not_held_against_shorter_ones() -> None:
    """The control: the same days without an own plan to compare with."""
    own = month("own", 2500)
    make_plan(code="week", prices={"USD": 500}, validity_count=7, validity_unit="day")
    esim = lived(own, days=42)
    whole = advised(esim, own)
    assert whole.known.span.days == 30
    assert whole.instead_of == Money(2500, "USD")
    control = advice_from_use(esim, own=None, currency="USD", now=MOMENT)
    assert control.known.span.days == 42
    assert control.own is None
    assert not control.saves_enough


def test_of_the_first_plan_nothing_is_claimed_while_it_runs() -> None:
    own = month("own", 2500)
    month("half", 1200, volume_bytes=15 * GB)
    advice = advised(lived(own, days=20), own)
    assert (advice.own, advice.saves_enough) == (None, False)
    assert codes(advice) == ["half", "own"]


def test_of_an_unused_esim_nothing_is_read_but_its_days(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    own = month("own", 2500)
    price = Price.objects.select_related("plan").get(plan=own, currency="USD")
    esim = make_esim()
    with django_assert_num_queries(1):
        advice = advice_from_use(esim, own=price, currency="USD", now=MOMENT)
    assert (codes(advice), advice.is_enough) == ([], False)


def test_the_cheapest_is_the_same_however_many_are_asked_for() -> None:
    own = month("own", 2500)
    for number in range(4):
        month(f"other-{number}", 1000 + 100 * number, volume_bytes=(8 + 4 * number) * GB)
    esim = lived(own)
    price = Price.objects.select_related("plan").get(plan=own, currency="USD")
    one, four = (
        advice_from_use(esim, own=price, currency="USD", now=MOMENT, most=most) for most in (1, 4)
    )
    assert len(four.choice.carried) == 4
    assert one.choice.carried == four.choice.carried[:1]
    assert (one.instead_of, one.saves_enough) == (four.instead_of, four.saves_enough)


def test_four_statements_whatever_was_used(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    own = month("own", 2500)
    for number in range(12):
        month(f"other-{number}", 1000 + number)
    price = Price.objects.select_related("plan").get(plan=own, currency="USD")
    esim = lived(own, days=90)
    with django_assert_num_queries(4):
        advice_from_use(esim, own=price, currency="USD", now=MOMENT)


def test_the_database_reckons_the_least_as_the_rule_does() -> None:
    for number, (count, unit) in enumerate([(1, "day"), (7, "day"), (1, "month"), (3, "month")]):
        for volume in (None, 1, GB, 7 * GB):
            make_plan(
                code=f"p-{number}-{volume or 0}",
                kind="unlimited" if volume is None else "volume",
                volume_bytes=volume,
                prices={"USD": 10**9 + number},
                validity_count=count,
                validity_unit=unit,
            )
    for total, days in ((0, 0), (1, 1), (30 * GB, 90), (7 * GB, 7)):
        found = candidates(countries=["US"], currency="USD", total_bytes=total, days=days)
        rules = [least_minor(one, total_bytes=total, days=days) for one in found.terms]
        assert rules == sorted(rules)
        assert len(rules) == 16


def test_a_plan_left_out_is_told_unless_it_cannot_be_cheaper(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("limosa.domain.advice.candidates.CANDIDATES_MAX", 2)
    monkeypatch.setattr(queries, "SUGGESTED_MAX", 2)
    for price in (100, 200, 300):
        month(f"p-{price}", price)
    asked: dict[str, Any] = {
        "country": "US",
        "days": 7,
        "currency": "USD",
        "today": date(2026, 12, 1),
    }
    assert advice_from_answers(use=Use.MAPS, **asked).is_whole
    Plan.objects.filter(code="p-200").update(volume_bytes=GB)
    Price.objects.filter(plan="p-300").update(amount_minor=F("amount_minor") - 150)
    assert codes(advice_from_answers(use=Use.MAPS, **asked)) == ["p-100", "p-300"]
    monkeypatch.setattr(queries, "SUGGESTED_MAX", 3)
    assert not advice_from_answers(use=Use.MAPS, **asked).is_whole


def test_a_newcomer_gets_what_carries_the_days_in_any_currency() -> None:
    make_plan(
        code="yen", prices={"JPY": 700}, volume_bytes=GB, validity_count=7, validity_unit="day"
    )
    advice = advice_from_answers(
        country="US", days=10, use=Use.SOCIAL, currency="JPY", today=date(2026, 12, 1)
    )
    assert advice.best is not None
    assert advice.best.cost == Money(4 * 700, "JPY")
    assert (advice.own, advice.saves_enough) == (None, False)
