"""The shop of ordering's tests, for what reads everything that ordering wrote."""

from tests.database.ordering.conftest import shop

__all__ = ["shop"]
