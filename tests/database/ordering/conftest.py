"""A shop with one provider in memory. Models are imported inside: Django is not set up yet."""

# ruff: noqa: PLC0415

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from pytest_django.fixtures import Settings

if TYPE_CHECKING:
    from tests.database.ordering.shop import Shop
    from tests.fakes.capturing import CapturingProvider
    from tests.fakes.supplier import FakeSupplier


@pytest.fixture
def shop(db: None, settings: Settings) -> "Iterator[Shop]":
    """A person whose bundle runs, exchange rates, and the tax of the place."""
    from limosa.domain.payments.registry import provider_for
    from tests.database.ordering.shop import Shop
    from tests.factories.catalog import make_plan, make_rates
    from tests.factories.esims import make_bundle
    from tests.factories.ordering import make_tax_rate
    from tests.fakes.provider import FakeProvider

    settings.PAYMENT_PROVIDERS = {"fake": f"{FakeProvider.__module__}.{FakeProvider.__qualname__}"}
    provider_for.cache_clear()
    provider = provider_for("fake")
    assert isinstance(provider, FakeProvider)
    make_rates()
    make_tax_rate()
    yield Shop(provider, make_bundle(plan=make_plan()))
    provider_for.cache_clear()


@pytest.fixture
def supplier(settings: Settings) -> "Iterator[FakeSupplier]":
    """A supplier that has to be called, `wholesale`, beside our own network."""
    from tests.fakes.wholesale import wholesale_in

    with wholesale_in(settings) as fake:
        yield fake


@pytest.fixture
def bank(shop: "Shop", settings: Settings) -> "CapturingProvider":
    """The shop's provider: the payer of the payment agrees there, and we capture."""
    from limosa.domain.payments.registry import provider_for
    from tests.fakes.capturing import CapturingProvider

    settings.PAYMENT_PROVIDERS = {
        "fake": f"{CapturingProvider.__module__}.{CapturingProvider.__qualname__}"
    }
    provider_for.cache_clear()
    provider = provider_for("fake")
    assert isinstance(provider, CapturingProvider)
    shop.provider = provider
    return provider
