"""A provider in memory. Models are imported inside: Django is not set up yet."""

# ruff: noqa: PLC0415

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from pytest_django.fixtures import Settings

if TYPE_CHECKING:
    from tests.fakes.provider import FakeProvider
    from tests.fakes.supplier import FakeSupplier


@pytest.fixture
def provider(transactional_db: None, settings: Settings) -> "Iterator[FakeProvider]":
    """The only provider, with exchange rates, and the tax of the place."""
    from limosa.domain.payments.registry import provider_for
    from tests.factories.catalog import make_rates
    from tests.factories.ordering import make_tax_rate
    from tests.fakes.provider import FakeProvider

    settings.PAYMENT_PROVIDERS = {"fake": f"{FakeProvider.__module__}.{FakeProvider.__qualname__}"}
    provider_for.cache_clear()
    fake = provider_for("fake")
    assert isinstance(fake, FakeProvider)
    make_rates()
    make_tax_rate()
    yield fake
    provider_for.cache_clear()


@pytest.fixture
def supplier(settings: Settings) -> "Iterator[FakeSupplier]":
    """A supplier that has to be called, `wholesale`."""
    from tests.fakes.wholesale import wholesale_in

    with wholesale_in(settings) as fake:
        yield fake
