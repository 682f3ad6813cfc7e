"""On arrival: which network, roaming or not, the access point, and what to do without data."""

from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from limosa.domain.catalog.models import Carrier, Plan
from limosa.domain.coverage.engine.facts import PlanNetwork
from limosa.domain.esims.models import Bundle, BundleState, Esim, EsimState
from limosa.web.storefront.arrival import Roaming, access_point, roaming_for
from limosa.web.storefront.device import Platform
from limosa.web.storefront.install_steps import GUIDES
from limosa.web.storefront.names import name_of
from limosa.web.storefront.no_data_steps import MENUS
from limosa.web.storefront.whereabouts import PLACE_COOKIE, ZONE_COOKIE, country_of_zone
from tests.database.web.storefront.shop import Shop
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_carrier, make_plan, make_supplier
from tests.factories.coverage import make_stated_facts
from tests.factories.esims import make_esim, make_installation, make_move
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
BOTH = {
    "US": (PlanNetwork("AT&T", "5G"), PlanNetwork("T-Mobile", "4G")),
    "CA": (PlanNetwork("Bell", ""),),
}


def path_of(shop: Shop) -> str:
    return reverse("arrival", args=[shop.esim.public_id])


def asked(shop: Shop, query: str = "", *, zone: str = "", agent: str = "") -> Any:
    """Return the answer to somebody whose browser tells this zone."""
    if zone:
        shop.client.cookies[ZONE_COOKIE] = zone
    answer = shop.client.get(path_of(shop) + query, headers={"User-Agent": agent})
    assert answer.status_code == 200
    return answer


def shown(shop: Shop, query: str = "", *, zone: str = "", agent: str = "") -> str:
    return unescape(text_of(asked(shop, query, zone=zone, agent=agent)))


def part(page: str, name: str) -> str:
    """Return a part of the page from its mark to the end of its element."""
    return page.partition(f'data-testid="{name}"')[2].partition("</div>")[0]


@pytest.fixture
def two_countries(shop: Shop) -> Shop:
    """The shop's plan as one for two countries, whose networks are stated."""
    Plan.objects.filter(pk=shop.plan.pk).update(countries=["US", "CA"])
    make_stated_facts(code=shop.plan.code, networks=BOTH)
    return shop


def test_nobody_else_sees_it(shop: Shop) -> None:
    stranger = Client()
    assert stranger.get(path_of(shop)).status_code == 302
    stranger.force_login(make_subscriber())
    assert stranger.get(path_of(shop)).status_code == 404


def test_networks_are_named_with_their_generation_where_the_person_is(two_countries: Shop) -> None:
    page = part(shown(two_countries, zone="America/New_York"), "networks")
    assert "AT&T" in page
    assert "5G" in page
    assert "T-Mobile" in page
    assert "Bell" not in page


def test_what_is_not_known_is_not_stated(shop: Shop) -> None:
    assert "Not stated" in part(shown(shop), "networks")


def test_where_no_plan_reaches_no_setting_is_asked_for(shop: Shop) -> None:
    page = shown(shop, "?country=JP", agent=IPHONE)
    assert "Leave it off: the plan doesn't reach here" in part(page, "roaming")
    assert "No setting brings data here" in page
    assert "turn on Data Roaming" not in page
    assert "Choose another device" not in page
    assert "Choose another device" in shown(shop, "?country=US", agent=IPHONE)


@pytest.mark.parametrize(
    ("query", "zone", "country"),
    [
        ("", "America/Toronto", "CA"),
        ("", "America/New_York", "US"),
        ("?country=US", "America/Toronto", "US"),
        ("?country=JP", "America/Toronto", "JP"),
        ("?country=XX", "America/Toronto", "CA"),
        # The device is still at home, or says nothing: the plan has two countries, so we ask.
        ("", "Asia/Shanghai", ""),
        ("", "", ""),
        ("", "Etc/UTC", ""),
        ("", "../../etc", ""),
    ],
)
def test_the_country_is_asked_or_guessed(
    two_countries: Shop, query: str, zone: str, country: str
) -> None:
    answer = asked(two_countries, query, zone=zone)
    assert answer.context["arrival"].where.country == country
    # Where it is asked, nothing is chosen for the person.
    assert ('<option value="">Choose a country' in text_of(answer)) is (not country)


