"""The order of the scenarios, and the processes that simulations are played in.

The longest files begin first, so that none is waited for at the end.

Within a file, and among the short ones, the order is random as everywhere. It needs pytest-xdist's
--no-loadscope-reorder, which tools/checks.py says.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from limosa_lab.simulation.processes import Players, simulation_cluster

LONGEST_FIRST = (
    "payments/test_simulation.py",
    "suppliers/test_simulated_suppliers.py",
    "renewals/test_simulated_renewals.py",
    "journeys/test_channels.py",
    "journeys/test_supplier_failures.py",
    "journeys/test_supplier_plans.py",
    "crashes/test_web_crashes.py",
    "crashes/test_crashes.py",
    "journeys/test_pages.py",
    "journeys/test_choosing.py",
    "security/test_planted_secrets.py",
    "console/test_console_accessibility.py",
    "servers/test_worker_outlives.py",
    "servers/test_database_away.py",
)
_FOLDER = Path(__file__).parent
_RANKS = {_FOLDER / name: rank for rank, name in enumerate(LONGEST_FIRST)}


@pytest.hookimpl(trylast=True)  # After pytest-randomly.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _RANKS.get(item.path, len(_RANKS)))


@pytest.fixture(scope="module")
def players() -> Iterator[Players]:
    """Two processes, each with a database of its own."""
    with simulation_cluster() as url:
        both = Players(url, processes=2)
        try:
            yield both
        finally:
            both.close()
