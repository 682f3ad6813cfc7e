"""The shop of tests/database/ordering, with a person who is renewed automatically."""

# ruff: noqa: PLC0415

from typing import TYPE_CHECKING

import pytest

from tests.database.ordering.conftest import bank, shop, supplier

if TYPE_CHECKING:
    from tests.database.autorenewal.played import Played
    from tests.database.ordering.shop import Shop

__all__ = ["bank", "played", "shop", "supplier"]


@pytest.fixture
def played(shop: "Shop") -> "Played":
    """Somebody with a month's bundle that ends in fifteen days."""
    from tests.database.autorenewal.played import Played

    return Played(shop)
