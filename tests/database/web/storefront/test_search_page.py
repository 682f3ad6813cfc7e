"""The search page and its suggestions."""

from collections.abc import Iterator
from urllib.parse import unquote_plus

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoDbBlocker

from limosa.domain.catalog.models import Plan
from limosa.domain.coverage.engine.facts import PlanNetwork
from limosa.domain.search.engine.normalising import is_han
from limosa.domain.search.engine.plan_words import PlanWords, plan_words
from limosa.domain.search.operations.rebuild_index import rebuild_index
from limosa.foundation.volume import GB
from limosa.web.storefront.search_rows import _words
from tests.factories import MOMENT
from tests.factories.catalog import make_carrier, make_plan
from tests.factories.coverage import make_stated_facts

pytestmark = pytest.mark.django_db
LANGUAGES = ["en", "es", "zh-hans", "zh-hant"]


@pytest.fixture(scope="module", autouse=True)
def _shop(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A shop with a few plans, indexed once: tests take back what they change."""
    with django_db_blocker.unblock():
        _stock()
    yield
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


def _stock() -> None:
    carrier = make_carrier("att", name="AT&T")
    make_plan(code="us-1", countries=["US"], carrier=carrier, prices={"USD": 900})
    make_plan(code="us-2", countries=["US"], kind="unlimited", prices={"USD": 3900})
    make_plan(code="na", countries=["US", "CA", "MX"], prices={"USD": 3200})
    make_plan(code="jp", countries=["JP"], prices={"USD": 700})
    make_plan(code="kr", countries=["KR"], prices={"USD": 800})
    rebuild_index(now=MOMENT)


@pytest.fixture
def page() -> Client:
    """A stranger's browser."""
    return Client(headers={"accept-language": "en"})


def shown(page: Client, text: str, **others: str) -> str:
    response = page.get(reverse("search"), {"q": text, **others})
    assert response.status_code == 200
    return response.content.decode()


def test_a_place_shows_its_plans_the_cheapest_first(page: Client) -> None:
    text = shown(page, "meiguo")
    assert text.index("/plans/us-1/") < text.index("/plans/na/")
    assert text.index("/plans/na/") < text.index("/plans/us-2/")
    assert "/plans/jp/" not in text
    assert "United States" in text
    assert "3 plans" in text


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("meiguo unlimited", "?country=US&unlimited=1"),
        ("usa 5G 1.5GB 2 weeks", "?country=US&days=14&gb=1&fiveg=1"),
        ("at&t", "?carrier=att"),
        ("us + canada", ""),
        ("north america", ""),
    ],
)
def test_the_list_of_plans_is_asked_for_the_same_where_it_can_be(
    page: Client, text: str, query: str
) -> None:
    response = page.get(reverse("search"), {"q": text})
    offered = response.context["in_list"]
    assert (offered.query if offered else "") == query
    assert ('data-testid="in-list"' in response.content.decode()) is bool(query)


def test_plans_of_a_region_can_be_compared(page: Client) -> None:
    make_plan(code="na-2", countries=["US", "CA", "MX"], prices={"USD": 4200})
    rebuild_index(now=MOMENT)
    text = shown(page, "us + canada")
    assert 'href="/plans/compare/?plans=na,na-2" data-testid="compare"' in text
    assert 'data-testid="compare"' not in shown(page, "usa")
    assert page.get("/plans/compare/?plans=na,na-2").status_code == 200


@pytest.mark.parametrize("name", ["search", "suggestions"])
def test_a_plan_is_opened_with_the_wishes_that_found_it(page: Client, name: str) -> None:
    text = page.get(reverse(name), {"q": "meiguo unlimited"}).content.decode()
    assert 'href="/plans/us-2/?country=US&amp;unlimited=1"' in text
    text = page.get(reverse(name), {"q": "us + canada"}).content.decode()
    assert 'href="/plans/na/"' in text


def test_what_a_plan_has_to_be_narrows_the_list(page: Client) -> None:
    text = shown(page, "unlimited usa")
    assert "United States · unlimited" in text
    assert "/plans/us-2/" in text
    assert "/plans/us-1/" not in text


def test_a_carrier_is_found_with_its_plans(page: Client) -> None:
    text = shown(page, "at&t")
    assert "AT&amp;T" in text
    assert "/plans/us-1/" in text
    assert "/plans/na/" not in text


