"""What suppliers send to /suppliers/{supplier}/callback, and what they are answered."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from limosa.domain.connectivity.answers import SupplierEsim, SupplyRequest
from limosa.domain.connectivity.capabilities import CallbackAuth
from limosa.domain.connectivity.kept_callbacks import unpacked
from limosa.domain.connectivity.models import KeptCallback, SupplierMessage, Supply
from limosa.domain.ordering.models import OrderState
from limosa.servers.endpoints import supplier_callbacks
from tests.factories.connectivity import make_supply
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment
from tests.fakes.supplier import PENDING, FakeSupplier, Message
from tests.fakes.wholesale import wholesale_in
from tests.machines import Machines

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
    renewed = SupplierEsim(iccid="x")
    supplier.order(SupplyRequest(number=order.number, plan_code="any", renewed=renewed))
    supplier.deliver(order.number)
    return make_supply(order_number=order.number, state="pending", renewed_iccid=renewed.iccid)


def send(machines: Machines, message: Message) -> tuple[int, bytes]:
    answer = machines.post(ADDRESS, message.body, **message.headers)
    return answer.status_code, answer.content


def test_a_genuine_one_is_applied_and_answered_as_the_supplier_wants(
    machines: Machines, supplier: FakeSupplier
) -> None:
    supply = pending(supplier)
    message = supplier.message(supply.order_number)
    assert [send(machines, message) for _ in range(2)] == [(200, b'{"code":"0000"}')] * 2
    supply.refresh_from_db()
    assert supply.state == "delivered"
    assert SupplierMessage.objects.get().result == "delivered"
    kept = KeptCallback.objects.get()
    assert (kept.order_numbers, kept.standing) == ([supply.order_number], "verified")
    assert kept.content is not None
    assert unpacked(kept.content).body == message.body


def test_a_forged_one_changes_nothing(machines: Machines, supplier: FakeSupplier) -> None:
    supply = pending(supplier)
    message = supplier.message(supply.order_number)
    status, _ = send(machines, Message({}, message.body))
    assert status == 400
    supply.refresh_from_db()
    assert supply.state == "pending"
    assert not SupplierMessage.objects.exists()
    kept = KeptCallback.objects.get()
    assert (kept.standing, kept.reason) == ("refused", "signature_wrong")


def test_a_supplier_may_ask_whether_the_address_is_there(
    machines: Machines, supplier: FakeSupplier
) -> None:
    answer = machines.ask("HEAD", ADDRESS)
    assert (answer.status_code, answer.content) == (200, b"")
    assert machines.ask("HEAD", "/suppliers/other/callback").status_code == 404
    assert machines.ask("HEAD", "/payments/stripe/notify").status_code == 405


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"{}"])
def test_garbage_is_refused(machines: Machines, supplier: FakeSupplier, body: bytes) -> None:
    status, _ = send(machines, Message({"fake-signature": "genuine"}, body))
    assert status == 400


def test_one_of_an_order_that_is_not_known_yet_is_to_be_sent_again(
    machines: Machines, supplier: FakeSupplier
) -> None:
    supplier.order(SupplyRequest(number="L-NOWHERE", plan_code="any"))
    status, _ = send(machines, supplier.message("L-NOWHERE"))
    assert status == 503


def test_the_address_is_there_for_suppliers_of_the_settings_alone(
    machines: Machines, supplier: FakeSupplier
) -> None:
    assert machines.post("/suppliers/other/callback", b"").status_code == 404
    answer = machines.ask("GET", ADDRESS)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST, HEAD, OPTIONS")


def test_of_a_flood_of_forged_ones_none_gets_a_thread_and_few_lines_are_logged(
    machines: Machines,
    supplier: FakeSupplier,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moment = [1000.0]
    monkeypatch.setattr(supplier_callbacks, "monotonic", lambda: moment[0])
    with CaptureQueriesContext(connection) as queries:
        assert {send(machines, Message({}, b"{}"))[0] for _ in range(50)} == {400}
        moment[0] += supplier_callbacks.TELL_SECONDS
        assert send(machines, Message({}, b"{}"))[0] == 400
    assert not machines.given_away
    assert not queries.captured_queries
    assert caplog.messages == [
        "callbacks refused: wholesale signature_wrong 1",
        "callbacks refused: wholesale signature_wrong 50",
    ]


def test_one_that_proves_nothing_is_read_in_a_thread(
    machines: Machines, supplier: FakeSupplier
) -> None:
    supplier.capabilities = replace(supplier.capabilities, callback_auth=CallbackAuth.UNSIGNED)
    assert send(machines, Message({}, b"[]"))[0] == 400
    assert machines.given_away == 1
