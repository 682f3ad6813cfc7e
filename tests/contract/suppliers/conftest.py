"""Each supplier, and each kind of fake. Models are imported inside: Django is not set up yet."""

# ruff: noqa: PLC0415

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.contract.suppliers.harness import Harness

NAMES = (
    "own_network",
    "es2plus",
    "billionconnect",
    "esim_access",
    "tgt",
    "airalo",
    "skylark",
    "esim_access, simulated",
    "tgt, simulated",
    "billionconnect, simulated",
    "airalo, simulated",
    "same order",
    "duplicate refused",
    "looked up",
    "nothing",
    "names the renewed",
)


# Whose other side listens on loopback.
_CALLED = (
    "es2plus",
    "billionconnect",
    "esim_access",
    "tgt",
    "airalo",
    "skylark",
    "esim_access, simulated",
    "tgt, simulated",
    "billionconnect, simulated",
    "airalo, simulated",
)
_CASES = [
    pytest.param(name, marks=pytest.mark.enable_socket if name in _CALLED else ()) for name in NAMES
]


@pytest.fixture(params=_CASES)
def harness(request: pytest.FixtureRequest, db: None) -> Iterator["Harness"]:
    from tests.contract.suppliers.harness import open_harness

    opened = open_harness(request.param)
    yield opened
    opened.close()
