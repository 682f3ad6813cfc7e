"""An eSIM is asked about from its delivery on, since nobody else says that its use has begun."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from pytest_django.fixtures import Settings

from limosa.domain.charging.engine.asking import may_look_now
from limosa.domain.charging.models import UsageWatch
from limosa.domain.charging.operations.ask_usage import ask_usage
from limosa.domain.charging.operations.look_at_usage_now import look_at_usage_now
from limosa.domain.charging.operations.watch_usage import watch_usage
from limosa.domain.connectivity.answers import SupplierEsim, SupplierUsage
from limosa.domain.connectivity.capabilities import Capabilities
from limosa.domain.esims.models import Bundle, BundleState
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_supplier
from tests.factories.esims import make_bundle, make_esim
from tests.fakes.supplier import FakeSupplier
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def supplier(settings: Settings) -> Iterator[FakeSupplier]:
    with wholesale_in(settings) as fake:
        fake.capabilities = Capabilities(usage_unit=fake.capabilities.usage_unit, usage_batch=1)
        yield fake


@pytest.fixture
def bundle(supplier: FakeSupplier) -> Bundle:
    """A plan from first use on a new eSIM, just delivered, of which nothing is counted."""
    there = make_supplier("wholesale")
    esim = make_esim(supplier=there, created_at=MOMENT, supplier_reference="esim-1")
    bought = make_bundle(
        esim=esim, plan=make_plan(supplier=there), state=BundleState.QUEUED,
        valid_from="first_use", created_at=MOMENT, first_use_before=MOMENT + timedelta(days=180),
    )  # fmt: skip
    says(supplier, bought, used_bytes=None)
    watch_usage(esim=esim, now=MOMENT)
    return bought


def says(fake: FakeSupplier, bundle: Bundle, *, used_bytes: int | None) -> None:
    fake.usages[bundle.esim.iccid] = SupplierUsage(
        esim=SupplierEsim(iccid=bundle.esim.iccid), as_of=MOMENT + MINUTE, used_bytes=used_bytes
    )


def may_look(now: datetime) -> bool:
    watch = UsageWatch.objects.get()
    return may_look_now(next_at=watch.next_at, asked_at=watch.asked_at, now=now)


def asked_until(end: datetime) -> list[int]:
    """Return when it was asked, in minutes since the delivery."""
    asked = []
    while (now := UsageWatch.objects.get().next_at) is not None and now < end:
        assert ask_usage(supplier_code="wholesale", now=now)
        asked.append((now - MOMENT) // MINUTE)
    return asked


def test_a_quarter_of_an_hour_after_its_delivery_and_then_less_and_less_often(
    bundle: Bundle,
) -> None:
    del bundle
    asked = asked_until(MOMENT + timedelta(days=3))
    assert asked[:4] == [15, 30, 45, 60]
    pauses = [later - earlier for earlier, later in pairwise(asked)]
    # In whole minutes; to the second, none is shorter than the one before.
    assert all(later >= earlier - 1 for earlier, later in pairwise(pauses))
    assert 324 <= pauses[-1] <= 360  # The spread brings it forward, by a tenth at most.
    assert len(asked) < 40


def test_a_supplier_that_counts_every_three_hours_is_not_asked_each_quarter_of_an_hour(
    bundle: Bundle, supplier: FakeSupplier
) -> None:
    del bundle
    supplier.capabilities = replace(supplier.capabilities, usage_age=timedelta(hours=3))
    asked = asked_until(MOMENT + timedelta(hours=12))
    assert asked[0] == 15
    assert min(later - earlier for earlier, later in pairwise(asked)) == 45


def test_once_use_has_begun_it_is_asked_often_again(bundle: Bundle, supplier: FakeSupplier) -> None:
    asked_until(MOMENT + timedelta(days=2))
    begun = UsageWatch.objects.get().next_at
    assert begun is not None
    fake = supplier.usages[bundle.esim.iccid]
    supplier.usages[bundle.esim.iccid] = SupplierUsage(
        esim=fake.esim, as_of=begun - MINUTE, used_bytes=10**7, total_bytes=bundle.volume_bytes
    )
    assert ask_usage(supplier_code="wholesale", now=begun)
    bundle.refresh_from_db()
    assert bundle.state == BundleState.ACTIVE
    again = UsageWatch.objects.get().next_at
    assert again is not None
    assert again - begun == 15 * MINUTE


def test_its_person_has_it_asked_now_but_not_every_minute(bundle: Bundle) -> None:
    now = MOMENT + MINUTE
    assert may_look(now)
    assert look_at_usage_now(esim=bundle.esim, now=now)
    assert not look_at_usage_now(esim=bundle.esim, now=now), "it is due"
    assert ask_usage(supplier_code="wholesale", now=now)
    soon = now + 4 * MINUTE
    assert not may_look(soon)
    assert not look_at_usage_now(esim=bundle.esim, now=soon)
    assert look_at_usage_now(esim=bundle.esim, now=now + 5 * MINUTE)
