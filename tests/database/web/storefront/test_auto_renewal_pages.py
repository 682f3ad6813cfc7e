"""Auto-renew in pages: agreed to by one press, said as it is, lessened by a link in a mail."""

import html
import re
import time
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from limosa.domain.autorenewal.links import make_link_token
from limosa.domain.autorenewal.models import AutoRenewal, Consent, Cycle
from limosa.domain.autorenewal.operations.look_after_next import look_after_next
from limosa.domain.catalog.models import Plan, Price
from limosa.domain.esims.models import Bundle
from limosa.domain.notifications.kinds import page_path
from limosa.domain.notifications.models import Notification
from limosa.domain.payments.models import SavedMethod
from tests.database.web.storefront.shop import PIN, Shop, set_pin
from tests.database.web.storefront.test_home_page import text_of
from tests.factories.accounts import make_subscriber
from tests.factories.autorenewal import (
    make_attempt,
    make_auto_renewal,
    make_consent,
    make_cycle,
)
from tests.factories.ordering import make_order
from tests.scenario.security.test_huge_amounts import ANSWERS, amounts

pytestmark = pytest.mark.django_db

SECONDS_MAX = 10.0  # Also beside other tests; what grows with the digits takes minutes.


def path(shop: Shop, query: str = "") -> str:
    return reverse("auto_renewal", args=[shop.esim.public_id]) + query


def by_link(auto: AutoRenewal) -> str:
    return reverse("auto_renewal_by_link", args=[make_link_token(public_id=auto.public_id)])


def words_of(answer: Any) -> str:
    return html.unescape(text_of(answer))


def agree(shop: Shop, **fields: str) -> Any:
    set_pin(shop)
    seen = re.search(
        r'name="seen" value="(\w+)"', shop.client.get(path(shop, "?change=1")).content.decode()
    )
    assert seen
    sent = {"do": "agree", "plan": "same", "cap": "30", "method": "wallet", "pin": PIN}
    return shop.client.post(path(shop), {**sent, "seen": seen[1], **fields})


def switched_on(shop: Shop) -> AutoRenewal:
    return make_auto_renewal(consent=make_consent(esim=shop.esim, plan=shop.plan))


@pytest.fixture
def running(shop: Shop) -> Bundle:
    """A month's bundle that ends in twenty days."""
    now = timezone.now()
    Bundle.objects.update(
        created_at=now - timedelta(days=10),
        starts_at=now - timedelta(days=10),
        ends_at=now + timedelta(days=20),
    )
    return shop.bundle


def test_two_presses_from_home_agree_to_what_is_shown(shop: Shop, running: Bundle) -> None:
    home = shop.client.get("/").content.decode()
    assert f'href="{path(shop)}"' in home
    set_pin(shop)
    page = words_of(shop.client.get(path(shop)))
    wording = re.search(r"Before each plan on .*? or once you stop it\.", page)
    assert wording
    answer = agree(shop)
    assert answer.status_code == 302
    consent = Consent.objects.get()
    assert consent.wording == wording[0]
    assert (consent.cap_minor, consent.currency, consent.language) == (3000, "USD", "en")
    assert (consent.plan, consent.methods) == (
        shop.plan,
        [{"provider": "wallet", "saved_id": ""}],
    )
    assert len(consent.address) == 64
    shown = words_of(shop.client.get(path(shop)))
    assert "Auto-renew is on" in shown
    assert "$30.00" in shown
    look_after_next(now=timezone.now())
    assert "$30.00 at most" in words_of(shop.client.get("/"))
    assert Notification.objects.filter(kind="auto_renewal_on").count() == 1


def test_what_it_would_do_is_said_before(shop: Shop, running: Bundle) -> None:
    set_pin(shop)
    page = words_of(shop.client.get(path(shop)))
    assert "$25.00 now" in page
    assert "before the plan ends on" in page
    assert "Not possible automatically: " in page
    assert "WeChat Pay" in page
    assert 'value="30.00"' in shop.client.get(path(shop)).content.decode()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"pin": "000000"}, "PIN"),
        ({"cap": "24.99"}, "It costs $25.00 now"),
        ({"cap": "251"}, "at most $250.00"),
        ({"cap": ""}, "Enter the most"),
        ({"cap": "NaN"}, "Enter a number"),
        ({"until": "yesterday"}, "Enter a day"),
        ({"until": "2026-11-21"}, "This day is over"),
        ({"method": "saved-nobodys"}, "Choose what is charged"),
        ({"seen": "0" * 64}, "has changed since you opened the page"),
    ],
)
def test_nothing_is_agreed_to_otherwise(
    shop: Shop, running: Bundle, fields: dict[str, str], said: str
) -> None:
    answer = agree(shop, **fields)
    assert answer.status_code == 400
    assert said in words_of(answer)
    assert not Consent.objects.exists()


