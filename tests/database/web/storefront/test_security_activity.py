"""Sign-ins, wrong passwords and changes stand on the person's page, and on the staff's."""

import pytest
from django.test import Client
from django.urls import reverse

from limosa.domain.accounts.models import SecurityEvent, SecurityEventKind
from limosa.domain.accounts.operations.record_security_event import record_security_event
from limosa.domain.accounts.operations.set_payment_pin import set_payment_pin
from limosa.domain.accounts.origin import Origin
from limosa.web.wording.devices import device_name
from limosa.web.wording.security_events import TITLES
from tests.database.web.storefront.shop import Shop
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber, sign_in_staff

pytestmark = pytest.mark.django_db

PASSWORD = "tidal-godwit-7"
PAGE = "/settings/security/"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)


def events_of(shop: Shop) -> list[tuple[str, str | None]]:
    rows = SecurityEvent.objects.filter(subscriber=shop.person).order_by("id")
    return [(row.kind, row.address) for row in rows]


def sign_in(shop: Shop, password: str, address: str = "192.0.2.7") -> None:
    client = Client(REMOTE_ADDR=address, headers={"user-agent": IPHONE})
    client.post(reverse("account_login"), {"login": shop.person.email, "password": password})


def test_a_sign_in_and_a_wrong_password_are_recorded_with_where_from(shop: Shop) -> None:
    sign_in(shop, "wrong-godwit-7", "198.51.100.1")
    sign_in(shop, PASSWORD)
    assert events_of(shop) == [("sign_in_failed", "198.51.100.1"), ("signed_in", "192.0.2.7")]
    page = text_of(shop.client.get(PAGE))
    assert page.index("Signed in") < page.index("Wrong password")  # Newest first.
    assert "Safari on iPhone" in page
    assert "198.51.100.1" in page


def test_an_address_that_nobody_has_is_recorded_without_a_person(shop: Shop) -> None:
    form = {"login": "nobody@example.com", "password": PASSWORD}
    Client().post(reverse("account_login"), form)
    assert SecurityEvent.objects.get().subscriber is None
    assert events_of(shop) == []


def test_asking_for_a_reset_and_changing_the_password_are_recorded(shop: Shop) -> None:
    Client().post(reverse("account_reset_password"), {"email": shop.person.email})
    form = {"oldpassword": PASSWORD, "password1": "new-godwit-88", "password2": "new-godwit-88"}
    shop.client.post(reverse("account_change_password"), form)
    assert [kind for kind, _ in events_of(shop)] == ["password_reset_asked", "password_changed"]


def test_each_new_pin_is_recorded(shop: Shop) -> None:
    set_payment_pin(subscriber_id=shop.person.pk, pin="820491", now=MOMENT)
    form = {"old_pin": "820491", "pin": "730258", "again": "730258"}
    path = reverse("account_reauthenticate")
    shop.client.post(path, {"password": PASSWORD})
    shop.client.post("/settings/payment-pin/", form)
    shop.client.post("/settings/payment-pin/reset/", {"pin": "820491", "again": "820491"})
    assert [kind for kind, _ in events_of(shop)] == ["pin_changed", "pin_reset"]


def test_a_person_sees_their_own_events_only_and_in_pages(shop: Shop) -> None:
    for number in range(25):
        for person in (shop.person, make_subscriber()):
            record_security_event(
                subscriber=person,
                kind=SecurityEventKind.SIGNED_IN,
                origin=Origin(address=f"192.0.2.{number if person is shop.person else 200}"),
                now=MOMENT,
            )
    page = text_of(shop.client.get(PAGE))
    assert "192.0.2.24" in page
    assert "192.0.2.200" not in page
    assert page.count("Signed in") == 20
    older = SecurityEvent.objects.get(address="192.0.2.5").pk
    page = text_of(shop.client.get(PAGE, {"before": str(older)}))
    assert page.count("Signed in") == 5


def test_staff_see_what_happened_to_a_person(shop: Shop) -> None:
    sign_in(shop, "wrong-godwit-7", "198.51.100.1")
    desk = Client()
    sign_in_staff(desk)
    page = text_of(desk.get(f"/console/people/{shop.person.pk}/"))
    assert "Wrong password" in page
    assert "Safari on iPhone · 198.51.100.1" in page


def test_every_kind_has_words() -> None:
    assert set(TITLES) == set(SecurityEventKind)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (IPHONE, "Safari on iPhone"),
        (
            "Mozilla/5.0 (Windows NT 10.0) Chrome/141.0 Safari/537.36",
            "Chrome on Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/141.0 Safari/537.36 Edg/141.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 MicroMessenger/8.0", "WeChat on Android"),
        ("curl/8.5", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_a_device_has_a_name_that_its_owner_knows(agent: str, name: str) -> None:
    assert device_name(agent) == name
