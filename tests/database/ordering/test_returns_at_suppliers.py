"""A person's money follows the supplier's yes, and nobody gets it back for what goes on working."""

from datetime import timedelta
from typing import Any

import pytest

from limosa.domain.connectivity.answers import CancelAnswer
from limosa.domain.connectivity.capabilities import Cancel, RenewalStart
from limosa.domain.connectivity.models import Supply
from limosa.domain.esims.engine.bundle_life import BundleState
from limosa.domain.esims.models import Bundle, Esim, EsimState
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.apply_undo_answer import apply_undo_answer
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.operations.return_order import return_order
from limosa.domain.ordering.operations.supply_next_order import supply_next_order
from limosa.domain.ordering.refusals import NotTakenBackError, RefundNotAllowedError
from limosa.domain.payments.calling import call_directly
from limosa.domain.payments.models import Dispute, Payment, Refund
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_supplier
from tests.factories.payments import make_dispute
from tests.fakes.supplier import LOST_AFTER, LOST_BEFORE, PENDING, REFUSED_FOR_GOOD, FakeSupplier

pytestmark = pytest.mark.django_db


def work(now: Any = MOMENT) -> None:
    while supply_next_order(clock=lambda: now):
        pass


def bought(shop: Shop) -> Order:
    placed = shop.place(make_plan(supplier=make_supplier("wholesale")), takes_new_esim=True)
    shop.pay(placed)
    work()
    return Order.objects.get(pk=placed.pk)


@pytest.fixture
def order(shop: Shop, supplier: FakeSupplier) -> Order:
    """A new eSIM that the supplier has delivered, and does not count the use of."""
    can = supplier.capabilities
    supplier.capabilities = can.__class__(
        cancel=can.cancel, end_early=True, callback_auth=can.callback_auth,
        idempotency=can.idempotency, renewal_start=RenewalStart.AFTER_CURRENT,
    )  # fmt: skip
    return bought(shop)


def give_back(order: Order) -> Refund | None:
    return return_order(order_number=order.number, caller=call_directly, now=MOMENT)


def stand(order: Order) -> tuple[str, str, str]:
    """Return where the order, its supply and its eSIM stand."""
    found = Order.objects.select_related("esim").get(pk=order.pk)
    assert found.esim is not None
    return found.state, Supply.objects.get(order_number=order.number).state, found.esim.state


def dispute(order: Order) -> None:
    make_dispute(payment=Payment.objects.get(order_number=order.number))


def told(order: Order) -> list[str]:
    rows = Notification.objects.filter(subscriber_id=order.subscriber_id).order_by("id")
    return list(rows.values_list("kind", flat=True))


def test_no_money_moves_before_the_supplier_has_agreed(order: Order, shop: Shop) -> None:
    assert give_back(order) is None
    assert stand(order) == ("fulfilled", "returning", "ready")
    assert not Refund.objects.exists()
    work()
    assert stand(order) == ("refunded", "cancelled", "deleted")
    assert "return_refused" not in told(order)
    assert Refund.objects.get().reason == "person"
    assert Bundle.objects.get(order_number=order.number).state == BundleState.REFUNDED
    shop.check_books()


def test_what_the_supplier_refuses_stays_paid_and_goes_on_working(
    order: Order, shop: Shop, supplier: FakeSupplier
) -> None:
    delivered_at = Supply.objects.get(order_number=order.number).ended_at
    supplier.script(REFUSED_FOR_GOOD)
    give_back(order)
    work()
    assert stand(order) == ("fulfilled", "delivered", "ready")
    assert not Refund.objects.exists()
    supply = Supply.objects.get(order_number=order.number)
    assert (supply.ended_at, supply.return_asked_at) == (delivered_at, MOMENT)
    with pytest.raises(NotTakenBackError):
        give_back(order)
    shop.check_books()


def test_whoever_asked_is_written_to_once_when_the_supplier_refuses(
    order: Order, supplier: FakeSupplier
) -> None:
    before = told(order)
    supplier.script(REFUSED_FOR_GOOD)
    give_back(order)
    assert told(order) == before
    work()
    assert told(order) == [*before, "return_refused"]
    message = Notification.objects.get(kind="return_refused")
    assert message.parameters == {
        "order_number": order.number,
        "plan_name": order.quote.plan.name,
    }
    assert message.next_mail_at is not None
    work(MOMENT + timedelta(hours=2))
    assert told(order) == [*before, "return_refused"]


