"""Each supplier, and each kind of fake. Models are imported inside: Django is not set up yet."""

# ruff: noqa: PLC0415

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.contract.suppliers.harness import Harness

NAMES = (
    "own_network",
    "same order",
    "duplicate refused",
    "looked up",
    "nothing",
    "names the renewed",
)


@pytest.fixture(params=NAMES)
def harness(request: pytest.FixtureRequest, db: None) -> "Harness":
    from tests.contract.suppliers.harness import open_harness

    return open_harness(request.param)
