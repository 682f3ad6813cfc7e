"""What a supplier's callback says of use: believed where it is signed, otherwise only asked for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from limosa.domain.charging.models import UsageReading, UsageWatch
from limosa.domain.connectivity.answers import (
    CallbackRefusedError,
    SupplierEsim,
    SupplierUsage,
)
from limosa.domain.connectivity.capabilities import CallbackAuth
from limosa.domain.connectivity.models import SupplierMessage
from limosa.domain.esims.models import Bundle
from limosa.domain.ordering.operations.receive_supplier_callback import receive_supplier_callback
from limosa.foundation.volume import GB
from tests.factories import MOMENT
from tests.factories.catalog import make_supplier
from tests.factories.charging import make_watch
from tests.factories.esims import make_bundle, make_esim
from tests.fakes.supplier import FakeSupplier, Message
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db
LATER = MOMENT + timedelta(hours=5)


@pytest.fixture
def supplier(settings: Settings) -> Iterator[FakeSupplier]:
    with wholesale_in(settings) as fake:
        yield fake


@pytest.fixture
def bundle() -> Bundle:
    esim = make_esim(supplier=make_supplier("wholesale"), supplier_reference="esim-1")
    make_watch(esim=esim, next_at=LATER)
    return make_bundle(esim=esim)


def usage(bundle: Bundle, *, reference: str = "esim-1") -> SupplierUsage:
    return SupplierUsage(
        esim=SupplierEsim(iccid=bundle.esim.iccid, reference=reference),
        as_of=MOMENT,
        used_bytes=5 * GB,
        total_bytes=20 * GB,
    )


def receive(message: Message) -> bool:
    return receive_supplier_callback(
        supplier_code="wholesale", headers=message.headers, body=message.body, now=MOMENT
    )


def used() -> int:
    return Bundle.objects.get().used_bytes


def test_a_signed_one_moves_the_bundle_once(supplier: FakeSupplier, bundle: Bundle) -> None:
    message = supplier.usage_message(usage(bundle))
    assert receive(message)
    assert receive(message)
    assert used() == 5 * GB
    assert UsageReading.objects.count() == 1
    [kept] = SupplierMessage.objects.all()
    assert (kept.order_number, kept.result) == (bundle.esim.public_id, "applied")


def test_one_that_is_not_signed_only_makes_us_ask(supplier: FakeSupplier, bundle: Bundle) -> None:
    supplier.capabilities = replace(supplier.capabilities, callback_auth=CallbackAuth.UNSIGNED)
    message = supplier.usage_message(usage(bundle))
    assert receive(replace(message, headers={}))
    assert used() == 0
    assert not UsageReading.objects.exists()
    assert UsageWatch.objects.get().next_at == MOMENT


def test_a_forged_one_changes_nothing(supplier: FakeSupplier, bundle: Bundle) -> None:
    message = supplier.usage_message(usage(bundle))
    with pytest.raises(CallbackRefusedError):
        receive(replace(message, headers={"fake-signature": "forged"}))
    assert used() == 0
    assert UsageWatch.objects.get().next_at == LATER


def test_use_of_an_esim_that_is_not_ours_is_acknowledged_and_changes_nothing(
    supplier: FakeSupplier, bundle: Bundle
) -> None:
    """Its ICCID was ours before: the supplier's own key tells that it is another's by now."""
    assert receive(supplier.usage_message(usage(bundle, reference="esim-2")))
    assert used() == 0
    assert SupplierMessage.objects.get().result == "unknown_esim"
