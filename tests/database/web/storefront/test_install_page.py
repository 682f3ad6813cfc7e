"""The page that installs an eSIM: its code in every form, and steps for the device that visits."""

import html
import re
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django.fixtures import Settings

from limosa.domain.connectivity.capabilities import Capabilities
from limosa.domain.esims.models import Esim, EsimState
from limosa.domain.esims.operations.rename_device import rename_device
from limosa.web.storefront import install_progress
from limosa.web.storefront.device import Platform
from limosa.web.storefront.install_steps import GUIDES
from tests.database.web.storefront.test_home_page import text_of
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_carrier
from tests.factories.esims import make_device, make_esim, make_installation

pytestmark = pytest.mark.django_db

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
IPAD = "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari"
CHROME = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari"
OF_MODEL = "Mozilla/5.0 (Linux; Android 14; {}) AppleWebKit/537.36 Chrome/130.0 Mobile Safari"


@pytest.fixture
def esim(db: None) -> Esim:
    """Return an eSIM that waits for its installation."""
    return make_esim(state=EsimState.READY)


def words_of(answer: Any) -> str:
    """Return the page with its apostrophes as people read them."""
    return html.unescape(text_of(answer))


def shown_to(esim: Esim, agent: str = MAC, query: str = "", **headers: str) -> Any:
    client = Client(headers={"User-Agent": agent, **headers})
    client.force_login(esim.subscriber)
    return client.get(reverse("install", args=[esim.public_id]) + query)


def test_the_code_stands_in_every_form(esim: Esim) -> None:
    page = text_of(shown_to(esim))
    _version, address, matching_id = esim.activation_code.split("$")
    assert "QR code that installs the eSIM" in page
    for value in (address, matching_id, esim.activation_code):
        assert f">{value}</code>" in page


def test_the_picture_to_save_is_scanned_as_the_code(esim: Esim) -> None:
    client = Client()
    client.force_login(esim.subscriber)
    answer = client.get(reverse("install_code", args=[esim.public_id]))
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer["Cache-Control"]
    scanned = zxingcpp.read_barcodes(Image.open(BytesIO(answer.content)))
    assert [one.text for one in scanned] == [esim.activation_code]


@pytest.mark.parametrize("name", ["install", "install_code", "install_progress"])
def test_nobody_else_sees_it(esim: Esim, name: str) -> None:
    stranger = Client()
    path = reverse(name, args=[esim.public_id])
    assert stranger.get(path).status_code == 302
    stranger.force_login(make_subscriber())
    assert stranger.get(path).status_code == 404


@pytest.mark.parametrize(
    ("agent", "model", "platform"),
    [
        (IPHONE, "", Platform.IPHONE),
        (IPAD, "", Platform.IPAD),
        (MAC, "", None),
        ("", "", None),
        (CHROME, "", Platform.OTHER),
        (CHROME, '"Pixel 8 Pro"', Platform.PIXEL),
        (CHROME, '"SM-S918B"', Platform.SAMSUNG),
        (CHROME, '"23127PN0CG"', Platform.XIAOMI),
        (CHROME, '"CPH2581"', Platform.OPPO),
        (CHROME, '"V2303A"', Platform.VIVO),
        (OF_MODEL.format("Pixel 7"), "", Platform.PIXEL),
        (OF_MODEL.format("SM-G991U1"), "", Platform.SAMSUNG),
        (OF_MODEL.format("Redmi Note 13 Pro"), "", Platform.XIAOMI),
        (OF_MODEL.format("M2102J20SG"), "", Platform.XIAOMI),
        (OF_MODEL.format("HONOR 200"), "", Platform.HONOR),
        (OF_MODEL.format("vivo X100"), "", Platform.VIVO),
        (OF_MODEL.format("moto g84"), "", Platform.OTHER),
    ],
)
def test_the_steps_are_those_of_the_visiting_device(
    esim: Esim, agent: str, model: str, platform: Platform | None
) -> None:
    headers = {"Sec-CH-UA-Model": model} if model else {}
    assert shown_to(esim, agent, **headers).context["platform"] == platform


