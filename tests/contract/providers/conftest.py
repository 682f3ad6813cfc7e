"""A running sandbox of each provider."""

from collections.abc import Iterator

import pytest
from pytest_socket import enable_socket

from tests.contract.providers.harness import EXAMPLES, HARNESSES, Harness
from tests.prepared import copy_account

OPENED = {**HARNESSES, **EXAMPLES}


@pytest.fixture(scope="module", params=sorted(OPENED))
def sandbox(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Harness]:
    """One for all tests of a module."""
    enable_socket()
    folder = tmp_path_factory.mktemp(request.param)
    copy_account(folder)
    with OPENED[request.param](folder) as harness:
        yield harness


@pytest.fixture
def harness(sandbox: Harness) -> Iterator[Harness]:
    """The sandbox without the faults that a test before has left."""
    yield sandbox
    sandbox.reset()
