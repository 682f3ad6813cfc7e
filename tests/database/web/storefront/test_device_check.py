"""Will it work on my device? The page, what it keeps, and what a purchase does with it."""

import logging
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from limosa.domain.ordering.models import Order
from limosa.web.storefront.checked_device import hinted_model
from limosa.web.wording.refusals import TEXTS
from tests.database.web.storefront.shop import Shop, press_pay
from tests.database.web.storefront.test_home_page import text_of

pytestmark = pytest.mark.django_db

EID, IMEI = "89049032123451234512345678901235", "490154203237518"
ANDROID = "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 Chrome/130 Mobile"
REDUCED = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/130 Mobile"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Mobile"


def check(client: Client, typed: str, **more: str) -> Any:
    return client.post(reverse("device_check"), {"typed": typed, **more}, follow=True)


def told(answer: Any) -> str:
    page: str = answer.content.decode()
    return page.partition('data-testid="answer"')[2].partition("</section>")[0]


def test_a_visitor_learns_what_a_model_number_means() -> None:
    answer = told(check(Client(), "A3084"))
    assert 'data-verdict="yes"' in answer
    assert "iPhone 16 Pro Max takes eSIMs" in answer
    assert "This version has no SIM tray: it takes eSIMs only." in answer
    assert "may be locked to it" in answer
    assert "MobileModels; AppleDB" in answer
    assert "Nov 22" in answer


@pytest.mark.parametrize(
    ("typed", "verdict", "sentence"),
    [
        ("苹果15 国行", "no", "It takes two SIM cards and no eSIM."),
        ("iPhone 16 Pro Max", "depends", "Hong Kong and Macao takes no eSIM. All others do."),
        ("小米14", "unknown", "and we don&#x27;t guess"),
        (IMEI, "unknown", "An IMEI doesn&#x27;t tell"),
        (f"EID {EID}\nIMEI {IMEI}", "yes", "it has a chip for eSIMs"),
    ],
)
def test_the_page_gives_verdict_and_reason(typed: str, verdict: str, sentence: str) -> None:
    answer = told(check(Client(), typed))
    assert f'data-verdict="{verdict}"' in answer
    assert sentence in answer


def test_what_was_typed_is_kept_nowhere_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    client = Client()
    caplog.set_level(logging.DEBUG)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = check(client, f"EID: {EID}\nIMEI {IMEI}", next="/plans/")
    kept = repr(dict(client.session)) + str(queries.captured_queries) + caplog.text
    kept += "".join(Session.objects.values_list("session_data", flat=True))
    kept += repr(answer.redirect_chain) + answer.content.decode()
    for number in (EID, IMEI, EID[:16], IMEI[:14]):
        assert number not in kept


def test_a_text_that_is_too_long_is_not_shown_again() -> None:
    page = Client().post(reverse("device_check"), {"typed": f"{IMEI} " * 200})
    assert page.status_code == 400
    assert IMEI not in page.content.decode()


@pytest.mark.parametrize("typed", ["", "  ", "a\0b"])
def test_nothing_is_a_fault_and_keeps_the_answer_before(typed: str) -> None:
    client = Client()
    check(client, "A3084")
    page = client.post(reverse("device_check"), {"typed": typed})
    assert page.status_code == 400
    assert "iPhone 16 Pro Max" in client.get(reverse("device_check")).content.decode()


def test_names_that_may_be_meant_are_buttons() -> None:
    client = Client()
    answer = told(check(client, "iPhone SE"))
    assert 'name="typed" value="iPhone SE (3rd generation)"' in answer
    assert "iPhone SE (3rd generation): it depends" in told(
        check(client, "iPhone SE (3rd generation)")
    )


def test_the_answer_is_kept_for_a_day_and_can_be_forgotten(
    clock: time_machine.Traveller,
) -> None:
    client = Client()
    check(client, "A3084")
    page = reverse("device_check")
    assert told(client.get(page))
    client.post(page, {"forget": "1"})
    assert not told(client.get(page))
    check(client, "A3084")
    clock.shift(timedelta(days=1, seconds=1))
    assert not told(client.get(page))


