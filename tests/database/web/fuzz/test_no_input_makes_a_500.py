"""Bad input at every page and every address of our own: refused or answered, never a fault of ours.

LIMOSA_FUZZ_COUNT and LIMOSA_FUZZ_SEED ask for more, or for another course (tools/checks.py, fuzz).
"""

import os
from collections.abc import Iterator

import pytest
import time_machine
from pytest_django.fixtures import Settings

from limosa.domain.payments.registry import provider_for
from tests.factories import MOMENT
from tests.fakes.wholesale import wholesale_in
from tests.fuzzing.addresses import routes
from tests.fuzzing.attacks import FEED_KEY
from tests.fuzzing.channel import KeepingChannel
from tests.fuzzing.in_process import run, run_bodies, run_far
from tests.fuzzing.world import make_world
from tests.machines import Machines

pytestmark = [pytest.mark.figures, pytest.mark.django_db, pytest.mark.timeout(7200)]
COUNT = int(os.environ.get("LIMOSA_FUZZ_COUNT", "2000"))
SEED = int(os.environ.get("LIMOSA_FUZZ_SEED", "20261122"))
PLANTED = "planted/<str:page>/"


@pytest.fixture(autouse=True)
def _at_moment(settings: Settings) -> Iterator[None]:
    settings.PAYMENT_PROVIDERS = {
        "wechatpay": f"{KeepingChannel.__module__}.{KeepingChannel.__qualname__}"
    }
    settings.USAGE_FEED_KEY = FEED_KEY
    provider_for.cache_clear()
    with time_machine.travel(MOMENT, tick=True):
        yield
    provider_for.cache_clear()


def test_no_input_makes_a_500_or_takes_two_seconds(machines: Machines) -> None:
    own = [route.path.removeprefix("/") for route in machines.routes]
    record = run(make_world(), machines, routes=[*routes(), *own], count=COUNT, seed=SEED)
    print(f"{record}")  # noqa: T201 -- a figure
    record.check()


def test_every_list_takes_every_far_place_to_go_on_from() -> None:
    """By turns and by chance, a page that reads a date was asked for a far one too seldom."""
    record = run_far(make_world(), routes=routes())
    assert record.hit["console/people/<int:person_id>/"] > 10
    assert not record.faults


@pytest.fixture
def _supplier_that_calls_back(settings: Settings) -> Iterator[None]:
    with wholesale_in(settings, code="own_network"):
        yield


@pytest.mark.usefixtures("_supplier_that_calls_back")
def test_what_a_machine_sends_is_read_and_none_of_it_is_a_fault(machines: Machines) -> None:
    """Odd JSON with a wrong key or signature is refused at the door: here it is let in."""
    its = ["feeds/usage", "suppliers/{supplier}/callback"]
    record = run_bodies(machines, routes=its, count=200, seed=SEED)
    assert not record.faults
    for route in record.routes:
        answered = record.answered[route]
        assert not {401, 403, 405} & set(answered), (route, answered)
        assert answered[400] > 20, (route, answered)
    assert record.answered["feeds/usage"][200] > 20


def test_a_planted_fault_is_found(settings: Settings, machines: Machines) -> None:
    settings.ROOT_URLCONF = "tests.fuzzing.planted_urls"
    assert PLANTED in routes()
    record = run(make_world(), machines, routes=[PLANTED], count=60, seed=SEED)
    with pytest.raises(AssertionError, match=r"500: .*/planted/"):
        record.check()


def test_a_route_that_no_request_reaches_is_told(machines: Machines) -> None:
    its = ["feeds/usage", "nowhere/"]
    record = run(make_world(), machines, routes=its, count=60, seed=SEED)
    with pytest.raises(AssertionError, match="no request reached: \\['nowhere/'\\]"):
        record.check()