def test_a_browser_is_asked_for_its_model(esim: Esim) -> None:
    answer = shown_to(esim, CHROME)
    assert answer["Accept-CH"] == answer["Critical-CH"] == "Sec-CH-UA-Model"
    assert "Sec-CH-UA-Model" in answer["Vary"]


@pytest.mark.parametrize("platform", list(Platform))
def test_every_device_can_be_chosen_by_a_link(esim: Esim, platform: Platform) -> None:
    answer = shown_to(esim, query=f"?device={platform}")
    guide = GUIDES[platform]
    assert f"Steps: {guide.name}" in words_of(answer)
    for step in guide.steps:
        assert str(step.text) in words_of(answer)
    for other in Platform:
        assert f'href="?device={other}#steps"' in text_of(answer)


def test_a_device_that_nobody_knows_shows_the_choice(esim: Esim) -> None:
    answer = shown_to(esim, query="?device=toaster")
    assert answer.context["platform"] is None
    assert "On which device?" in text_of(answer)
    assert "<details" not in text_of(answer)


@pytest.mark.parametrize("platform", [Platform.APPLE_WATCH, Platform.GALAXY_WATCH])
def test_a_watch_gets_no_code_to_scan(esim: Esim, platform: Platform) -> None:
    page = words_of(shown_to(esim, query=f"?device={platform}"))
    assert "can't be installed on a watch" in page
    assert "QR code that installs the eSIM" not in page


@pytest.mark.parametrize(
    ("agent", "query", "host"),
    [
        (IPHONE, "", "esimsetup.apple.com"),
        (CHROME, "", "esimsetup.android.com"),
        (IPHONE, "?device=samsung", ""),
        (IPAD, "", ""),
        (MAC, "?device=iphone", ""),
    ],
)
def test_one_tap_installs_on_the_phone_that_shows_the_page_alone(
    esim: Esim, agent: str, query: str, host: str
) -> None:
    page = text_of(shown_to(esim, agent, query))
    link = f"https://{host}/esim_qrcode_provisioning?carddata=LPA%3A1%24"
    assert (link in page) is bool(host)
    assert host or "esimsetup" not in page


def test_an_apn_is_shown_where_the_carrier_has_one(esim: Esim) -> None:
    assert "(APN)" not in text_of(shown_to(esim))
    esim.carrier = make_carrier("world", apn="limosa.world")
    esim.save()
    assert ">limosa.world</code>" in text_of(shown_to(esim))


def steps_of(esim: Esim) -> list[tuple[str, str]]:
    """Return what the page says of each step: its name, and how it is drawn."""
    found: list[tuple[str, str]] = re.findall(
        r'<li class="([^"]*)" data-step="(\w+)">', text_of(shown_to(esim))
    )
    return [(name, mark) for mark, name in found]


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        ("downloaded", [("downloaded", ""), ("installed", "wait next"), ("enabled", "wait")]),
        ("installed", [("downloaded", ""), ("installed", ""), ("enabled", "wait next")]),
        ("enabled", [("downloaded", ""), ("installed", ""), ("enabled", "")]),
        ("disabled", [("downloaded", ""), ("installed", ""), ("disabled", "warn")]),
        ("deleted", [("downloaded", ""), ("installed", ""), ("deleted", "warn")]),
        (
            "failed",
            [
                ("downloaded", ""),
                ("failed", "warn"),
                ("installed", "wait next"),
                ("enabled", "wait"),
            ],
        ),
    ],
)
def test_the_steps_are_those_that_were_reported(
    esim: Esim, state: str, steps: list[tuple[str, str]]
) -> None:
    make_installation(esim=esim, state=state, failure="4/10" if state == "failed" else "")
    assert steps_of(esim) == [("ordered", ""), *steps]


def test_nothing_is_claimed_before_a_device_reports(esim: Esim) -> None:
    waiting = [("downloaded", "wait next"), ("installed", "wait"), ("enabled", "wait")]
    assert steps_of(esim) == [("ordered", ""), *waiting]
    page = words_of(shown_to(esim))
    assert "We don't hear from your device" not in page
    assert not re.search(r">(Downloaded|Installed|Switched on)<", page)


