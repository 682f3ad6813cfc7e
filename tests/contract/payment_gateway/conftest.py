"""A gateway, a shop that receives its notifications, and the merchant's real SDK between them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from limosa.simulators.payment_gateway.command import GatewayServer
from tests.contract.payment_gateway.merchant_side import Merchant, Shop, connect
from tests.contract.payment_gateway.stripe_side import Hands, StripeMerchant
from tests.prepared import copy_account

# 15 seconds of the schedule become 0.06.
TIME_SCALE = 0.004


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "gateway"
    copy_account(folder)
    return folder


@pytest.fixture
def shop() -> Iterator[Shop]:
    one = Shop()
    yield one
    one.stop()


@pytest.fixture
def merchant(data: Path, shop: Shop) -> Iterator[Merchant]:
    server = GatewayServer(data, time_scale=TIME_SCALE, refund_seconds=0.05)
    server.start()
    yield connect(server.gateway.settings, shop)
    server.stop()


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def stripe_merchant(data: Path, clock: Hands) -> Iterator[StripeMerchant]:
    server = GatewayServer(data, time_scale=0.0001, refund_seconds=0.02, clock=clock)
    server.start()
    yield StripeMerchant(server)
    server.stop()