def test_the_only_country_of_a_plan_counts_before_the_journey(shop: Shop) -> None:
    answer = asked(shop, zone="Asia/Shanghai")
    assert answer.context["arrival"].where.country == "US"
    page = unescape(text_of(answer))
    assert "your device is in China, where this plan doesn't reach" in page
    assert 'href="?country=CN"' in page


def test_a_choice_counts_until_the_device_is_in_another_zone(two_countries: Shop) -> None:
    assert "HttpOnly" in str(asked(two_countries, "?country=US", zone="America/Toronto").cookies)
    assert two_countries.client.cookies[PLACE_COOKIE]["path"] == "/esims/"
    assert asked(two_countries).context["arrival"].where == ("US", True, "")
    answer = asked(two_countries, zone="America/Vancouver")
    assert answer.context["arrival"].where == ("CA", False, "")


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Asia/Tokyo", "JP"),
        ("Asia/Kolkata", "IN"),
        ("Asia/Calcutta", "IN"),
        ("Europe/Kyiv", "UA"),
        ("Europe/Kiev", "UA"),
        ("America/Argentina/Buenos_Aires", "AR"),
        ("America/Buenos_Aires", "AR"),
        ("Asia/Ho_Chi_Minh", "VN"),
        ("Asia/Saigon", "VN"),
        ("Asia/Hong_Kong", "HK"),
        ("Pacific/Honolulu", "US"),
        ("UTC", ""),
        ("", ""),
    ],
)
def test_a_zone_is_in_its_country_under_any_of_its_names(zone: str, country: str) -> None:
    assert country_of_zone(zone) == country


def test_where_the_plan_does_not_reach_plans_that_do_are_one_tap_away(shop: Shop) -> None:
    near = make_plan(code="japan-week", prices={"USD": 800}, countries=["JP"])
    make_plan(code="asia", prices={"USD": 3000}, countries=["JP", "KR"])
    page = shown(shop, "?country=JP")
    assert "This plan doesn't reach Japan" in page
    assert page.index("japan-week") < page.index("asia")
    assert f'href="{shop.renew_path}?plan={near.code}"' in page
    assert "on this eSIM" in page
    assert "$8.00" in page
    renewal = shop.client.get(f"{shop.renew_path}?plan={near.code}")
    assert renewal.context["selection"].choice.plan == near
    assert 'data-testid="networks"' not in page


def test_nothing_is_offered_where_nothing_reaches(shop: Shop) -> None:
    page = shown(shop, "?country=AQ")
    assert "We have no plan that does." in page


@pytest.fixture
def wholesale(settings: Settings, shop: Shop) -> Iterator[Shop]:
    """The shop's eSIM as one from a wholesaler."""
    with wholesale_in(settings):
        Esim.objects.update(supplier=make_supplier("wholesale"))
        yield shop


def test_an_esim_of_a_wholesaler_gets_another_esim_for_another_country(wholesale: Shop) -> None:
    make_plan(code="japan-week", prices={"USD": 800}, countries=["JP"])
    page = shown(wholesale, "?country=JP")
    assert f'href="{reverse("buy", args=["japan-week"])}"' in page
    assert "with a new eSIM" in page


def test_roaming_is_off_only_at_home_in_ones_own_network(wholesale: Shop) -> None:
    home, abroad = Plan(countries=["US"]), Plan(countries=["US", "CA"])
    own = Esim(supplier_id="own_network")
    assert roaming_for(own, home) is Roaming.NOT_NEEDED
    assert roaming_for(own, abroad) is Roaming.ON
    assert roaming_for(own, None) is Roaming.ON
    assert roaming_for(Esim.objects.get(), home) is Roaming.ON
    assert "On, for this eSIM" in part(shown(wholesale), "roaming")


