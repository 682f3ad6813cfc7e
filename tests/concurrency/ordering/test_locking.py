"""What a credit decides by is read once it is locked."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections, transaction

from limosa.domain.esims.models import Bundle
from limosa.domain.ordering.locking import Locked, lock_payment
from limosa.domain.ordering.models import Order
from limosa.domain.payments.models import Payment
from tests.concurrency.together import wait_for_lock
from tests.concurrency.unlocked import without_row_locks
from tests.factories import MOMENT
from tests.factories.esims import make_bundle
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment

pytestmark = pytest.mark.django_db(transaction=True)
ENDS_AT = MOMENT + timedelta(days=90)


def a_payment() -> Payment:
    bundle = make_bundle(ends_at=MOMENT + timedelta(days=1))
    return make_payment(order=make_order(esim=bundle.esim, subscriber=bundle.subscriber))


def held(payment: Payment) -> Locked:
    try:
        with transaction.atomic():
            found = lock_payment(number=payment.number, provider=payment.provider, now=MOMENT)
        assert found is not None
        return found
    finally:
        connections.close_all()


def change_all(payment: Payment) -> None:
    """Change each row that lock_payment reads, and what runs on the eSIM."""
    order = Order.objects.get(number=payment.order_number)
    Payment.objects.filter(pk=payment.pk).update(problem="changed")
    Order.objects.filter(pk=order.pk).update(recognized_minor=7)
    assert order.esim is not None
    type(order.esim).objects.filter(pk=order.esim.pk).update(label="changed")
    make_bundle(esim=order.esim, ends_at=ENDS_AT)


def held_during(payment: Payment, lock: Callable[[], object], *, waits: bool) -> Locked:
    """Return what another thread holds that came while this one was changing everything."""
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock()
            change_all(payment)
            other = pool.submit(held, payment)
            wait_for_lock(other, waits=waits)
        return other.result(timeout=10)


def what_it_saw(found: Locked) -> tuple[str, int, str, list[object]]:
    assert found.esim is not None
    assert isinstance(found.purchase, Order)
    ends = sorted(bundle.ends_at for bundle in found.esim.running if bundle.ends_at)
    return found.payment.problem, found.purchase.recognized_minor, found.esim.esim.label, [*ends]


def test_who_waited_for_the_payment_sees_what_was_done_meanwhile() -> None:
    payment = a_payment()
    found = held_during(
        payment, Payment.objects.select_for_update().filter(pk=payment.pk).get, waits=True
    )
    problem, recognized_minor, label, ends = what_it_saw(found)
    assert (problem, recognized_minor, label) == ("changed", 7, "changed")
    assert ENDS_AT in ends
    assert len(ends) == Bundle.objects.count() == 2


def test_without_locks_it_sees_what_was_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    payment = a_payment()
    with without_row_locks(monkeypatch):
        found = held_during(payment, lambda: None, waits=False)
    problem, recognized_minor, label, ends = what_it_saw(found)
    assert (problem, recognized_minor, label) == ("", 0, "")
    assert ENDS_AT not in ends
