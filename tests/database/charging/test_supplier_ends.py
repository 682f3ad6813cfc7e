"""A bundle ends when its supplier says that it does, not when we had reckoned."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pytest_django.fixtures import Settings

from limosa.domain.charging.models import UsageWatch
from limosa.domain.charging.operations.ask_usage import ask_usage
from limosa.domain.connectivity.answers import SupplierEsim, SupplierUsage
from limosa.domain.connectivity.capabilities import RenewalStart
from limosa.domain.esims.models import Bundle, BundleState
from limosa.foundation.volume import GB
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_supplier
from tests.factories.charging import make_watch
from tests.factories.esims import make_bundle, make_esim
from tests.fakes.supplier import FakeSupplier
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OURS = MOMENT + 20 * DAY


@pytest.fixture
def supplier(settings: Settings) -> Iterator[FakeSupplier]:
    with wholesale_in(settings) as fake:
        yield fake


def sold(*, after: Bundle | None = None, **fields: object) -> Bundle:
    """Return a bundle of 20 GB that began ten days ago, on a watched eSIM or on another's."""
    plan = make_plan(supplier=make_supplier("wholesale"))
    esim = after.esim if after else make_esim(supplier=make_supplier("wholesale"))
    times = {"starts_at": MOMENT - 10 * DAY, "ends_at": OURS}
    bundle = make_bundle(esim=esim, plan=plan, **(times | fields))
    if after is None:
        make_watch(esim=esim)
    return bundle


def hear(
    fake: FakeSupplier,
    bundle: Bundle,
    ends_at: datetime | None,
    *,
    used_gb: int = 1,
    of_gb: int = 20,
) -> None:
    fake.usages[bundle.esim.iccid] = SupplierUsage(
        esim=SupplierEsim(iccid=bundle.esim.iccid),
        as_of=MOMENT,
        used_bytes=used_gb * GB,
        total_bytes=of_gb * GB,
        ends_at=ends_at,
    )
    UsageWatch.objects.update(next_at=MOMENT)
    assert ask_usage(supplier_code="wholesale", now=MOMENT)


def period(bundle: Bundle) -> tuple[datetime | None, datetime | None]:
    bundle.refresh_from_db()
    return bundle.starts_at, bundle.ends_at


@pytest.mark.parametrize("ends_at", [OURS - 3 * DAY, OURS + 3 * DAY])
def test_a_running_bundle_ends_when_its_supplier_says(
    supplier: FakeSupplier, ends_at: datetime
) -> None:
    bundle = sold()
    hear(supplier, bundle, ends_at)
    assert period(bundle) == (MOMENT - 10 * DAY, ends_at)
    hear(supplier, bundle, None)
    assert period(bundle) == (MOMENT - 10 * DAY, ends_at)


def test_the_end_is_learnt_too_where_nothing_more_was_used(supplier: FakeSupplier) -> None:
    bundle = sold()
    hear(supplier, bundle, OURS)
    hear(supplier, bundle, OURS - DAY)
    assert period(bundle)[1] == OURS - DAY


@pytest.mark.parametrize("ends_at", [OURS + 5 * DAY, OURS + 40 * DAY])
def test_bundles_that_are_added_share_the_suppliers_end(
    supplier: FakeSupplier, ends_at: datetime
) -> None:
    """A renewal that begins at once ends by us 30 days from now; there, all of it together."""
    supplier.capabilities = replace(supplier.capabilities, renewal_start=RenewalStart.NOW_ADDED)
    first = sold()
    second = sold(after=first, starts_at=MOMENT, ends_at=MOMENT + 30 * DAY)
    hear(supplier, first, ends_at, of_gb=40)
    assert period(first)[1] == period(second)[1] == ends_at


def test_what_waits_for_an_end_follows_it(supplier: FakeSupplier) -> None:
    first = sold()
    queued = {"state": BundleState.QUEUED}
    second = sold(after=first, starts_at=OURS, ends_at=OURS + 30 * DAY, **queued)
    third = sold(after=first, starts_at=OURS + 30 * DAY, ends_at=OURS + 60 * DAY, **queued)
    validity, zone = second.validity, second.esim.time_zone
    assert validity is not None
    hear(supplier, first, OURS - 3 * DAY)
    start, end = period(second)
    assert start == OURS - 3 * DAY
    assert end == validity.end_of(OURS - 3 * DAY, time_zone=zone)
    assert period(third) == (end, validity.end_of(end, time_zone=zone))


@pytest.mark.parametrize(
    ("used_gb", "ends_at"),
    [(1, MOMENT - 11 * DAY), (900, OURS - DAY), (20, OURS - DAY)],
    ids=["before it began", "not believed", "used up"],
)
def test_what_can_not_be_or_no_longer_matters_moves_no_end(
    supplier: FakeSupplier, used_gb: int, ends_at: datetime
) -> None:
    bundle = sold()
    hear(supplier, bundle, ends_at, used_gb=used_gb)
    assert period(bundle) == (MOMENT - 10 * DAY, OURS)
