"""What engines are told of pages: an address for each language, what is sold, and all pages."""

import re
from html import unescape
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings as ours
from django.test import Client
from pytest_django.fixtures import Settings

from limosa.domain.catalog.models import Plan
from limosa.domain.coverage.models import CountyCoverage
from limosa.web.storefront import plan_list
from limosa.web.storefront.views import sitemap
from tests.database.web.storefront.shop import Shop
from tests.factories.catalog import make_plan
from tests.factories.promotions import make_promotion
from tests.factories.ratings import make_rated_place

pytestmark = pytest.mark.django_db
TAGS = {"zh-Hans": "zh-hans", "zh-Hant": "zh-hant", "en": "en", "es": "es"}
PUBLIC = ["/", "/plans/", "/plans/month/", "/device/", "/coverage/", "/coverage/us/"]
PUBLIC += ["/coverage/carriers/t-mobile/", "/advice/", "/ratings/", "/facts/"]


@pytest.fixture(autouse=True)
def _month() -> None:
    plan_list._places.clear()
    make_plan(code="month", prices={"USD": 2500})


def page_of(path: str, client: Client | None = None) -> str:
    answer = (client or Client()).get(path)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def language_of(page: str) -> str:
    return str(re.findall(r'<html lang="([^"]*)"', page)[0])


def links(page: str, rel: str) -> dict[str, str]:
    found = re.findall(rf'<link rel="{rel}"(?: hreflang="([^"]*)")? href="([^"]*)"', page)
    return dict(found)


@pytest.mark.parametrize("path", PUBLIC)
def test_each_page_names_its_address_in_each_language(path: str) -> None:
    plain = f"{ours.BASE_URL}{path}"
    alternates = links(page_of(path), "alternate")
    assert alternates == {"x-default": plain} | {
        tag: f"{plain}?lang={code}" for tag, code in TAGS.items()
    }
    for tag, address in alternates.items():
        page = page_of(address.removeprefix(ours.BASE_URL))
        assert links(page, "canonical") == {"": address}
        assert links(page, "alternate") == alternates
        assert language_of(page) == ("en" if tag == "x-default" else tag)


@pytest.mark.parametrize("path", PUBLIC)
def test_each_page_has_a_title_and_a_description_of_its_own(path: str) -> None:
    def told(page: str) -> tuple[str, str]:
        title = re.findall(r"<title>(.*?)</title>", page, re.DOTALL)[0].strip()
        return title, re.findall(r'<meta name="description" content="([^"]*)"', page)[0]

    page = page_of(path)
    assert told(page)[1]
    others = {told(page_of(other)) for other in PUBLIC if other != path}
    assert told(page) not in others
    assert told(page)[1] not in {description for _, description in others}
    for name in ("title", "description", "image", "url", "locale"):
        assert re.search(rf'<meta property="og:{name}" content="[^"]+"', page), name


def test_a_filtered_list_is_known_by_the_address_of_the_whole() -> None:
    page = page_of("/plans/?country=US&order=gb&lang=es")
    assert links(page, "canonical") == {"": f"{ours.BASE_URL}/plans/?lang=es"}


def test_what_is_somebodys_own_names_no_address(shop: Shop) -> None:
    for path in ("/orders/", "/settings/", shop.renew_path, "/plans/month/buy/"):
        page = page_of(path, shop.client)
        assert "canonical" not in page
        assert "og:" not in page


def test_the_address_goes_before_the_persons_own_language(shop: Shop) -> None:
    assert language_of(page_of("/plans/?lang=es", shop.client)) == "es"
    assert language_of(page_of("/plans/", shop.client)) != "es"
    shop.person.refresh_from_db()
    assert shop.person.language != "es"


def test_a_stranger_keeps_the_language_of_the_address_they_came_by() -> None:
    client = Client(headers={"accept-language": "en"})
    assert language_of(page_of("/coverage/?lang=es", client)) == "es"
    assert language_of(page_of("/plans/", client)) == "es"


def test_a_language_that_was_chosen_is_kept() -> None:
    client = Client(headers={"accept-language": "en"})
    client.post("/language/", {"language": "zh-hant"})
    assert language_of(page_of("/coverage/?lang=es", client)) == "es"
    assert language_of(page_of("/plans/", client)) == "zh-Hant"


def test_choosing_a_language_leads_to_the_same_page_in_it() -> None:
    client = Client()
    answer = client.post("/language/", {"language": "es", "next": "/plans/?lang=en&gb=5"})
    assert answer["Location"] == "/plans/?gb=5"
    assert language_of(page_of(answer["Location"], client)) == "es"


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        ("/plans/?lang=en", "/plans/"),
        ("/plans/?gb=5", "/plans/?gb=5"),
        ("/\t///evil.example/?lang=en", "/%09///evil.example/"),
    ],
)
def test_going_back_without_the_language_leads_to_no_other_site(back: str, leads_to: str) -> None:
    answer = Client().post("/language/", {"language": "es", "next": back})
    assert answer["Location"] == leads_to


