"""What the simulated wholesalers do wrong, and what an adapter makes of it: a refusal that says
what to do next, or silence after which the same order is sent again and made once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from limosa.domain.connectivity.answers import (
    CancelAnswer,
    Delivered,
    Failure,
    Pending,
    Refused,
    SupplierEsim,
    SupplyAnswer,
    SupplyHandle,
    SupplyRequest,
    Unknown,
)
from limosa.domain.connectivity.capabilities import Idempotency
from limosa.domain.http.messages import TooManyCallsError
from limosa.foundation.errors import ProviderError
from limosa.simulators.wholesale.faults import Fault, FaultKind
from tests.contract.suppliers.simulated import SIMULATED, SimulatedHarness

pytestmark = pytest.mark.enable_socket
NUMBER = "L-7Q4K92MX"
REFUSALS = {
    ("esim_access", FaultKind.OUT_OF_STOCK): (Failure.ANOTHER, "out_of_stock"),
    ("esim_access", FaultKind.CREDIT_USED_UP): (Failure.ANOTHER, "credit_used_up"),
    ("esim_access", FaultKind.PRICE_CHANGED): (Failure.ANOTHER, "price_changed"),
    ("esim_access", FaultKind.MAINTENANCE): (Failure.AGAIN, "busy"),
    ("esim_access", FaultKind.BUSY): (Failure.AGAIN, "busy"),
    # What the codes of its business mean is not public, so they are the reasons.
    ("tgt", FaultKind.OUT_OF_STOCK): (Failure.ANOTHER, "refused_5000_4012"),
    ("tgt", FaultKind.CREDIT_USED_UP): (Failure.ANOTHER, "refused_5000_4011"),
    ("tgt", FaultKind.MAINTENANCE): (Failure.AGAIN, "busy"),
    ("tgt", FaultKind.BUSY): (Failure.AGAIN, "rate_limited"),
    # Nor are those of this one: the simulator has codes of its own for them.
    ("billionconnect", FaultKind.OUT_OF_STOCK): (Failure.ANOTHER, "code_1024"),
    ("billionconnect", FaultKind.CREDIT_USED_UP): (Failure.ANOTHER, "code_1025"),
    ("billionconnect", FaultKind.MAINTENANCE): (Failure.AGAIN, "busy"),
    ("billionconnect", FaultKind.BUSY): (Failure.AGAIN, "busy"),
    ("airalo", FaultKind.OUT_OF_STOCK): (Failure.ANOTHER, "out_of_stock"),
    ("airalo", FaultKind.CREDIT_USED_UP): (Failure.ANOTHER, "credit_used_up"),
    ("airalo", FaultKind.MAINTENANCE): (Failure.ANOTHER, "maintenance"),
    ("airalo", FaultKind.BUSY): (Failure.AGAIN, "rate_limited"),
}


@pytest.fixture
def simulated(code: str) -> Iterator[SimulatedHarness]:
    opened = SimulatedHarness(SIMULATED[f"{code}, simulated"])
    yield opened
    opened.close()


def order(simulated: SimulatedHarness, request: SupplyRequest) -> SupplyAnswer:
    """Order, and wait for it where it is delivered later."""
    answer = simulated.adapter.order(request)
    if not isinstance(answer, Pending):
        return answer
    simulated.deliver(request.number)
    handle = SupplyHandle(
        number=request.number, reference=answer.reference, renewed=request.renewed
    )
    return simulated.adapter.look_up(handle)


@pytest.mark.parametrize(("code", "kind"), list(REFUSALS))
@pytest.mark.parametrize("is_renewal", [False, True])
def test_a_refusal_says_what_to_do_next_and_nothing_is_bought(
    simulated: SimulatedHarness, code: str, kind: FaultKind, *, is_renewal: bool
) -> None:
    request = simulated.request(NUMBER, is_renewal=is_renewal)
    simulated.fail(Fault(kind))
    failure, reason = REFUSALS[code, kind]
    assert simulated.adapter.order(request) == Refused(failure=failure, reason=reason)
    assert simulated.made(NUMBER) == 0


@pytest.mark.parametrize("code", ["esim_access", "tgt", "billionconnect", "airalo"])
@pytest.mark.parametrize("is_renewal", [False, True])
def test_an_order_waits_as_long_as_a_supplier_says_that_takes_no_more_calls(
    simulated: SimulatedHarness, *, is_renewal: bool
) -> None:
    request = simulated.request(NUMBER, is_renewal=is_renewal)
    simulated.fail(Fault(FaultKind.TOO_MANY, seconds=45))
    assert simulated.adapter.order(request) == Refused(
        failure=Failure.AGAIN, reason="rate_limited", wait=timedelta(seconds=45)
    )
    assert simulated.made(NUMBER) == 0
    assert isinstance(simulated.adapter.order(request), Pending | Delivered)
    assert simulated.made(NUMBER) == 1


@pytest.mark.parametrize("code", ["esim_access", "tgt", "billionconnect", "airalo"])
def test_a_question_waits_too(simulated: SimulatedHarness) -> None:
    simulated.fail(Fault(FaultKind.TOO_MANY, operation="any", seconds=45))
    with pytest.raises(TooManyCallsError) as told:
        simulated.adapter.balance()
    assert told.value.wait == timedelta(seconds=45)


@pytest.mark.parametrize("code", ["esim_access", "tgt"])
@pytest.mark.parametrize("kind", [FaultKind.TIMEOUT, FaultKind.TIMEOUT_AFTER, FaultKind.GARBAGE])
@pytest.mark.parametrize("is_renewal", [False, True])
def test_after_silence_the_same_order_is_sent_again_and_made_once(
    simulated: SimulatedHarness, kind: FaultKind, *, is_renewal: bool
) -> None:
    assert simulated.adapter.capabilities.idempotency is Idempotency.SAME_ORDER
    request = simulated.request(NUMBER, is_renewal=is_renewal)
    simulated.fail(Fault(kind, seconds=0.0))
    with pytest.raises(ProviderError):
        simulated.adapter.order(request)
    assert isinstance(order(simulated, request), Delivered)
    assert simulated.made(NUMBER) == 1


@pytest.mark.parametrize("code", ["billionconnect", "airalo"])
@pytest.mark.parametrize("kind", [FaultKind.TIMEOUT_AFTER, FaultKind.GARBAGE])
@pytest.mark.parametrize("is_renewal", [False, True])
def test_after_silence_an_order_that_was_made_is_found_by_our_number(
    simulated: SimulatedHarness, kind: FaultKind, *, is_renewal: bool
) -> None:
    assert simulated.adapter.capabilities.idempotency is Idempotency.LOOKED_UP
    request = simulated.request(NUMBER, is_renewal=is_renewal)
    simulated.fail(Fault(kind, seconds=0.0))
    with pytest.raises(ProviderError):
        simulated.adapter.order(request)
    handle = SupplyHandle(number=NUMBER, renewed=request.renewed)
    if isinstance(simulated.adapter.look_up(handle), Pending):
        simulated.deliver(NUMBER)
    assert isinstance(simulated.told(handle), Delivered)
    assert simulated.made(NUMBER) == 1


@pytest.mark.parametrize("code", ["billionconnect", "airalo"])
def test_after_silence_an_order_that_was_not_made_is_not_found(
    simulated: SimulatedHarness,
) -> None:
    simulated.fail(Fault(FaultKind.TIMEOUT, seconds=0.0))
    with pytest.raises(ProviderError):
        simulated.adapter.order(simulated.request(NUMBER))
    assert simulated.adapter.look_up(SupplyHandle(number=NUMBER)) == Unknown()
    assert simulated.made(NUMBER) == 0


@pytest.mark.parametrize("code", ["esim_access"])
def test_an_iccid_that_is_used_again_is_another_esim(simulated: SimulatedHarness) -> None:
    first = order(simulated, simulated.request(NUMBER))
    assert isinstance(first, Delivered)
    assert first.profile is not None
    handle = SupplyHandle(number=NUMBER, reference=first.reference)
    assert simulated.adapter.cancel(handle) is CancelAnswer.DONE
    simulated.fail(Fault(FaultKind.ICCID_REUSED))
    second = order(simulated, simulated.request("L-OTHER"))
    assert isinstance(second, Delivered)
    assert second.profile is not None
    assert first.profile.iccid == second.profile.iccid
    assert first.profile.reference != second.profile.reference
    esim = SupplierEsim(iccid=second.profile.iccid, reference=second.profile.reference)
    (usage,) = simulated.adapter.usage([esim])
    assert usage.esim == esim