def test_several_countries_show_the_plans_that_reach_all(page: Client) -> None:
    text = shown(page, "us + canada + mexico")
    assert "/plans/na/" in text
    assert "/plans/us-1/" not in text
    assert 'data-testid="together"' not in text


def test_without_such_a_plan_the_cheapest_set_is_shown(page: Client) -> None:
    text = shown(page, "日韩")
    assert "No single plan covers all of these places." in text
    assert text.index("/plans/jp/") < text.index("/plans/kr/")


def test_a_generation_counts_in_each_of_the_countries(page: Client) -> None:
    tokyo, seoul = PlanNetwork("Docomo", "5G"), PlanNetwork("SKT", "5G")
    make_stated_facts(code="jp", networks={"JP": (tokyo,)})
    make_stated_facts(code="kr", networks={"KR": (seoul,)})
    make_plan(code="jp-slow", countries=["JP", "KR"], prices={"USD": 100})
    make_stated_facts(
        code="jp-slow",
        networks={"JP": (PlanNetwork("Docomo", "4G"),), "KR": (PlanNetwork("SKT", "4G"),)},
    )
    rebuild_index(now=MOMENT)
    assert "/plans/jp-slow/" in shown(page, "日韩 4G")
    together = shown(page, "日韩 5G")
    assert "/plans/jp-slow/" not in together
    assert together.index("/plans/jp/") < together.index("/plans/kr/")
    assert "/plans/jp-slow/" not in shown(page, "japan 5G")


def test_a_plan_that_is_fast_in_one_country_only_is_not_the_plan_for_both(page: Client) -> None:
    """The control: of the same plan, 4G is said everywhere."""
    tokyo, seoul = PlanNetwork("Docomo", "5G"), PlanNetwork("SKT", "5G")
    make_stated_facts(code="kr", networks={"KR": (seoul,)})
    make_plan(code="half", countries=["JP", "KR"], prices={"USD": 100})
    slow = PlanNetwork("SKT", "4G")
    make_stated_facts(code="half", networks={"JP": (tokyo,), "KR": (slow,)})
    rebuild_index(now=MOMENT)
    assert "/plans/kr/" not in shown(page, "日韩 4G")
    together = shown(page, "日韩 5G")
    assert together.index("/plans/half/") < together.index("/plans/kr/")


def test_a_guess_is_told_and_can_be_undone(page: Client) -> None:
    text = shown(page, "Jpan")
    assert "Japan" in text
    assert "Search for exactly “Jpan”" in text
    exact = shown(page, "Jpan", exact="1")
    assert "Nothing found for “Jpan”" in exact
    assert "/plans/jp/" not in exact


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("typed", ["bali", "LA", "xwy", "加州", "里昂", "meiguo", "NY"])
def test_whoever_reads_no_chinese_is_shown_none(language: str, typed: str) -> None:
    stranger = Client(headers={"accept-language": language})
    for name in ("search", "suggestions"):
        found = stranger.get(reverse(name), {"q": typed}).context["targets"]
        assert found
        assert not any(is_han(row.name + row.note) for row in found), found


@pytest.mark.parametrize(
    ("typed", "note"),
    [("硅谷", "Silicon Valley"), ("欧胡岛", "Oahu"), ("希思罗", ""), ("復活節島", "")],
)
def test_whoever_reads_no_chinese_is_told_of_no_other_place(
    page: Client, typed: str, note: str
) -> None:
    found = page.get(reverse("search"), {"q": typed}).context["targets"]
    assert [row.note for row in found] == [note]


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("usa", "/coverage/us/"),
        ("加州", "/coverage/us/ca/"),
        ("TX", "/coverage/us/tx/"),
        ("las vegas", "/coverage/us/nv/"),
        ("xiaweiyi", "/coverage/us/hi/"),
        ("tokyo", "/coverage/jp/"),
        ("at&t", "/coverage/carriers/att/"),
    ],
)
def test_a_place_leads_to_its_networks(page: Client, typed: str, address: str) -> None:
    text = shown(page, typed)
    assert f'<a class="link" href="{address}"' in text
    if typed == "las vegas":
        assert "Networks and coverage: Nevada" in text
    assert page.get(address).status_code == 200


def test_a_city_is_not_called_a_country(page: Client) -> None:
    [row] = page.get(reverse("search"), {"q": "las vegas"}).context["targets"]
    assert (row.name, row.note, row.kind) == (
        *("United States", "Las Vegas", "City or other place there"),
    )


