"""What suppliers send to /suppliers/{supplier}/callback, and what they are answered."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from limosa.domain.connectivity.answers import SupplyRequest
from limosa.domain.connectivity.models import SupplierMessage, Supply
from limosa.domain.ordering.models import OrderState
from tests.factories.connectivity import make_supply
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment
from tests.fakes.supplier import PENDING, FakeSupplier, Message
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db
ADDRESS = "/suppliers/wholesale/callback"


@pytest.fixture
def supplier(settings: Settings) -> Iterator[FakeSupplier]:
    with wholesale_in(settings) as fake:
        yield fake


def pending(supplier: FakeSupplier) -> Supply:
    order = make_order(state=OrderState.PAID)
    make_payment(order=order, state="succeeded")
    supplier.script(PENDING)
    supplier.order(SupplyRequest(number=order.number, plan_code="any"))
    supplier.deliver(order.number)
    return make_supply(order_number=order.number, state="pending", renewed_iccid="x")


def send(client: Client, message: Message) -> tuple[int, bytes]:
    answer = client.post(
        ADDRESS,
        message.body,
        content_type="application/json",
        headers=dict(message.headers),
    )
    return answer.status_code, answer.content


def test_a_genuine_one_is_applied_and_answered_as_the_supplier_wants(
    client: Client, supplier: FakeSupplier
) -> None:
    supply = pending(supplier)
    message = supplier.message(supply.order_number)
    assert [send(client, message) for _ in range(2)] == [(200, b'{"code":"0000"}')] * 2
    supply.refresh_from_db()
    assert supply.state == "delivered"
    assert SupplierMessage.objects.get().result == "delivered"


def test_a_forged_one_changes_nothing(client: Client, supplier: FakeSupplier) -> None:
    supply = pending(supplier)
    message = supplier.message(supply.order_number)
    status, _ = send(client, Message({}, message.body))
    assert status == 400
    supply.refresh_from_db()
    assert supply.state == "pending"
    assert not SupplierMessage.objects.exists()


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"{}"])
def test_garbage_is_refused(client: Client, supplier: FakeSupplier, body: bytes) -> None:
    status, _ = send(client, Message({"fake-signature": "genuine"}, body))
    assert status == 400


def test_one_of_an_order_that_is_not_known_yet_is_to_be_sent_again(
    client: Client, supplier: FakeSupplier
) -> None:
    supplier.order(SupplyRequest(number="L-NOWHERE", plan_code="any"))
    status, _ = send(client, supplier.message("L-NOWHERE"))
    assert status == 503


def test_the_address_is_there_for_suppliers_of_the_settings_alone(
    client: Client, supplier: FakeSupplier
) -> None:
    assert client.post("/suppliers/other/callback").status_code == 404
    assert client.get(ADDRESS).status_code == 405
