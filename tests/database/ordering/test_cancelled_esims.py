"""An eSIM that its supplier cancels, after its money went back, is not offered for installing."""

import pytest

from limosa.domain.connectivity.capabilities import Cancel, Capabilities
from limosa.domain.connectivity.models import Supply
from limosa.domain.esims.models import Esim, EsimState
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.operations.supply_next_order import supply_next_order
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_supplier
from tests.fakes.supplier import FakeSupplier

pytestmark = pytest.mark.django_db


def work() -> None:
    while supply_next_order(clock=lambda: MOMENT):
        pass


@pytest.fixture
def order(shop: Shop, supplier: FakeSupplier) -> Order:
    """A new eSIM that the supplier has delivered."""
    placed = shop.place(make_plan(supplier=make_supplier("wholesale")), takes_new_esim=True)
    shop.pay(placed)
    work()
    return Order.objects.select_related("quote", "esim").get(pk=placed.pk)


def give_back(order: Order) -> tuple[str, str]:
    """Return what became of the supply and of the eSIM."""
    assert order.esim_id is not None
    refund_order(order_number=order.number, reason="person", now=MOMENT)
    assert Esim.objects.get(pk=order.esim_id).state != EsimState.DELETED, "nobody has cancelled it"
    work()
    supply = Supply.objects.get(order_number=order.number)
    return supply.state, Esim.objects.get(pk=order.esim_id).state


def test_it_is_retired_once_the_supplier_has_cancelled_it(order: Order, shop: Shop) -> None:
    assert give_back(order) == ("cancelled", "deleted")
    shop.check_books()


def test_it_stays_where_the_supplier_does_not_cancel(order: Order, supplier: FakeSupplier) -> None:
    supplier.capabilities = Capabilities(cancel=Cancel.NONE)
    assert give_back(order) == ("kept", "ready")


def test_it_stays_on_the_device_that_has_it(order: Order) -> None:
    Esim.objects.filter(orders=order).update(state=EsimState.INSTALLED, installed_at=MOMENT)
    assert give_back(order) == ("cancelled", "installed")


def test_it_stays_while_another_order_is_for_it(order: Order, shop: Shop) -> None:
    assert order.esim is not None
    shop.running.esim = order.esim  # The next order is for this eSIM.
    assert shop.place(order.quote.plan).esim_id == order.esim_id
    assert give_back(order) == ("cancelled", "ready")


def test_a_renewal_that_is_cancelled_leaves_its_esim_alone(
    shop: Shop, supplier: FakeSupplier
) -> None:
    Esim.objects.update(supplier=make_supplier("wholesale"), state="ready", installed_at=None)
    shop.running.esim.refresh_from_db()
    renewal = shop.place(make_plan(supplier=make_supplier("wholesale")))
    shop.pay(renewal)
    work()
    renewal = Order.objects.get(pk=renewal.pk)
    assert renewal.esim_id == shop.running.esim_id
    assert give_back(renewal) == ("cancelled", "ready")
