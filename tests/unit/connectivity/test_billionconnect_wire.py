"""BillionConnect's answers and callbacks, by samples made from its documents; units and times."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.connectivity.answers import (
    CallbackRefusedError,
    CallbackUnreadableError,
    Delivered,
    Failure,
    Pending,
    PlanUse,
    Refused,
    SupplierCallback,
    SupplyNotice,
)
from limosa.domain.connectivity.engine.foreign_values import read_json
from limosa.domain.connectivity.suppliers.billionconnect import counts, notification, plans, wire
from limosa.domain.esims.engine.installation_life import InstallationState
from limosa.domain.esims.engine.profile import Profile
from limosa.foundation.errors import ProviderError
from limosa.foundation.money import Money
from tests.factories import MOMENT
from tests.fakes.billionconnect import PRICES, PRODUCTS, SECRET, signed_body, signed_message

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors/suppliers/billionconnect.json").read_text("utf-8")
)
NUMBER = "L-7Q4K92MX"
FORMAT = "%Y-%m-%d %H:%M:%S"
MEMBERS = (
    "tradeCode",
    "tradeData",
    "orderId",
    "channelOrderId",
    "orderStatus",
    "subOrderList",
    "iccid",
    "result",
    "skuId",
    "name",
    "type",
    "days",
    "price",
    "country",
    "planStatus",
    "usageInfoList",
    "qrCodeContent",
    "status",
    "endTime",
)
ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(MEMBERS) | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


def read(trade: str, data: Any, **members: Any) -> SupplierCallback:
    said = {"tradeType": trade, "tradeData": data, **members}
    message = signed_body(json.dumps(said).encode())
    return notification.read(headers=message.headers, body=message.body, secret=SECRET, now=MOMENT)


@pytest.mark.parametrize("name", sorted(VECTORS))
def test_the_vectors_are_signed_alike(name: str) -> None:
    vector = VECTORS[name]
    assert wire.sign(vector["app_secret"], vector["body"].encode()) == vector["x-sign-value"]


def test_a_request_is_signed_as_it_is_sent_and_tells_its_time_in_china() -> None:
    body = wire.envelope("F040", {"email": "商店@limosa.example"}, now=MOMENT)
    assert (
        body
        == (
            '{"tradeType":"F040","tradeTime":"2026-11-23 02:00:00",'
            '"tradeData":{"email":"商店@limosa.example"}}'
        ).encode()
    )


def test_a_time_is_read_as_local_to_china() -> None:
    assert wire.read_time("2018-03-09 09:20:35") == datetime(2018, 3, 9, 1, 20, 35, tzinfo=UTC)
    assert wire.read_time("") is None
    for wrong in ("2018-03-09", "2018-13-09 09:20:35", "2018-03-09T09:20:35Z", "yesterday"):
        with pytest.raises(ProviderError):
            wire.read_time(wrong)


@pytest.mark.parametrize("code", ["1090", "1090:5", "1090:30:r", "1090:r"])
def test_a_plan_code_says_what_is_bought(code: str) -> None:
    bought = wire.parse_plan(code)
    assert bought is not None
    assert bought.code == code


@pytest.mark.parametrize("code", ["", "a b", "1090:0", "1090:x", "1090:5:q", "1090:1000"])
def test_another_plan_code_is_none_of_its(code: str) -> None:
    assert wire.parse_plan(code) is None


def test_an_order_has_the_mailbox_of_the_shop_and_our_numbers() -> None:
    order = wire.esim_order(NUMBER, wire.Bought(sku="1090", copies=5), email="shop@limosa.example")
    part = {
        "channelSubOrderId": "L-7Q4K92MX-1",
        "deviceSkuId": "1090",
        "planSkuCopies": "5",
        "number": "1",
    }
    assert order == {
        "channelOrderId": NUMBER,
        "email": "shop@limosa.example",
        "subOrderList": [part],
    }
    rechargeable = wire.Bought(sku="1090", is_rechargeable=True)
    (part,) = wire.esim_order(NUMBER, rechargeable, email="")["subOrderList"]
    assert part["rechargeableESIM"] == "1"


# Samples: made from the documents that SOURCES.md names, with our own values.
ORDERED = {
    "orderId": "13131313131",
    "channelOrderId": NUMBER,
    "subOrderList": [{"subOrderId": "13131313132", "channelSubOrderId": f"{NUMBER}-1"}],
}
FOUND = {
    "orderId": "13131313131",
    "channelOrderId": NUMBER,
    "orderStatus": "1",
    "createTime": "2026-11-23 02:00:00",
    "totalAmount": "23.5",
    "subOrderList": [{"subOrderId": "13131313132", "iccid": ["89860012018300000001"]}],
}


def test_an_order_is_pending_until_its_callback() -> None:
    assert wire.order_placed(ORDERED, NUMBER) == Pending(reference="13131313131")
    with pytest.raises(ProviderError):
        wire.order_placed({**ORDERED, "channelOrderId": "L-OTHER"}, NUMBER)


def test_an_order_is_found_by_our_number_only() -> None:
    found = wire.order_found(FOUND, NUMBER)
    assert found == wire.OrderFound(
        reference="13131313131",
        status="1",
        sub_order="13131313132",
        iccids=("89860012018300000001",),
    )
    nothings: list[object] = [None, {}, []]
    for nothing in nothings:
        assert wire.order_found(nothing, NUMBER) is None
    for wrong in ({**FOUND, "channelOrderId": "L-OTHER"}, {**FOUND, "orderStatus": "9"}, [FOUND]):
        with pytest.raises(ProviderError):
            wire.order_found(wrong, NUMBER)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("1999", Refused(failure=Failure.AGAIN, reason="busy")),
        ("1003", Refused(failure=Failure.ANOTHER, reason="parameter_refused")),
        ("1047", Refused(failure=Failure.ANOTHER, reason="not_sold_to_us")),
        ("9999", Refused(failure=Failure.ANOTHER, reason="code_9999")),
    ],
)
def test_a_refusal_says_what_to_do_next(code: str, expected: Refused) -> None:
    with pytest.raises(wire.TradeRefusedError) as refused:
        wire.trade_data(f'{{"tradeCode": "{code}", "tradeMsg": "失败"}}'.encode())
    assert refused.value.code == code
    assert refused.value.retryable == (code == "1999")
    assert wire.refusal(code) == expected


@pytest.mark.parametrize(
    "body", [b"<html>", b"{}", b"[]", b'{"tradeCode": ""}', b'{"tradeCode":[]}']
)
def test_what_is_no_answer_is_not_understood(body: bytes) -> None:
    with pytest.raises(ProviderError) as error:
        wire.trade_data(body)
    assert not isinstance(error.value, wire.TradeRefusedError)


def test_a_kilobyte_is_of_1024_bytes() -> None:
    assert counts.to_bytes(Decimal(307_200)) == 300 * 1024**2  # The 300 MB of its samples.


def a_count(**fields: str) -> counts.Count:
    part = {"subOrderId": "1", "planStatus": "1", **fields}
    orders = [{"orderId": "131", "channelOrderId": NUMBER, "subOrderList": [part]}]
    (count,) = counts.read_counts(wire.trade_data(answered(orders)))
    return count


def answered(data: Any) -> bytes:
    return json.dumps({"tradeCode": "1000", "tradeMsg": "成功", "tradeData": data}).encode()


def test_use_is_the_difference_in_bytes_and_ends_in_utc() -> None:
    count = a_count(
        totalTraffic="1048576", remainingTraffic="1024", planEndTime="2018-03-09 09:20:35"
    )
    assert count.used_bytes == 1024**3 - 1024**2
    assert count.total_bytes == 1024**3
    assert count.ends_at == datetime(2018, 3, 9, 1, 20, 35, tzinfo=UTC)


def test_an_unlimited_plan_has_no_total_and_its_days_tell_the_use() -> None:
    count = a_count(totalTraffic="-1", remainingTraffic="-1")
    assert count.total_bytes is None
    assert count.used_bytes is None
    days = [{"useDate": "20230524", "useageAmt": "10240"}, {"usedDate": "2", "usageAmt": "20480"}]
    order = {"orderId": "131", "subOrderList": [{"usageInfoList": days}]}
    assert counts.read_days(order, "131") == 30 * 1024**2
    with pytest.raises(ProviderError):
        counts.read_days(order, "another")


def test_the_plan_that_runs_is_told_then_one_that_waits_then_the_last() -> None:
    ended = a_count(planStatus="2", planEndTime="2018-03-09 09:20:35")
    later = a_count(planStatus="2", planEndTime="2018-04-09 09:20:35")
    waits, runs = a_count(planStatus="0"), a_count(planStatus="1")
    assert counts.one_to_tell([ended, waits, runs, later]) is runs
    assert counts.one_to_tell([ended, waits, later]) is waits
    assert counts.one_to_tell([later, ended]) is later
    assert counts.one_to_tell([a_count(planStatus="3")]) is None
    assert waits.used_bytes == 0


def listed(**fields: Any) -> list[Any]:
    product = {name: value for name, value in {**PRODUCTS[0], **fields}.items() if value != ""}
    page = plans.read_page([product], plans.read_prices(PRICES), currency="CNY")
    assert page.plans or page.left_out or fields == {"type": "210"}
    return list(page.plans)


def test_a_product_by_the_day_is_a_plan_for_each_number_of_days() -> None:
    one, five = listed()
    assert (one.code, one.days, one.cost) == ("1535444366670209:r", 1, Money(600, "CNY"))
    assert (five.code, five.days, five.cost) == ("1535444366670209:5:r", 5, Money(2350, "CNY"))
    assert five.daily_bytes == 300 * 1024**2
    assert five.volume_bytes is None  # Slow after that, not cut.
    assert five.throttled_kbps == 128
    assert five.countries == ("JP",)
    assert five.day_zone == "Etc/GMT-9"
    assert five.use is PlanUse.EITHER
    assert five.is_renewable is None


def test_what_is_cut_after_a_days_volume_has_a_total() -> None:
    assert listed(limitFlowSpeed="0")[1].volume_bytes == 5 * 300 * 1024**2


def test_a_fixed_product_has_one_plan() -> None:
    (fixed,) = listed(type="3106", days="5")
    assert (fixed.code, fixed.days) == ("1535444366670209:r", 5)
    page = plans.read_page(PRODUCTS[1:], plans.read_prices(PRICES), currency="CNY")
    (total,) = page.plans
    assert (total.volume_bytes, total.daily_bytes, total.days) == (1024**3, None, 30)
    assert total.use is PlanUse.RENEWAL


@pytest.mark.parametrize(
    "fields",
    [
        {"planType": "2"},
        {"planType": ""},
        {"type": "210"},
        {"days": "0"},
        {"days": ""},
        {"country": []},
        {"highFlowSize": ""},
        {"highFlowSize": "0", "limitFlowSpeed": "0"},
        {"highFlowSize": "-1", "name": "Global-1GB/day,throttled 5mbps"},
        {"estimatedUseTimeFlag": "1"},
        {"skuId": "without-a-price"},
        {"days": ["1"]},
    ],
)
def test_a_product_that_is_not_understood_is_left_out(fields: dict[str, Any]) -> None:
    assert listed(**fields) == []


@pytest.mark.parametrize("price", ["6.005", "0", "-1", "", "1,5"])
def test_a_price_that_can_not_be_booked_leaves_the_product_out(price: str) -> None:
    prices = [{"skuId": PRODUCTS[0]["skuId"], "price": [{"copies": "1", "settlementPrice": price}]}]
    page = plans.read_page(PRODUCTS[:1], plans.read_prices(prices), currency="CNY")
    assert page.plans == ()
    assert "settlementPrice" in page.left_out[str(PRODUCTS[0]["skuId"])]


def test_an_unlimited_product_says_so() -> None:
    plan = listed(highFlowSize="-1", limitFlowSpeed="-1", name="Mexico-Unlimited/day")[0]
    assert (plan.volume_bytes, plan.daily_bytes, plan.throttled_kbps) == (None, None, None)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC+8", "Etc/GMT-8"),
        ("GMT-05:00", "Etc/GMT+5"),
        ("UTC+0", "Etc/GMT"),
        ("UTC+20", ""),
        ("Asia/Tokyo", ""),
        ("UTC+05:30", ""),
    ],
)
def test_a_day_begins_where_the_product_says(zone: str, expected: str) -> None:
    assert listed(timeZone=zone)[0].day_zone == expected
    assert listed(timeZone=zone, pointContactType="0")[0].day_zone == ""


QR = {
    "iccid": "89860012018500000085",
    "uid": "18500000085",
    "qrCodeContent": "LPA:1$RSP.SUPPLIER.EXAMPLE$2C13942911FF452AB45E9E99A5D444A1",
    "apn": "emov",
    "validTime": "2027-09-23 17:58:07",
    "rechargeableESIM": "0",
}
PROFILE = Profile(iccid="89860012018500000085", activation_code=str(QR["qrCodeContent"]))


@pytest.mark.parametrize(
    "parts",
    [
        [QR],
        [QR, QR],
        [{**QR, "iccid": ["89860012018500000085"]}],
        [{**QR, "qrCodeContent": ""}, QR],
        [{"iccid": "89860012018500000085F", "apn": "emov"}, QR],
    ],
)
def test_the_parts_of_a_qr_code_are_put_together(parts: list[Any]) -> None:
    told = read("N009", {"orderId": "131", "channelOrderId": NUMBER, "subOrderList": parts})
    (news,) = told.news
    assert (news.number, news.reference) == (NUMBER, "131")
    assert news.answer == Delivered(reference="131", profile=PROFILE)


def test_a_qr_code_that_has_not_come_leaves_the_order_pending() -> None:
    part = {**QR, "qrCodeContent": None}
    told = read("N009", {"orderId": "131", "channelOrderId": NUMBER, "subOrderList": [part]})
    assert told.news[0].answer == Pending(reference="131")


@pytest.mark.parametrize(
    "parts",
    [
        [QR, {**QR, "iccid": "89860012018500000086"}],
        [QR, {**QR, "qrCodeContent": "LPA:1$another$CODE"}],
        [{**QR, "confirmationCode": "1234"}],
        "none",
    ],
)
def test_what_does_not_fit_one_esim_is_not_read(parts: Any) -> None:
    with pytest.raises(CallbackUnreadableError):
        read("N009", {"orderId": "131", "channelOrderId": NUMBER, "subOrderList": parts})


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        ("0", Delivered(reference="131")),
        ("1", Refused(failure=Failure.ANOTHER, reason="renewal_failed")),
        ("", Pending(reference="131")),
    ],
)
def test_the_result_of_a_renewal_is_told(status: str, answer: object) -> None:
    told = read("N013", {"orderId": "131", "channelOrderId": NUMBER, "status": status})
    assert told.news[0].answer == answer


def test_an_order_is_shipped_or_cancelled() -> None:
    order = {"orderId": "131", "channelOrderId": NUMBER}
    assert read("N001", order).news[0].answer == Pending(reference="131")
    cancelled = read("N001", {**order, "orderStatus": "2"}).news[0].answer
    assert cancelled == Refused(failure=Failure.ANOTHER, reason="cancelled")


def test_a_plan_that_began_or_ended_is_a_reading_without_a_count() -> None:
    row = {
        "iccid": "89860012018500000085",
        "startTime": "2018-03-04 09:20:35",
        "endTime": "2018-03-09 09:20:35",
    }
    (began,) = read("N002", [row]).usages
    assert began.as_of == datetime(2018, 3, 4, 1, 20, 35, tzinfo=UTC)
    assert began.ends_at == began.as_of + timedelta(days=5)
    assert (began.used_bytes, began.esim.iccid) == (None, row["iccid"])
    (ended,) = read("N003", {"ICCID": row["iccid"], "endTime": row["endTime"]}).usages
    assert ended.as_of == ended.ends_at == began.ends_at


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (0, ()),
        (1, (InstallationState.DOWNLOADED,)),
        ("2", (InstallationState.INSTALLED,)),
        (3, (InstallationState.ENABLED,)),
        (4, (InstallationState.DISABLED,)),
        (5, ()),
        (9, ()),
    ],
)
def test_where_a_profile_stands_is_reported_of_its_order(
    status: object, expected: tuple[InstallationState, ...]
) -> None:
    part = {"iccid": "89860012018500000085", "profileStatus": status}
    told = read("N012", {"orderId": "131", "channelOrderId": NUMBER, "subOrderList": [part]})
    assert tuple(one.report.state for one in told.reports) == expected
    assert all(one.reference == "131" for one in told.reports)


@pytest.mark.parametrize(
    ("told_at", "expected"),
    [
        ("2026-11-23 02:00:00", datetime(2026, 11, 22, 18, tzinfo=UTC)),
        ("", MOMENT),
        ((MOMENT + timedelta(minutes=30)).astimezone(wire.LOCAL).strftime(FORMAT), MOMENT),
        ((MOMENT + timedelta(days=1)).astimezone(wire.LOCAL).strftime(FORMAT), None),
        ("9999-12-31 23:59:59", None),
        ("0001-01-01 00:00:00", None),
        ("2026-02-30 00:00:00", None),
        ("a moment ago", None),
        (7, None),
        ({"a": "time"}, None),
    ],
)
def test_what_was_said_at_no_time_that_can_be_is_not_taken_as_said_now(
    told_at: object, expected: datetime | None
) -> None:
    part = {"iccid": "89860012018500000085", "profileStatus": "3"}
    data = {"orderId": "131", "channelOrderId": NUMBER, "subOrderList": [part]}
    told = read("N012", data, tradeTime=told_at)
    assert [one.report.happened_at for one in told.reports] == ([expected] if expected else [])
    assert told.notices == (SupplyNotice(number=NUMBER, reference="131"),)
    code = {"orderId": "131", "channelOrderId": NUMBER, "subOrderList": [QR]}
    assert read("N009", code, tradeTime=told_at).news == read("N009", code).news


@pytest.mark.parametrize("trade", ["N004", "N005", "N006", "N010", "N999"])
def test_of_other_callbacks_only_which_order_they_name_is_read(trade: str) -> None:
    told = read(trade, {"afterSaleId": "1"})
    assert (told.news, told.reports, told.usages) == ((), (), ())
    assert told.notices == (SupplyNotice(application="1"),)
    assert read(trade, [{"orderId": "131"}, {"orderId": []}]).notices == (
        SupplyNotice(reference="131"),
    )
    assert read(trade, [7]).notices == read(trade, None).notices == ()


@pytest.mark.parametrize("trade", ["N002", "N003", "N012"])
def test_a_callback_that_says_something_else_of_an_order_names_it_too(trade: str) -> None:
    told = read(trade, {"orderId": "131", "channelOrderId": NUMBER})
    assert told.notices == (SupplyNotice(number=NUMBER, reference="131"),)
    assert read("N001", {"orderId": "131", "channelOrderId": NUMBER}).notices == ()


def test_a_callback_that_is_sent_again_is_the_same_message() -> None:
    data = {"orderId": "131", "channelOrderId": NUMBER}
    again = {"channelOrderId": NUMBER, "orderId": "131"}
    assert read("N001", data).message_id == read("N001", again).message_id
    assert read("N001", data).message_id != read("N010", data).message_id
    assert len(read("N001", data).message_id) <= 80
    half = {**data, "usage": 0.5}
    assert read("N001", half).message_id == read("N001", half).message_id
    assert read("N001", half).message_id != read("N001", data).message_id


def test_a_signature_is_of_the_exact_bytes() -> None:
    message = signed_message("N010", {"orderId": "131"})
    shouted = {"x-sign-value": message.headers["x-sign-value"].upper()}
    notification.read(headers=shouted, body=message.body, secret=SECRET, now=MOMENT)
    for headers, body, secret in (
        (message.headers, message.body + b" ", SECRET),
        (message.headers, message.body, "another secret"),
        ({}, message.body, SECRET),
        ({"x-sign-value": "ü"}, message.body, SECRET),
    ):
        with pytest.raises(CallbackRefusedError) as refused:
            notification.read(headers=headers, body=body, secret=secret, now=MOMENT)
        assert not isinstance(refused.value, CallbackUnreadableError)


@given(ANY_JSON)
def test_any_json_is_an_answer_or_not_understood(data: Any) -> None:
    value = read_json(json.dumps(data).encode())
    readers: list[Callable[[], object]] = [
        lambda: wire.trade_data(json.dumps(data).encode()),
        lambda: wire.order_placed(value, NUMBER),
        lambda: wire.order_found(value, NUMBER),
        lambda: wire.is_renewable(value, "89860012018500000085"),
        lambda: wire.renewing_skus(value),
        lambda: counts.one_to_tell(counts.read_counts(value)),
        lambda: counts.read_days(value, "131"),
        lambda: plans.read_page(value, plans.read_prices(PRICES), currency="CNY"),
        lambda: plans.read_prices(value),
    ]
    for reader in readers:
        try:
            reader()
        except ProviderError:
            continue


@given(st.sampled_from(["N001", "N002", "N003", "N009", "N012", "N013", "N004"]), ANY_JSON)
def test_any_genuine_json_is_a_callback_or_unreadable(trade: str, data: Any) -> None:
    try:
        read(trade, data)
    except CallbackUnreadableError:
        return


@given(st.binary(max_size=200))
def test_any_genuine_bytes_are_a_callback_or_unreadable(body: bytes) -> None:
    message = signed_body(body)
    try:
        notification.read(headers=message.headers, body=body, secret=SECRET, now=MOMENT)
    except CallbackUnreadableError:
        return