def test_what_the_network_has_seen_is_installed(esim: Esim) -> None:
    esim.state, esim.installed_at = EsimState.INSTALLED, esim.created_at
    esim.save()
    assert steps_of(esim) == [("ordered", ""), ("downloaded", ""), ("installed", "")]


def test_a_supplier_that_never_tells_is_said_to_be_silent(
    esim: Esim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install_progress, "capabilities_of", lambda _code: Capabilities())
    assert "We don't hear from your device" in words_of(shown_to(esim))
    make_installation(esim=esim)
    assert "We don't hear from your device" not in words_of(shown_to(esim))


@pytest.mark.parametrize(
    ("failure", "advice"),
    [
        ("4/9", "already on this device"),
        ("4/10", "The device is full"),
        ("4/11", "It was interrupted"),
        ("4/127", "could not install it"),
        ("of_another_kind", "could not install it"),
    ],
)
def test_a_failure_comes_with_what_to_do(esim: Esim, failure: str, advice: str) -> None:
    make_installation(esim=esim, state="failed", failure=failure)
    assert advice in words_of(shown_to(esim))


def test_the_device_is_named(esim: Esim) -> None:
    device = make_device(subscriber=esim.subscriber)
    make_installation(esim=esim, device=device)
    assert "A device</span>" in text_of(shown_to(esim))
    rename_device(device=device, name="Pixel")
    assert "Pixel</span>" in text_of(shown_to(esim))


def test_several_devices_without_a_name_are_told_apart(esim: Esim) -> None:
    device = make_device(subscriber=esim.subscriber)
    make_installation(esim=esim, device=device)
    another = make_device(subscriber=esim.subscriber, number=2)
    assert "A device</span>" in text_of(shown_to(esim))
    make_installation(esim=esim, iccid=make_esim().iccid, device=another)
    assert "Device 1</span>" in text_of(shown_to(esim))


def test_a_code_that_was_used_is_folded_away(esim: Esim) -> None:
    before = text_of(shown_to(esim))
    assert "used-code" not in before
    assert "installed-already" not in before
    make_installation(esim=esim, device=make_device(subscriber=esim.subscriber, name="Pixel"))
    page = text_of(shown_to(esim))
    assert "It is already installed on Pixel. The code has been used." in page
    assert reverse("esim_devices", args=[esim.public_id]) in page
    fold = page.index('data-testid="used-code"')
    assert fold < page.index('class="qr"') < page.index("</details>", fold)
    assert "code-used" not in page


def test_a_page_that_is_open_says_that_its_code_was_used(esim: Esim) -> None:
    client = Client()
    client.force_login(esim.subscriber)
    path = reverse("install_progress", args=[esim.public_id])
    assert "code-used" not in text_of(client.get(path))
    make_installation(esim=esim)
    assert "If this page still shows the code: it has been used." in text_of(client.get(path))
    assert "code-used" not in text_of(client.get(f"{path}?used=1"))
    assert f'hx-get="{path}?used=1"' in text_of(shown_to(esim))


def test_a_deleted_one_shows_its_code(esim: Esim) -> None:
    make_installation(esim=esim, state="deleted")
    assert "used-code" not in text_of(shown_to(esim))


def test_the_page_watches_the_esim(esim: Esim) -> None:
    page = text_of(shown_to(esim))
    assert f'sse-connect="/events/esims/{esim.public_id}?t=' in page
    client = Client()
    client.force_login(esim.subscriber)
    part = client.get(reverse("install_progress", args=[esim.public_id]))
    assert 'data-step="ordered"' in text_of(part)
    assert "<html" not in text_of(part)


def test_the_demo_and_it_alone_leads_to_a_virtual_phone(esim: Esim, settings: Settings) -> None:
    assert "virtual phone" not in text_of(shown_to(esim))
    settings.DEMO_PHONE_URL = "http://127.0.0.1:8004"
    page = words_of(shown_to(esim))
    [address] = re.findall(r'href="(http://127.0.0.1:8004/[^"]+)"', page)
    assert parse_qs(urlsplit(address).query) == {"code": [esim.activation_code]}
