"""An order's page has what its supplier told by itself: blotted, and to be delivered again."""

import json
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from limosa.domain.accounts.models import StaffRole
from limosa.domain.connectivity.models import SupplierMessage
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.support.models import AuditEntry
from tests.factories import MOMENT
from tests.factories.accounts import make_operator, sign_in_staff
from tests.factories.connectivity import make_kept_callback, make_supply
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment
from tests.fakes.supplier import FakeSupplier
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db
ICCID, CODE = "8986014123456789012", "LPA:1$smdp.example.com$K2-1A2B3C"


@pytest.fixture
def supplier(settings: Settings) -> Iterator[FakeSupplier]:
    with wholesale_in(settings) as fake:
        yield fake


@pytest.fixture
def order(supplier: FakeSupplier) -> Order:
    """A paid order that the supplier was asked for, its number there looking like a card's."""
    made = make_order(state=OrderState.PAID)
    make_payment(order=made, state="succeeded")
    make_supply(order_number=made.number, state="pending", reference="202611200000000001")
    return made


def body(order: Order) -> bytes:
    said = {"id": "m-1", "number": order.number, "reference": "202611200000000001"}
    said |= {"state": "delivered", "iccid": ICCID, "code": CODE}
    return json.dumps(said).encode()


def page(client: Client, order: Order) -> str:
    return client.get(reverse("console:order", args=[order.number])).content.decode()


def test_a_callback_is_shown_without_its_secrets(client: Client, order: Order) -> None:
    sign_in_staff(client)
    make_kept_callback(order_numbers=[order.number], body=body(order), message_id="m-1")
    SupplierMessage.objects.create(
        supplier_code="wholesale",
        message_id="m-1",
        order_number=order.number,
        received_at=MOMENT,
        result="pending",
    )
    shown = page(client, order)
    for said in ("signature verified", "Ordered, not delivered yet", "202611200000000001", "…9012"):
        assert said in shown
    assert ICCID not in shown
    assert CODE not in shown


def test_it_is_delivered_again_and_the_record_says_by_whom(client: Client, order: Order) -> None:
    sign_in_staff(client, make_operator(staff_role=StaffRole.SUPPORT))
    kept = make_kept_callback(order_numbers=[order.number], body=body(order))
    address = reverse("console:deliver_callback", args=[order.number, kept.pk])
    assert address in page(client, order)
    answer = client.post(address, follow=True).content.decode()
    assert "The notification was delivered again: Delivered by the supplier." in answer
    assert "Supplier notification delivered again" in answer
    assert AuditEntry.objects.get().detail == "delivered"
    assert Order.objects.get(pk=order.pk).state == OrderState.FULFILLED
    assert "no news" in client.post(address, follow=True).content.decode()


@pytest.mark.parametrize(
    ("standing", "reason", "said"),
    [
        ("unsigned", "", "This supplier doesn't sign its notifications"),
        ("refused", "signature_wrong", "It can't be delivered again."),
    ],
)
def test_what_was_not_verified_is_shown_and_has_no_button(
    client: Client, order: Order, standing: str, reason: str, said: str
) -> None:
    sign_in_staff(client)
    kept = make_kept_callback(
        order_numbers=[order.number], body=body(order), standing=standing, reason=reason
    )
    address = reverse("console:deliver_callback", args=[order.number, kept.pk])
    shown = page(client, order)
    assert said in shown
    assert address not in shown
    assert (
        "can&#x27;t be delivered again: its signature"
        in client.post(address, follow=True).content.decode()
    )
    assert Order.objects.get(pk=order.pk).state == OrderState.PAID


def test_viewers_see_it_and_deliver_nothing(client: Client, order: Order) -> None:
    sign_in_staff(client, make_operator(staff_role=StaffRole.VIEWER))
    kept = make_kept_callback(order_numbers=[order.number], body=body(order))
    address = reverse("console:deliver_callback", args=[order.number, kept.pk])
    shown = page(client, order)
    assert "signature verified" in shown
    assert address not in shown
    assert client.post(address).status_code == 403


def test_a_callback_of_another_order_is_not_found(client: Client, order: Order) -> None:
    sign_in_staff(client)
    kept = make_kept_callback()
    address = reverse("console:deliver_callback", args=[order.number, kept.pk])
    assert client.post(address).status_code == 404
    assert "Notifications from the supplier" not in page(client, order)
