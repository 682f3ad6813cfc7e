"""Certificates of both curves, made once per process: nothing in a test changes them."""

import pytest

from tests.factories.sgp22 import CURVES, World, a_world


@pytest.fixture(scope="session")
def worlds() -> dict[str, World]:
    return {curve: a_world(curve) for curve in CURVES}


@pytest.fixture(scope="session", params=list(CURVES))
def world(request: pytest.FixtureRequest, worlds: dict[str, World]) -> World:
    """A test that takes this one runs on both curves."""
    return worlds[request.param]


@pytest.fixture(scope="session")
def p256(worlds: dict[str, World]) -> World:
    return worlds["secp256r1"]
