"""The list of plans, the page of a plan, and plans side by side."""

import re
from html import unescape

import pytest
from django.test import Client

from limosa.domain.catalog.engine.units import TAKEN_PLAN_CODES
from limosa.domain.catalog.models import Plan, PlanSource
from limosa.domain.coverage.engine.facts import PlanNetwork, digest_of, written
from limosa.domain.coverage.models import NetworkSet, StatedFacts
from limosa.domain.ratings.models import RatedPlace
from limosa.domain.shelf import listing
from limosa.foundation.volume import GB
from limosa.web.storefront import plan_rows
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_carrier, make_plan, make_supplier
from tests.factories.promotions import make_promotion
from tests.factories.ratings import make_rated_place
from tests.fuzzing.addresses import routes

pytestmark = pytest.mark.django_db


def page_of(path: str, **headers: str) -> str:
    answer = Client().get(path, headers={name.replace("_", "-"): headers[name] for name in headers})
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def listed(page: str) -> list[str]:
    """Return the codes of the plans listed, in order."""
    return re.findall(r'<div class="plan-what"><a href="/plans/([^/"]+)/', page)


@pytest.fixture
def three() -> None:
    """A small plan, a large one, and unlimited data of another carrier."""
    make_carrier("att", name="AT&T")
    make_plan(
        code="week", prices={"USD": 500}, validity_count=7, validity_unit="day", volume_bytes=GB
    )
    make_plan(code="month", prices={"USD": 2500}, countries=["US", "CA"])
    make_plan(code="all", kind="unlimited", prices={"USD": 4500}, carrier_id="att")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["week", "month", "all"]),
        ("?order=gb", ["all", "month", "week"]),
        ("?order=day", ["week", "month", "all"]),
        ("?country=CA", ["month"]),
        ("?days=8", ["month", "all"]),
        ("?gb=10", ["month", "all"]),
        ("?unlimited=1", ["all"]),
        ("?carrier=att", ["all"]),
        ("?country=XX&days=x&gb=-1&unlimited=2&order=z&after=1-", ["week", "month", "all"]),
    ],
)
@pytest.mark.usefixtures("three")
def test_the_address_filters_and_orders(query: str, expected: list[str]) -> None:
    page = page_of(f"/plans/{query}")
    assert listed(page) == expected
    assert f"{len(expected)} plan" in page


def state(code: str, **facts: object) -> None:
    """Have staff state facts of a plan."""
    StatedFacts.objects.create(origin="staff", code=code, stated_at=MOMENT, **facts)


@pytest.mark.usefixtures("three")
def test_what_is_known_of_a_plan_is_a_filter_and_not_stated_is_not_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = written({"US": (PlanNetwork("AT&T", "5G"),), "CA": (PlanNetwork("Bell", "4G"),)})
    networks = NetworkSet.objects.create(digest=digest_of(text), networks=text)
    state("month", tethering=True, has_number=True, networks=networks)
    state("all", tethering=False)
    assert listed(page_of("/plans/?tethering=1")) == ["month"]
    assert listed(page_of("/plans/?number=1&fiveg=1")) == ["month"]
    assert listed(page_of("/plans/?fiveg=1&country=US")) == ["month"]
    assert "Without “5G”: 1 plan" in page_of("/plans/?fiveg=1&country=CA")
    monkeypatch.setattr(listing, "PAGE_LENGTH", 1)
    monkeypatch.setattr(plan_rows, "PAGE_LENGTH", 1)
    state("week", tethering=True)
    first = page_of("/plans/?tethering=1")
    assert (listed(first), "1 plan or more" in first) == (["week"], True)
    after = re.search(r'name="after" value="([^"]+)"', first)
    assert after
    second = page_of(f"/plans/?tethering=1&after={after[1]}")
    assert listed(second) == ["month"]


@pytest.mark.usefixtures("three")
def test_each_filter_is_a_chip_that_can_be_taken_off() -> None:
    page = page_of("/plans/?country=US&days=7&gb=5&plans=week")
    chips = page.partition('class="chips"')[2].partition("</ul>")[0]
    ways = re.findall(r'href="([^"]+)"', chips)
    assert ways == [
        "/plans/?days=7&gb=5&plans=week",
        "/plans/?country=US&gb=5&plans=week",
        "/plans/?country=US&days=7&plans=week",
        "/plans/",
    ]
    for said in ("United States", "7 days or more", "5 GB or more"):
        assert said in re.sub(r"\s+", " ", chips).replace("\u00a0", " ")


