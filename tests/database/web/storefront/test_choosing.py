"""Choosing on the checkout page: what is chosen is worked out, shown, kept, and what is bought."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from random import Random  # noqa: TID251 -- seeded, so that a run can be had again
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from pytest_django.fixtures import Settings

from limosa.config.demo_data import load_reference
from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import Plan, Price
from limosa.domain.ordering.models import Order, OrderState, Quote, StartRule
from limosa.domain.payments.registry import provider_for
from limosa.domain.promotions.models import Promotion
from limosa.foundation.money import Money
from limosa.foundation.volume import GB
from limosa.web.wording import formatting
from tests.database.web.storefront import channels
from tests.database.web.storefront.shop import Shop, press_pay
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_plan
from tests.factories.esims import make_bundle, make_esim
from tests.factories.links import renew_path
from tests.factories.ordering import make_tax_rate
from tests.factories.promotions import make_promotion

pytestmark = pytest.mark.django_db

HTMX = {"hx-request": "true"}
DRAWS = 24
LANGUAGES = ["en", "zh-hans", "zh-hant", "es"]
PAGE_BYTES_MAX = 25_000


@pytest.fixture
def four_channels(settings: Settings) -> Iterator[None]:
    settings.PAYMENT_PROVIDERS = {
        code: f"{one.__module__}.{one.__qualname__}" for code, one in channels.ALL.items()
    }
    provider_for.cache_clear()
    yield
    provider_for.cache_clear()


def parts_of(answer: Any) -> dict[str, str]:
    """Return what an answer has inside the elements that follow a choice, by id."""
    text = answer.content.decode()
    found = {}
    for name in ["sum", "press", "facts", "keep", *re.findall(r'id="(note-[\w-]+)"', text)]:
        part = re.search(rf'<(\w+)[^>]* id="{name}"[^>]*>(.*?)</\1>', text, re.DOTALL)
        assert part, name
        found[name] = part[2]
    found["press"] = re.sub(r'value="[^"]*"', "", found["press"])  # Signed at another moment.
    return found


def amount_on_button(answer: Any) -> str:
    found = re.search(r'data-testid="pay"><span class="num">([^<]*)<', answer.content.decode())
    assert found
    return html.unescape(found[1]).removeprefix("Pay ")


def test_a_change_is_answered_with_what_follows_from_it_and_nothing_else(shop: Shop) -> None:
    chosen = {"plan": "month-5", "start": "now", "method": "wechatpay"}
    page = shop.client.get(shop.renew_path, chosen)
    answer = shop.client.get(shop.renew_path, chosen, headers=HTMX)
    assert answer["HX-Replace-Url"] == (
        f"{shop.renew_path}?plan=month-5&start=now&method=wechatpay"
    )
    assert parts_of(answer) == parts_of(page)
    assert amount_on_button(answer) == "¥64.30"
    assert 'name="plan"' not in answer.content.decode()
    assert len(answer.content) < len(page.content) / 2
    assert not Quote.objects.exists()


def test_the_button_without_scripts_leads_to_the_address_of_the_choice(shop: Shop) -> None:
    fields = press_pay(shop, shop.renew_path) | {"plan": "month-5", "start": "now", "show": "1"}
    answer = shop.client.post(shop.renew_path, fields)
    assert answer["Location"] == f"{shop.renew_path}?plan=month-5&start=now&method=wechatpay"
    page = text_of(shop.client.get(answer["Location"]))
    assert 'value="month-5" checked' in page
    assert 'value="now" checked' in page
    assert "Pay ¥64.30" in page
    assert not Quote.objects.exists()


@pytest.mark.parametrize(
    "other", [{"plan": "month-5"}, {"start": "now"}, {"method": "stripe"}], ids=str
)
@pytest.mark.usefixtures("four_channels")
def test_a_press_with_another_choice_than_the_page_has_worked_out_buys_nothing(
    shop: Shop, other: dict[str, str]
) -> None:
    fields = press_pay(shop, shop.renew_path, method="wechatpay") | other
    answer = shop.client.post(shop.renew_path, fields)
    assert answer.status_code == 409
    page = text_of(answer)
    assert "You changed your selection after this price was shown. Nothing was charged." in page
    assert not Order.objects.exists()
    assert not Quote.objects.exists()
    again = fields | {"shown": answer.context["shown"]}
    assert shop.client.post(shop.renew_path, again).status_code == 302
    charged = channels.ALL[again["method"]].requests[-1].amount
    assert amount_on_button(answer) == formatting.money(charged)


@pytest.mark.usefixtures("four_channels")
def test_another_way_to_pay_the_same_sum_needs_no_second_look(shop: Shop) -> None:
    fields = press_pay(shop, shop.renew_path, method="stripe") | {"method": "paypal"}
    assert shop.client.post(shop.renew_path, fields).status_code == 302
    assert Order.objects.get().quote.total_minor == 2500


def test_sixty_plans_are_all_there_and_the_last_can_be_bought(shop: Shop) -> None:
    for number in range(60):
        make_plan(code=f"plan-{number}", prices={"USD": 1000 + number}, carrier=shop.plan.carrier)
    page = text_of(shop.client.get(shop.renew_path))
    assert len(set(re.findall(r'name="plan" value="([\w-]+)"', page))) == 63
    for number in (37, 59):
        fields = press_pay(shop, shop.renew_path, plan=f"plan-{number}")
        assert shop.client.post(shop.renew_path, fields).status_code == 302
        assert Order.objects.latest("id").quote.total_minor == 1000 + number


def draw(chance: Random, shop: Shop) -> tuple[str, dict[str, str]]:
    """Draw who buys, at which tax and promotions, and what they choose.

    Return their language, and the choice.
    """
    currency, language = chance.choice(["USD", "CNY", "EUR"]), chance.choice(LANGUAGES)
    people = Subscriber.objects.filter(pk=shop.person.pk)
    people.update(currency=currency, language=language)
    make_tax_rate(rate_basis_points=chance.choice([0, 300, 725, 1900]))
    Promotion.objects.update(ends_at=MOMENT)  # Quotes name them for ever.
    for _ in range(chance.randrange(3)):
        bonus = chance.choice([0, 0, 10 * GB])
        codes = chance.choice([[], ["month-20"], ["month-5", "year"]])
        percent = 0 if bonus else chance.choice([7, 10, 33])
        make_promotion(percent_off=percent, bonus_bytes=bonus, plan_codes=codes)
    prices = Price.objects.filter(currency=currency).order_by("plan_id")
    return language, {
        "plan": chance.choice([price.plan_id for price in prices]),
        "start": chance.choice(["now", "after_current"]),
        "method": chance.choice(["stripe", "wechatpay", "alipay"]),
    }


@pytest.mark.usefixtures("four_channels")
def test_the_sum_on_the_page_is_the_sum_of_the_order_whatever_is_chosen(shop: Shop) -> None:
    make_plan(code="year", carrier=shop.plan.carrier, prices={"USD": 13999, "EUR": 12503})
    for code, minor in (("month-20", 2249), ("month-5", 801), ("more-5", 655)):
        Price.objects.create(plan_id=code, currency="EUR", amount_minor=minor)
    chance, seen = Random(8), set()  # noqa: S311
    for _ in range(DRAWS):
        language, chosen = draw(chance, shop)
        parts = shop.client.get(shop.renew_path, chosen, headers=HTMX)
        press = chosen | {"shown": parts.context["shown"]}
        assert shop.client.post(shop.renew_path, press).status_code == 302, chosen
        order = Order.objects.latest("id")
        quote, charged = order.quote, channels.ALL[chosen["method"]].requests[-1].amount
        shown = html.unescape(parts_of(parts)["sum"])
        assert formatting.money(Money(quote.total_minor, quote.currency)) in shown
        assert formatting.money(charged) in amount_on_button(parts)
        assert quote.ends_at
        with override(language):
            end = formatting.last_minute(quote.ends_at, time_zone=quote.time_zone, now=MOMENT)
        assert end in shown
        seen.add((quote.currency, charged.currency, quote.discount_minor > 0, quote.tax_minor > 0))
        Order.objects.filter(pk=order.pk).update(state=OrderState.CANCELLED, closed_at=MOMENT)
    assert len(seen) >= 8, "the draws are too much alike"


def hold(shop: Shop) -> None:
    shop.bundle.suspended_at = MOMENT - timedelta(hours=1)
    shop.bundle.save()


def starts_of(page: Any) -> list[str]:
    return [start.value for start in page.context["checkout"].starts]


def test_while_the_current_plan_is_on_hold_the_new_one_starts_now_unless_told_otherwise(
    shop: Shop,
) -> None:
    link = renew_path(esim_public_id=shop.esim.public_id)
    assert 'value="after_current" checked' in text_of(shop.client.get(shop.renew_path))
    hold(shop)
    for client, path in ((shop.client, shop.renew_path), (Client(), link)):
        page = client.get(path)
        assert 'value="now" checked' in text_of(page)
        assert starts_of(page) == [StartRule.NOW, StartRule.AFTER_CURRENT]
    fields = press_pay(shop, shop.renew_path)
    shop.client.post(shop.renew_path, fields)
    assert Order.objects.get().quote.starts_at == MOMENT


def test_beside_a_plan_in_use_one_on_hold_changes_nothing(shop: Shop) -> None:
    hold(shop)
    make_bundle(esim=shop.esim, plan=shop.plan, starts_at=MOMENT - timedelta(days=1))
    assert 'value="after_current" checked' in text_of(shop.client.get(shop.renew_path))


def test_keeping_a_card_is_never_chosen_by_an_address(shop: Shop, four_channels: None) -> None:
    asked = {"method": "stripe", "save-stripe": "1"}
    ticked = 'name="save-stripe" value="1" checked'
    assert ticked not in text_of(shop.client.get(shop.renew_path, asked))
    assert ticked in text_of(shop.client.get(shop.renew_path, asked, headers=HTMX))


def test_the_page_of_the_shipped_catalogue_is_light_and_asks_little(four_channels: None) -> None:
    load_reference(now=MOMENT)
    person, plan = make_subscriber(), Plan.objects.get(code="t-mobile-month-20gb")
    esim = make_esim(subscriber=person, carrier=plan.carrier)
    make_bundle(esim=esim, plan=plan)
    client = Client()
    client.force_login(person)
    for language in LANGUAGES:
        Subscriber.objects.update(language=language)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(f"/esims/{esim.public_id}/renew/")
        assert page.content.count(b'name="plan"') > 25
        assert len(page.content) <= PAGE_BYTES_MAX
        assert len(captured) <= 14