@pytest.mark.parametrize("code", ["xx", "", "EN", "zh"])
def test_a_language_that_is_none_of_ours_changes_nothing(code: str) -> None:
    answer = Client(headers={"accept-language": "es"}).get(f"/plans/?lang={code}")
    assert language_of(answer.content.decode()) == "es"
    assert ours.LANGUAGE_COOKIE_NAME not in answer.cookies


def test_a_plan_is_offered_at_the_price_that_is_paid() -> None:
    make_promotion(percent_off=20, plan_codes=["month"])
    page = page_of("/plans/month/")
    found = dict(re.findall(r'<(?:meta|link) itemprop="(\w+)" (?:content|href)="([^"]*)"', page))
    assert found["price"] == "20.00"
    assert found["priceCurrency"] == "USD"
    assert "$20.00" in page
    for kind in ("Product", "Offer", "Brand"):
        assert page.count(f'itemtype="https://schema.org/{kind}"') == 1


def test_crumbs_name_the_places_above() -> None:
    page = page_of("/coverage/us/ca/")
    crumbs = page[page.index("BreadcrumbList") : page.index("</ol>")]
    names = re.findall(r'itemprop="name">([^<]*)<', crumbs)
    assert names == ["Where our plans work", "United States", "California"]
    assert re.findall(r'itemprop="position" content="(\d)"', crumbs) == ["1", "2", "3"]


def addresses(path: str) -> list[str]:
    answer = Client().get(path)
    assert answer.status_code == 200
    assert "public" in answer["Cache-Control"]
    root = ET.fromstring(answer.content)  # noqa: S314 -- our own
    return [one.text or "" for one in root.iter() if one.tag.endswith("loc")]


def listed() -> list[str]:
    """Return every address of the parts that the index names."""
    parts = [one.removeprefix(ours.BASE_URL) for one in addresses("/sitemap.xml")]
    return [address for part in parts for address in addresses(part)]


def test_the_sitemap_has_every_page_in_every_language() -> None:
    found = listed()
    assert len(found) == len(set(found))
    for path in PUBLIC:
        assert f"{ours.BASE_URL}{path}" in found
        assert f"{ours.BASE_URL}{path}?lang=zh-hant" in found
    for address in found:
        page = page_of(address.removeprefix(ours.BASE_URL))
        assert links(page, "canonical") == {"": address}


@pytest.mark.parametrize("country", ["US", "JP"])
def test_the_sitemap_has_no_page_that_is_not_to_be_found(country: str) -> None:
    Plan.objects.update(countries=[country])
    CountyCoverage.objects.create(
        state="06", county="06001", name="Alameda", operator="Bird", lte_basis_points=9_999
    )
    state = f"{ours.BASE_URL}/coverage/us/ca/"
    assert (state in listed()) == (country == "US")
    assert ("noindex" in page_of("/coverage/us/ca/")) == (country != "US")


@pytest.mark.parametrize("demo", [0, 1])
def test_a_place_that_buyers_rated_is_to_be_found_unless_it_is_the_demos(demo: int) -> None:
    place = make_rated_place(demo_count=demo)
    path = f"/ratings/{place.carrier_id}/US/"
    page = page_of(f"{path}?before=9")
    assert ("noindex" in page) == bool(demo)
    assert links(page, "canonical") == ({} if demo else {"": f"{ours.BASE_URL}{path}"})
    assert len(links(page, "alternate")) == (0 if demo else 1 + len(TAGS))
    assert (f"{ours.BASE_URL}{path}" in listed()) == (not demo)


@pytest.mark.parametrize("path", ["/robots.txt", "/sitemap.xml", "/manifest.webmanifest"])
def test_what_caches_hand_to_everybody_sets_no_cookie(path: str) -> None:
    said = Client().get(f"{path}?lang=es")
    assert "public" in said["Cache-Control"]
    assert not said.cookies
    assert Client().get("/?lang=es").cookies  # The control.


def test_the_sitemap_is_split(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "PLANS_IN_PART", 3)
    for number in range(6):
        make_plan(code=f"plan-{number}")
    parts = addresses("/sitemap.xml")
    assert len(parts) == 1 + 3
    plans = {one for one in listed() if re.fullmatch(r".*/plans/[^/?]+/", one)}
    assert len(plans) == 7


def test_a_part_holds_no_more_addresses_than_sitemaps_may() -> None:
    assert sitemap.PLANS_IN_PART * (1 + len(TAGS)) <= 50_000


@pytest.mark.parametrize("name", ["nothing", "plan", "pages-after-x"])
def test_a_part_that_is_none_is_not_found(name: str) -> None:
    assert Client().get(f"/sitemap/{name}.xml").status_code == 404


def test_robots_are_told_of_the_sitemap_and_kept_from_what_is_private(settings: Settings) -> None:
    text = Client().get("/robots.txt").content.decode()
    assert f"Sitemap: {settings.BASE_URL}/sitemap.xml" in text
    closed = re.findall(r"Disallow: (\S+)", text)
    assert {"/console/", "/esims/", "/r/"} <= set(closed)
    assert not [one for one in closed for path in PUBLIC if path.startswith(one)]