def test_a_price_that_moved_is_read_again(shop: Shop, running: Bundle) -> None:
    set_pin(shop)
    page = shop.client.get(path(shop)).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    Price.objects.filter(currency="USD").update(amount_minor=2600)
    sent = {"do": "agree", "plan": "same", "cap": "30", "method": "wallet", "pin": PIN}
    assert shop.client.post(path(shop), {**sent, "seen": seen[1]}).status_code == 400
    assert not AutoRenewal.objects.exists()


def test_a_card_is_chosen_with_the_wallet_after_it(shop: Shop, running: Bundle) -> None:
    saved = SavedMethod.objects.create(
        public_id="CARD42",
        subscriber=shop.person,
        provider="wechatpay",
        reference="token",
        label="Visa •••• 4242",
        consented_at=timezone.now(),
    )
    assert agree(shop, method="saved-CARD42", fallback="wallet").status_code == 302
    assert Consent.objects.get().methods == [
        {"provider": "wechatpay", "saved_id": saved.public_id},
        {"provider": "wallet", "saved_id": ""},
    ]
    page = words_of(shop.client.get(path(shop)))
    assert "Visa •••• 4242" in page
    assert "if that fails" in page


def test_a_day_may_be_named_until_which_it_is(shop: Shop, running: Bundle) -> None:
    assert agree(shop, until="2027-03-31").status_code == 302
    until = Consent.objects.get().until
    assert until is not None
    assert until.astimezone(ZoneInfo(shop.esim.time_zone)).date().isoformat() == "2027-03-31"
    assert "Mar 31, 2027" in words_of(shop.client.get(path(shop)))
    assert 'value="2027-03-31"' in _page(shop, "?change=1")


def test_without_a_pin_one_is_set_first(shop: Shop, running: Bundle) -> None:
    page = words_of(shop.client.get(path(shop)))
    assert "Set a payment PIN" in page
    assert shop.client.post(path(shop), {"do": "agree"}).status_code == 400
    assert not Consent.objects.exists()


def test_at_zero_data_it_says_that_nothing_is_charged_now(shop: Shop) -> None:
    now = timezone.now()
    Bundle.objects.update(
        state="exhausted",
        starts_at=now - timedelta(days=40),
        ends_at=now - timedelta(days=9),
        ended_at=now - timedelta(days=20),
    )
    set_pin(shop)
    assert "Nothing now: no plan is running" in words_of(shop.client.get(path(shop)))
    assert agree(shop).status_code == 302
    assert "None planned" in words_of(shop.client.get(path(shop)))