@pytest.mark.usefixtures("three")
def test_an_empty_list_says_which_filter_to_drop() -> None:
    page = page_of("/plans/?country=CA&unlimited=1")
    assert listed(page) == []
    assert "Without “Canada”: 1 plan" in page
    assert "Without “Unlimited”: 1 plan" in page
    both = page_of("/plans/?country=FR&unlimited=1&days=300")
    assert "Dropping one of them is not enough either." in both


def test_show_more_goes_on_where_the_page_ended() -> None:
    for number in range(45):
        make_plan(code=f"plan-{number:02}", prices={"USD": 100 + number // 2})
    found: list[str] = []
    path = "/plans/"
    while path:
        page = page_of(path)
        assert "45 plans" in page
        found += listed(page)
        after = re.search(r'name="after" value="([^"]+)"', page)
        path = f"/plans/?after={after[1]}" if after else ""
    assert found == [f"plan-{number:02}" for number in range(45)]


@pytest.mark.usefixtures("three")
def test_htmx_gets_the_results_alone_and_then_the_rows_alone() -> None:
    results = Client().get("/plans/?gb=10&carrier=&order=gb", headers={"hx-request": "true"})
    assert results["HX-Push-Url"] == "/plans/?gb=10&order=gb"
    page = results.content.decode()
    assert listed(page) == ["all", "month"]
    assert 'hx-swap-oob="innerHTML:#count"' in page
    assert "<html" not in page
    more = page_of("/plans/", hx_request="true", hx_target="more")
    assert more.lstrip().startswith("<li")
    assert "autofocus" in more


def test_the_device_check_leads_back_to_what_is_filtered_now() -> None:
    for headers in ({}, {"hx-request": "true"}):
        answer = Client().get("/plans/?gb=10&carrier=&order=gb", headers=headers)
        assert 'next=%2Fplans%2F%3Fgb%3D10%26order%3Dgb"' in answer.content.decode()


@pytest.mark.usefixtures("three")
def test_a_promotion_is_inside_the_price_and_the_order() -> None:
    make_promotion(percent_off=50, plan_codes=["all"], name={"en": "Half"})
    page = page_of("/plans/")
    assert listed(page) == ["week", "all", "month"]
    assert "$45.00</s> $22.50" in page
    assert "Half" in page
    plan = page_of("/plans/all/")
    assert "$45.00</s>" in plan
    assert "Buy for $22.50" in plan


def test_a_plan_page_says_what_is_known_before_it_is_bought() -> None:
    make_plan(code="all", kind="unlimited", prices={"USD": 4500}, valid_from="first_use")
    page = page_of("/plans/all/")
    for said in (
        "$45.00",
        "$0.90 per GB at full speed",
        "$1.50 a day",
        "The first 50 GB at full speed, then 1 Mbps.",
        "1 month",
        "With the first data used, within 180 days of buying it",
        "On the same eSIM",
        "Full refund while no data has been used.",
        "Whether to renew is up to you.",
        "Not stated",
    ):
        assert said in page.replace("\u00a0", " "), said
    assert 'href="/plans/all/buy/"' in page


def test_the_networks_of_a_plan_begin_with_the_place_looked_for_or_its_main_one() -> None:
    make_plan(code="us", countries=["US", "PR", "CA"])

    def places(path: str) -> list[str]:
        return re.findall(r'<a href="/coverage/(\w\w)/"', page_of(path))

    assert places("/plans/us/") == ["us", "ca", "pr"]
    assert places("/plans/us/?country=PR") == ["pr", "ca", "us"]


def test_renewal_is_what_the_suppliers_can_do() -> None:
    plan = make_plan(code="bought")
    PlanSource.objects.create(
        plan=plan, supplier=make_supplier("airalo"), position=0, code="x", renewal_code=""
    )
    assert "With a new eSIM" in page_of("/plans/bought/")


@pytest.mark.parametrize("code", ["more", "gone", "euro", "none"])
def test_what_a_newcomer_can_t_buy_has_no_page(code: str) -> None:
    make_plan(code="more", kind="top_up")
    make_plan(code="gone", on_sale=False)
    make_plan(code="euro", prices={"EUR": 100})
    make_plan(code="dollar")
    assert Client().get(f"/plans/{code}/").status_code == 404


def test_a_plan_not_on_sale_leads_to_others_of_its_country() -> None:
    make_plan(code="gone", on_sale=False, countries=["JP"])
    make_plan(code="two", on_sale=False, countries=["US", "CA"])
    buyer = Client()
    buyer.force_login(make_subscriber())
    for client, path in [(Client(), "/plans/gone/"), (buyer, "/plans/gone/buy/")]:
        answer = client.get(path)
        assert answer.status_code == 404
        page = unescape(answer.content.decode())
        assert "This plan is not on sale" in page
        assert 'href="/plans/?country=JP"' in page
    assert 'class="button mt-6" href="/plans/"' in Client().get("/plans/two/").content.decode()


@pytest.mark.usefixtures("three")
def test_up_to_four_plans_stand_side_by_side() -> None:
    page = page_of("/plans/compare/?plans=month,all&plans=week,gone,month")
    assert re.findall(r'<th scope="col"><a href="/plans/([^/]+)/', page) == ["month", "all", "week"]
    differing = set(re.findall(r'class="differs" data-testid="row-(\w+)"', page))
    assert {"gb", "day", "data", "validity", "network"} <= differing
    assert differing.isdisjoint({"start", "renewal", "refund"})
    assert page.count("lowest") == 1
    for code in "abcde":
        make_plan(code=code)
    assert page_of("/plans/compare/?plans=a,b,c,d,e").count('<th scope="col">') == 4


@pytest.mark.usefixtures("three")
def test_a_comparison_names_prices_places_and_what_buyers_say() -> None:
    make_plan(code="five", prices={"USD": 2500}, countries=["US", "CA", "MX", "PR", "VI"])
    page = page_of("/plans/compare/?plans=month,all,five")
    assert '<tr class="differs" data-testid="row-price">' in page
    assert "Choose for $25.00" in page
    assert "Choose for $45.00" in page
    assert "United States, Canada, Mexico, Puerto Rico" in page
    assert page.count("Not enough yet") == 3
    make_rated_place(carrier_id="att", country="CA", count=90, written=90)
    make_rated_place(carrier_id="att", country="US", count=37, written=37)
    page = page_of("/plans/compare/?plans=month,all,five")
    assert "3.8 of 5, United States, 37 buyers" in page
    assert page.count("Not enough yet") == 2
    RatedPlace.objects.update(demo_count=5)
    page = page_of("/plans/compare/?plans=month,all,five", accept_language="zh-CN")
    assert "37 位买家（演示数据）" in page
    same = page_of("/plans/compare/?plans=month,five")
    assert '<tr data-testid="row-price">' in same


def test_nothing_to_compare_is_said() -> None:
    assert "None of these plans is on sale" in page_of("/plans/compare/?plans=gone")


@pytest.mark.usefixtures("three")
def test_ticks_stay_with_the_address() -> None:
    page = page_of("/plans/?unlimited=1&plans=week,all,gone")
    ticked = re.findall(r'name="plans" value="(\w+)" checked', page)
    assert sorted(ticked) == ["all", "week"]
    assert "/plans/all/?unlimited=1&plans=week,all,gone" in page
    plan = page_of("/plans/all/?plans=week,all")
    assert 'href="/plans/compare/?plans=week,all"' in plan
    assert "Compare with 1 chosen plan" in plan


@pytest.mark.usefixtures("three")
def test_a_plan_is_compared_with_others_of_its_country() -> None:
    assert 'href="/plans/?country=US&plans=week"' in page_of("/plans/week/")
    assert 'href="/plans/?plans=month"' in page_of("/plans/month/")
    assert 'href="/plans/?country=CA&plans=month"' in page_of("/plans/month/?country=CA")


def test_a_page_takes_as_many_statements_for_many_plans(
    django_assert_max_num_queries: object,
) -> None:
    client = Client()
    client.force_login(make_subscriber())
    for number in range(30):
        make_plan(code=f"plan-{number}")
    for path, most in (
        ("/plans/", 10),
        ("/plans/plan-1/", 8),
        ("/plans/compare/?plans=plan-1,plan-2,plan-3", 8),
    ):
        with django_assert_max_num_queries(most):  # type: ignore[operator]
            client.get(path)
    assert Plan.objects.count() == 30


def test_no_plan_may_have_the_address_of_another_page() -> None:
    beside = {
        route.removeprefix("plans/").removesuffix("/")
        for route in routes()
        if re.fullmatch(r"plans/[a-z0-9_-]+/", route)
    }
    assert beside == TAKEN_PLAN_CODES
