"""Use at the simulated wholesalers, as the adapters read it and as callbacks tell of it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from limosa.domain.connectivity.answers import (
    CancelAnswer,
    Delivered,
    SupplierEsim,
    SupplyHandle,
)
from tests.contract.suppliers.simulated import SIMULATED, SimulatedHarness

pytestmark = pytest.mark.enable_socket
NUMBER = "L-7Q4K92MX"
GIB, MIB = 1024**3, 1024**2
CODES = ("billionconnect", "airalo")


@pytest.fixture
def simulated(code: str) -> Iterator[SimulatedHarness]:
    opened = SimulatedHarness(SIMULATED[f"{code}, simulated"])
    yield opened
    opened.close()


def bought(simulated: SimulatedHarness) -> SupplyHandle:
    """Buy an eSIM with one gibibyte for a week."""
    answer = simulated.bought(simulated.request(NUMBER))
    assert isinstance(answer, Delivered)
    assert answer.profile is not None
    esim = SupplierEsim(
        iccid=answer.profile.iccid,
        reference=answer.profile.reference,
        order_reference=answer.reference,
    )
    return SupplyHandle(number=NUMBER, reference=answer.reference, delivered=esim)


@pytest.mark.parametrize("code", CODES)
def test_use_is_read_in_bytes(simulated: SimulatedHarness) -> None:
    esim = bought(simulated).delivered
    assert esim
    (unused,) = simulated.adapter.usage([esim])
    assert (unused.used_bytes, unused.total_bytes) == (0, GIB)
    simulated.use(esim.iccid, 100 * MIB)
    (reading,) = simulated.adapter.usage([esim])
    assert (reading.used_bytes, reading.total_bytes) == (100 * MIB, GIB)
    assert reading.ends_at is not None
    week = timedelta(days=7)
    assert week - timedelta(minutes=5) < reading.ends_at - reading.as_of <= week
    simulated.use(esim.iccid, GIB)
    (used_up,) = simulated.adapter.usage([esim])
    assert (used_up.used_bytes, used_up.total_bytes) == (GIB, GIB)


@pytest.mark.parametrize("code", ["billionconnect"])
def test_the_beginning_and_the_end_of_a_plan_are_told(simulated: SimulatedHarness) -> None:
    handle = bought(simulated)
    esim = handle.delivered
    assert esim
    simulated.use(esim.iccid, MIB)
    (began,) = simulated.told_of("N002").usages
    assert began.esim.iccid == esim.iccid
    assert began.ends_at is not None
    assert began.ends_at - began.as_of == timedelta(days=7)
    assert simulated.adapter.cancel(handle) is CancelAnswer.REFUSED
    assert simulated.adapter.end_early(handle) is CancelAnswer.DONE
    (ended,) = simulated.told_of("N003").usages
    assert ended.esim.iccid == esim.iccid
    assert ended.ends_at == ended.as_of


@pytest.mark.parametrize("code", ["airalo"])
def test_low_data_is_told(simulated: SimulatedHarness) -> None:
    esim = bought(simulated).delivered
    assert esim
    simulated.use(esim.iccid, 900 * MIB)
    (reading,) = simulated.told_of("low_data").usages
    assert (reading.esim.iccid, reading.used_bytes) == (esim.iccid, None)