@pytest.mark.parametrize("fault", [LOST_BEFORE, LOST_AFTER, PENDING])
def test_no_fault_pays_back_what_was_not_cancelled_or_keeps_what_was(
    order: Order, shop: Shop, supplier: FakeSupplier, fault: str
) -> None:
    supplier.script(fault)
    give_back(order)
    work()
    assert stand(order)[:2] == ("fulfilled", "returning")
    assert not Refund.objects.exists()
    assert "return_refused" not in told(order)
    work(MOMENT + timedelta(hours=2))
    assert stand(order)[:2] == ("refunded", "cancelled")
    assert Refund.objects.count() == 1
    shop.check_books()


def test_asking_twice_asks_once(order: Order) -> None:
    give_back(order)
    give_back(order)
    work()
    with pytest.raises(RefundNotAllowedError):
        give_back(order)
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("why", ["no cancel", "installed", "renewal", "two orders"])
def test_what_the_supplier_is_not_known_to_take_back_is_for_staff(
    order: Order, shop: Shop, supplier: FakeSupplier, why: str
) -> None:
    assert order.esim is not None
    if why == "no cancel":
        supplier.capabilities = type(supplier.capabilities)(cancel=Cancel.NONE, end_early=True)
    elif why == "installed":
        Esim.objects.filter(pk=order.esim.pk).update(state=EsimState.INSTALLED, installed_at=MOMENT)
    elif why == "renewal":
        Supply.objects.update(iccid="", activation_code=None, renewed_iccid=order.esim.iccid)
    else:
        shop.running.esim = order.esim
        shop.place(order.quote.plan)
    with pytest.raises(NotTakenBackError):
        give_back(order)
    assert stand(order)[:2] == ("fulfilled", "delivered")
    assert not Refund.objects.exists()
    refund_order(order_number=order.number, reason="staff", now=MOMENT)
    assert stand(order)[0] == OrderState.REFUNDED


def test_who_uses_it_while_the_supplier_is_asked_gets_what_the_supplier_decides(
    order: Order, shop: Shop
) -> None:
    give_back(order)
    Bundle.objects.filter(order_number=order.number).update(used_bytes=1)
    work()
    assert stand(order)[:2] == ("refunded", "cancelled")
    Bundle.objects.filter(order_number=order.number).update(used_bytes=0)  # There is no reading.
    shop.check_books()


def test_a_dispute_holds_the_money_and_the_return_stays_open(order: Order, shop: Shop) -> None:
    give_back(order)
    dispute(order)
    work()
    assert stand(order)[:2] == ("fulfilled", "returning")
    assert Supply.objects.get(order_number=order.number).problem == "money_can_not_go_back"
    assert not Refund.objects.exists()
    Dispute.objects.update(state="won", closed_at=MOMENT)
    work(MOMENT + timedelta(hours=2))
    assert stand(order)[:2] == ("refunded", "cancelled")


def test_what_is_disputed_is_not_returned(order: Order) -> None:
    dispute(order)
    with pytest.raises(RefundNotAllowedError):
        give_back(order)
    assert stand(order)[:2] == ("fulfilled", "delivered")


def test_staff_may_refund_meanwhile(order: Order, shop: Shop) -> None:
    give_back(order)
    refund_order(order_number=order.number, reason="staff", now=MOMENT)
    assert stand(order)[:2] == ("refunded", "cancelling")
    work()
    assert stand(order)[:2] == ("refunded", "cancelled")
    assert Refund.objects.count() == 1
    shop.check_books()


def test_a_refusal_that_was_overtaken_does_not_end_a_return(order: Order) -> None:
    give_back(order)
    supply = Supply.objects.get(order_number=order.number)
    Supply.objects.update(attempts=supply.attempts + 2)  # Two calls: the first one hangs.
    first, second = supply.attempts + 1, supply.attempts + 2
    apply_undo_answer(supply_id=supply.pk, answer=CancelAnswer.REFUSED, attempt=first, now=MOMENT)
    assert stand(order)[:2] == ("fulfilled", "returning")
    apply_undo_answer(supply_id=supply.pk, answer=CancelAnswer.DONE, attempt=second, now=MOMENT)
    assert stand(order)[:2] == ("refunded", "cancelled")


def test_bundles_that_are_ours_alone_are_returned_at_once(
    order: Order, supplier: FakeSupplier
) -> None:
    supplier.capabilities = type(supplier.capabilities)(renewal_start=RenewalStart.AS_CHOSEN)
    assert give_back(order) is not None
    assert stand(order)[0] == OrderState.REFUNDED


def test_what_is_not_delivered_yet_is_not_returned_by_its_person(
    shop: Shop, supplier: FakeSupplier
) -> None:
    supplier.script(PENDING)
    order = bought(shop)
    with pytest.raises(RefundNotAllowedError):
        give_back(order)
    assert not Refund.objects.exists()
