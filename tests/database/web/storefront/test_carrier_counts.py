"""What pages say of use that a carrier counts: how old it is, and what is only estimated."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from limosa.domain.catalog.models import PlanSource
from limosa.domain.charging.engine.reading import Reading
from limosa.domain.charging.operations.apply_usage_reading import apply_usage_reading
from limosa.domain.esims.models import Esim
from limosa.foundation.volume import GB
from tests.database.web.storefront.shop import Shop
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT
from tests.factories.catalog import make_supplier
from tests.factories.charging import make_watch
from tests.factories.links import renew_path
from tests.factories.wholesale import listed, make_sheet
from tests.fakes.supplier import FakeSupplier
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def supplier(settings: Settings) -> Iterator[FakeSupplier]:
    with wholesale_in(settings) as fake:
        yield fake


@pytest.fixture
def sold(shop: Shop, supplier: FakeSupplier) -> Shop:
    """The shop's eSIM as one of a supplier that counts three hours late; 16.4 of 20 GB are used."""
    assert supplier.capabilities.usage_age == 3 * HOUR
    Esim.objects.update(supplier=make_supplier("wholesale"))
    make_watch(esim=Esim.objects.get())
    return shop


def counted(shop: Shop, used_gb: float, *, at: datetime, total_gb: int = 20) -> None:
    """Have the supplier say so much, as of ten minutes before it is told."""
    reading = Reading(as_of=at, used_bytes=round(used_gb * GB), total_bytes=total_gb * GB)
    now = at + timedelta(minutes=10)
    apply_usage_reading(esim_id=shop.esim.pk, reading=reading, now=now)


def pages(shop: Shop) -> list[str]:
    """Return the page of the eSIM, the first page, and the one of its renewal link."""
    link = renew_path(esim_public_id=shop.esim.public_id)
    owned = [text_of(shop.client.get(path)) for path in (f"/esims/{shop.esim.public_id}/", "/")]
    return [*owned, text_of(Client().get(link))]


def test_pages_say_how_old_a_count_is_and_how_late_it_can_be(sold: Shop) -> None:
    counted(sold, 16.5, at=MOMENT - timedelta(minutes=12))
    for page in pages(sold):
        assert "as of 9:48 AM; the carrier's count can be 3 hours late" in page
        assert "estimate</span>" not in page


def test_between_two_counts_they_show_an_estimate_with_its_range(sold: Shop) -> None:
    counted(sold, 16.5, at=MOMENT - 4 * HOUR)
    counted(sold, 16.9, at=MOMENT - 2 * HOUR)
    for page in pages(sold):
        assert "3.1" in page
        assert "now about 2.7 GB left, between 2.5 GB and 3.1 GB" in page


def test_the_range_widens_and_never_leaves_what_is_possible(sold: Shop) -> None:
    counted(sold, 16.5, at=MOMENT - 4 * HOUR)
    counted(sold, 16.9, at=MOMENT - 2 * HOUR)
    with time_machine.travel(MOMENT + 30 * HOUR, tick=False):
        page = text_of(sold.client.get(f"/esims/{sold.esim.public_id}/"))
    assert "now about 0 KB left, between 0 KB and 3.1 GB" in page


def test_nothing_is_claimed_before_the_first_count_or_of_a_lag_that_nobody_told(
    sold: Shop, supplier: FakeSupplier
) -> None:
    for page in pages(sold):
        assert "The carrier has not counted anything yet." in page
        assert "as of" not in page
    supplier.capabilities = replace(supplier.capabilities, usage_age=None)
    counted(sold, 16.5, at=MOMENT - timedelta(minutes=12))
    assert "the carrier doesn't say how late its count can be" in pages(sold)[0]


def test_a_count_that_does_not_fit_is_said_to_be_checked(sold: Shop) -> None:
    counted(sold, 16.5, at=MOMENT - 4 * HOUR)
    counted(sold, 1, at=MOMENT - 2 * HOUR, total_gb=500)
    for page in pages(sold):
        assert "newest count doesn't fit your plan; we are checking it." in page


def test_where_the_suppliers_day_begins_is_said_if_it_is_known_and_not_midnight(
    sold: Shop,
) -> None:
    path = f"/esims/{sold.esim.public_id}/"
    assert "day begins" not in text_of(sold.client.get(path))
    PlanSource.objects.create(
        plan=sold.bundle.plan, supplier_id="wholesale", position=0, code="US-20"
    )
    make_sheet(replace(listed(), code="US-20", day_zone="Asia/Shanghai"))
    page = text_of(sold.client.get(path))
    assert "day begins at 8:00 AM (Los Angeles)." in page


def test_our_own_network_costs_no_statement_and_says_what_it_said(shop: Shop) -> None:
    with CaptureQueriesContext(connection) as statements:
        page = text_of(shop.client.get("/"))
    assert "as of 10:00 AM" in page
    assert not [one for one in statements if "usagewatch" in one["sql"]]


def test_languages_say_it_too(sold: Shop) -> None:
    counted(sold, 16.5, at=MOMENT - 4 * HOUR)
    counted(sold, 16.9, at=MOMENT - 2 * HOUR)
    for language, words in {"zh-hans": "估算", "zh-hant": "估算", "es": "estimación"}.items():
        headers: dict[str, Any] = {"HTTP_ACCEPT_LANGUAGE": language}
        person = sold.person
        person.language = language
        person.save()
        sold.client.cookies["django_language"] = language
        assert words in text_of(sold.client.get("/", **headers))
