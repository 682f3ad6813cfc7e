"""A card whose certificate, or its maker's, expires goes on reporting about its profiles."""

from dataclasses import replace
from datetime import datetime

import pytest

from limosa.domain.rsp.models import DownloadOrder
from tests.database.rsp.downloading import now_of, ordered, results
from tests.factories.rsp import OTHER_EID
from tests.factories.sgp22 import (
    NOW,
    YEAR,
    World,
    a_card_wanted,
    an_eum_wanted,
    an_smdp,
    certify,
)
from tests.fakes.device import Device, another_card
from tests.fakes.tiny_card import TinyCard

pytestmark = pytest.mark.django_db
ENABLE, DELETE = 1, 3


def expiring_card(world: World, *, expired: str, until: datetime) -> TinyCard:
    """Return a card whose certificate, or its maker's, is over at a time."""
    wanted = {"EUM": an_eum_wanted(), "eUICC": a_card_wanted()}
    wanted[expired].not_after = until
    eum = certify(wanted["EUM"], curve=world.curve, issuer=world.ci)
    card = certify(wanted["eUICC"], curve=world.curve, issuer=eum)
    return TinyCard(replace(world, eum=eum, card=card))


@pytest.mark.parametrize("expired", ["eUICC", "EUM"])
def test_what_it_reports_of_a_profile_that_it_got_before_holds(world: World, expired: str) -> None:
    device = Device(an_smdp(world), expiring_card(world, expired=expired, until=NOW + YEAR / 2))
    order = ordered(device, redownload="any_euicc", needs_delete=True)
    device.download()
    device.now = NOW + YEAR * 0.75
    device.reported()
    device.reported(device.event(ENABLE))
    device.reported(device.event(DELETE))
    assert results() == ["applied"] * 3
    assert now_of(order).deleted_at == device.now
    other = another_card(world, OTHER_EID)
    Device(device.smdp, other, device.matching_id, now=device.now).download()


def test_it_is_not_believed_of_a_profile_that_it_got_when_it_had_expired(world: World) -> None:
    device = Device(an_smdp(world), expiring_card(world, expired="eUICC", until=NOW + YEAR / 2))
    order = ordered(device)
    device.download()
    device.reported()
    device.now = NOW + YEAR
    DownloadOrder.objects.update(bound_at=device.now)
    device.reported(device.event(DELETE))
    assert results() == ["applied", "refused"]
    assert now_of(order).deleted_at is None
