"""BillionConnect, over HTTP: what is sent, what it refuses, and what goes wrong on the way."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

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
    UnderReview,
    Unknown,
)
from limosa.domain.connectivity.capabilities import Cancel
from limosa.domain.connectivity.suppliers.billionconnect.adapter import BillionConnectSupplier
from limosa.foundation.errors import ProviderError
from limosa.foundation.money import Money
from tests.fakes.billionconnect import (
    ENDED,
    GIVEN_BACK,
    MAILBOX,
    RENEWING_SKU,
    RUNNING,
    SKU,
    BillionConnect,
    billionconnect_at,
    running,
)
from tests.fakes.loopback import BUSY, FAULTS, HTML, LOST_AFTER, LOST_BEFORE, Loopback

pytestmark = pytest.mark.enable_socket
NUMBER = "L-7Q4K92MX"
HANDLE = SupplyHandle(number=NUMBER)
NOBODY = "http://127.0.0.1:9"
OLD = SupplierEsim(iccid="8986001201830009999")


@pytest.fixture
def fake() -> BillionConnect:
    return BillionConnect()


@pytest.fixture
def line(fake: BillionConnect) -> Iterator[Loopback]:
    with running(fake) as loopback:
        yield loopback


@pytest.fixture
def supplier(line: Loopback) -> BillionConnectSupplier:
    return billionconnect_at(line.url)


def order(supplier: BillionConnectSupplier, plan_code: str = SKU) -> SupplyAnswer:
    return supplier.order(SupplyRequest(number=NUMBER, plan_code=plan_code))


def renew(supplier: BillionConnectSupplier, plan_code: str = RENEWING_SKU) -> SupplyAnswer:
    return supplier.order(SupplyRequest(number=NUMBER, plan_code=plan_code, renewed=OLD))


def trades(line: Loopback) -> list[str]:
    return [json.loads(asked.body)["tradeType"] for asked in line.asked]


def test_an_order_is_sent_once_signed_and_without_anybodys_address(
    supplier: BillionConnectSupplier, line: Loopback
) -> None:
    assert isinstance(order(supplier, f"{SKU}:5:r"), Pending)
    (asked,) = line.asked
    assert asked.headers["x-channel-id"] == "channel-1"
    assert asked.headers["content-type"] == "application/json;charset=UTF-8"
    assert json.loads(asked.body)["tradeData"]["email"] == MAILBOX


@pytest.mark.parametrize("fault", [one for one in FAULTS if one != BUSY])
def test_an_answer_that_did_not_come_is_no_refusal(
    supplier: BillionConnectSupplier, line: Loopback, fault: str
) -> None:
    line.script.append(fault)
    with pytest.raises(ProviderError):
        order(supplier)
    assert len(line.asked) == 1  # A redirect is not followed, and nothing is sent again.


def test_what_was_lost_is_found_by_our_number(
    supplier: BillionConnectSupplier, line: Loopback, fake: BillionConnect
) -> None:
    assert supplier.look_up(HANDLE) == Unknown()
    line.script.append(LOST_AFTER)
    with pytest.raises(ProviderError):
        order(supplier)
    assert supplier.look_up(HANDLE) == Pending(reference=fake.orders[NUMBER].reference)


def test_nothing_reached_it_if_nobody_listens() -> None:
    answer = order(billionconnect_at(NOBODY))
    assert answer == Refused(failure=Failure.AGAIN, reason="not_reached")


@pytest.mark.parametrize(
    ("code", "failure"),
    [("1999", Failure.AGAIN), ("1047", Failure.ANOTHER), ("4321", Failure.ANOTHER)],
)
def test_a_refused_order_is_looked_up_before_that_is_believed(
    supplier: BillionConnectSupplier,
    line: Loopback,
    fake: BillionConnect,
    code: str,
    failure: Failure,
) -> None:
    fake.codes["F040"] = code
    answer = order(supplier)
    assert isinstance(answer, Refused)
    assert answer.failure is failure
    assert trades(line) == ["F040", "F011"]


def test_an_order_that_was_made_in_spite_of_busy_is_pending(
    supplier: BillionConnectSupplier, fake: BillionConnect
) -> None:
    order(supplier)
    fake.codes["F040"] = "1999"
    assert order(supplier) == Pending(reference=fake.orders[NUMBER].reference)
    assert fake.made == [NUMBER]


def test_a_refusal_that_can_not_be_looked_up_is_not_believed(
    supplier: BillionConnectSupplier, fake: BillionConnect
) -> None:
    fake.codes |= {"F040": "1047", "F011": "1999"}
    with pytest.raises(ProviderError):
        order(supplier)
    # What it answers of an order that it does not have is in no document: any other code will do.
    fake.codes["F011"] = "1003"
    assert isinstance(order(supplier), Refused)
    with pytest.raises(ProviderError):
        supplier.look_up(HANDLE)


def test_the_code_of_an_unknown_order_is_learned_from_the_account(
    line: Loopback, fake: BillionConnect
) -> None:
    fake.codes["F011"] = "1021"
    supplier = billionconnect_at(line.url, unknown_order_code="1021")
    assert supplier.look_up(HANDLE) == Unknown()
    fake.codes["F011"] = "1022"
    with pytest.raises(ProviderError):
        supplier.look_up(HANDLE)


def test_another_suppliers_plan_is_not_ordered(
    supplier: BillionConnectSupplier, line: Loopback
) -> None:
    assert isinstance(order(supplier, "change-7days-1gb:x"), Refused)
    assert not line.asked


def test_a_renewal_is_ordered_once_it_is_known_to_be_possible(
    supplier: BillionConnectSupplier, line: Loopback, fake: BillionConnect
) -> None:
    answer = renew(supplier)
    assert isinstance(answer, Pending)
    assert trades(line) == ["F052", "F013", "F007"]
    handle = SupplyHandle(number=NUMBER, reference=answer.reference, renewed=OLD)
    assert isinstance(supplier.look_up(handle), Pending)
    fake.deliver(NUMBER)
    assert supplier.look_up(handle) == Delivered(reference=answer.reference)
    with pytest.raises(ProviderError):  # Another eSIM's.
        supplier.look_up(SupplyHandle(number=NUMBER, renewed=SupplierEsim(iccid="89" * 9)))


def test_an_esim_that_can_not_be_renewed_is_not_charged(
    supplier: BillionConnectSupplier, fake: BillionConnect, line: Loopback
) -> None:
    fake.renewable = False
    assert renew(supplier) == Refused(failure=Failure.ANOTHER, reason="not_renewable")
    assert trades(line) == ["F052"]
    fake.renewable = True
    assert renew(supplier, SKU) == Refused(failure=Failure.ANOTHER, reason="not_for_this_esim")
    fake.codes["F052"] = "1999"
    assert renew(supplier) == Refused(failure=Failure.AGAIN, reason="busy")
    del fake.codes["F052"]
    line.script.append(LOST_BEFORE)
    assert renew(supplier) == Refused(failure=Failure.AGAIN, reason="not_checked")
    assert not fake.made


def delivered(supplier: BillionConnectSupplier, fake: BillionConnect) -> SupplyHandle:
    order(supplier)
    fake.deliver(NUMBER)
    made = fake.orders[NUMBER]
    esim = SupplierEsim(iccid=made.iccid, order_reference=made.reference)
    return SupplyHandle(number=NUMBER, reference=made.reference, delivered=esim)


def test_an_order_that_is_not_shipped_is_cancelled(
    supplier: BillionConnectSupplier, line: Loopback
) -> None:
    order(supplier)
    assert supplier.cancel(HANDLE) == UnderReview()
    assert trades(line)[-1] == "F008"
    assert supplier.cancel(HANDLE) is CancelAnswer.DONE
    assert supplier.end_early(HANDLE) is CancelAnswer.DONE
    assert supplier.look_up(HANDLE) == Refused(failure=Failure.ANOTHER, reason="cancelled")


def test_a_refund_is_applied_for_and_seen_once_it_is_granted(
    supplier: BillionConnectSupplier, line: Loopback, fake: BillionConnect
) -> None:
    handle = delivered(supplier, fake)
    fake.codes["F017"] = "2222"  # Such as: there is an application already.
    assert supplier.cancel(handle) == UnderReview()
    fake.codes["F017"] = "1003"
    assert supplier.cancel(handle) is CancelAnswer.REFUSED
    fake.codes["F017"] = "1999"
    with pytest.raises(ProviderError):
        supplier.cancel(handle)
    del fake.codes["F017"]
    assert supplier.cancel(handle) == UnderReview(application="1517370598118598")
    assert trades(line)[-1] == "F017"
    assert fake.orders[NUMBER].plan == GIVEN_BACK
    assert supplier.cancel(handle) is CancelAnswer.DONE


def test_what_has_begun_is_not_given_back_and_may_be_ended(
    supplier: BillionConnectSupplier, line: Loopback, fake: BillionConnect
) -> None:
    handle = delivered(supplier, fake)
    assert supplier.end_early(handle) is CancelAnswer.REFUSED
    fake.orders[NUMBER].plan = RUNNING
    assert supplier.cancel(handle) is CancelAnswer.REFUSED
    assert supplier.end_early(handle) is CancelAnswer.DONE
    assert fake.orders[NUMBER].plan == ENDED
    sent = len(line.asked)
    assert supplier.end_early(handle) is CancelAnswer.DONE
    assert "F045" not in trades(line)[sent:]


def test_without_a_reason_nothing_is_given_back(line: Loopback, fake: BillionConnect) -> None:
    assert billionconnect_at(line.url).capabilities.takes_back
    supplier = billionconnect_at(line.url, refund_reason="")
    assert not supplier.capabilities.takes_back
    assert supplier.capabilities.cancel is Cancel.REVIEWED  # What is not delivered yet.
    assert supplier.cancel(delivered(supplier, fake)) is CancelAnswer.REFUSED
    assert "F017" not in trades(line)


def test_use_is_read_from_the_plan_or_from_its_days(
    supplier: BillionConnectSupplier, line: Loopback, fake: BillionConnect
) -> None:
    esim = delivered(supplier, fake).delivered
    assert esim
    made = fake.orders[NUMBER]
    made.plan, made.used_kb = RUNNING, 2048
    (reading,) = supplier.usage([esim])
    assert (reading.used_bytes, reading.total_bytes) == (2048 * 1024, 1024**3)
    assert reading.esim == esim
    fake.total_kb = "-1"
    (reading,) = supplier.usage([esim])
    assert (reading.used_bytes, reading.total_bytes) == (2048 * 1024, None)
    assert trades(line)[-2:] == ["F012", "F046"]
    made.used_kb = 0
    assert supplier.usage([esim])[0].used_bytes is None
    assert supplier.usage([OLD]) == []
    fake.codes["F012"] = "1022"
    assert supplier.usage([esim]) == []
    fake.codes["F012"] = "1999"
    with pytest.raises(ProviderError):
        supplier.usage([esim])


def test_the_balance_is_the_deposit_in_the_contracts_currency(
    supplier: BillionConnectSupplier, line: Loopback
) -> None:
    assert supplier.balance().available == Money(8500_00, "CNY")
    with pytest.raises(ProviderError):
        billionconnect_at(line.url, currency="USD").balance()


def test_the_list_comes_in_one_page_with_its_prices(
    supplier: BillionConnectSupplier, line: Loopback
) -> None:
    page = supplier.list_plans()
    assert [plan.code for plan in page.plans] == [f"{SKU}:r", f"{SKU}:5:r", RENEWING_SKU]
    assert (page.next_page, page.total) == ("", 3)
    asked = [json.loads(one.body)["tradeData"] for one in line.asked]
    assert all(one["salesMethod"] == "5" for one in asked)


@pytest.mark.parametrize("fault", [HTML, BUSY])
def test_a_list_that_is_not_understood_is_no_empty_list(
    supplier: BillionConnectSupplier, line: Loopback, fault: str
) -> None:
    line.script += ["", fault]
    with pytest.raises(ProviderError):
        supplier.list_plans()


@pytest.mark.parametrize(
    "given",
    [{"app_secret": ""}, {"email": ""}, {"currency": "XXX"}, {"sales_method": ""}],
)
def test_an_account_that_is_not_whole_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ImproperlyConfigured) as error:
        billionconnect_at(NOBODY, **given)
    assert "LIMOSA_BILLIONCONNECT_" in str(error.value)


def test_a_callback_is_answered_in_its_own_words(supplier: BillionConnectSupplier) -> None:
    status, _, body = supplier.acknowledge(accepted=True)
    assert (status, json.loads(body)) == (200, {"tradeCode": "1000", "tradeMsg": "成功"})
    status, _, body = supplier.acknowledge(accepted=False)
    assert (status, json.loads(body)["tradeCode"]) == (400, "9999")