def test_an_answer_of_another_release_is_none() -> None:
    client = Client()
    check(client, "A3084")
    session = client.session
    session["checked_device"] = {**session["checked_device"], "reason": "of_old"}
    session.save()
    assert not told(client.get(reverse("device_check")))


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"user-agent": ANDROID}, "Samsung Galaxy S24"),
        ({"user-agent": REDUCED, "sec-ch-ua-model": '"Pixel 8"'}, "Google Pixel 8"),
        ({"user-agent": REDUCED}, ""),
        ({"user-agent": IPHONE}, ""),
        ({"user-agent": "Mozilla/5.0 (Windows NT 10.0)"}, ""),
        ({"user-agent": REDUCED, "sec-ch-ua-model": '"<b>x</b>"'}, "&lt;b&gt;x&lt;/b&gt;"),
    ],
)
def test_the_browsers_hint_is_a_suggestion(headers: dict[str, str], name: str) -> None:
    client = Client(headers=headers)
    page = client.get(reverse("device_check"))
    assert page["Accept-CH"] == "Sec-CH-UA-Model"
    assert not told(page)
    hint = page.content.decode().partition('data-testid="hint"')[2].partition("</form>")[0]
    assert bool(hint) is bool(name)
    assert name in hint


def test_next_leads_to_our_pages_only() -> None:
    client = Client()
    for bad in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        page = check(client, "A3084", next=bad)
        assert "evil" not in page.content.decode()
        assert "javascript:" not in page.content.decode()
    assert 'href="/plans/"' in told(check(client, "A3084", next="/plans/"))


def buy_path(shop: Shop) -> str:
    return reverse("buy", args=[shop.plan.code])


def test_the_pages_of_a_purchase_ask_or_show_the_answer(shop: Shop) -> None:
    for path in (reverse("plans"), reverse("plan", args=[shop.plan.code]), buy_path(shop)):
        before = text_of(shop.client.get(path))
        assert "Will it work on my device?" in before
    check(shop.client, "A3084")
    for path in (reverse("plans"), reverse("plan", args=[shop.plan.code]), buy_path(shop)):
        page = shop.client.get(path)
        line = page.content.decode().partition('data-testid="device-line"')[2].partition("</p>")[0]
        assert "iPhone 16 Pro Max takes eSIMs" in line
        assert "Check again" in line
        assert f"{reverse('device_check')}?next={quote(path, safe='')}" in page.content.decode()
        assert 'name="other-device"' not in page.content.decode()


def test_a_device_that_takes_none_needs_a_tick(shop: Shop) -> None:
    check(shop.client, "A3297")
    path = buy_path(shop)
    page = shop.client.get(path)
    assert 'name="other-device"' in page.content.decode()
    fields = press_pay(shop, path)
    refused = shop.client.post(path, fields)
    assert refused.status_code == 409
    assert str(TEXTS["device_takes_none"]) in text_of(refused)
    assert not Order.objects.exists()
    bought = shop.client.post(path, {**fields, "other-device": "1"})
    assert bought.status_code == 302
    assert Order.objects.count() == 1


@pytest.mark.parametrize("typed", ["", "A3084", "iPhone 16", "小米14"])
def test_what_is_not_ruled_out_needs_no_tick(shop: Shop, typed: str) -> None:
    if typed:
        check(shop.client, typed)
    path = buy_path(shop)
    assert 'name="other-device"' not in shop.client.get(path).content.decode()
    assert shop.client.post(path, press_pay(shop, path)).status_code == 302


def test_renewing_an_esim_that_is_there_asks_for_no_device(shop: Shop) -> None:
    check(shop.client, "A3297")
    page = shop.client.get(shop.renew_path).content.decode()
    assert 'name="other-device"' not in page
    assert 'data-testid="device-line"' not in page
    fields = press_pay(shop, shop.renew_path)
    assert shop.client.post(shop.renew_path, fields).status_code == 302


def test_the_answer_survives_signing_in_and_not_signing_out(shop: Shop) -> None:
    check(shop.client, "A3084")
    shop.client.logout()
    assert not told(shop.client.get(reverse("device_check")))
    check(shop.client, "A3084")
    shop.client.force_login(shop.person)
    assert told(shop.client.get(reverse("device_check")))


def test_a_hint_is_short(rf: Any) -> None:
    request = rf.get("/", headers={"sec-ch-ua-model": '"' + "x" * 500 + '"'})
    assert len(hinted_model(request)) <= 60
