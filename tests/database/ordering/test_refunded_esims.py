"""An eSIM of our own network whose money goes back before anybody downloads it is nobody's."""

from typing import Any

import pytest

from limosa.domain.catalog.models import Plan
from limosa.domain.esims.models import Bundle, Esim, EsimState
from limosa.domain.ordering.models import Order, OrderState, StartRule
from limosa.domain.ordering.operations.deliver_waiting_orders import deliver_waiting_orders
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.rsp.models import DownloadOrder
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.factories.catalog import make_supplier
from tests.factories.rsp import EID
from tests.fakes.supplier import FakeSupplier

pytestmark = pytest.mark.django_db


def placed(shop: Shop, *, esim: Esim | None = None) -> Order:
    quote = make_quote(
        subscriber=shop.running.subscriber,
        esim=esim,
        plan_code=shop.running.plan_id,
        start_rule=StartRule.NOW,
        now=MOMENT,
    )
    return place_order(quote=quote, now=MOMENT)


def bought(shop: Shop, **fields: Any) -> Order:
    order = placed(shop, **fields)
    shop.pay(order)
    order.refresh_from_db()
    assert order.state == OrderState.FULFILLED
    return order


def ask_back(order: Order, *, part_minor: int | None = None) -> None:
    refund_order(
        order_number=order.number, reason="changed_mind", now=MOMENT, part_minor=part_minor
    )


def states(order: Order) -> tuple[str, str]:
    """Return where the profile's order and the eSIM stand."""
    esim = Order.objects.select_related("esim").get(pk=order.pk).esim
    assert esim is not None
    return DownloadOrder.objects.get(reference=order.number).state, esim.state


def test_what_nobody_downloaded_is_withdrawn_with_its_money(shop: Shop) -> None:
    order = bought(shop)
    assert states(order) == ("released", "ready")
    ask_back(order)
    assert states(order) == ("cancelled", "deleted")
    shop.check_books()


def test_what_a_device_has_stays(shop: Shop) -> None:
    order = bought(shop)
    made = DownloadOrder.objects.get()
    made.state, made.bound_eid, made.downloads = "downloaded", EID, 1
    made.save()
    ask_back(order)
    assert states(order) == ("downloaded", "ready")


def test_an_esim_that_was_renewed_meanwhile_stays(shop: Shop) -> None:
    order = bought(shop)
    order.refresh_from_db()
    bought(shop, esim=order.esim)
    ask_back(order)
    assert states(order) == ("released", "ready")


def test_an_esim_that_is_being_renewed_stays(shop: Shop) -> None:
    order = bought(shop)
    placed(shop, esim=order.esim)
    ask_back(order)
    assert states(order) == ("released", "ready")


def test_a_renewal_that_goes_back_leaves_its_esim_alone(shop: Shop) -> None:
    first = bought(shop)
    second = bought(shop, esim=first.esim)
    ask_back(second)
    assert states(first) == ("released", "ready")


def test_a_part_that_goes_back_leaves_the_esim_alone(shop: Shop) -> None:
    order = bought(shop)
    ask_back(order, part_minor=1)
    assert states(order) == ("released", "ready")


@pytest.mark.parametrize("code", ["gone", "wholesale"])
def test_the_money_goes_back_though_the_plan_has_another_supplier_meanwhile(
    shop: Shop, supplier: FakeSupplier, code: str
) -> None:
    """One that is not set up any more, or one that a worker calls; neither is asked here."""
    order = bought(shop)
    Plan.objects.update(supplier=make_supplier(code))
    ask_back(order)
    assert Order.objects.get(pk=order.pk).state == OrderState.REFUNDED
    assert states(order) == ("released", "ready")
    assert supplier.calls(order.number) == []


def test_nothing_is_delivered_to_an_esim_that_is_out_of_service(shop: Shop) -> None:
    """A renewal that was placed before, and paid after it."""
    order = placed(shop, esim=shop.running.esim)
    Esim.objects.filter(pk=shop.running.esim_id).update(state=EsimState.DELETED)
    shop.pay(order)
    order.refresh_from_db()
    assert order.state == OrderState.PAID
    assert not Bundle.objects.filter(order_number=order.number).exists()
    later = MOMENT.replace(hour=MOMENT.hour + 1)
    deliver_waiting_orders(now=later)
    order.refresh_from_db()
    assert order.state == OrderState.REFUNDED
    shop.check_books()
