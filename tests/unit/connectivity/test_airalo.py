"""Airalo, over HTTP: what is sent, what it refuses, and what goes wrong on the way."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured

from limosa.domain.connectivity.answers import (
    Delivered,
    Failure,
    Refused,
    SupplierEsim,
    SupplyAnswer,
    SupplyHandle,
    SupplyRequest,
    Unknown,
)
from limosa.domain.connectivity.suppliers.airalo import connection
from limosa.domain.connectivity.suppliers.airalo.adapter import AiraloSupplier
from limosa.foundation.errors import LocalProtocolError, ProviderError
from limosa.foundation.money import Money
from tests.fakes.airalo import PACKAGE, TOP_UP, Airalo, airalo_at, make_place, running
from tests.fakes.loopback import FAULTS, HTML, LOST_AFTER, LOST_BEFORE, Loopback

pytestmark = pytest.mark.enable_socket
NUMBER = "L-7Q4K92MX"
HANDLE = SupplyHandle(number=NUMBER)
NOBODY = "http://127.0.0.1:9"
ESIM = SupplierEsim(iccid="891000000000000001")


@pytest.fixture
def fake() -> Airalo:
    return Airalo()


@pytest.fixture
def line(fake: Airalo) -> Iterator[Loopback]:
    with running(fake) as loopback:
        yield loopback


@pytest.fixture
def supplier(line: Loopback) -> AiraloSupplier:
    connection.connection_for.cache_clear()  # A port may be used again.
    return airalo_at(line.url)


def order(supplier: AiraloSupplier, plan_code: str = PACKAGE) -> SupplyAnswer:
    return supplier.order(SupplyRequest(number=NUMBER, plan_code=plan_code))


def renew(supplier: AiraloSupplier, plan_code: str = TOP_UP) -> SupplyAnswer:
    return supplier.order(SupplyRequest(number=NUMBER, plan_code=plan_code, renewed=ESIM))


def calls(line: Loopback) -> list[str]:
    return [
        f"{asked.method} {urlsplit(asked.target).path.removeprefix('/v2/')}" for asked in line.asked
    ]


def test_an_order_carries_our_number_and_a_token_that_is_kept(
    supplier: AiraloSupplier, line: Loopback
) -> None:
    answer = order(supplier)
    assert isinstance(answer, Delivered)
    assert answer.cost == Money(110, "USD")
    assert calls(line) == ["POST token", "POST orders"]
    token, sent = line.asked
    assert token.headers["content-type"] == "application/x-www-form-urlencoded"
    assert dict(parse_qsl(token.body.decode()))["grant_type"] == "client_credentials"
    assert json.loads(sent.body) == {
        "package_id": PACKAGE,
        "quantity": 1,
        "type": "sim",
        "description": NUMBER,
    }
    airalo_at(line.url).balance()  # Another adapter of the same process.
    assert calls(line)[2:] == ["GET balance"]


def test_a_token_that_is_no_longer_taken_is_fetched_anew(
    supplier: AiraloSupplier, fake: Airalo, line: Loopback
) -> None:
    supplier.balance()
    fake.tokens.clear()
    assert isinstance(order(supplier), Delivered)
    assert calls(line)[2:] == ["POST orders", "POST token", "POST orders"]
    assert len(fake.orders) == 1


def test_threads_share_one_token(supplier: AiraloSupplier, line: Loopback) -> None:
    threads = [Thread(target=supplier.balance) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls(line).count("POST token") == 1


def test_a_client_that_is_refused_is_told_apart(line: Loopback) -> None:
    supplier = airalo_at(line.url, client_secret="wrong")
    with pytest.raises(ProviderError) as error:
        supplier.balance()
    assert error.value.is_unauthorized
    assert order(supplier) == Refused(failure=Failure.AGAIN, reason="http_401")
    assert "POST orders" not in calls(line)


@pytest.mark.parametrize("fault", FAULTS)
def test_an_answer_that_did_not_come_is_no_refusal(
    supplier: AiraloSupplier, line: Loopback, fault: str
) -> None:
    supplier.balance()
    sent = len(line.asked)
    line.script.append(fault)
    with pytest.raises(ProviderError):
        order(supplier)
    assert calls(line)[sent:] == ["POST orders"]  # Not followed, and not sent again.


@pytest.mark.parametrize("fault", FAULTS)
def test_without_a_token_nothing_is_ordered(
    supplier: AiraloSupplier, line: Loopback, fault: str
) -> None:
    line.script.append(fault)
    assert order(supplier) == Refused(failure=Failure.AGAIN, reason="not_reached")
    assert calls(line) == ["POST token"]


@pytest.mark.parametrize("ask", [order, renew])
def test_an_order_whose_token_came_too_late_is_not_sent(
    supplier: AiraloSupplier,
    line: Loopback,
    ask: Callable[[AiraloSupplier], SupplyAnswer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another worker has the order by then: it finds none, and orders it again."""
    late, fetch = monotonic() + 80, connection.Connection._fetch_token

    def fetch_slowly(self: connection.Connection) -> tuple[str, int]:
        monkeypatch.setattr(connection, "monotonic", lambda: late)
        return fetch(self)

    monkeypatch.setattr(connection.Connection, "_fetch_token", fetch_slowly)
    assert ask(supplier) == Refused(failure=Failure.AGAIN, reason="not_reached")
    assert not [call for call in calls(line) if call.startswith("POST orders")]


