"""The four wholesalers, with a clock moved by hand, and a buyer whom they tell."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from limosa.simulators.wholesale.command import WholesaleServer
from limosa.simulators.wholesale.wholesaler import Options
from tests.contract.wholesale.buyer_side import Buyer, Ear, Hands


@pytest.fixture
def ear() -> Iterator[Ear]:
    one = Ear()
    yield one
    one.stop()


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def server(tmp_path: Path, ear: Ear, clock: Hands) -> Iterator[WholesaleServer]:
    options = Options(callbacks=ear.url, order_seconds=0.0, time_scale=0.0)
    one = WholesaleServer(tmp_path / "wholesale", options=options, clock=clock)
    one.start()
    yield one
    one.stop()


@pytest.fixture
def buyer(server: WholesaleServer) -> Buyer:
    return Buyer.of(server)
