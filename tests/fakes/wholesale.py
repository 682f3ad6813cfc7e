"""The supplier `wholesale`, which has to be called: the fake, in its place in the settings."""

from collections.abc import Iterator
from contextlib import contextmanager

from pytest_django.fixtures import Settings

from limosa.domain.connectivity.registry import adapter_for
from tests.fakes.supplier import FakeSupplier

FAKE = f"{FakeSupplier.__module__}.{FakeSupplier.__qualname__}"


@contextmanager
def wholesale_in(settings: Settings, *, code: str = "wholesale") -> Iterator[FakeSupplier]:
    """Name the fake in the settings, beside the suppliers that are there, or in place of one."""
    settings.SUPPLIER_ADAPTERS = {**settings.SUPPLIER_ADAPTERS, code: FAKE}
    adapter_for.cache_clear()
    fake = adapter_for(code)
    assert isinstance(fake, FakeSupplier)
    try:
        yield fake
    finally:
        adapter_for.cache_clear()
