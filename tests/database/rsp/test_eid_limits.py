"""How often one eUICC may ask is asked of cards that proved themselves, and of no others."""

import pytest

from limosa.domain.rsp.models import DownloadSession
from limosa.domain.rsp.operations.authenticate_client import authenticate_client
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus
from limosa.servers.smdp.eid_limit import EidLimit
from tests.factories.rsp import make_download_order
from tests.factories.sgp22 import EID, NOW, World, an_smdp
from tests.fakes.device import Device
from tests.fakes.tiny_card import TinyCard

pytestmark = pytest.mark.django_db


@pytest.fixture
def device(world: World) -> Device:
    order = make_download_order()
    return Device(an_smdp(world), TinyCard(world), matching_id=order.matching_id)


def ask(device: Device, limit: EidLimit) -> bytes:
    body = device.authenticating
    return authenticate_client(smdp=device.smdp, body=body, now=NOW, admit=limit.admit)


def test_a_card_that_asks_too_often_is_refused_and_nothing_changes(device: Device) -> None:
    limit = EidLimit(per_minute=1)
    limit.admit(EID)
    device.initiate()
    with pytest.raises(RspRefusal) as refused:
        ask(device, limit)
    assert refused.value.status is RspStatus.TEMPORARILY_UNAVAILABLE
    assert DownloadSession.objects.get().state == "opened"
    assert ask(device, EidLimit(per_minute=1))


def test_nobody_uses_up_the_share_of_a_card_that_is_not_his(device: Device) -> None:
    limit = EidLimit(per_minute=1)
    device.initiate()
    genuine = device.authenticating
    device.authenticating = genuine.replace(b"A", b"B", 1)
    with pytest.raises(RspRefusal):
        ask(device, limit)
    device.authenticating = genuine
    assert ask(device, limit)
