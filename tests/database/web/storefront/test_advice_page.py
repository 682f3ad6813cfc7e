"""What a person's data would have cost, and which plan a newcomer needs."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from limosa.domain.catalog.models import Plan
from limosa.domain.esims.models import Esim
from limosa.foundation.volume import GB
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_plan, make_supplier
from tests.factories.charging import make_daily_usage, make_watch
from tests.factories.esims import make_bundle, make_esim
from tests.factories.ordering import make_order

pytestmark = pytest.mark.django_db

DAYS = 60


def month(code: str, price: int, **fields: object) -> Plan:
    return make_plan(
        code=code, prices={"USD": price}, validity_count=30, validity_unit="day", **fields
    )


@pytest.fixture
def own() -> Plan:
    """The plan of an eSIM, and one that would have done for half of its price."""
    month("half", 1200, volume_bytes=15 * GB)
    return month("own", 2500)


def lived(plan: Plan, **fields: object) -> Esim:
    """Return an eSIM that used half a gigabyte a day for two months, up to yesterday."""
    now = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    esim = make_esim(time_zone="UTC", created_at=now - timedelta(days=DAYS), **fields)
    for begun in range(DAYS, 0, -30):
        starts_at = now - timedelta(days=begun)
        order = make_order(esim=esim, plan=plan, state="fulfilled", created_at=starts_at)
        over = {"state": "expired", "ended_at": starts_at + timedelta(days=30)}
        make_bundle(
            esim=esim,
            plan=plan,
            order_number=order.number,
            created_at=starts_at,
            ends_at=starts_at + timedelta(days=30),
            **(over if begun > 30 else {}),
        )
    for ago in range(1, DAYS + 1):
        day = (now - timedelta(days=ago)).date()
        make_daily_usage(esim=esim, day=day, used_bytes=GB // 2)
    return esim


def signed_in(esim: Esim) -> Client:
    client = Client()
    client.force_login(esim.subscriber)
    return client


def page_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def advised(page: str) -> list[str]:
    """Return the codes of the plans shown, in order."""
    return re.findall(r'data-testid="advised" data-plan="([^"]+)"', page)


def test_a_person_sees_the_sum(own: Plan) -> None:
    page = page_of(signed_in(lived(own)), "/advice/")
    assert advised(page) == ["half", "own"]
    assert "2 × $12.00 = $24.00" in page
    assert "2 × $25.00 = $50.00" in page
    assert "with “half” of t-mobile, instead of $50.00" in page
    assert "No promotion is assumed" in page
    assert "hours late" not in page


def test_what_a_carrier_counts_late_is_said(own: Plan) -> None:
    esim = lived(own)
    make_watch(esim=esim, supplier=make_supplier("wholesale"))
    assert "Your carrier counts hours late" in page_of(signed_in(esim), "/advice/")


def test_the_own_plan_is_said_to_be_the_cheapest_where_it_is() -> None:
    own = month("own", 2500)
    page = page_of(signed_in(lived(own)), "/advice/")
    assert "Your plan is the cheapest" in page
    assert "No plan on sale that would have carried you costs less than $50.00." in page


def test_no_plan_is_the_cheapest_on_sale_while_some_were_not_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("limosa.domain.advice.candidates.CANDIDATES_MAX", 1)
    own = month("own", 2500)
    month("other", 2600)
    page = page_of(signed_in(lived(own)), "/advice/")
    assert advised(page) == ["own"]
    assert "Your plan is the cheapest" not in page
    assert "More plans are on sale than we compared." in page


@pytest.mark.parametrize(("most", "said"), [(1, "that we compared"), (2, "on sale")])
def test_what_is_too_slow_is_not_what_is_not_sold(
    most: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limosa.domain.advice.candidates.CANDIDATES_MAX", most)
    slow = {"kind": "unlimited", "fair_use_bytes": GB}
    own = month("own", 2500, **slow)
    month("other", 2600, **slow)
    esim = lived(own)
    too_slow = f"No plan {said} would carry this at full speed."
    assert too_slow in page_of(Client(), "/advice/?country=US&days=20&use=social")
    # Sold in another currency only, it is nothing to compare with: no slow day is accepted.
    esim.subscriber.currency = "EUR"
    esim.subscriber.save(update_fields=["currency"])
    for code in ("third", "fourth"):
        make_plan(code=code, prices={"EUR": 900}, validity_count=30, validity_unit="day", **slow)
    page = page_of(signed_in(esim), "/advice/")
    assert too_slow in page
    assert "for all the places" not in page


def test_a_newcomer_is_promised_no_more_than_was_worked_out() -> None:
    month("large", 2500, volume_bytes=20 * GB)
    make_plan(
        code="tiny",
        prices={"USD": 10},
        validity_count=30,
        validity_unit="day",
        volume_bytes=GB // 2,
    )
    page = page_of(Client(), "/advice/?country=US&days=30&use=social")
    assert advised(page) == ["large"]
    assert "Several kinds in turn, or top-ups, may cost less." in page
    assert "1 cheaper plan is left out: you would have to renew it too often." in page
    assert "cost you least" not in page
    Plan.objects.filter(code="large").update(on_sale=False)
    page = page_of(Client(), "/advice/?country=US&days=30&use=social")
    said = "Of the plans that we compared, those that would carry this would have to be renewed"
    assert f"{said} too often." in page
    assert "is left out" not in page


def test_a_plan_is_renewed_on_its_esim_or_bought_with_a_new_one(own: Plan) -> None:
    month("abroad", 1000, countries=["CA", "US"], supplier=make_supplier("airalo"))
    esim = lived(own)
    page = page_of(signed_in(esim), f"/advice/?esim={esim.public_id}")
    assert f"/esims/{esim.public_id}/renew/?plan=half" in page
    assert "on this eSIM" in page


def test_a_new_esim_has_no_advice_yet() -> None:
    esim = make_esim()
    page = page_of(signed_in(esim), "/advice/")
    assert "Nothing was counted on this eSIM yet." in page
    assert 'name="use"' in page


def test_who_has_no_esim_is_asked_three_questions() -> None:
    client = Client()
    client.force_login(make_subscriber())
    page = page_of(client, "/advice/")
    assert "Which plan do I need?" in page
    assert 'name="use"' in page
    assert "Maps and messages" in page  # An answer to "What for?".
    assert "For maps" not in page


def test_another_persons_esim_is_not_found(own: Plan) -> None:
    other = lived(own)
    assert signed_in(make_esim()).get(f"/advice/?esim={other.public_id}").status_code == 404


def test_a_visitor_gets_the_cheapest_for_three_answers(own: Plan) -> None:
    assert own.countries == ["US"]
    page = page_of(Client(), "/advice/?country=US&days=20&use=social")
    assert advised(page) == ["half", "own"]
    assert "8\u00a0GB in 20 days" in page
    assert "our assumption, not a measurement" in page


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?country=US",
        "?country=US&days=0&use=social",
        "?country=US&days=9999&use=social",
        "?country=US&days=366&use=social",
        "?country=XX&days=7&use=social",
        "?country=US&days=7&use=uncounted",
        "?country=US&days=%C2%B2&use=x",
        "?esim=x&country=&days=&use=",
    ],
)
def test_what_is_no_answer_asks_again(query: str) -> None:
    month("own", 2500)
    page = page_of(Client(), f"/advice/{query}")
    assert advised(page) == []
    assert 'name="days"' in page


def test_a_country_without_plans_says_so(own: Plan) -> None:
    assert own.countries == ["US"]
    page = page_of(Client(), "/advice/?country=JP&days=7&use=maps")
    assert "No fitting plan found" in page
    assert advised(page) == []


@pytest.mark.parametrize("path", ["/", "/esims/{esim}/renew/"])
def test_a_saving_is_told_unasked_and_leads_to_its_sum(own: Plan, path: str) -> None:
    esim = lived(own)
    page = page_of(signed_in(esim), path.format(esim=esim.public_id))
    assert 'data-testid="advice-line"' in page
    assert "you would have paid $24.00 instead of $50.00 with “half” of t-mobile." in page
    assert f"/advice/?esim={esim.public_id}" in page


@pytest.mark.parametrize("path", ["/", "/esims/{esim}/renew/"])
def test_less_than_a_tenth_is_not_worth_a_line(path: str) -> None:
    own = month("own", 2500)
    month("a-little", 2300)
    esim = lived(own)
    page = page_of(signed_in(esim), path.format(esim=esim.public_id))
    assert 'data-testid="advice-line"' not in page


def test_what_follows_a_selection_does_without_the_line(own: Plan) -> None:
    """The control: the whole page reads what was used."""
    esim = lived(own)
    client = signed_in(esim)
    path = f"/esims/{esim.public_id}/renew/"
    read = {}
    for part, headers in (("whole", {}), ("sum", {"HX-Request": "true"})):
        with CaptureQueriesContext(connection) as ran:
            assert client.get(path, {"plan": "half"}, headers=headers).status_code == 200
        read[part] = any("charging_dailyusage" in one["sql"] for one in ran.captured_queries)
    assert read == {"whole": True, "sum": False}


def test_the_line_costs_home_six_statements_at_most(
    own: Plan, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    esim = lived(own)
    client = signed_in(esim)
    with django_assert_max_num_queries(100) as with_line:
        assert 'data-testid="advice-line"' in page_of(client, "/")
    esim.daily_usage.all().delete()
    with django_assert_max_num_queries(100) as without:
        assert 'data-testid="advice-line"' not in page_of(client, "/")
    # Of an eSIM that was not used one is read.
    assert len(with_line) - len(without) <= 5


@pytest.mark.parametrize("typed", ["0", "366", "-5", "1e3"])
def test_days_that_are_none_are_said_to_be_so_and_stay_in_their_field(typed: str) -> None:
    page = Client().get("/advice/", {"country": "US", "days": typed, "use": "social"})
    text = unescape(page.content.decode())
    assert "a number from 1 to 365" in text
    assert f'value="{typed}"' in text
