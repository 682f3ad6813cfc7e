"""What every page keeps to: no inline code or style, one id once, a title, and its weight."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from limosa.domain.accounts.operations.set_payment_pin import set_payment_pin
from tests.database.web.storefront.shop import PIN, Shop
from tests.database.web.storefront.test_order_pages import order_by, paid_by_wallet
from tests.factories import MOMENT
from tests.factories.catalog import make_carrier, make_plan
from tests.factories.links import renew_path
from tests.factories.notifications import make_notification
from tests.factories.ratings import (
    make_asked_bundle,
    make_demo_rating,
    make_rated_place,
    make_rating,
)

pytestmark = pytest.mark.django_db

PAGE_BYTES_MAX = 80 * 1024
SCRIPT_BYTES_MAX = 60_000
LANGUAGES = ["en", "zh-hans", "zh-hant", "es"]


def own_paths(shop: Shop) -> list[str]:
    """Return the address of every page that a person has."""
    for number in range(36):
        make_plan(code=f"other-{number}", name={"en": f"{number + 2} months · 20 GB"})
    make_notification(subscriber=shop.person)
    set_payment_pin(subscriber_id=shop.person.pk, pin=PIN, now=MOMENT)
    shop.client.post(reverse("account_reauthenticate"), {"password": "tidal-godwit-7"})
    waiting, done = order_by(shop), paid_by_wallet(shop, start="now")
    plain = [
        "home",
        "plans",
        "search",
        "device_check",
        "orders",
        "notifications",
        "settings",
        "payment_pin",
        "reset_pin",
        "account_email",
    ]
    plain += ["account_change_password", "account_logout", "offline", "offline_esims"]
    return [
        *(reverse(name) for name in plain),
        shop.renew_path,
        f"{shop.renew_path}?all=1",
        f"/plans/{shop.plan.code}/",
        f"/plans/{shop.plan.code}/buy/",
        "/plans/?days=7&gb=1&order=gb&country=US",
        "/plans/?days=90&unlimited=1",
        f"/plans/compare/?plans={shop.plan.code},other-1,other-2,other-3",
        reverse("esim", args=[shop.esim.public_id]),
        *(
            reverse(name, args=[shop.esim.public_id])
            for name in (
                "install",
                "esim_devices",
                "esim_again",
                "esim_move",
                "arrival",
                "auto_renewal",
            )
        ),
        f"{reverse('arrival', args=[shop.esim.public_id])}?country=JP",
        *(reverse(name, args=[waiting.number]) for name in ("order", "pay")),
        *(reverse(name, args=[done.number]) for name in ("order", "receipt", "return_order")),
        f"{reverse('pin', args=[waiting.number])}?with=wallet",
        reverse("rate", args=[_asked(shop)]),
        reverse("report_rating", args=[_commented()]),
    ]


def _asked(shop: Shop) -> str:
    """Return the order of a bundle that the person was asked to rate."""
    bundle = make_asked_bundle(subscriber=shop.person, at=timezone.now())
    return str(bundle.order_number)


def _commented() -> int:
    """Return a rating with a comment that everybody may read."""
    rating = make_rating(comment="Quick.")
    make_rated_place(carrier=rating.carrier)
    return rating.pk


def _rated() -> str:
    """Return a carrier that many rated, with every kind of comment."""
    carrier = make_carrier("rated", name="Rated")
    make_rated_place(carrier=carrier)
    for state in ("shown", "reported", "kept", "hidden"):
        make_demo_rating(
            carrier=carrier, comment="x", comment_state=state, public_reason="Off topic."
        )
    return carrier.code


def open_paths(shop: Shop) -> list[str]:
    """Return the address of every page that needs no sign-in."""
    plain = ["home", "plans", "search", "device_check", "account_login", "account_signup"]
    plain.append("account_reset_password")
    return [
        *(reverse(name) for name in plain),
        "/search/?q=usa",
        f"/plans/{shop.plan.code}/",
        f"/plans/compare/?plans={shop.plan.code},other-1",
        "/plans/compare/",
        *(reverse(name) for name in ("advice", "renew_by_number")),
        "/advice/?country=US&days=20&use=some_video",
        *(reverse(name) for name in ("ratings", "facts")),
        reverse("rating_place", args=[_rated(), "US"]),
        "/coverage/",
        "/coverage/us/",
        "/coverage/us/ca/",
        f"/coverage/carriers/{shop.plan.carrier_id}/",
        renew_path(esim_public_id=shop.esim.public_id),
        "/r/broken/",
        "/nothing/here/",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_keeps_the_rules(shop: Shop, language: str) -> None:
    own = own_paths(shop)
    shop.person.language = language
    shop.person.save()
    stranger = Client(headers={"accept-language": language})
    for client, paths in ((shop.client, own), (stranger, open_paths(shop))):
        for path in paths:
            answer = client.get(path)
            page = answer.content.decode()
            assert answer.status_code in {200, 404}, path
            assert len(answer.content) <= PAGE_BYTES_MAX, path
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page), path
            assert not re.search(r"<script(?![^>]*\ssrc=)", page), path
            assert scripts_bytes(page) <= SCRIPT_BYTES_MAX, path
            assert not re.search(r'\ssrc="(?!/[^/]|data:)|\ssrcset=|@import', page), path
            fetched = re.findall(r'<link rel="(?!canonical|alternate)[^>]*href="([^"]*)"', page)
            assert all(re.match("/[^/]", one) for one in fetched), path
            ids = Counter(re.findall(r'\sid="([^"]*)"', page))
            assert max(ids.values(), default=1) == 1, (path, ids.most_common(3))
            assert re.search(r"<title>\s*\S.* · Limosa</title>", page), path
            assert page.count("<h1") == 1, path
            assert "</html>" in page, path


def test_the_policy_allows_our_own_files_only(shop: Shop) -> None:
    policy = shop.client.get("/")["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy


def test_every_script_and_style_is_there_and_light(shop: Shop) -> None:
    page = shop.client.get(reverse("pay", args=[order_by(shop).number])).content.decode()
    names = re.findall(r'(?:src|href)="/static/([^"]+)"', page)
    assert min(file_size(name) for name in names) > 0
    assert "limosa.css" in names
    assert 0 < scripts_bytes(page) <= SCRIPT_BYTES_MAX


def scripts_bytes(page: str) -> int:
    """Return what the scripts of a page have together."""
    return sum(map(file_size, re.findall(r'<script[^>]*\ssrc="/static/([^"]+)"', page)))


def file_size(name: str) -> int:
    found = finders.find(name)
    assert found, name
    return Path(str(found)).stat().st_size


def test_the_manifest_names_pictures_that_exist() -> None:
    manifest = Client().get(reverse("manifest")).json()
    for picture in manifest["icons"]:
        assert file_size(picture["src"].removeprefix("/static/")) > 0


def test_an_error_of_ours_has_a_page(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_arguments: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("limosa.web.storefront.views.home.cards_of", lambda *_, **__: fail())
    shop.client.raise_request_exception = False
    answer = shop.client.get("/")
    assert answer.status_code == 500
    assert "Any payment you made is safe" in answer.content.decode()


def test_a_form_without_its_token_has_a_page() -> None:
    answer = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "x"})
    assert answer.status_code == 403
    assert "Please go back and try again" in answer.content.decode()
