"""Orders whose time is over are closed, and what became of their profiles."""

from datetime import timedelta
from typing import Any

import pytest

from limosa.domain.rsp.models import DownloadOrder, Profile
from limosa.domain.rsp.operations.expire_orders import expire_orders
from tests.factories import MOMENT
from tests.factories.rsp import EID, make_download_order
from tests.factories.sgp22 import World, an_smdp
from tests.fakes.device import Device, heard
from tests.fakes.tiny_card import TinyCard

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)  # So long, devices are told that it has expired.

# What an order is, and where it and its profile are afterwards.
AFTERWARDS = {
    "allocated": ({"state": "allocated"}, "cancelled", "available"),
    "linked": ({"state": "linked", "eid": EID}, "cancelled", "available"),
    "confirmed": ({"state": "confirmed"}, "cancelled", "available"),
    "released": ({}, "cancelled", "available"),
    "released after a failed installation": ({"downloads": 1}, "cancelled", "unavailable"),
    "downloaded": ({"state": "downloaded"}, "downloaded", "ordered"),
    "installed": ({"state": "installed"}, "installed", "ordered"),
    "in error": ({"state": "error"}, "error", "ordered"),
    "still told": ({"expires_at": MOMENT - DAY + timedelta(seconds=1)}, "released", "ordered"),
    "without an end": ({"expires_at": None}, "released", "ordered"),
}


@pytest.mark.parametrize(("fields", "order", "profile"), AFTERWARDS.values(), ids=AFTERWARDS.keys())
def test_an_order_is_closed_before_its_download_alone(
    fields: dict[str, Any], order: str, profile: str
) -> None:
    made = make_download_order(**{"expires_at": MOMENT - DAY} | fields)
    assert expire_orders(now=MOMENT) == (order == "cancelled")
    assert DownloadOrder.objects.get(pk=made.pk).state == order
    assert Profile.objects.get(pk=made.profile_id).state == profile
    assert expire_orders(now=MOMENT) == 0


def test_a_device_that_had_begun_gets_nothing_of_a_closed_order(world: World) -> None:
    made = make_download_order(expires_at=MOMENT)
    device = Device(an_smdp(world), TinyCard(world), made.matching_id)
    device.now = MOMENT - timedelta(minutes=1)
    device.begin()
    device.now = MOMENT
    assert heard(device.package) == "8.8.5/4.10"
    assert heard(device.begin) == "8.8.5/4.10"
    expire_orders(now=MOMENT + DAY)
    assert heard(device.package) == "8.2/3.7"
    assert heard(device.begin) == "8.2.6/3.8"
