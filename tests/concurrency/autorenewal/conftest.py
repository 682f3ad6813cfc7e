"""The shop of tests/database/ordering, with a person who is renewed automatically."""

from tests.database.autorenewal.conftest import played
from tests.database.ordering.conftest import shop

__all__ = ["played", "shop"]
