"""The cluster of the simulations, and two processes that play in it."""

from collections.abc import Iterator

import pytest

from limosa_lab.simulation.processes import Players, simulation_cluster


@pytest.fixture(scope="module")
def players() -> Iterator[Players]:
    """Two processes, each with a database of its own."""
    with simulation_cluster() as url:
        both = Players(url, processes=2)
        try:
            yield both
        finally:
            both.close()
