"""Orders at TGT, which is busy, deaf, dearer, forgets tokens, or is of another opinion."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

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
from limosa.domain.connectivity.suppliers.tgt import connection, wire
from limosa.domain.connectivity.suppliers.tgt.adapter import TgtSupplier
from limosa.domain.http import messages
from limosa.foundation.errors import LocalProtocolError, ProviderError
from limosa.foundation.money import Money
from tests.fakes import scripted_api
from tests.fakes.tgt import (
    OLD_C4,
    OLD_M1,
    SECRET,
    Tgt,
    callback_of,
    granted,
    product,
    refused,
    running,
    signed,
    tgt_at,
)

pytestmark = pytest.mark.enable_socket
NUMBER = "L-7Q4K92MX"
NEW = SupplyRequest(number=NUMBER, plan_code="M1-3GB", cost=Money(110, "USD"))
RENEWAL = replace(NEW, renewed=SupplierEsim(iccid=OLD_M1))
TOP_UP = replace(NEW, plan_code="topup:2", renewed=SupplierEsim(iccid=OLD_C4))
HANDLE = SupplyHandle(number=NUMBER)
ANOTHER, AGAIN = Failure.ANOTHER, Failure.AGAIN
MB = 1024**2


@pytest.fixture
def other() -> Iterator[Tgt]:
    with running(Tgt()) as listening:
        yield listening


@pytest.fixture
def supplier(other: Tgt) -> TgtSupplier:
    return tgt_at(other.url)


def ordered(supplier: TgtSupplier, request: SupplyRequest = NEW) -> SupplyHandle:
    """Order, and return how we name it from then on."""
    pending = supplier.order(request)
    assert isinstance(pending, Pending)
    return SupplyHandle(number=request.number, reference=pending.reference, renewed=request.renewed)


def test_an_order_carries_our_number_and_a_key_made_from_it(
    other: Tgt, supplier: TgtSupplier
) -> None:
    first = ordered(supplier)
    assert other.asked[-1] == {
        "productCode": "M1-3GB",
        "channelOrderNo": NUMBER,
        "idempotencyKey": wire.key_of(NUMBER),
    }
    assert ordered(supplier) == first
    assert len(other.keys) == 1


def test_a_product_that_begins_when_it_is_ordered_begins_today(
    other: Tgt, supplier: TgtSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    other.products[0]["activeType"] = "ACTIVATE_ON_ORDER"
    ordered(supplier)
    assert len(other.asked[-1]["startDate"]) == len("2026-11-29")


def test_a_renewal_is_an_order_on_the_same_card(other: Tgt, supplier: TgtSupplier) -> None:
    other.delays = True
    handle = ordered(supplier, RENEWAL)
    assert other.heard[-1] == "order/renew"
    assert other.asked[-1]["iccid"] == OLD_M1
    assert isinstance(supplier.look_up(handle), Pending)
    other.issue()
    found = supplier.look_up(handle)
    assert isinstance(found, Delivered)
    assert found.profile is not None
    assert (found.profile.iccid, found.profile.activation_code) == (OLD_M1, "")


def test_a_card_of_another_type_is_not_renewed(other: Tgt, supplier: TgtSupplier) -> None:
    request = replace(RENEWAL, plan_code="C4-1GB")
    assert supplier.order(request) == Refused(failure=ANOTHER, reason="not_renewable")
    assert "order/renew" not in other.heard


def test_something_is_added_to_a_card_of_type_c4_at_once_and_once(
    other: Tgt, supplier: TgtSupplier
) -> None:
    first, second = supplier.order(TOP_UP), supplier.order(TOP_UP)
    assert first == second == Delivered(reference="topup:TN0")
    (asked,) = other.topped_up.values()
    assert (asked["purchaseType"], asked["orderNo"]) == (2, other.orders[1]["orderNo"])
    handle = replace(HANDLE, reference="topup:TN0", renewed=TOP_UP.renewed)
    assert supplier.look_up(handle) == first
    assert supplier.end_early(handle) is CancelAnswer.REFUSED


@pytest.mark.parametrize(
    ("renewed", "reason"),
    [
        (None, "not_sold"),
        (SupplierEsim(iccid=OLD_M1), "not_renewable"),
        (SupplierEsim(iccid="8999240100000000000"), "not_renewable"),
    ],
)
def test_nothing_is_added_to_another_card(
    other: Tgt, supplier: TgtSupplier, renewed: SupplierEsim | None, reason: str
) -> None:
    request = replace(TOP_UP, renewed=renewed)
    assert supplier.order(request) == Refused(failure=ANOTHER, reason=reason)
    assert other.topped_up == {}


def test_at_another_price_nothing_is_bought(other: Tgt, supplier: TgtSupplier) -> None:
    other.products[0]["netPrice"] = 1.21
    assert supplier.order(NEW) == Refused(failure=ANOTHER, reason="price_changed")
    assert supplier.order(replace(NEW, plan_code="gone")) == Refused(
        failure=ANOTHER, reason="not_sold"
    )
    assert other.keys == {}


def test_what_was_bought_before_its_price_changed_is_found(
    other: Tgt, supplier: TgtSupplier
) -> None:
    other.loses("order/create")
    with pytest.raises(ProviderError):
        supplier.order(NEW)
    other.products[0]["netPrice"] = 1.21
    found = supplier.order(NEW)
    assert isinstance(found, Delivered)
    assert len(other.keys) == 1


def test_a_code_that_is_not_public_is_a_refusal_only_if_it_has_no_order(
    other: Tgt, supplier: TgtSupplier
) -> None:
    other.says("order/create", refused("5000", "4012"))
    assert supplier.order(NEW) == Refused(failure=ANOTHER, reason="refused_5000_4012")
    ordered(supplier)
    other.says("order/create", refused("5000", "4012"))
    assert isinstance(supplier.order(NEW), Delivered)
    other.says("order/create", refused("5000", "4012"))
    other.says("order/orders", refused("5000", "9999"))
    with pytest.raises(ProviderError):
        supplier.order(NEW)


@pytest.mark.parametrize(("left", "reason"), [("1.09", "credit_used_up"), ("1.10", None)])
def test_a_balance_below_the_price_is_the_reason_of_a_code_that_is_not_public(
    other: Tgt, supplier: TgtSupplier, left: str, reason: str | None
) -> None:
    other.says("order/create", refused("5000", "4011"))
    other.says("account/balance", granted({"currency": "USD", "balance": left}))
    answer = supplier.order(NEW)
    assert answer == Refused(failure=ANOTHER, reason=reason or "refused_5000_4011")


def test_if_it_can_not_be_asked_then_an_order_may_have_been_made(
    other: Tgt, supplier: TgtSupplier
) -> None:
    other.says("order/create", refused("5000", "4012"))
    other.says("order/orders", refused("2003"))
    supplier.balance()
    other.says("token", b"", status=500)
    with pytest.raises(ProviderError):
        supplier.order(NEW)


@pytest.mark.parametrize(
    ("code", "failure", "reason"),
    [
        ("0429", AGAIN, "rate_limited"),
        ("2000", AGAIN, "busy"),
        ("2001", ANOTHER, "not_permitted"),
    ],
)
def test_a_known_code_says_what_to_do_next(
    other: Tgt, supplier: TgtSupplier, code: str, failure: Failure, reason: str
) -> None:
    for call in ("products/detail", "order/create"):
        other.says(call, refused(code))
        assert supplier.order(NEW) == Refused(failure=failure, reason=reason)
    other.says("order/topup/create", refused(code))
    assert supplier.order(TOP_UP) == Refused(failure=failure, reason=reason)


def test_it_has_no_order_that_it_was_never_sent(other: Tgt, supplier: TgtSupplier) -> None:
    assert supplier.look_up(HANDLE) == Unknown()
    other.says("order/orders", granted({"list": []}))
    assert supplier.look_up(HANDLE) == Unknown()
    other.says("order/orders", granted({"list": other.orders}))
    with pytest.raises(ProviderError):
        supplier.look_up(HANDLE)


def nameless(other: Tgt, path: str) -> None:
    other.says(path, granted({"list": [{}]}))


FAULTS = [*scripted_api.FAULTS, nameless]


@pytest.mark.parametrize("fault", FAULTS)
def test_without_a_clear_answer_an_order_may_have_been_made(
    other: Tgt, supplier: TgtSupplier, fault: Any
) -> None:
    for request, path in (
        (NEW, "order/create"),
        (RENEWAL, "order/renew"),
        (TOP_UP, "order/topup/create"),
    ):
        fault(other, path)
        with pytest.raises(ProviderError):
            supplier.order(request)
    fault(other, "order/orders")
    with pytest.raises(ProviderError):
        supplier.look_up(HANDLE)


@pytest.mark.parametrize("fault", FAULTS)
def test_before_an_order_is_sent_nothing_was_made(
    other: Tgt, supplier: TgtSupplier, fault: Any
) -> None:
    fault(other, "products/detail")
    assert supplier.order(NEW) == Refused(failure=AGAIN, reason="product_unknown")
    fault(other, "order/orders")
    assert supplier.order(TOP_UP) == Refused(failure=AGAIN, reason="card_unknown")
    fault(other, "token")
    fresh = tgt_at(other.url)
    assert fresh.order(NEW) == Refused(failure=AGAIN, reason="not_reached")
    assert other.keys == {}


def test_if_nobody_listens_nothing_was_ordered() -> None:
    supplier = tgt_at("http://127.0.0.1:1")
    for request in (NEW, TOP_UP):
        assert supplier.order(request) == Refused(failure=AGAIN, reason="not_reached")


def test_an_answer_that_does_not_come_is_not_waited_for(
    other: Tgt, supplier: TgtSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "READ_SECONDS", 0.2)

    def think(_asked: dict[str, Any]) -> dict[str, Any]:
        time.sleep(0.6)
        return granted({"orderNo": "SE1"})

    monkeypatch.setitem(other.answers, "order/create", think)
    with pytest.raises(ProviderError):
        supplier.order(NEW)


def test_an_operation_that_takes_too_long_sends_no_order(
    other: Tgt, supplier: TgtSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_BEGIN_WITHIN_SECONDS", -1.0)
    assert supplier.order(NEW) == Refused(failure=AGAIN, reason="not_reached")
    assert other.asked == []


def test_a_token_is_kept_and_got_anew_once_when_it_is_refused(
    other: Tgt, supplier: TgtSupplier
) -> None:
    supplier.balance()
    supplier.balance()
    assert other.heard.count("token") == 1
    other.tokens.clear()
    assert isinstance(supplier.order(NEW), Pending)
    assert other.heard.count("token") == 2
    for _ in range(2):
        other.says("order/create", refused("2003"))
    assert supplier.order(NEW) == Refused(failure=AGAIN, reason="token_refused")


def test_a_token_that_is_about_to_expire_is_got_anew(other: Tgt, supplier: TgtSupplier) -> None:
    other.says("token", granted({"accessToken": "short", "expires": 0}))
    other.tokens.append("short")
    supplier.balance()
    supplier.balance()
    assert other.heard.count("token") == 2


def test_wrong_credentials_are_told_as_such(other: Tgt) -> None:
    supplier = tgt_at(other.url, secret="wrong")
    with pytest.raises(ProviderError) as caught:
        supplier.balance()
    assert caught.value.is_unauthorized


def test_a_number_that_is_too_long_for_it_is_never_sent(other: Tgt, supplier: TgtSupplier) -> None:
    with pytest.raises(LocalProtocolError):
        supplier.order(replace(NEW, number="x" * 101))
    assert other.heard == []


@pytest.mark.parametrize(
    ("code", "state", "answer"),
    [
        ("C4-1GB", "INUSE", CancelAnswer.DONE),
        ("C4-1GB", "TERMINATION", CancelAnswer.DONE),
        ("C4-1GB", "EXPIRED", CancelAnswer.DONE),
        ("M1-3GB", "EXPIRED", CancelAnswer.DONE),
        ("M1-3GB", "INUSE", CancelAnswer.REFUSED),
    ],
)
def test_only_an_order_on_a_card_of_type_c4_can_be_ended(
    other: Tgt, supplier: TgtSupplier, code: str, state: str, answer: CancelAnswer
) -> None:
    handle = ordered(supplier, replace(NEW, plan_code=code))
    order = other.order_of(NUMBER)
    order["orderStatus"] = state
    assert supplier.end_early(handle) is answer
    assert supplier.end_early(HANDLE) is answer
    assert ("order/terminate" in other.heard) == (order["orderStatus"] != state)


def test_what_is_not_issued_or_not_clear_is_not_taken_for_ended(
    other: Tgt, supplier: TgtSupplier
) -> None:
    assert supplier.end_early(HANDLE) is CancelAnswer.DONE  # It has no such order.
    other.delays = True
    handle = ordered(supplier, replace(NEW, plan_code="C4-1GB"))
    with pytest.raises(ProviderError):
        supplier.end_early(handle)
    other.issue()
    other.says("order/terminate", refused("2000"))
    other.says("products/detail", refused("5000", "4012"))
    for _ in range(2):
        with pytest.raises(ProviderError):
            supplier.end_early(handle)
    other.says("order/terminate", refused("5000", "4013"))
    assert supplier.end_early(handle) is CancelAnswer.REFUSED


def test_use_is_of_the_order_that_runs_on_the_card(other: Tgt, supplier: TgtSupplier) -> None:
    esim = SupplierEsim(iccid=OLD_M1, order_reference=other.orders[0]["orderNo"])
    other.orders[0]["orderStatus"] = "USED"
    ordered(supplier, RENEWAL)
    other.order_of(NUMBER).update(orderStatus="INUSE", activatedEndTime="2026-12-29T10:00:00Z")
    (usage,) = supplier.usage([esim])
    assert other.asked[-1] == {"orderNo": other.order_of(NUMBER)["orderNo"]}
    assert (usage.esim, usage.used_bytes, usage.total_bytes) == (esim, 472_383_488, 3072 * MB)
    assert usage.ends_at is not None


@pytest.mark.parametrize("sub_code", ["5005", "5002", "5032"])
def test_a_card_that_is_not_counted_is_left_out(
    other: Tgt, supplier: TgtSupplier, sub_code: str
) -> None:
    other.says("order/usage", refused("5000", sub_code))
    assert supplier.usage([SupplierEsim(iccid=OLD_M1)]) == []
    assert supplier.usage([SupplierEsim(iccid="8999240100000000000")]) == []
    other.says("order/usage", refused("5000", "4068"))  # It is still counting.
    with pytest.raises(ProviderError):
        supplier.usage([SupplierEsim(iccid=OLD_M1)])


def test_the_list_comes_in_pages_of_a_hundred(other: Tgt, supplier: TgtSupplier) -> None:
    other.products = [product(f"P{number}") for number in range(150)]
    first = supplier.list_plans()
    second = supplier.list_plans(page=first.next_page)
    assert (len(first.plans), len(second.plans), second.next_page) == (100, 50, "")
    assert first.total == 150


def test_callbacks_are_signed_by_a_secret_of_their_own_or_by_the_accounts(other: Tgt) -> None:
    payload = callback_of(other.orders[0], 1)
    body = signed(payload, secret=SECRET, json_arrays=False)
    supplier = tgt_at(other.url, callback_secret="")
    read: Any = supplier.read_callback
    (news,) = read(headers={}, body=body, now=None).news
    assert isinstance(news.answer, Delivered)
