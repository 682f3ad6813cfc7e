"""A callback that was kept can be delivered again: by whoever may, and as if it had just come."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from limosa.domain.accounts.models import StaffRole, Subscriber
from limosa.domain.connectivity.answers import SupplierEsim, SupplyRequest
from limosa.domain.connectivity.capabilities import CallbackAuth
from limosa.domain.connectivity.kept_callbacks import CONTENT_BYTES_MAX, ReceivedCallback
from limosa.domain.connectivity.models import KeptCallback, SupplierMessage, Supply
from limosa.domain.connectivity.operations.forget_callbacks import forget_callbacks
from limosa.domain.connectivity.operations.keep_received_callback import keep_received_callback
from limosa.domain.connectivity.operations.keep_refused_callback import keep_refused_callback
from limosa.domain.esims.models import Bundle, Esim
from limosa.domain.ordering.models import OrderState
from limosa.domain.ordering.operations.receive_supplier_callback import receive_supplier_callback
from limosa.domain.support.models import AuditEntry
from limosa.domain.support.operations.deliver_callback_again import deliver_callback_again
from limosa.domain.support.refusals import CallbackNotDeliverableError, RoleTooLowError
from tests.factories import MOMENT
from tests.factories.accounts import make_operator
from tests.factories.connectivity import make_supply
from tests.factories.esims import make_esim
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment
from tests.fakes.supplier import PENDING, FakeSupplier
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def supplier(settings: Settings) -> Iterator[FakeSupplier]:
    with wholesale_in(settings) as fake:
        yield fake


def told(supplier: FakeSupplier, *, renewed: str = "x") -> Supply:
    """An order whose delivery a callback has told."""
    supply = pending(supplier, renewed=renewed)
    message = supplier.message(supply.order_number)
    receive_supplier_callback(
        supplier_code="wholesale", headers=message.headers, body=message.body, now=MOMENT
    )
    return Supply.objects.get(pk=supply.pk)


def pending(supplier: FakeSupplier, *, renewed: str = "x") -> Supply:
    order = make_order(state=OrderState.PAID)
    make_payment(order=order, state="succeeded")
    supplier.script(PENDING)
    esim = SupplierEsim(iccid=renewed) if renewed else None
    supplier.order(SupplyRequest(number=order.number, plan_code="any", renewed=esim))
    supplier.deliver(order.number)
    return make_supply(order_number=order.number, state="pending", renewed_iccid=renewed)


def again(supply: Supply, actor: Subscriber | None = None) -> str:
    return deliver_callback_again(
        callback_id=KeptCallback.objects.get().pk,
        order_number=supply.order_number,
        actor=actor or make_operator(staff_role=StaffRole.SUPPORT),
        now=MOMENT + timedelta(days=1),
    )


def test_what_could_not_be_applied_is_delivered_once_it_can(supplier: FakeSupplier) -> None:
    """Here the eSIM that the supplier gave was somebody else's by our books, which was mended."""
    supply = pending(supplier, renewed="")
    iccid = supplier.orders_of(supply.order_number)[0]
    profile = supplier._profile(iccid)
    assert profile is not None
    taken = make_esim(iccid=profile.iccid, supplier_reference=profile.reference)
    message = supplier.message(supply.order_number)
    receive_supplier_callback(
        supplier_code="wholesale", headers=message.headers, body=message.body, now=MOMENT
    )
    supply.refresh_from_db()
    assert supply.state == "unclear"
    Esim.objects.filter(pk=taken.pk).delete()
    assert again(supply) == "delivered"
    assert Bundle.objects.filter(order_number=supply.order_number).count() == 1
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.detail) == (
        "deliver_callback",
        supply.order_number,
        "delivered",
    )


def test_what_was_applied_changes_nothing_more(supplier: FakeSupplier) -> None:
    supply = told(supplier)
    assert supply.state == "delivered"
    before = list(Bundle.objects.values()), list(SupplierMessage.objects.values())
    assert [again(supply), again(supply)] == ["no_news", "no_news"]
    assert (list(Bundle.objects.values()), list(SupplierMessage.objects.values())) == before
    assert KeptCallback.objects.count() == 1
    assert AuditEntry.objects.count() == 2


def test_what_is_kept_can_not_be_read_in_the_database(supplier: FakeSupplier) -> None:
    supply = told(supplier, renewed="")
    assert supply.activation_code
    with connection.cursor() as cursor:
        cursor.execute("SELECT kept::text FROM connectivity_keptcallback AS kept")
        [(row,)] = cursor.fetchall()
    assert supply.activation_code not in row
    assert supply.iccid not in row


def test_an_unsigned_one_is_kept_and_not_applied(supplier: FakeSupplier) -> None:
    supplier.capabilities = replace(supplier.capabilities, callback_auth=CallbackAuth.UNSIGNED)
    supply = told(supplier)
    assert KeptCallback.objects.get().standing == "unsigned"
    with pytest.raises(CallbackNotDeliverableError):
        again(supply)
    assert not AuditEntry.objects.exists()


def test_a_refused_one_is_kept_and_never_applied(supplier: FakeSupplier) -> None:
    supply = pending(supplier)
    body = supplier.message(supply.order_number).body
    received = ReceivedCallback({"fake-signature": "genuine"}, body)
    for _ in range(2):
        assert keep_refused_callback(
            supplier_code="wholesale", reason="signature_wrong", received=received, now=MOMENT
        )
    with pytest.raises(CallbackNotDeliverableError):
        again(supply)
    supply.refresh_from_db()
    assert supply.state == "pending"


def test_of_refused_ones_only_few_that_name_our_orders_are_kept(supplier: FakeSupplier) -> None:
    number = pending(supplier).order_number
    kept = [
        keep_refused_callback(
            supplier_code=code,
            reason="signature_wrong",
            received=ReceivedCallback({}, f"{name} {turn}".encode()),
            now=MOMENT,
        )
        for code, name in (("wholesale", "L-ABCDEFGH"), ("other", number), ("wholesale", number))
        for turn in range(25)
    ]
    assert kept == [False] * 50 + [True] * 20 + [False] * 5


def test_one_that_is_no_longer_believed_is_not_applied(supplier: FakeSupplier) -> None:
    supply = told(supplier)
    supplier.capabilities = replace(supplier.capabilities, callback_auth=CallbackAuth.NONE)
    with pytest.raises(CallbackNotDeliverableError):
        again(supply)


def test_one_that_is_too_long_is_told_of_and_not_kept(supplier: FakeSupplier) -> None:
    supply = pending(supplier)
    keep_received_callback(
        supplier_code="wholesale",
        message_id="long",
        received=ReceivedCallback({}, b" " * CONTENT_BYTES_MAX),
        orders={supply.order_number},
        is_believed=True,
        now=MOMENT,
    )
    assert KeptCallback.objects.get().content is None
    with pytest.raises(CallbackNotDeliverableError):
        again(supply)


def test_it_is_of_its_order_alone(supplier: FakeSupplier) -> None:
    told(supplier)
    with pytest.raises(KeptCallback.DoesNotExist):
        again(pending(supplier))


def test_whoever_only_looks_delivers_nothing(supplier: FakeSupplier) -> None:
    supply = told(supplier)
    with pytest.raises(RoleTooLowError):
        again(supply, make_operator(staff_role=StaffRole.VIEWER))


def test_after_three_months_only_the_result_is_left(supplier: FakeSupplier) -> None:
    told(supplier)
    assert forget_callbacks(now=MOMENT + timedelta(days=89)) == 0
    assert forget_callbacks(now=MOMENT + timedelta(days=90)) == 1
    assert SupplierMessage.objects.get().result == "delivered"
