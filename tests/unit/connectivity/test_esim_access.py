"""Orders at eSIM Access, which is busy, deaf, dearer, or of another opinion."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from limosa.domain.connectivity.answers import (
    CancelAnswer,
    Delivered,
    Failure,
    Pending,
    Refused,
    SupplierEsim,
    SupplyHandle,
    SupplyRequest,
    Unknown,
)
from limosa.domain.connectivity.suppliers.esim_access.adapter import EsimAccessSupplier
from limosa.domain.http import messages
from limosa.foundation.errors import LocalProtocolError, ProviderError
from limosa.foundation.money import Money
from tests.fakes import scripted_api
from tests.fakes.esim_access import (
    GB,
    RENEWED,
    RENEWED_ICCID,
    EsimAccess,
    esim_access_at,
    granted,
    package,
    refused,
    running,
)

pytestmark = pytest.mark.enable_socket
NUMBER = "L-7Q4K92MX"
NEW = SupplyRequest(number=NUMBER, plan_code="JP1", cost=Money(180, "USD"))
TOP_UP = replace(
    NEW,
    plan_code="TOPUP_JP1",
    renewed=SupplierEsim(iccid=RENEWED_ICCID, reference=RENEWED),
)
HANDLE = SupplyHandle(number=NUMBER)
ANOTHER, AGAIN = Failure.ANOTHER, Failure.AGAIN


@pytest.fixture
def other() -> Iterator[EsimAccess]:
    with running(EsimAccess()) as listening:
        yield listening


@pytest.fixture
def supplier(other: EsimAccess) -> EsimAccessSupplier:
    return esim_access_at(other.url)


def ordered(supplier: EsimAccessSupplier) -> SupplyHandle:
    """Order an eSIM, and return how we name it from then on."""
    pending = supplier.order(NEW)
    assert isinstance(pending, Pending)
    return SupplyHandle(number=NUMBER, reference=pending.reference)


def test_an_order_carries_our_number_and_the_price_that_we_expect(
    other: EsimAccess, supplier: EsimAccessSupplier
) -> None:
    assert supplier.order(NEW) == Pending(reference="B1")
    assert other.asked[-1] == {
        "transactionId": NUMBER,
        "amount": 18000,
        "packageInfoList": [{"packageCode": "JP1", "count": 1, "price": 18000}],
    }
    supplier.order(replace(NEW, number="L-2", cost=None))
    assert other.asked[-1] == {
        "transactionId": "L-2",
        "packageInfoList": [{"packageCode": "JP1", "count": 1}],
    }


def test_at_another_price_nothing_is_bought(
    other: EsimAccess, supplier: EsimAccessSupplier
) -> None:
    other.plans[0]["price"] = 19800
    assert supplier.order(NEW) == Refused(failure=ANOTHER, reason="price_changed")


def test_while_it_is_allocated_an_order_is_pending(
    other: EsimAccess, supplier: EsimAccessSupplier
) -> None:
    other.delays = True
    handle = ordered(supplier)
    assert supplier.look_up(handle) == Pending(reference="B1")
    assert supplier.look_up(HANDLE) == Pending()
    assert supplier.cancel(handle) == supplier.end_early(handle) == Pending()
    other.says("esim/order", refused("200010"))
    assert supplier.order(NEW) == Pending()
    other.says("esim/query", granted({"esimList": []}))
    assert supplier.look_up(handle) == Pending(reference="B1")


def listing(esims: list[dict[str, Any]], total: int | None) -> dict[str, Any]:
    return granted({"esimList": esims, "pager": {"pageNum": 1, "pageSize": 500, "total": total}})


def test_if_a_query_does_not_know_our_number_all_esims_are_gone_through(
    other: EsimAccess, supplier: EsimAccessSupplier
) -> None:
    """It ignores what it does not know, and returns the eSIMs of all orders, in pages."""
    ordered(supplier)
    mine, others = other.esims[1], [{**other.esims[0], "esimStatus": "SOMETHING_NEW"}]
    other.says("esim/query", listing(others, 2))
    other.says("esim/query", listing([mine], 2))
    found = supplier.look_up(HANDLE)
    assert isinstance(found, Delivered)
    assert found.reference == "B1"
    assert [one["pager"]["pageNum"] for one in other.asked[-2:]] == [1, 2]
    other.says("esim/query", listing(others, 1))
    assert supplier.look_up(HANDLE) == Unknown()
    for _ in range(2):
        other.says("esim/query", listing(others, None))
    other.says("esim/query", listing([], None))
    assert supplier.look_up(HANDLE) == Unknown()


def test_among_too_many_esims_nothing_is_said(
    other: EsimAccess, supplier: EsimAccessSupplier
) -> None:
    for _ in range(5):
        other.says("esim/query", listing(other.esims, 10_000))
    with pytest.raises(ProviderError):
        supplier.look_up(HANDLE)
    assert other.heard == ["esim/query"] * 5


def test_it_says_itself_that_it_has_no_order(
    other: EsimAccess, supplier: EsimAccessSupplier
) -> None:
    for nothing in (granted({"esimList": []}), granted(None), refused("310272")):
        other.says("esim/query", nothing)
        assert supplier.look_up(HANDLE) == Unknown()


def test_two_esims_for_one_order_are_not_believed(
    other: EsimAccess, supplier: EsimAccessSupplier
) -> None:
    handle = ordered(supplier)
    other.says("esim/query", granted({"esimList": [other.esims[1]] * 2}))
    with pytest.raises(ProviderError):
        supplier.look_up(handle)
    other.says("esim/query", granted({"esimList": [other.esims[1]] * 2}))
    with pytest.raises(ProviderError):
        supplier.look_up(HANDLE)


def failing(other: EsimAccess, path: str) -> None:
    other.says(path, refused("000001"))


def nameless(other: EsimAccess, path: str) -> None:
    other.says(path, granted({"esimList": [{"transactionId": NUMBER}]}))


FAULTS = [*scripted_api.FAULTS, failing, nameless]


@pytest.mark.parametrize("fault", FAULTS)
def test_without_a_clear_answer_an_order_may_have_been_made(
    other: EsimAccess, supplier: EsimAccessSupplier, fault: Any
) -> None:
    fault(other, "esim/order")
    with pytest.raises(ProviderError):
        supplier.order(NEW)
    fault(other, "esim/query")
    with pytest.raises(ProviderError):
        supplier.look_up(replace(HANDLE, reference="B1"))
    fault(other, "esim/topup")
    with pytest.raises(ProviderError):
        supplier.order(TOP_UP)


def test_an_answer_that_does_not_come_is_not_waited_for(
    other: EsimAccess, supplier: EsimAccessSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "READ_SECONDS", 0.2)

    def think(_asked: dict[str, Any]) -> dict[str, Any]:
        time.sleep(0.6)
        return granted({"orderNo": "B1"})

    monkeypatch.setitem(other.answers, "esim/order", think)
    with pytest.raises(ProviderError):
        supplier.order(NEW)


def test_if_nobody_listens_nothing_was_ordered() -> None:
    supplier = esim_access_at("http://127.0.0.1:1")
    for request in (NEW, TOP_UP):
        assert supplier.order(request) == Refused(failure=AGAIN, reason="not_reached")


def test_a_wrong_key_is_told_as_such(other: EsimAccess, supplier: EsimAccessSupplier) -> None:
    other.says("balance/query", refused("101003"))
    with pytest.raises(ProviderError) as caught:
        supplier.balance()
    assert caught.value.is_unauthorized
    other.says("balance/query", b"", status=401)
    with pytest.raises(ProviderError) as caught:
        supplier.balance()
    assert caught.value.is_unauthorized


def test_an_access_code_that_fits_no_header_is_told_beforehand(settings: Settings) -> None:
    given = {"url": "http://127.0.0.1:1", "access_code": "续航", "secret": "x"}
    settings.SUPPLIER_SETTINGS = {"esim_access": given}
    with pytest.raises(ImproperlyConfigured, match="LIMOSA_ESIM_ACCESS_ACCESS_CODE"):
        EsimAccessSupplier()


def test_a_number_that_is_too_long_for_it_is_never_sent(
    other: EsimAccess, supplier: EsimAccessSupplier
) -> None:
    with pytest.raises(LocalProtocolError):
        supplier.order(replace(NEW, number="x" * 51))
    assert other.heard == []


def test_a_renewal_tops_up_the_esim_by_its_own_id_once(
    other: EsimAccess, supplier: EsimAccessSupplier
) -> None:
    first, second = supplier.order(TOP_UP), supplier.order(TOP_UP)
    assert first == second
    assert isinstance(first, Delivered)
    assert (first.reference, first.cost) == (NUMBER, Money(180, "USD"))
    assert other.topped_up == {
        NUMBER: {
            "esimTranNo": RENEWED,
            "packageCode": "TOPUP_JP1",
            "transactionId": NUMBER,
            "amount": "18000",
        }
    }
    assert other.esims[0]["totalVolume"] == 2 * GB


def offered_nothing(other: EsimAccess) -> None:
    other.top_ups.clear()


def offered_dearer(other: EsimAccess) -> None:
    other.top_ups[0]["price"] = 19800


def offered_at_a_part_of_a_cent(other: EsimAccess) -> None:
    other.top_ups[0]["price"] = 18001


def state_forbids(other: EsimAccess) -> None:
    other.says("esim/topup", refused("200002"))


def grew_dearer_meanwhile(other: EsimAccess) -> None:
    other.says("esim/topup", refused("200006"))


def is_busy(other: EsimAccess) -> None:
    other.says("package/list", refused("900001"))


@pytest.mark.parametrize(
    ("what", "failure", "reason"),
    [
        (offered_nothing, ANOTHER, "not_renewable"),
        (offered_dearer, ANOTHER, "price_changed"),
        (offered_at_a_part_of_a_cent, ANOTHER, "price_changed"),
        (state_forbids, ANOTHER, "not_renewable"),
        (grew_dearer_meanwhile, ANOTHER, "price_changed"),
        (is_busy, AGAIN, "offers_unknown"),
    ],
)
def test_what_is_not_offered_for_an_esim_at_the_price_is_not_bought(
    other: EsimAccess, supplier: EsimAccessSupplier, what: Any, failure: Failure, reason: str
) -> None:
    what(other)
    assert supplier.order(TOP_UP) == Refused(failure=failure, reason=reason)
    assert other.topped_up == {}


def test_without_its_own_id_an_esim_is_not_topped_up(
    other: EsimAccess, supplier: EsimAccessSupplier
) -> None:
    request = replace(TOP_UP, renewed=SupplierEsim(iccid=RENEWED_ICCID))
    assert supplier.order(request) == Refused(failure=ANOTHER, reason="not_renewable")
    assert other.heard == []


def test_a_plan_may_be_named_by_its_slug(other: EsimAccess, supplier: EsimAccessSupplier) -> None:
    assert isinstance(supplier.order(replace(TOP_UP, plan_code="slug_TOPUP_JP1")), Delivered)


def test_whether_an_esim_was_topped_up_is_not_guessed(
    other: EsimAccess, supplier: EsimAccessSupplier
) -> None:
    handle = replace(HANDLE, renewed=TOP_UP.renewed)
    with pytest.raises(ProviderError):
        supplier.look_up(handle)
    named = {**other.esims[0], "transactionId": NUMBER}
    other.says("esim/query", granted({"esimList": [named]}))
    assert supplier.look_up(handle) == Delivered(reference=NUMBER)
    answered = replace(handle, reference=NUMBER)
    assert supplier.look_up(answered) == Delivered(reference=NUMBER)
    for undo in (supplier.cancel, supplier.end_early):
        assert undo(answered) is CancelAnswer.REFUSED


def undo_by(
    undo: str, other: EsimAccess, supplier: EsimAccessSupplier, **changed: Any
) -> CancelAnswer:
    handle = ordered(supplier)
    other.esims[1].update(changed)
    answer: CancelAnswer = getattr(supplier, undo)(handle)
    return answer


@pytest.mark.parametrize(
    ("undo", "changed", "answer", "state"),
    [
        ("cancel", {}, CancelAnswer.DONE, "CANCEL"),
        ("cancel", {"esimStatus": "CANCEL"}, CancelAnswer.DONE, "CANCEL"),
        ("cancel", {"esimStatus": "IN_USE"}, CancelAnswer.REFUSED, "IN_USE"),
        ("cancel", {"smdpStatus": "INSTALLATION"}, CancelAnswer.REFUSED, "GOT_RESOURCE"),
        ("end_early", {"esimStatus": "IN_USE"}, CancelAnswer.DONE, "REVOKED"),
        ("end_early", {"esimStatus": "USED_EXPIRED"}, CancelAnswer.DONE, "USED_EXPIRED"),
        (
            "end_early",
            {"esimStatus": "IN_USE", "totalVolume": 2 * GB},
            CancelAnswer.REFUSED,
            "IN_USE",
        ),
    ],
)
def test_only_an_unused_esim_is_cancelled_and_one_with_another_bundle_is_not_ended(
    other: EsimAccess,
    supplier: EsimAccessSupplier,
    undo: str,
    changed: dict[str, Any],
    answer: CancelAnswer,
    state: str,
) -> None:
    assert undo_by(undo, other, supplier, **changed) is answer
    assert other.esims[1]["esimStatus"] == state


def test_what_is_not_found_yet_is_not_taken_for_undone(supplier: EsimAccessSupplier) -> None:
    for undo in (supplier.cancel, supplier.end_early):
        assert undo(HANDLE) == Pending()


def test_a_lost_answer_to_a_cancellation_is_asked_for_again(
    other: EsimAccess, supplier: EsimAccessSupplier
) -> None:
    handle = ordered(supplier)
    other.loses("esim/cancel")
    with pytest.raises(ProviderError):
        supplier.cancel(handle)
    assert supplier.cancel(handle) is CancelAnswer.DONE


def test_use_is_asked_by_its_own_ids_ten_at_a_time(
    other: EsimAccess, supplier: EsimAccessSupplier
) -> None:
    other.esims[0]["orderUsage"] = 12_345
    known, nameless = SupplierEsim(iccid=RENEWED_ICCID, reference=RENEWED), SupplierEsim(iccid="8")
    (usage,) = supplier.usage([known, nameless])
    assert (usage.esim, usage.used_bytes) == (known, 12_345)
    assert supplier.usage([nameless]) == []
    assert other.heard == ["esim/usage/query"]
    with pytest.raises(LocalProtocolError):
        supplier.usage([replace(known, reference=str(one)) for one in range(11)])


def test_the_list_may_be_long(other: EsimAccess, supplier: EsimAccessSupplier) -> None:
    other.plans = [package(f"JP{number}") for number in range(1000)]
    assert len(supplier.list_plans().plans) == 1000
