"""eSIM Access's words. The samples are made from its documentation, not recorded."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.connectivity.answers import (
    Activation,
    CallbackRefusedError,
    Delivered,
    Failure,
    Pending,
    PlanUse,
    Refused,
    SupplierEsim,
    SupplierUsage,
)
from limosa.domain.connectivity.suppliers.esim_access import plan_list, wire
from limosa.domain.connectivity.suppliers.esim_access.notification import read_notification
from limosa.domain.esims.engine.profile import Profile
from limosa.foundation.errors import ProviderError
from limosa.foundation.money import Money
from tests.factories import MOMENT
from tests.fakes.esim_access import GB, package

VECTOR = json.loads(
    (Path(__file__).parents[2] / "vectors/suppliers/esim_access.json").read_text(encoding="utf-8")
)
ESIM = {
    "esimTranNo": "26040109460026",
    "orderNo": "B26040109460024",
    "transactionId": "L-7Q4K92MX",
    "iccid": "8910300000040030312",
    "ac": "LPA:1$rsp-eu.simlessly.com$20FDE2B61DDD4DEF9CBE89C55EADFC22",
    "smdpStatus": "RELEASED",
    "esimStatus": "GOT_RESOURCE",
    "eid": "",
    "totalVolume": 1073741824,
    "totalDuration": 1,
    "durationUnit": "DAY",
    "orderUsage": 0,
    "expiredTime": "2026-09-28T09:47:00+0000",
    "supportTopUpType": 3,
    "fupPolicy": "1 Mbps",
    "packageList": [{"packageCode": "CKH179", "duration": 1, "volume": 1073741824}],
}
DELIVERED = Delivered(
    reference="B26040109460024",
    profile=Profile(
        iccid="8910300000040030312",
        activation_code="LPA:1$rsp-eu.simlessly.com$20FDE2B61DDD4DEF9CBE89C55EADFC22",
        reference="26040109460026",
    ),
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def test_a_call_is_signed_as_in_the_documentation() -> None:
    account = wire.Account(VECTOR["access_code"], VECTOR["secret"])
    headers = account.headers(
        VECTOR["body"].encode(),
        request_id=VECTOR["request_id"],
        timestamp_ms=int(VECTOR["timestamp"]),
    )
    assert headers["RT-Signature"] == VECTOR["hmac_sha256_hex"]
    assert (headers["RT-Timestamp"], headers["RT-AccessCode"]) == ("1628670421", "11111")
    assert VECTOR["secret"] not in repr(wire.Account("11", "a secret"))


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"success": "true"},
        {"errorCode": None},
        {"errorCode": 0},
        {"errorCode": ""},
        {"errorMsg": None, "errorMessage": None},
    ],
)
def test_a_success_is_spelt_in_several_ways(changed: dict[str, Any]) -> None:
    said = {"success": True, "errorCode": "0", "errorMsg": None, "obj": {"a": 1}, **changed}
    assert wire.read_answer(json.dumps(said).encode()) == wire.Answer("", {"a": 1})


@pytest.mark.parametrize("success", [False, "false"])
@pytest.mark.parametrize("code", ["200007", 200007])
def test_a_refusal_has_its_code(success: object, code: object) -> None:
    said = {"success": success, "errorCode": code, "errorMessage": "no", "obj": None}
    assert wire.read_answer(json.dumps(said).encode()).code == "200007"


@pytest.mark.parametrize(
    "said",
    [
        {},
        [],
        {"success": 1, "errorCode": None},
        {"success": True, "errorCode": "200005"},
        {"success": False, "errorCode": None},
        {"success": None, "errorCode": "0"},
        "success",
    ],
)
def test_an_envelope_that_says_neither_yes_nor_no_is_not_understood(said: object) -> None:
    with pytest.raises(ProviderError):
        wire.read_answer(json.dumps(said).encode())


@pytest.mark.parametrize(
    ("code", "failure", "reason"),
    [
        ("200005", Failure.ANOTHER, "price_changed"),
        ("200006", Failure.ANOTHER, "price_changed"),
        ("200007", Failure.ANOTHER, "credit_used_up"),
        ("200008", Failure.ANOTHER, "parameters_refused"),
        ("200011", Failure.ANOTHER, "out_of_stock"),
        ("310241", Failure.ANOTHER, "not_sold"),
        ("310243", Failure.ANOTHER, "not_sold"),
        ("900001", Failure.AGAIN, "busy"),
        ("101003", Failure.AGAIN, "account_refused"),
    ],
)
def test_a_code_says_what_to_do_next(code: str, failure: Failure, reason: str) -> None:
    assert wire.refusal(code) == Refused(failure=failure, reason=reason)


@pytest.mark.parametrize("code", ["000001", "200002", "200009", "999999"])
def test_after_a_code_that_leaves_it_open_it_may_have_been_ordered(code: str) -> None:
    with pytest.raises(ProviderError):
        wire.refusal(code)


def test_amounts_are_ten_thousandths_and_exact() -> None:
    assert wire.read_money({"price": 18000}, "price", currency="USD") == Money(180, "USD")
    assert wire.read_money({"price": "9000"}, "price", currency="USD") == Money(90, "USD")
    assert wire.read_money({"price": 1200000}, "price", currency="JPY") == Money(120, "JPY")
    assert [wire.in_scale(Money(180, "USD")), wire.in_scale(Money(120, "JPY"))] == [18000, 1200000]
    for price, currency in ((18050, "USD"), (15000, "JPY"), (-100, "USD"), (None, "USD")):
        with pytest.raises(ProviderError):
            wire.read_money({"price": price}, "price", currency=currency)


@given(
    minor=st.integers(min_value=0, max_value=10**9), currency=st.sampled_from(["USD", "JPY", "KWD"])
)
def test_an_amount_comes_back_as_it_was_sent(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert wire.read_money({"x": wire.in_scale(amount)}, "x", currency=currency) == amount


def test_the_balance_is_whole_cents_that_are_there() -> None:
    assert wire.read_balance({"balance": 940000}).available == Money(9400, "USD")
    assert wire.read_balance({"balance": 940099}).available == Money(9400, "USD")
    assert wire.read_balance({"balance": -50}).available == Money(-1, "USD")


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        ("GETTING_RESOURCE", Pending(reference="B26040109460024")),
        ("PAID", Pending(reference="B26040109460024")),
        ("GOT_RESOURCE", DELIVERED),
        ("IN_USE", DELIVERED),
        ("USED_UP", DELIVERED),
        ("SUSPENDED", DELIVERED),
        ("UNUSED_EXPIRED", DELIVERED),
        ("CANCEL", Refused(failure=Failure.NEVER, reason="cancelled")),
        ("REVOKED", Refused(failure=Failure.NEVER, reason="cancelled")),
    ],
)
def test_a_state_says_what_came_of_the_order(state: str, answer: object) -> None:
    (esim,) = wire.read_esims({"esimList": [{**ESIM, "esimStatus": state}]})
    assert esim.as_new() == answer


@pytest.mark.parametrize(
    "changed",
    [
        {"esimStatus": "SOMETHING_NEW"},
        {"esimStatus": None},
        {"ac": ""},
        {"iccid": None},
        {"esimTranNo": ""},
        {"orderNo": ""},
    ],
)
def test_an_esim_of_an_unknown_state_or_without_its_names_is_not_understood(
    changed: dict[str, Any],
) -> None:
    with pytest.raises(ProviderError):
        wire.read_esims({"esimList": [{**ESIM, **changed}]})[0].as_new()


def test_another_bundle_on_an_esim_shows_in_its_totals_or_in_its_list() -> None:
    two = [*ESIM["packageList"], {"packageCode": "TOPUP_X", "duration": 1, "volume": 7}]  # type: ignore[misc]
    for changed, is_one in (
        ({}, True),
        ({"totalVolume": 2 * GB}, False),
        ({"totalDuration": 2}, False),
        ({"packageList": two}, False),
        ({"packageList": []}, False),
    ):
        (esim,) = wire.read_esims({"esimList": [{**ESIM, **changed}]})
        assert esim.is_one_bundle is is_one


USED = {
    "esimTranNo": "25031120490003",
    "dataUsage": 1453344832,
    "totalData": 5368709120,
    "lastUpdateTime": "2025-03-19T18:00:00+0000",
}
USING = SupplierEsim(iccid="8910300000040030312", reference="25031120490003")


def test_use_is_in_bytes_at_its_own_time_in_either_form_of_the_list() -> None:
    usage = SupplierUsage(
        esim=USING,
        as_of=datetime(2025, 3, 19, 18, tzinfo=UTC),
        used_bytes=1453344832,
        total_bytes=5368709120,
    )
    for content in ({"esimUsageList": [USED]}, [USED]):
        assert wire.read_usages(content, {USING.reference: USING}) == [usage]


def test_a_plan_without_a_whole_has_none() -> None:
    (usage,) = wire.read_usages([{**USED, "totalData": 0}], {USING.reference: USING})
    assert (usage.used_bytes, usage.total_bytes) == (1453344832, None)


def test_use_of_others_or_without_a_time_is_left_out() -> None:
    asked = {USING.reference: USING}
    assert wire.read_usages([{**USED, "esimTranNo": "other"}], asked) == []
    assert wire.read_usages([{**USED, "lastUpdateTime": None}], asked) == []
    for changed in ({"dataUsage": None}, {"dataUsage": -1}, {"lastUpdateTime": "2025-03-19"}):
        with pytest.raises(ProviderError):
            wire.read_usages([{**USED, **changed}], asked)


def test_a_top_up_is_the_one_that_was_asked_for() -> None:
    said = {"transactionId": "L-1", "iccid": "8910300000040030312", "totalVolume": 7516192768}
    cost = Money(180, "USD")
    assert wire.read_top_up(said, number="L-1", cost=cost) == Delivered(
        reference="L-1",
        profile=Profile(iccid="8910300000040030312", activation_code=""),
        cost=cost,
    )
    with pytest.raises(ProviderError):
        wire.read_top_up(said, number="L-2", cost=cost)


def page(*rows: dict[str, Any]) -> Any:
    return plan_list.read_page({"packageList": list(rows)}, plan_list.BASE)


def test_a_plan_is_said_in_our_units() -> None:
    (plan,) = page(package("JP1", location="JP,KR,JP")).plans
    assert (plan.code, plan.name, plan.use) == ("JP1", "Japan 1GB 7Days", PlanUse.NEW_ESIM)
    assert (plan.cost, plan.volume_bytes, plan.days) == (Money(180, "USD"), GB, 7)
    assert (plan.countries, plan.exit_country) == (("JP", "KR"), "HK")
    assert (plan.activation, plan.is_renewable) == (Activation.FIRST_USE, True)
    assert plan.rules["networks"] == "Japan: SoftBank 5G"
    assert plan.rules["unusedValidTime"] == "180"


@pytest.mark.parametrize(
    ("kind", "policy", "data"),
    [
        (1, "", (GB, None, None)),
        (2, "384 Kbps", (None, GB, 384)),
        (2, "as the network likes", (None, GB, None)),
        (3, "", (7 * GB, GB, 0)),
        (4, "", (None, None, None)),
    ],
)
def test_the_kind_of_data_says_what_the_volume_is(
    kind: int, policy: str, data: tuple[int | None, ...]
) -> None:
    (plan,) = page(package("JP1", dataType=kind, fupPolicy=policy)).plans
    assert (plan.volume_bytes, plan.daily_bytes, plan.throttled_kbps) == data


@pytest.mark.parametrize(
    "changed",
    [
        {"price": 18050},
        {"currencyCode": "EURO"},
        {"durationUnit": "MONTH"},
        {"dataType": 9},
        {"location": "!GL"},
        {"volume": None},
        {"duration": 0},
    ],
)
def test_a_plan_that_can_not_be_said_in_our_units_is_left_out_and_named(
    changed: dict[str, Any],
) -> None:
    read = page(package("JP1", **changed), package("JP2"))
    assert [plan.code for plan in read.plans] == ["JP2"]
    assert list(read.left_out) == ["JP1"]


def test_the_list_has_two_pages() -> None:
    base = page(package("JP1"))
    assert base.next_page == plan_list.TOP_UPS
    top_ups = plan_list.read_page({"packageList": [package("TOPUP_JP1")]}, base.next_page)
    assert (top_ups.next_page, top_ups.plans[0].use) == ("", PlanUse.RENEWAL)


# From the documentation of its webhooks.
NOTICE = {
    "notifyType": "DATA_USAGE",
    "eventGenerateTime": "2025-07-21T10:57:28Z",
    "notifyId": "f776267e8d6745db8cc316e4c146ea0c",
    "content": {
        "orderNo": "B25052822150009",
        "transactionId": "unique_id_from_partner",
        "esimTranNo": "25052822150009",
        "iccid": "8943108170001029631",
        "totalVolume": 53687091200,
        "orderUsage": 48335585458,
        "remain": 5351505742,
        "lastUpdateTime": "2025-07-21T09:38:25Z",
        "remainThreshold": 0.1,
    },
}


def read(said: object) -> Any:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return read_notification(body, now=MOMENT)


def test_a_notice_of_use_names_whom_to_ask_and_believes_no_figure() -> None:
    callback = read(NOTICE)
    (usage,), (news,) = callback.usages, callback.news
    assert callback.message_id == "f776267e8d6745db8cc316e4c146ea0c"
    assert (usage.esim.reference, usage.esim.iccid) == ("25052822150009", "8943108170001029631")
    assert (usage.used_bytes, usage.total_bytes) == (None, None)
    assert usage.as_of == datetime(2025, 7, 21, 9, 38, 25, tzinfo=UTC)
    assert (news.reference, news.answer) == (
        "B25052822150009",
        Pending(reference="B25052822150009"),
    )


@pytest.mark.parametrize("kind", ["ORDER_STATUS", "SMDP_EVENT"])
def test_a_notice_of_an_order_or_a_profile_only_makes_us_ask_for_the_order(kind: str) -> None:
    callback = read({**NOTICE, "notifyType": kind})
    assert (len(callback.news), callback.usages) == (1, ())


def test_a_notice_in_older_spelling_is_read() -> None:
    content = {"orderNo": "B1", "transationId": "x", "ICCID": "8943108170001029631", "remain": 1}
    said = {"notifyType": "VALIDITY_USAGE", "content": content}
    callback = read(said)
    assert callback.usages[0].esim.iccid == "8943108170001029631"
    assert (callback.message_id, callback.usages[0].as_of) == (read(said).message_id, MOMENT)
    assert callback.message_id != read({**said, "content": {"orderNo": "B1"}}).message_id


def test_the_check_of_our_address_is_answered_and_names_nothing() -> None:
    said = {"notifyType": "CHECK_HEALTH", "notifyId": "0", "content": {"orderNo": "1234567890"}}
    assert (read(said).news, read(said).message_id) == ((), "CHECK_HEALTH")


@pytest.mark.parametrize(
    "said",
    [
        {**NOTICE, "notifyType": "SOMETHING_NEW"},
        {**NOTICE, "content": {"iccid": "8943108170001029631"}},
        {**NOTICE, "content": []},
        {**NOTICE, "eventGenerateTime": 7, "content": {"orderNo": "B1", "iccid": "89431081700010"}},
        b"\xff",
    ],
)
def test_a_notice_that_names_no_order_is_refused(said: object) -> None:
    with pytest.raises(CallbackRefusedError):
        read(said)


READERS: list[Callable[[Any], object]] = [
    wire.read_esims,
    lambda value: [esim.as_new() for esim in wire.read_esims(value)],
    lambda value: wire.find_esims(value, "L-7Q4K92MX"),
    wire.read_order_number,
    wire.read_balance,
    lambda value: wire.read_usages(value, {USING.reference: USING}),
    lambda value: wire.read_top_up(value, number="L-1", cost=None),
    lambda value: plan_list.read_page(value, plan_list.BASE),
    plan_list.read_offers,
    lambda value: wire.read_answer(json.dumps(value).encode()),
]
_KNOWN = [ESIM, USED, package("JP1"), NOTICE]


@given(value=ANY_JSON)
def test_any_json_is_an_answer_or_not_understood(value: object) -> None:
    for reader in READERS:
        with suppress(ProviderError):
            reader(value)
    with suppress(CallbackRefusedError):
        read(value)


@given(data=st.data(), value=ANY_JSON)
def test_any_member_of_another_type_is_read_or_not_understood(
    data: st.DataObject, value: object
) -> None:
    """A row as documented, with one member that is anything."""
    sample = data.draw(st.sampled_from(_KNOWN))
    row: dict[str, Any] = {**sample, data.draw(st.sampled_from(sorted(sample))): value}
    for content in (
        [row],
        {"esimList": [row], "packageList": [row], "esimUsageList": [row]},
        row,
    ):
        for reader in READERS:
            with suppress(ProviderError):
                reader(content)
    with suppress(CallbackRefusedError):
        read(row)
    content = {**NOTICE["content"], data.draw(st.sampled_from(sorted(NOTICE["content"]))): value}  # type: ignore[dict-item]
    with suppress(CallbackRefusedError):
        read({**NOTICE, "content": content})