def test_the_access_point_is_the_carriers_or_the_public_lists(shop: Shop) -> None:
    plan = shop.plan
    listed = access_point(Esim(supplier_id="own_network", carrier=Carrier(name="T-Mobile")), plan)
    assert listed.names
    assert not listed.is_entered
    unknown = Esim(supplier_id="own_network", carrier=Carrier(name="Nobody"))
    assert access_point(unknown, plan).names == ()
    make_carrier("t-mobile", name="T-Mobile", apn="limosa.example")
    page = shown(shop)
    assert "<code>limosa.example</code>" in part(page, "apn")
    assert "The APN: limosa.example" in page


def test_a_device_has_its_own_steps_and_the_others_stand_below(two_countries: Shop) -> None:
    page = shown(two_countries, "?country=US", agent=IPHONE)
    assert "If there is no data: iPhone" in page
    assert "turn on Data Roaming" in page
    assert "Choose one of these, and wait a minute for each: AT&T, T-Mobile" in page
    for name in ("Google Pixel", "Samsung Galaxy", "HONOR", "Another device"):
        assert f"<summary>{name}</summary>" in page
    assert "<summary>iPhone</summary>" not in page


def test_every_device_that_takes_our_esims_has_steps() -> None:
    assert set(MENUS) == {one for one in Platform if not GUIDES[one].cannot}


def test_without_a_plan_it_says_so(shop: Shop) -> None:
    Bundle.objects.update(state=BundleState.EXHAUSTED, ended_at=MOMENT)
    page = shown(shop)
    assert "This eSIM has no plan now" in page
    assert f'href="{shop.renew_path}"' in page
    assert 'data-testid="networks"' in page


def code_in(answer: Any) -> bool:
    """Whether a page shows any code of an eSIM."""
    return "LPA:1$" in answer.content.decode()


def test_a_code_is_shown_until_a_device_has_the_esim(shop: Shop) -> None:
    assert not code_in(asked(shop))
    Esim.objects.update(state=EsimState.READY, installed_at=None)
    assert code_in(asked(shop))
    make_installation(esim=shop.esim)
    assert not code_in(asked(shop))


def test_while_it_moves_the_code_is_that_of_the_new_profile(shop: Shop) -> None:
    move = make_move(esim=shop.esim)
    page = asked(shop).content.decode()
    assert str(move.activation_code) in page
    assert shop.esim.activation_code not in page


def test_a_returned_esim_has_no_code(shop: Shop) -> None:
    Esim.objects.update(state=EsimState.READY, installed_at=None)
    Bundle.objects.update(state=BundleState.REFUNDED, ended_at=MOMENT)
    answer = asked(shop)
    assert not code_in(answer)
    assert "its code is no longer shown" in text_of(answer)


@pytest.mark.parametrize("is_returned", [False, True])
def test_the_link_back_says_where_it_leads(shop: Shop, *, is_returned: bool) -> None:
    if is_returned:
        Bundle.objects.update(state=BundleState.REFUNDED, ended_at=MOMENT)
    header = shown(shop).partition("<header")[2].partition("</header>")[0]
    assert f'<a href="{reverse("esim", args=[shop.esim.public_id])}">' in header
    assert f"</span>{name_of(shop.esim, now=MOMENT)}</a>" in header


def test_home_and_the_esims_page_lead_there(shop: Shop) -> None:
    for path in ("/", reverse("esim", args=[shop.esim.public_id])):
        assert f'href="{path_of(shop)}"' in text_of(shop.client.get(path))


def test_an_esim_that_never_had_a_plan_has_a_page(shop: Shop) -> None:
    bare = make_esim(subscriber=shop.person)
    answer = shop.client.get(reverse("arrival", args=[bare.public_id]))
    assert answer.status_code == 200
    assert "This eSIM has no plan now" in text_of(answer)


@pytest.mark.parametrize(
    ("zone", "is_missing"), [("", True), ("UTC", False), ("Asia/Tokyo", False)]
)
def test_a_browser_that_has_told_its_zone_is_not_asked_again(
    shop: Shop, *, zone: str, is_missing: bool
) -> None:
    assert ("data-zone-missing" in shown(shop, zone=zone)) is is_missing
