"""One running service that the attacks share: web, worker and mailbox."""

from collections.abc import Iterator

import pytest

from tests.processes import artefacts
from tests.scenario.security.behind_proxy import Proxied, product_behind_a_proxy
from tests.scenario.stack import Stack, open_folder


@pytest.fixture(scope="session")
def secure_stack() -> Iterator[Stack]:
    """Start the service as it is deployed, once for all attacks of this process.

    Whoever attacks makes people and addresses of their own, and starts again what they stop.
    """
    with open_folder("secure") as folder, Stack(folder, logs=artefacts("secure")) as stack:
        stack.start("web", "worker")
        yield stack


@pytest.fixture(scope="session")
def proxied() -> Iterator[Proxied]:
    """Start it behind a proxy that it trusts, so that attackers have addresses of their own."""
    with product_behind_a_proxy() as product:
        yield product
