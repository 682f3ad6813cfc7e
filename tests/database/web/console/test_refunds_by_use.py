"""Before staff refund all of an order, its supplier is asked for the use, and they are told."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from limosa.domain.connectivity.answers import SupplierEsim, SupplierUsage
from limosa.domain.connectivity.capabilities import RenewalStart
from limosa.domain.esims.models import Bundle, Esim, EsimState
from limosa.domain.ordering.engine.returning import ReturnWay
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.support.models import RefundProposal
from limosa.web.wording.refund_rule import STAFF_WARNINGS
from tests.database.web.console.test_console_deeds import buy_from_wallet, sure
from tests.factories import MOMENT
from tests.factories.accounts import sign_in_staff
from tests.factories.catalog import make_supplier
from tests.factories.connectivity import make_supply
from tests.fakes.supplier import LOST_BEFORE, FakeSupplier
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db
NOT_KNOWING = "you decide without knowing"


@pytest.fixture
def supplier(settings: Settings) -> Iterator[FakeSupplier]:
    with wholesale_in(settings) as fake:
        yield fake


@pytest.fixture
def order(client: Client, supplier: FakeSupplier) -> Order:
    """Return an order of 25 dollars whose bundle the supplier counts: nothing so far."""
    order = buy_from_wallet()
    Bundle.objects.exclude(order_number=order.number).delete()
    esim = Esim.objects.get()
    Esim.objects.update(supplier=make_supplier("wholesale"))
    supplier.usages[esim.iccid] = SupplierUsage(
        esim=SupplierEsim(iccid=esim.iccid), as_of=MOMENT, used_bytes=0
    )
    sign_in_staff(client)
    return order


def press(client: Client, order: Order, **more: str) -> str:
    address = reverse("console:refund", args=[order.number])
    return client.post(address, sure(2500) | more, follow=True).content.decode()


def state(order: Order) -> str:
    return Order.objects.get(pk=order.pk).state


def test_the_question_says_what_the_supplier_counts_and_how_late_it_can_be(
    client: Client, order: Order
) -> None:
    page = press(client, order, confirmed="")
    assert "its count is as of" in page
    assert "It can be 3 hours late." in page
    assert 'name="knowing"' not in page
    assert "The refund is on its way." in press(client, order)
    assert state(order) == OrderState.REFUNDED


def test_without_an_answer_staff_are_told_and_may_decide(
    client: Client, order: Order, supplier: FakeSupplier
) -> None:
    supplier.script(LOST_BEFORE)
    page = press(client, order)
    assert "hasn&#x27;t answered" in page or "hasn't answered" in page
    assert NOT_KNOWING in page
    assert 'name="knowing"' in page
    assert state(order) == OrderState.FULFILLED
    press(client, order, knowing="yes")
    assert state(order) == OrderState.REFUNDED


def test_what_was_used_is_not_refunded_even_knowingly(
    client: Client, order: Order, supplier: FakeSupplier
) -> None:
    esim = Esim.objects.get()
    supplier.usages[esim.iccid] = SupplierUsage(
        esim=SupplierEsim(iccid=esim.iccid), as_of=MOMENT, used_bytes=1
    )
    assert "can&#x27;t be refunded" in press(client, order)
    assert "can&#x27;t be refunded" in press(client, order, knowing="yes")
    assert state(order) == OrderState.FULFILLED


def test_whoever_signs_is_told_too(
    client: Client, order: Order, supplier: FakeSupplier, settings: Settings
) -> None:
    settings.REFUND_LIMITS = {}
    press(client, order)
    proposal = RefundProposal.objects.get()
    sign_in_staff(client)
    address = reverse("console:sign_refund", args=[proposal.pk])
    supplier.script(LOST_BEFORE)
    page = client.post(address).content.decode()
    assert NOT_KNOWING in page
    assert "Refund $25.00 for order" in page
    assert proposal.detail in page
    assert address in page
    assert state(order) == OrderState.FULFILLED
    client.post(address, {"knowing": "yes"})
    assert state(order) == OrderState.REFUNDED


def test_a_part_is_refunded_without_asking(
    client: Client, order: Order, supplier: FakeSupplier
) -> None:
    part = {"how": "part", "amount": "5.00", "detail": "Slow.", "confirmed": "500"}
    client.post(reverse("console:refund", args=[order.number]), part)
    assert supplier._rows("SELECT * FROM called WHERE call = 'usage'") == []
    assert state(order) == OrderState.FULFILLED


@pytest.mark.parametrize("way", ReturnWay)
def test_before_they_refund_all_they_are_told_what_the_supplier_may_still_charge(
    client: Client, order: Order, supplier: FakeSupplier, way: ReturnWay
) -> None:
    esim = Esim.objects.get()
    if way is ReturnWay.AT_ONCE:
        supplier.capabilities = replace(supplier.capabilities, renewal_start=RenewalStart.AS_CHOSEN)
    elif way is ReturnWay.ASKED:
        Esim.objects.update(state=EsimState.READY, installed_at=None)
        make_supply(
            order_number=order.number,
            supplier=esim.supplier,
            state="delivered",
            iccid=esim.iccid,
            activation_code=esim.activation_code,
        )
    page = press(client, order, confirmed="")
    told = {one for one, words in STAFF_WARNINGS.items() if str(words) in page}
    assert told == {way} & STAFF_WARNINGS.keys()