def test_nothing_reached_it_if_nobody_listens() -> None:
    assert order(airalo_at(NOBODY)) == Refused(failure=Failure.AGAIN, reason="not_reached")


def test_what_was_lost_is_found_by_our_number(
    supplier: AiraloSupplier, line: Loopback, fake: Airalo
) -> None:
    assert supplier.look_up(HANDLE) == Unknown()
    line.script.append(LOST_AFTER)
    with pytest.raises(ProviderError):
        order(supplier)
    found = supplier.look_up(HANDLE)
    assert isinstance(found, Delivered)
    assert found.profile
    query = dict(parse_qsl(urlsplit(line.asked[-1].target).query))
    assert query["filter[description]"] == NUMBER
    assert fake.made(NUMBER) == 1


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [
        (422, {"code": 33, "reason": "x"}, Failure.ANOTHER),
        (422, {"code": 73}, Failure.NEVER),
        (429, {"message": "Too many"}, Failure.AGAIN),
    ],
)
def test_a_refused_order_was_not_made(
    supplier: AiraloSupplier, fake: Airalo, status: int, body: Any, failure: Failure
) -> None:
    fake.refused.append((status, body))
    answer = order(supplier)
    assert isinstance(answer, Refused)
    assert answer.failure is failure
    assert supplier.look_up(HANDLE) == Unknown()


def test_a_renewal_is_ordered_if_it_is_offered(
    supplier: AiraloSupplier, fake: Airalo, line: Loopback
) -> None:
    answer = renew(supplier)
    assert answer == Delivered(reference="9667", cost=Money(110, "USD"))
    assert calls(line)[1:] == [f"GET sims/{ESIM.iccid}/topups", "POST orders/topups"]
    assert json.loads(line.asked[-1].body)["iccid"] == ESIM.iccid
    assert supplier.look_up(SupplyHandle(number=NUMBER, renewed=ESIM)) == answer
    with pytest.raises(ProviderError):  # It is no new eSIM.
        supplier.look_up(HANDLE)


def test_an_esim_that_can_not_be_renewed_is_not_charged(
    supplier: AiraloSupplier, fake: Airalo, line: Loopback
) -> None:
    assert renew(supplier, "other") == Refused(failure=Failure.ANOTHER, reason="not_for_this_esim")
    fake.offers.clear()
    assert renew(supplier) == Refused(failure=Failure.NEVER, reason="not_renewable")
    fake.unknown_esims.add(ESIM.iccid)
    assert renew(supplier) == Refused(failure=Failure.NEVER, reason="esim_unknown")
    line.script.append(LOST_BEFORE)
    assert renew(supplier) == Refused(failure=Failure.AGAIN, reason="not_checked")
    assert not fake.orders


def test_use_is_read_of_each_esim_that_is_known(supplier: AiraloSupplier, fake: Airalo) -> None:
    (reading,) = supplier.usage([ESIM])
    assert reading.used_bytes == (2048 - 767) * 1024**2
    fake.unknown_esims.add(ESIM.iccid)
    assert supplier.usage([ESIM]) == []
    with pytest.raises(LocalProtocolError):
        supplier.usage([SupplierEsim(iccid="../orders")])


def test_the_list_comes_in_pages_of_places(
    supplier: AiraloSupplier, fake: Airalo, line: Loopback
) -> None:
    codes = [f"{first}{second}" for first in "ABCDEF" for second in "ABCDEFGHIJ"]
    fake.places = [make_place(code) for code in codes]
    pages = [supplier.list_plans()]
    while pages[-1].next_page:
        pages.append(supplier.list_plans(page=pages[-1].next_page))
    assert [len(page.plans) for page in pages] == [25, 25, 10]
    assert {plan.countries for page in pages for plan in page.plans} == {(one,) for one in codes}
    assert calls(line).count("GET packages") == 3


def test_a_list_that_is_not_understood_is_no_empty_list(
    supplier: AiraloSupplier, line: Loopback
) -> None:
    supplier.balance()
    line.script.append(HTML)
    with pytest.raises(ProviderError):
        supplier.list_plans()


def test_the_balance_is_told(supplier: AiraloSupplier) -> None:
    assert supplier.balance().available == Money(10_392_95, "USD")


def test_charges_are_read_from_all_pages_of_orders(supplier: AiraloSupplier, fake: Airalo) -> None:
    supplier.order(SupplyRequest(number=NUMBER, plan_code=PACKAGE))
    (made,) = fake.orders
    fake.orders += [{**made, "id": 20_000 + one} for one in range(150)]
    now = datetime.now(UTC)  # noqa: TID251 -- The fake's orders are of now.
    charges = supplier.charges(since=now - timedelta(days=1), until=now + timedelta(days=1))
    assert len({charge.charge_id for charge in charges}) == 151
    assert {charge.amount for charge in charges} == {Money(110, "USD")}


@pytest.mark.parametrize("given", [{"client_secret": ""}, {"client_id": ""}])
def test_an_account_that_is_not_whole_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ImproperlyConfigured) as error:
        airalo_at(NOBODY, **given)
    assert "LIMOSA_AIRALO_" in str(error.value)


def test_a_webhook_is_answered_by_200_or_it_is_sent_again(supplier: AiraloSupplier) -> None:
    assert supplier.acknowledge(accepted=True)[0] == 200
    assert supplier.acknowledge(accepted=False)[0] == 401
