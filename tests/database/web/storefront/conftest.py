"""The clock and the payment channel of these tests, and a shop with one customer.

Imports of models stand inside: this file is read before Django is set up.
"""

# ruff: noqa: PLC0415

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import time_machine
from pytest_django.fixtures import Settings

from tests.factories import MOMENT

if TYPE_CHECKING:
    from tests.database.web.storefront.shop import ChannelInHand, Shop


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Pages read the clock: it stands at MOMENT until a test moves it."""
    with time_machine.travel(MOMENT, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def channel(settings: Settings) -> "Iterator[type[ChannelInHand]]":
    """WeChat Pay, which does what the test says."""
    from limosa.domain.payments.registry import provider_for
    from tests.database.web.storefront.shop import ChannelInHand

    settings.PAYMENT_PROVIDERS = {
        **settings.PAYMENT_PROVIDERS,
        "wechatpay": f"{ChannelInHand.__module__}.{ChannelInHand.__qualname__}",
    }
    provider_for.cache_clear()
    ChannelInHand.is_silent = ChannelInHand.is_paid = False
    ChannelInHand.requests.clear()
    yield ChannelInHand
    provider_for.cache_clear()


@pytest.fixture
def shop(db: None) -> "Shop":
    """A person with an eSIM that can be renewed."""
    from tests.database.web.storefront.shop import make_shop

    return make_shop()
