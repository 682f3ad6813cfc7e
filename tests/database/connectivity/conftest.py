"""Certificates are made once: nothing in a test changes them."""

import pytest

from tests.factories.sgp22 import World, a_world


@pytest.fixture(scope="session")
def world() -> World:
    return a_world("secp256r1")
