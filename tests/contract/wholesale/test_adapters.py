"""Our adapters call the simulators: two things written apart from the same documents meet."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from limosa.config.settings.payments import SUPPLIER_DECLARATIONS
from limosa.config.settings.reading import read_declared
from limosa.domain.connectivity.answers import (
    CancelAnswer,
    Delivered,
    Failure,
    Pending,
    PlanUse,
    Refused,
    SupplierEsim,
    SupplyAnswer,
    SupplyHandle,
    SupplyRequest,
    UnderReview,
    Unknown,
)
from limosa.domain.connectivity.capabilities import Cancel, RenewalStart
from limosa.domain.connectivity.port import SupplierAdapter
from limosa.foundation.errors import ProviderError
from limosa.simulators.wholesale.callbacks import Answer
from limosa.simulators.wholesale.command import WholesaleServer
from limosa.simulators.wholesale.wholesaler import KINDS
from tests.contract.wholesale.buyer_side import SECONDS_MAX, Buyer, Ear, wait_until

pytestmark = [pytest.mark.enable_socket, pytest.mark.django_db]
WIRES = [kind.name for kind in KINDS]
GIB = 1024**3


@pytest.fixture(params=WIRES)
def code(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def adapter(
    code: str, server: WholesaleServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> SupplierAdapter:
    for name, value in server.wholesaler.settings.items():
        monkeypatch.setenv(name, value)
    (declaration,) = (one for one in SUPPLIER_DECLARATIONS if one.code == code)
    settings.SUPPLIER_SETTINGS = {code: read_declared(declaration)}
    module, _, name = declaration.implementation.rpartition(".")
    made: SupplierAdapter = getattr(__import__(module, fromlist=[name]), name)()
    return made


@pytest.fixture
def clock() -> Any:
    return lambda: datetime.now(UTC).timestamp()  # noqa: TID251 -- adapters read the true time.


def codes(server: WholesaleServer, code: str, *, use: str = "new") -> str:
    """Return the code of the week in Japan."""
    plans = server.wholesaler.wires[code].listed.values()
    found = next(
        one.code
        for one in plans
        if (one.region.code, one.size.name) == ("JP", "1GB-7D") and one.use in (use, "either")
    )
    return f"{found}:r" if (code, use) == ("billionconnect", "new") else found


def told(adapter: SupplierAdapter, ear: Ear, handle: SupplyHandle) -> Delivered | None:
    """Return what signed callbacks say was delivered."""
    now = datetime.now(UTC)  # noqa: TID251
    for request in ear.received:
        heard = adapter.read_callback(headers=request.headers, body=request.body, now=now)
        for news in heard.news:
            is_it = handle.number == news.number or handle.reference == news.reference
            if is_it and isinstance(news.answer, Delivered):
                return news.answer
    return None


def settled(
    adapter: SupplierAdapter, ear: Ear, handle: SupplyHandle, answer: SupplyAnswer
) -> Delivered:
    """Return what was delivered, after listening and asking as often as it takes."""
    end = time.monotonic() + SECONDS_MAX
    while not isinstance(answer, Delivered):
        assert isinstance(answer, Pending), answer
        assert time.monotonic() < end
        time.sleep(0.05)
        if (heard := told(adapter, ear, handle)) is not None:
            return heard
        handle = SupplyHandle(
            number=handle.number,
            reference=answer.reference,
            renewed=handle.renewed,
            delivered=handle.delivered,
        )
        answer = adapter.look_up(handle)
    return answer


def bought(adapter: SupplierAdapter, server: WholesaleServer, ear: Ear, code: str) -> SupplierEsim:
    """Order an eSIM; return it as the supplier knows it."""
    request = SupplyRequest(number="L-1", plan_code=codes(server, code))
    delivered = settled(adapter, ear, SupplyHandle(number="L-1"), adapter.order(request))
    assert delivered.profile is not None
    assert delivered.profile.activation_code.startswith("LPA:1$")
    key = Buyer.of(server).control(code)["esims"][0]["key"]
    return SupplierEsim(
        iccid=delivered.profile.iccid, reference=key, order_reference=delivered.reference
    )


def test_an_esim_is_ordered_and_looked_up_by_our_number(
    adapter: SupplierAdapter, server: WholesaleServer, code: str, ear: Ear
) -> None:
    esim = bought(adapter, server, ear, code)
    if adapter.capabilities.looks_up_by_number:
        found = adapter.look_up(SupplyHandle(number="L-1"))
        assert isinstance(found, Delivered | Pending)
        if isinstance(found, Delivered):
            assert found.profile is not None
            assert found.profile.iccid == esim.iccid
        if code != "esim_access":  # Which is asked by sending the order again.
            assert adapter.look_up(SupplyHandle(number="L-2")) == Unknown()
    assert len(Buyer.of(server).control(code)["orders"]) == 1


def test_a_lost_answer_leads_to_one_order(
    adapter: SupplierAdapter, server: WholesaleServer, code: str, ear: Ear
) -> None:
    buyer = Buyer.of(server)
    request = SupplyRequest(number="L-1", plan_code=codes(server, code))
    buyer.control(code, "faults", kind="timeout_after", seconds=0.05)
    with pytest.raises(ProviderError):
        adapter.order(request)
    handle = SupplyHandle(number="L-1")
    if adapter.capabilities.recognizes_repeats:
        settled(adapter, ear, handle, adapter.order(request))
    else:
        settled(adapter, ear, handle, adapter.look_up(handle))
    assert len(buyer.control(code)["orders"]) == 1


@pytest.mark.parametrize(
    ("kind", "failure"),
    [("out_of_stock", Failure.ANOTHER), ("credit_used_up", Failure.ANOTHER), ("busy", None)],
)
def test_a_refusal_is_no_order(
    adapter: SupplierAdapter, server: WholesaleServer, code: str, kind: str, failure: Failure | None
) -> None:
    buyer = Buyer.of(server)
    request = SupplyRequest(number="L-1", plan_code=codes(server, code))
    buyer.control(code, "faults", kind=kind)
    answer = adapter.order(request)
    assert isinstance(answer, Refused)
    assert failure in (None, answer.failure)
    assert buyer.control(code)["orders"] == []


def test_a_renewal_gets_onto_the_same_esim(
    adapter: SupplierAdapter, server: WholesaleServer, code: str, ear: Ear
) -> None:
    esim = bought(adapter, server, ear, code)
    request = SupplyRequest(
        number="L-2", plan_code=codes(server, code, use="renewal"), renewed=esim
    )
    handle = SupplyHandle(number="L-2", renewed=esim)
    settled(adapter, ear, handle, adapter.order(request))
    (shown,) = Buyer.of(server).control(code)["esims"]
    assert sum(one["volume"] for one in shown["bundles"]) == 2 * GIB
    starts = adapter.capabilities.renewal_start
    assert (starts is RenewalStart.NOW_ADDED) == (len(shown["bundles"]) == 1) or (
        starts is RenewalStart.UNKNOWN
    )


def test_use_is_read_in_bytes(
    adapter: SupplierAdapter, server: WholesaleServer, code: str, ear: Ear
) -> None:
    esim = bought(adapter, server, ear, code)
    buyer = Buyer.of(server)
    buyer.control(code, "use", iccid=esim.iccid, bytes=100 * 1024**2)
    buyer.control(code, "settle")
    (usage,) = adapter.usage([esim])
    assert usage.used_bytes == 100 * 1024**2
    assert usage.total_bytes == GIB
    age = datetime.now(UTC) - usage.as_of  # noqa: TID251
    assert timedelta(seconds=-5) < age < timedelta(minutes=5)


def test_the_whole_list_is_read(
    adapter: SupplierAdapter, server: WholesaleServer, code: str
) -> None:
    listed = server.wholesaler.wires[code].listed
    page = adapter.list_plans()
    plans, left_out = list(page.plans), dict(page.left_out)
    while page.next_page:
        page = adapter.list_plans(page=page.next_page)
        plans += page.plans
        left_out |= page.left_out
    assert not left_out
    assert sorted(one.code.removesuffix(":r") for one in plans) == sorted(listed)
    for plan in plans:
        expected = listed[plan.code.removesuffix(":r")]
        assert plan.cost.amount_minor * 100 == expected.price
        assert plan.days == expected.size.days
        assert set(plan.countries) == set(expected.region.countries)
        assert plan.volume_bytes == expected.size.volume
        assert (
            plan.use
            in {
                "new": (PlanUse.NEW_ESIM,),
                "renewal": (PlanUse.RENEWAL,),
                "either": (PlanUse.EITHER, PlanUse.NEW_ESIM),  # New alone: TGT's cards C4.
            }[expected.use]
        )


def test_the_balance_is_read(adapter: SupplierAdapter, server: WholesaleServer, code: str) -> None:
    balance = adapter.balance().available
    assert balance.amount_minor == 200_000
    assert balance.currency == server.wholesaler.wires[code].currency


def test_its_callbacks_are_believed(
    adapter: SupplierAdapter, server: WholesaleServer, code: str, ear: Ear
) -> None:
    esim = bought(adapter, server, ear, code)
    Buyer.of(server).control(code, "use", iccid=esim.iccid, bytes=900 * 1024**2)
    wait_until(lambda: bool(ear.received))
    now = datetime.now(UTC)  # noqa: TID251
    for request in ear.received:
        adapter.read_callback(headers=request.headers, body=request.body, now=now)
    status, _kind, body = adapter.acknowledge(accepted=True)
    wire = server.wholesaler.wires[code]
    assert wire.is_acknowledged(Answer(status, body))
    status, _kind, body = adapter.acknowledge(accepted=False)
    assert not wire.is_acknowledged(Answer(status, body))


def test_an_untouched_esim_is_cancelled_where_that_can_be(
    adapter: SupplierAdapter, server: WholesaleServer, code: str, ear: Ear
) -> None:
    if adapter.capabilities.cancel is Cancel.NONE:
        return
    esim = bought(adapter, server, ear, code)
    handle = SupplyHandle(number="L-1", reference=esim.order_reference, delivered=esim)
    answer = adapter.cancel(handle)
    assert answer is CancelAnswer.DONE or (isinstance(answer, UnderReview) and answer.application)
    assert Buyer.of(server).control(code)["balance"] == 20_000_000