def test_a_carrier_that_is_not_sold_is_said_to_be_none(page: Client) -> None:
    text = shown(page, "verizon")
    assert "We sell no plans of Verizon." in text
    assert "Check the spelling" not in text
    assert "/plans/us-1/" in shown(page, "verizon usa")


def test_unlimited_plans_that_slow_down_before_are_told(page: Client) -> None:
    assert 'data-testid="slowed"' in shown(page, "usa 1000gb")
    assert 'data-testid="slowed"' not in shown(page, "usa unlimited")


def test_plans_are_found_by_what_is_known_of_them(page: Client) -> None:
    make_stated_facts(code="us-1", tethering=True, has_number=False)
    rebuild_index(now=MOMENT)
    text = shown(page, "usa hotspot")
    assert "United States · tethering" in text
    assert "/plans/us-1/" in text
    assert "/plans/us-2/" not in text
    assert "No plan meets all of this." in shown(page, "usa phone number")


def test_nothing_found_helps_on(page: Client) -> None:
    text = shown(page, "qwertzuiop")
    assert "Nothing found for “qwertzuiop”" in text
    assert "Popular destinations" in text
    assert "United States" in text
    assert "Thailand" not in text  # No plan goes there.


def test_a_place_without_plans_is_named_all_the_same(page: Client) -> None:
    text = shown(page, "thailand")
    assert "Thailand" in text
    assert "We have no plan for this yet." in text


def test_words_that_no_plan_meets_are_given_up(page: Client) -> None:
    text = shown(page, "japan unlimited")
    assert "No plan meets all of this." in text
    assert "/plans/jp/" in text


def test_a_plan_taken_off_sale_since_is_not_shown(page: Client) -> None:
    Plan.objects.filter(code="jp").update(on_sale=False)
    assert "/plans/jp/" not in shown(page, "japan")


def test_suggestions_are_options_of_the_list(page: Client) -> None:
    text = page.get(reverse("suggestions"), {"q": "jap"}).content.decode()
    assert 'role="option"' in text
    assert "Japan" in text
    assert "/plans/jp/" in text
    assert "<html" not in text
    assert 'role="option"' not in page.get(reverse("suggestions")).content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_address_of_a_place_finds_it_again(page: Client, language: str) -> None:
    stranger = Client(headers={"accept-language": language})
    found = stranger.get(reverse("search"), {"q": "jpan 7 days"}).context["targets"]
    text = unquote_plus(found[0].url.split("q=")[1])
    again = stranger.get(reverse("search"), {"q": text})
    assert again.context["reading"].places == ("JP",)
    assert again.context["reading"].words == PlanWords(days=7)
    assert not again.context["reading"].is_guess


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_plans_are_understood_as_they_are_said(language: str) -> None:
    words = PlanWords(
        is_unlimited=True,
        generation="5G",
        days=28,
        volume_bytes=int(2.5 * GB),
        has_tethering=True,
        has_number=True,
    )
    with translation.override(language):
        assert plan_words(" ".join(_words(words)))[0] == words


ATTACKS = [
    "%",
    "_",
    "%%%_%",
    "'; DROP TABLE search_termrow; --",
    '" OR 1=1 --',
    "\\",
    "🇺🇸",
    "🏝️🏝️🏝️",
    "مرحبا\u200f usa",
    "\u202eadanac",
    "ﷺ" * 100,
    "a" * 100,
    "ab " * 500,
    "美" * 100,
    "+" * 100,
    "1" * 100,
    "{{ 7*7 }} {% debug %} %s %(q)s {0}",
    "<script>alert(1)</script>",
    "\x01\x1f\x7f",
    "\ud7ff￿",
    "９９９９９９９９９９天",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘",
    "0.0.0,0 gb -5 days",
    "us+ca+mx+jp+kr+th+fr+de+it+es+pt+gr",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_any_text_gets_a_page_with_few_statements(
    page: Client, text: str, django_assert_max_num_queries: object
) -> None:
    for name in ("search", "suggestions"):
        with django_assert_max_num_queries(20):  # type: ignore[operator]
            response = page.get(reverse(name), {"q": text})
        assert response.status_code == 200
        assert "<script>alert" not in response.content.decode()


def test_a_query_of_a_megabyte_is_refused(page: Client) -> None:
    for text in ("a" * 1_000_000, "a\0b"):
        assert page.get(reverse("search"), {"q": text}).status_code == 400