def test_a_carrier_that_would_lose_days_is_said_before(
    shop: Shop, running: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    from limosa.domain.autorenewal import offering  # noqa: PLC0415
    from limosa.domain.connectivity.engine.renewing import RenewalWay  # noqa: PLC0415

    monkeypatch.setattr(offering, "way_for", lambda *_a, **_k: RenewalWay.ADDED)
    page = shop.client.get(path(shop))
    assert "can't be renewed automatically" in words_of(page)
    assert b"Agree and switch on" not in page.content


def test_a_mail_scanner_changes_nothing_and_a_press_skips(shop: Shop, running: Bundle) -> None:
    auto = switched_on(shop)
    stranger = Client()
    for _ in range(2):
        assert stranger.get(by_link(auto)).status_code == 200
    assert not Cycle.objects.exists()
    stranger.post(by_link(auto), {"do": "skip"})
    assert Cycle.objects.get().state == "skipped"
    assert "This renewal is left out" in words_of(stranger.get(by_link(auto)))


def test_a_press_stops_without_signing_in_and_is_on_record(shop: Shop, running: Bundle) -> None:
    auto = switched_on(shop)
    stranger = Client()
    answer = stranger.post(by_link(auto), {"do": "stop"}, follow=True)
    assert "Auto-renew is off" in words_of(answer)
    withdrawal = Consent.objects.get(withdraws=auto.consent)
    assert withdrawal.by_link
    assert len(withdrawal.address) == 64
    again = stranger.post(by_link(auto), {"do": "stop"}, follow=True)
    assert "off already" in words_of(again)


def test_a_link_binds_to_nothing(shop: Shop, running: Bundle) -> None:
    auto = switched_on(shop)
    Client().post(by_link(auto), {"do": "agree", "cap": "999", "method": "wallet"})
    assert Consent.objects.count() == 1
    assert Client().get(path(shop)).status_code == 302


def test_a_link_that_is_not_ours_is_closed(shop: Shop) -> None:
    assert Client().get(reverse("auto_renewal_by_link", args=["nothing"])).status_code == 410


def test_the_owner_skips_changes_and_stops(shop: Shop, running: Bundle) -> None:
    auto = switched_on(shop)
    assert "Skip the next renewal" in words_of(shop.client.get(path(shop)))
    assert "Agree and change" in _changing(shop)
    agree_again = re.search(r'name="seen" value="(\w+)"', _page(shop, "?change=1"))
    assert agree_again
    sent = {"do": "agree", "plan": "same", "cap": "27", "method": "wallet", "pin": PIN}
    shop.client.post(path(shop, "?change=1"), {**sent, "seen": agree_again[1]})
    auto.refresh_from_db()
    assert auto.end_reason == "changed"
    shop.client.post(path(shop), {"do": "skip"})
    shop.client.post(path(shop), {"do": "stop"})
    assert not AutoRenewal.objects.filter(ended_at=None).exists()
    assert "Agree and switch on" in words_of(shop.client.get(path(shop)))


def _page(shop: Shop, query: str) -> str:
    text: str = shop.client.get(path(shop, query)).content.decode()
    return text


def _changing(shop: Shop) -> str:
    set_pin(shop)
    return _page(shop, "?change=1")


def test_what_happened_so_far_is_listed(shop: Shop, running: Bundle) -> None:
    auto = switched_on(shop)
    make_cycle(auto_renewal=auto, state="renewed", closed_at=timezone.now())
    page = words_of(shop.client.get(path(shop)))
    assert "So far" in page
    assert "Undo the last renewal" in page


def test_nobody_else_sees_it(shop: Shop, running: Bundle) -> None:
    switched_on(shop)
    other = Client()
    other.force_login(make_subscriber())
    assert other.get(path(shop)).status_code == 404
    assert other.post(path(shop), {"do": "stop"}).status_code == 404


def test_its_messages_lead_where_it_is_stopped(shop: Shop, running: Bundle) -> None:
    agree(shop)
    message = Notification.objects.get(kind="auto_renewal_on")
    assert "Stop auto-renew" in words_of(Client().get(page_path(message)))


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("field", ["cap", "month_cap"])
def test_a_huge_or_odd_cap_is_refused_at_once(shop: Shop, field: str) -> None:
    slowest = 0.0
    for text in amounts():
        began = time.perf_counter()
        assert agree(shop, when="data", **{field: text}).status_code in ANSWERS
        slowest = max(slowest, time.perf_counter() - began)
    assert not AutoRenewal.objects.exists()
    assert slowest < SECONDS_MAX
    agree(shop, when="data", month_cap="60")  # The control: a good one is taken.
    assert AutoRenewal.objects.exists()


def test_by_data_too_is_agreed_to_with_a_limit_for_thirty_days(shop: Shop, running: Bundle) -> None:
    set_pin(shop)
    page = words_of(shop.client.get(path(shop)))
    assert "once 95% of its data is used" in page
    assert "as soon as 95% of a plan's data is used: then we tell you by email at 80%" in page
    for typed, fault in (
        ("", "Enter the most that they may cost together."),
        ("29.99", "This is less than one renewal may cost."),
        ("1e9", "Please enter at most"),
    ):
        answer = agree(shop, when="data", month_cap=typed)
        assert (answer.status_code, Consent.objects.count()) == (400, 0)
        assert fault in words_of(answer)
    assert agree(shop, when="data", month_cap="75").status_code == 302
    consent = Consent.objects.get()
    assert (consent.used_percent, consent.month_cap_minor) == (95, 7500)
    shown = words_of(shop.client.get(path(shop)))
    assert "once 95% of it is used" in shown
    assert "in 30 days $75.00 at most" in shown
    changed = shop.client.get(path(shop, "?change=1")).content.decode()
    assert re.search(r'name="month_cap"[^>]*value="75.00"', changed)
    assert 'value="data" checked' in changed


def test_without_by_data_its_limit_is_not_agreed_to(shop: Shop, running: Bundle) -> None:
    assert agree(shop, when="end", month_cap="1").status_code == 302
    consent = Consent.objects.get()
    assert (consent.used_percent, consent.month_cap_minor) == (None, None)


def test_by_data_is_not_offered_for_data_without_an_end(shop: Shop, running: Bundle) -> None:
    set_pin(shop)
    Plan.objects.filter(pk=shop.plan.pk).update(
        kind="unlimited", volume_bytes=None, fair_use_bytes=1_000_000_000, fair_use_kbps=1000
    )
    page = words_of(shop.client.get(path(shop)))
    assert "of its data is used" not in page
    assert agree(shop, when="data", month_cap="75").status_code == 302
    assert Consent.objects.get().used_percent is None


def test_a_link_of_before_a_change_stops_what_is_on_now(shop: Shop, running: Bundle) -> None:
    agree(shop)
    older = by_link(AutoRenewal.objects.get())
    agree(shop, cap="31")
    assert "Auto-renew is on" in words_of(Client().get(older))
    Client().post(older, {"do": "stop"})
    assert not AutoRenewal.objects.filter(ended_at=None).exists()
    assert "Auto-renew is off" in words_of(Client().get(older))


def test_a_link_stops_nothing_that_another_person_has_on(shop: Shop, running: Bundle) -> None:
    agree(shop)
    older = by_link(AutoRenewal.objects.get())
    AutoRenewal.objects.update(ended_at=timezone.now(), end_reason="person", next_at=None)
    other = make_auto_renewal(consent=make_consent(esim=shop.esim, plan=shop.plan))
    AutoRenewal.objects.filter(pk=other.pk).update(subscriber=make_subscriber())
    Client().post(older, {"do": "stop"})
    assert AutoRenewal.objects.get(pk=other.pk).ended_at is None


@pytest.mark.parametrize("day", ["9999-12-31", "9999-12-30", "2099-01-01"])
def test_an_end_day_too_far_away_is_refused(shop: Shop, running: Bundle, day: str) -> None:
    answer = agree(shop, until=day)
    assert (answer.status_code, Consent.objects.count()) == (400, 0)
    assert "Choose a day within 10 years" in words_of(answer)


def test_an_end_day_before_the_first_charge_is_refused(shop: Shop, running: Bundle) -> None:
    day = (timezone.now() + timedelta(days=3)).date().isoformat()
    answer = agree(shop, until=day)
    assert (answer.status_code, Consent.objects.count()) == (400, 0)
    assert "The first charge is on" in words_of(answer)


def test_who_stops_what_is_off_is_told_so_and_agrees_to_nothing(
    shop: Shop, running: Bundle
) -> None:
    set_pin(shop)
    for deed in ("stop", "skip", "undo"):
        answer = shop.client.post(path(shop), {"do": deed}, follow=True)
        assert "Please check this form" not in words_of(answer)
    assert "off already" in words_of(shop.client.post(path(shop), {"do": "stop"}, follow=True))
    unknown = shop.client.post(path(shop), {"do": "steal", "cap": "30", "method": "wallet"})
    assert (unknown.status_code, Consent.objects.count()) == (200, 0)


@pytest.mark.parametrize(
    ("field", "typed"), [("cap", "30.001"), ("month_cap", "60.001"), ("fallback", "saved-nobody")]
)
def test_what_would_be_cut_or_dropped_is_refused(
    shop: Shop, running: Bundle, field: str, typed: str
) -> None:
    answer = agree(shop, **{"when": "data", "month_cap": "60", field: typed})
    assert (answer.status_code, Consent.objects.count()) == (400, 0)


def test_a_plan_whose_data_is_used_up_says_what_helps(shop: Shop, running: Bundle) -> None:
    assert "is used up" not in words_of(shop.client.get(path(shop)))
    Bundle.objects.update(state="exhausted", ended_at=timezone.now(), used_bytes=F("volume_bytes"))
    assert "choose to renew by data too" in words_of(shop.client.get(path(shop)))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("placed", "What is being charged at this moment goes back in full."),
        ("fulfilled", "The renewal under way was paid by then."),
    ],
)
def test_a_stop_amid_a_charge_says_what_becomes_of_it(
    shop: Shop, running: Bundle, state: str, said: str
) -> None:
    order = make_order(esim=shop.esim, plan=shop.plan, state=state)
    cycle = make_cycle(auto_renewal=switched_on(shop), bundle=running, state="charging")
    make_attempt(cycle=cycle, order_number=order.number)
    answer = shop.client.post(path(shop), {"do": "stop"}, follow=True)
    assert f"Auto-renew is off. {said}" in words_of(answer)
