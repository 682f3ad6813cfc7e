"""A reserve ends when a renewal is credited, and is nobody's money: before, then and after."""

import pytest
from pytest_django.fixtures import Settings

from limosa.domain.charging.models import Reserve
from limosa.domain.charging.operations.record_usage import UsageReport, record_usage
from limosa.domain.esims.models import Bundle
from limosa.domain.ledger.models import JournalEntry
from limosa.domain.ordering.models import Order
from limosa.foundation.volume import GB, MB
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db


def use(shop: Shop, used_bytes: int, *, record_id: str = "r1") -> None:
    report = UsageReport(
        record_id=record_id,
        iccid=shop.running.esim.iccid,
        started_at=MOMENT,
        ended_at=MOMENT,
        uplink_bytes=0,
        downlink_bytes=used_bytes,
    )
    record_usage(feed="test", reports=[report], now=MOMENT)


@pytest.fixture
def reserve(shop: Shop, settings: Settings) -> Reserve:
    settings.RESERVE_BYTES = 20 * MB
    use(shop, 20 * GB)
    return Reserve.objects.get()


def test_a_reserve_is_no_order_no_bundle_and_no_entry(shop: Shop, reserve: Reserve) -> None:
    assert list(Bundle.objects.all()) == [shop.running]
    assert not Order.objects.exists()
    assert not JournalEntry.objects.exists()


def test_a_renewal_begins_at_once_and_ends_the_reserve(shop: Shop, reserve: Reserve) -> None:
    use(shop, 5 * MB, record_id="r2")
    order = shop.place()
    reserve.refresh_from_db()
    assert reserve.state == "open"  # Until it is paid.
    shop.pay(order)
    reserve.refresh_from_db()
    assert (reserve.state, reserve.used_bytes, reserve.ended_at) == ("renewed", 5 * MB, MOMENT)
    bundle = Bundle.objects.get(order_number=order.number)
    assert (bundle.state, bundle.starts_at, bundle.used_bytes) == ("active", MOMENT, 0)
    use(shop, 7 * MB, record_id="r3")
    bundle.refresh_from_db()
    assert bundle.used_bytes == 7 * MB
    shop.check_books()
