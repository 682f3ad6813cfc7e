"""Airalo's answers and webhooks, by samples made from its documents; units, times, signatures."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.connectivity.answers import (
    Activation,
    CallbackRefusedError,
    CallbackUnreadableError,
    Delivered,
    Failure,
    PlanUse,
    Refused,
    SupplierCallback,
    SupplierEsim,
    SupplierPlan,
    Unknown,
)
from limosa.domain.connectivity.engine.foreign_values import read_json
from limosa.domain.connectivity.suppliers.airalo import notification, plans, signature, wire
from limosa.domain.esims.engine.profile import Profile
from limosa.foundation.errors import ProviderError
from limosa.foundation.money import Money
from tests.factories import MOMENT
from tests.fakes.airalo import BALANCE, SECRET, USAGE, Airalo, make_place, signed_message
from tests.fakes.supplier import Message

NUMBER = "L-7Q4K92MX"
ESIM = SupplierEsim(iccid="891000000000000001")
MIB = 1024**2
MEMBERS = (
    "data",
    "meta",
    "id",
    "description",
    "price",
    "net_price",
    "currency",
    "sims",
    "iccid",
    "qrcode",
    "status",
    "slug",
    "created_at",
    "package_id",
    "level",
    "operators",
    "packages",
    "countries",
    "balances",
    "total",
    "code",
)
ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(MEMBERS) | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=20,
)
# Samples: made from the documents that SOURCES.md names, with our own values.
ORDER: dict[str, Any] = {
    "id": 9666,
    "code": "20230227-009666",
    "currency": "USD",
    "package_id": "change-7days-1gb",
    "quantity": 1,
    "type": "sim",
    "description": NUMBER,
    "esim_type": "Prepaid",
    "validity": 7,
    "package": "Change-1 GB - 7 Days",
    "data": "1 GB",
    "price": 4.5,
    "net_price": 1.1,
    "pricing_model": "net_pricing",
    "created_at": "2026-11-22 17:30:00",
    "sims": [
        {
            "id": 11047,
            "iccid": "891000000000009125",
            "lpa": "lpa.supplier.example",
            "matching_id": "TEST-1",
            "qrcode": "LPA:1$lpa.supplier.example$TEST-1",
            "confirmation_code": None,
        }
    ],
}
PROFILE = Profile(
    iccid="891000000000009125",
    activation_code="LPA:1$lpa.supplier.example$TEST-1",
    reference="11047",
)
DELIVERED = Delivered(reference="9666", profile=PROFILE, cost=Money(110, "USD"))
# As it is read later: numbers as texts, and a status.
LISTED: dict[str, Any] = {
    **ORDER,
    "validity": "7",
    "price": "4.50",
    "status": {"name": "Completed", "slug": "completed"},
}


def told(content: Any) -> Any:
    """Return JSON as it is read."""
    return read_json(json.dumps(content).encode())


def listed(*orders: Any, last_page: int = 1) -> Any:
    return told({"data": list(orders), "meta": {"last_page": last_page}})


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in ORDER.items() if key != name}


def test_an_order_delivers_its_esim_with_its_own_id_and_our_cost() -> None:
    assert wire.order_made(told(ORDER), NUMBER, is_renewal=False) == DELIVERED


@pytest.mark.parametrize(("price", "minor"), [(4.5, 450), ("4.50", 450), ("27.00", 2700), (0, 0)])
def test_without_a_net_price_the_price_is_what_we_pay(price: object, minor: int) -> None:
    order = {**without("net_price"), "price": price}
    made = wire.order_made(told(order), NUMBER, is_renewal=False)
    assert made.cost == Money(minor, "USD")


def test_an_activation_code_is_put_together_where_none_is_told() -> None:
    sim = {**ORDER["sims"][0], "qrcode": None}
    made = wire.order_made(told({**ORDER, "sims": [sim]}), NUMBER, is_renewal=False)
    assert made.profile == PROFILE


def test_a_top_up_delivers_no_profile() -> None:
    order = {**without("sims"), "type": "topup"}
    made = wire.order_made(told(order), NUMBER, is_renewal=True)
    assert made == Delivered(reference="9666", cost=Money(110, "USD"))


@pytest.mark.parametrize(
    "order",
    [
        {**ORDER, "description": "L-OTHER"},
        {**ORDER, "sims": []},
        {**ORDER, "sims": ORDER["sims"] * 2},
        {**ORDER, "sims": [{**ORDER["sims"][0], "confirmation_code": "1234"}]},
        {**ORDER, "sims": [{**ORDER["sims"][0], "qrcode": "", "matching_id": "a b"}]},
        without("id"),
        [],
        None,
    ],
)
def test_an_order_that_is_not_ours_or_not_whole_is_not_understood(order: Any) -> None:
    with pytest.raises(ProviderError):
        wire.order_made(told(order), NUMBER, is_renewal=False)


def test_an_order_is_found_by_its_description_exactly() -> None:
    longer = {**LISTED, "id": 1, "description": f"{NUMBER}1"}
    assert wire.order_found(listed(longer, LISTED), NUMBER, is_renewal=False) == DELIVERED
    assert wire.order_found(listed(longer), NUMBER, is_renewal=False) == Unknown()
    assert wire.order_found(listed(), NUMBER, is_renewal=False) == Unknown()
    with pytest.raises(ProviderError):  # It may be on the next page.
        wire.order_found(listed(longer, last_page=2), NUMBER, is_renewal=False)
    with pytest.raises(ProviderError):
        wire.order_found(listed(LISTED), NUMBER, is_renewal=True)


def test_of_two_orders_the_older_one_is_ours() -> None:
    found = wire.order_found(listed({**LISTED, "id": 9999}, LISTED), NUMBER, is_renewal=False)
    assert found == DELIVERED


@pytest.mark.parametrize("slug", ["failed", "refunded"])
def test_an_order_that_failed_or_was_given_back_delivers_nothing(slug: str) -> None:
    found = wire.order_found(listed({**LISTED, "status": {"slug": slug}}), NUMBER, is_renewal=False)
    assert found == Refused(failure=Failure.ANOTHER, reason=slug)


def test_an_unknown_status_is_not_understood() -> None:
    with pytest.raises(ProviderError):
        wire.order_found(listed({**LISTED, "status": {"slug": "odd"}}), NUMBER, is_renewal=False)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (422, {"code": 11, "reason": "x"}, (Failure.ANOTHER, "credit_used_up")),
        (422, {"code": "11"}, (Failure.ANOTHER, "credit_used_up")),
        (422, {"code": 13}, (Failure.ANOTHER, "maintenance")),
        (422, {"code": 14}, (Failure.AGAIN, "signature_refused")),
        (422, {"code": 23}, (Failure.ANOTHER, "top_up_disabled")),
        (422, {"code": 33}, (Failure.ANOTHER, "out_of_stock")),
        (422, {"code": 34}, (Failure.ANOTHER, "package_invalid")),
        (422, {"code": 73}, (Failure.NEVER, "esim_recycled")),
        (422, {"code": 99}, (Failure.ANOTHER, "code_99")),
        (422, {"data": {"package_id": "x"}, "meta": {}}, (Failure.ANOTHER, "refused_package_id")),
        (422, {"data": []}, (Failure.ANOTHER, "refused_without_reason")),
        (422, "<html>", (Failure.ANOTHER, "refused_without_reason")),
        (404, {"data": [], "meta": {}}, (Failure.ANOTHER, "not_found")),
    ],
)
def test_a_refusal_says_what_to_do_next(
    status: int, body: Any, expected: tuple[Failure, str]
) -> None:
    with pytest.raises(wire.ReplyRefusedError) as refused:
        wire.read_reply(status, json.dumps(body).encode())
    failure, reason = expected
    assert wire.refusal(refused.value) == Refused(failure=failure, reason=reason)


@pytest.mark.parametrize(
    "spoiled", [{"currency": "BTC"}, {"net_price": "1,10"}, {"net_price": [], "currency": None}]
)
def test_an_order_whose_cost_can_not_be_read_is_delivered_all_the_same(spoiled: Any) -> None:
    made = wire.order_made(told({**ORDER, **spoiled}), NUMBER, is_renewal=False)
    assert made.profile is not None
    assert made.cost is None
    assert wire.order_made(told(ORDER), NUMBER, is_renewal=False).cost is not None


@pytest.mark.parametrize("status", [201, 202, 204, 301, 302, 400, 500, 503])
def test_any_other_status_is_not_understood(status: int) -> None:
    with pytest.raises(ProviderError) as error:
        wire.read_reply(status, json.dumps({"data": ORDER}).encode())
    assert not isinstance(error.value, wire.ReplyRefusedError)


def usage(**fields: Any) -> Any:
    return wire.read_usage(told({"data": {**USAGE, **fields}}), ESIM, now=MOMENT)


def test_use_is_what_is_gone_of_the_total_in_bytes_as_of_now_and_ends_in_utc() -> None:
    reading = usage()
    assert (reading.used_bytes, reading.total_bytes) == ((2048 - 767) * MIB, 2048 * MIB)
    assert reading.ends_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert (reading.as_of, reading.esim) == (MOMENT, ESIM)
    assert usage(remaining="767.5").used_bytes == (2048 - 767) * MIB - MIB // 2
    assert usage(expired_at=None).ends_at is None
    assert usage(remaining=0, status="FINISHED").used_bytes == 2048 * MIB
    assert usage(remaining=2048, status="NOT_ACTIVE").used_bytes == 0


@pytest.mark.parametrize("fields", [{"is_unlimited": True}, {"total": 0}, {"remaining": None}])
def test_of_an_unlimited_plan_no_use_is_known(fields: dict[str, Any]) -> None:
    assert (usage(**fields).used_bytes, usage(**fields).total_bytes) == (None, None)


@pytest.mark.parametrize("status", ["RECYCLED", "UNKNOWN"])
def test_an_esim_that_is_no_longer_ours_has_no_reading(status: str) -> None:
    assert usage(status=status) is None


@pytest.mark.parametrize(
    "fields", [{"status": "PAUSED"}, {"total": -1}, {"is_unlimited": "no"}, {"expired_at": "soon"}]
)
def test_a_count_that_is_not_understood_is_not_guessed(fields: dict[str, Any]) -> None:
    with pytest.raises(ProviderError):
        usage(**fields)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-02-27 08:30:14", datetime(2023, 2, 27, 8, 30, 14, tzinfo=UTC)),
        ("2023-02-27T08:30:14+08:00", datetime(2023, 2, 27, 0, 30, 14, tzinfo=UTC)),
        ("2023-02-27T08:30:14Z", datetime(2023, 2, 27, 8, 30, 14, tzinfo=UTC)),
        ("", None),
    ],
)
def test_a_time_without_a_zone_is_taken_as_utc(text: str, expected: datetime | None) -> None:
    assert wire.read_time(text) == expected


@pytest.mark.parametrize(
    "balances",
    [
        BALANCE,
        [BALANCE],
        {"name": "balance", "available_balance": {"amount": "10392.95", "currency": "USD"}},
    ],
)
def test_the_balance_is_exact(balances: Any) -> None:
    balance = wire.read_balance(told({"data": {"balances": balances}}))
    assert balance.available == Money(10_392_95, "USD")


@pytest.mark.parametrize("balances", [[], None, [BALANCE, BALANCE], {}, "10"])
def test_a_balance_that_is_not_one_is_not_understood(balances: Any) -> None:
    with pytest.raises(ProviderError):
        wire.read_balance(told({"data": {"balances": balances}}))


def test_orders_are_charges_and_what_was_given_back_is_told_beside() -> None:
    given_back = {**LISTED, "id": 2, "status": {"slug": "refunded"}}
    failed = {**LISTED, "id": 3, "status": {"slug": "failed"}}
    earlier = {**LISTED, "id": 4, "created_at": "2026-11-21 17:30:00"}
    day = timedelta(days=1)
    charges = wire.read_charges(
        listed(LISTED, given_back, failed, earlier), since=MOMENT - day, until=MOMENT
    )
    assert [(one.charge_id, one.amount.amount_minor) for one in charges] == [
        ("9666", 110),
        ("2", 110),
        ("2-refund", -110),
    ]
    assert {one.number for one in charges} == {NUMBER}
    assert charges[0].charged_at == datetime(2026, 11, 22, 17, 30, tzinfo=UTC)


def test_a_statement_is_asked_for_with_a_day_more_on_either_side() -> None:
    query = wire.orders_between(MOMENT, MOMENT + timedelta(days=1), page=3)
    assert query["filter[created_at]"] == "2026-11-21 - 2026-11-24"
    assert query["page"] == "3"


def package(**fields: Any) -> list[SupplierPlan]:
    page = plans.read_page(told({"data": [make_place("JP", **fields)]}), next_page="")
    assert bool(page.plans) != bool(page.left_out)
    return list(page.plans)


def test_a_package_is_a_plan_in_our_units() -> None:
    (plan,) = package()
    assert (plan.code, plan.name) == ("jp-7days-1gb", "Change 1 GB - 7 Days")
    assert (plan.volume_bytes, plan.days) == (1024**3, 7)
    assert plan.cost == Money(110, "USD")
    assert plan.countries == ("JP",)
    assert plan.activation is Activation.FIRST_USE
    assert plan.use is PlanUse.NEW_ESIM
    assert plan.is_renewable is True
    assert plan.rules["operator_is_kyc_verify"] == "no"


def test_top_ups_are_listed_beside_what_they_renew() -> None:
    sim, top_up = plans.read_page(told({"data": Airalo().places}), next_page="").plans
    assert (sim.use, top_up.use) == (PlanUse.NEW_ESIM, PlanUse.RENEWAL)
    assert sim.renewed_by == (top_up.code,)
    assert top_up.renewed_by == ()


def test_a_later_page_has_an_object_in_place_of_a_list() -> None:
    page = told({"data": {"25": make_place("JP"), "26": make_place("FR")}})
    found = plans.read_page(page, next_page="").plans
    assert [plan.code for plan in found] == ["jp-7days-1gb", "fr-7days-1gb"]


@pytest.mark.parametrize("fields", [{"is_unlimited": True}, {"amount": 0}])
def test_an_unlimited_package_has_no_volume(fields: dict[str, Any]) -> None:
    (plan,) = package(package=fields)
    assert plan.volume_bytes is None


def test_a_regional_package_works_where_its_operator_says() -> None:
    countries = [{"country_code": "FR"}, {"country_code": "DE"}, {"country_code": None}]
    (plan,) = package(operator={"countries": countries}, country_code="")
    assert plan.countries == ("FR", "DE")
    (plan,) = package(operator={"countries": [], "coverages": []})
    assert plan.countries == ("JP",)


@pytest.mark.parametrize(
    "fields",
    [
        {"package": {"net_price": None}},
        {"package": {"net_price": 0}},
        {"package": {"amount": None}},
        {"package": {"amount": -1}},
        {"package": {"type": "voucher"}},
        {"package": {"net_price": 1.105}},
        {"package": {"day": "1.5"}},
        {"operator": {"countries": [], "coverages": []}, "country_code": ""},
    ],
)
def test_a_package_that_is_not_understood_is_left_out(fields: dict[str, Any]) -> None:
    assert package(**fields) == []


@pytest.mark.parametrize(
    "fields",
    [{"operators": [1]}, {"operator": {"packages": "none"}}, {"package": {"id": ""}}],
)
def test_a_list_that_is_none_is_not_understood(fields: dict[str, Any]) -> None:
    with pytest.raises(ProviderError):
        package(**fields)


# As the official SDKs sign: HMAC-SHA512 over compact JSON. Computed here by hand for each way.
CONTENT = {"level": "75%", "package_name": "Île/1", "remaining_percentage": 25}
WAYS = {
    "python": '{"level":"75%","package_name":"Île\\/1","remaining_percentage":25}',
    "php": '{"level":"75%","package_name":"\\u00cele\\/1","remaining_percentage":25}',
    "node": '{"level":"75%","package_name":"Île/1","remaining_percentage":25}',
    "python's example": '{"level":"75%","package_name":"\\u00cele/1","remaining_percentage":25}',
}


@pytest.mark.parametrize("way", sorted(WAYS))
def test_a_signature_is_taken_in_every_way_of_writing(way: str) -> None:
    body = json.dumps(CONTENT, indent=1).encode()
    signed = hmac.new(SECRET.encode(), WAYS[way].encode(), hashlib.sha512).hexdigest()
    assert signature.is_signed(SECRET, body, signed)
    assert signature.is_signed(SECRET, body, signed.upper())
    assert not signature.is_signed("another secret", body, signed)
    assert not signature.is_signed(SECRET, body.replace(b"25", b"26"), signed)


def test_what_we_send_is_signed_as_its_sdk_does() -> None:
    expected = hmac.new(SECRET.encode(), WAYS["python"].encode(), hashlib.sha512).hexdigest()
    assert signature.sign(SECRET, CONTENT) == expected


def read(message: Message) -> SupplierCallback:
    return notification.read(headers=message.headers, body=message.body, secret=SECRET, now=MOMENT)


@pytest.mark.parametrize("level", ["75%", "90%", "3days", "1days"])
@pytest.mark.parametrize("is_php", [True, False])
def test_low_data_names_an_esim_to_read(level: str, *, is_php: bool) -> None:
    content = {
        "level": level,
        "package_name": "日本 1GB/7",
        "remaining_percentage": 25,
        "iccid": ESIM.iccid,
    }
    (reading,) = read(signed_message(content, is_php=is_php)).usages
    assert (reading.esim, reading.used_bytes, reading.as_of) == (ESIM, None, MOMENT)


def test_an_order_that_was_to_be_answered_later_is_news() -> None:
    callback = read(signed_message({"data": {**ORDER, "request_id": "r" * 25}}))
    (news,) = callback.news
    assert (news.number, news.reference, news.answer) == (NUMBER, "9666", DELIVERED)


@pytest.mark.parametrize("content", [{}, {"level": "90%", "credit": 1}, {"data": {"type": "x"}}])
def test_other_webhooks_are_taken_and_say_nothing(content: Any) -> None:
    callback = read(signed_message(content))
    assert (callback.news, callback.usages) == ((), ())
    assert callback.message_id == read(signed_message(content)).message_id


def test_a_webhook_that_is_not_signed_is_refused() -> None:
    message = signed_message({"level": "75%"})
    for headers in ({}, {"airalo-signature": "ü"}, {"airalo-signature": "0" * 128}):
        with pytest.raises(CallbackRefusedError) as refused:
            read(Message(headers, message.body))
        assert not isinstance(refused.value, CallbackUnreadableError)


@given(ANY_JSON)
def test_any_json_is_an_answer_or_not_understood(content: Any) -> None:
    value = told(content)
    answer = value if isinstance(value, dict) else {"data": value}
    until = MOMENT + timedelta(days=1)
    readers: list[Callable[[], object]] = [
        lambda: wire.read_reply(200, json.dumps(content).encode()),
        lambda: wire.read_reply(422, json.dumps(content).encode()),
        lambda: wire.read_token(answer),
        lambda: wire.order_made(value, NUMBER, is_renewal=False),
        lambda: wire.order_found(answer, NUMBER, is_renewal=True),
        lambda: wire.read_offers(answer),
        lambda: wire.read_usage(answer, ESIM, now=MOMENT),
        lambda: wire.read_balance(answer),
        lambda: wire.read_charges(answer, since=MOMENT, until=until),
        lambda: plans.read_page(answer, next_page=""),
    ]
    for reader in readers:
        try:
            reader()
        except ProviderError:
            continue


@given(ANY_JSON)
def test_any_genuine_json_is_a_webhook_or_unreadable(content: Any) -> None:
    try:
        read(signed_message(content))
    except CallbackUnreadableError:
        return


@given(st.binary(max_size=200))
def test_any_genuine_bytes_are_a_webhook_or_unreadable(body: bytes) -> None:
    signed = hmac.new(SECRET.encode(), body, hashlib.sha512).hexdigest()
    try:
        read(Message({"airalo-signature": signed}, body))
    except CallbackUnreadableError:
        return
