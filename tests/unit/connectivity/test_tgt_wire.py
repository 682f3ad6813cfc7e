"""TGT's words. The samples are made from what is public of its documentation, not recorded."""

import hashlib
import json
import uuid
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
    CallbackUnreadableError,
    Delivered,
    Failure,
    Pending,
    PlanUse,
    Refused,
    SupplierEsim,
    SupplierUsage,
    SupplyHandle,
)
from limosa.domain.connectivity.suppliers.tgt import product_list, wire
from limosa.domain.connectivity.suppliers.tgt.notification import is_signed, read_notification
from limosa.domain.esims.engine.profile import Profile
from limosa.foundation.errors import ProviderError
from limosa.foundation.money import Money
from tests.factories import MOMENT
from tests.fakes.tgt import CALLBACK_SECRET, callback_of, product, signed

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors/suppliers/tgt.json").read_text(encoding="utf-8")
)
GB, MB = 1024**3, 1024**2
ICCID = "8999240100000001234"
CODE = "LPA:1$esiminfra.toprsp.com$ACTIVATION-CODE"
ORDER = {
    "orderNo": "SE2026031500001234",
    "channelOrderNo": "L-7Q4K92MX",
    "productCode": "A-002-ES-AU-T-30D/180D-3GB(A)",
    "activatedStartTime": "2026-11-29T10:00:00Z",
    "activatedEndTime": "2026-12-29T10:00:00Z",
    "orderStatus": "INUSE",
    "profileStatus": "activated",
    "qrCode": CODE,
    "cardInfo": {"iccid": ICCID, "imsi": "310260000000001234"},
}
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def read_row(**changed: Any) -> wire.OrderRow:
    (order,) = wire.read_orders({"list": [{**ORDER, **changed}]})
    return order


def test_the_key_of_a_number_is_a_uuid_of_version_4_and_its_own() -> None:
    keys = {wire.key_of(number) for number in ("L-1", "L-2", "L-1")}
    assert len(keys) == 2
    assert {uuid.UUID(key).version for key in keys} == {4}


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({"code": "0000", "msg": "success", "data": {"a": 1}}, wire.Answer("", "", {"a": 1})),
        (
            {"code": "5000", "msg": "x", "subCode": "5032", "subMsg": "y"},
            wire.Answer("5000", "5032", None),
        ),
        ({"code": "2003", "subCode": None}, wire.Answer("2003", "", None)),
    ],
)
def test_an_envelope_has_a_code(said: dict[str, Any], answer: wire.Answer) -> None:
    assert wire.read_answer(json.dumps(said).encode()) == answer


@pytest.mark.parametrize("said", [{}, [], "x", {"code": ""}, {"code": "no code"}, {"code": None}])
def test_what_has_no_code_is_not_understood(said: object) -> None:
    with pytest.raises(ProviderError):
        wire.read_answer(json.dumps(said).encode())


@pytest.mark.parametrize(
    ("code", "failure", "reason"),
    [
        ("0429", Failure.AGAIN, "rate_limited"),
        ("2000", Failure.AGAIN, "busy"),
        ("2001", Failure.ANOTHER, "not_permitted"),
        ("2004", Failure.AGAIN, "token_refused"),
        ("1003", Failure.ANOTHER, "parameters_refused"),
    ],
)
def test_a_code_says_what_to_do_next(code: str, failure: Failure, reason: str) -> None:
    assert wire.refusal(wire.Answer(code, "", None)) == Refused(failure=failure, reason=reason)


def test_what_a_code_of_the_business_means_is_not_public() -> None:
    answer = wire.Answer("5000", "4012", None)
    assert (wire.refusal(answer), answer.reason) == (None, "refused_5000_4012")


def test_a_token_has_two_names() -> None:
    for name in ("accessToken", "token"):
        content = {name: "abc", "expires": "86400"}
        assert wire.read_token(wire.Answer("", "", content)) == ("abc", 86400.0)
    contents: list[Any] = [{"expires": 1}, {"accessToken": "续航", "expires": 1}, None]
    for wrong in contents:
        with pytest.raises(ProviderError):
            wire.read_token(wire.Answer("", "", wrong))


@pytest.mark.parametrize(
    ("state", "is_over"),
    [("NOTACTIVE", False), ("ACTIVATED", False), ("INUSE", False), ("USED", True), (None, False)],
)
def test_an_issued_order_is_delivered_whatever_became_of_it(
    state: str | None, *, is_over: bool
) -> None:
    order = read_row(orderStatus=state)
    assert (order.state is wire.OrderState.OVER) == is_over
    assert order.as_answer(is_renewal=False) == Delivered(
        reference="SE2026031500001234", profile=Profile(iccid=ICCID, activation_code=CODE)
    )
    assert order.as_answer(is_renewal=True) == Delivered(
        reference="SE2026031500001234", profile=Profile(iccid=ICCID, activation_code="")
    )


def test_an_order_is_pending_until_it_has_a_card_and_a_code() -> None:
    pending = Pending(reference="SE2026031500001234")
    assert read_row(cardInfo=None).as_answer(is_renewal=True) == pending
    assert read_row(qrCode="").as_answer(is_renewal=False) == pending
    assert read_row(cardInfo=None, iccid=ICCID).iccid == ICCID


def test_an_undone_order_is_refused_and_an_unknown_state_not_understood() -> None:
    for state in ("ABANDON", "TERMINATION"):
        refused = Refused(failure=Failure.NEVER, reason="undone")
        assert read_row(orderStatus=state).as_answer(is_renewal=False) == refused
    for changed in ({"orderStatus": "SOMETHING_NEW"}, {"orderNo": None}):
        with pytest.raises(ProviderError):
            read_row(**changed)


def test_an_end_that_can_not_be_read_is_not_known() -> None:
    assert read_row(activatedEndTime="x").ends_at is None


def test_an_order_is_known_by_its_reference_or_else_by_our_number() -> None:
    order = read_row()
    assert order.is_of(SupplyHandle(number="L-7Q4K92MX"))
    assert not order.is_of(SupplyHandle(number="L-7Q4K92MX", reference="SE2"))
    assert order.is_of(SupplyHandle(number="other", reference="SE2026031500001234"))


def test_of_several_orders_on_a_card_what_runs_counts_then_what_waits() -> None:
    def numbered(number: int, state: str) -> wire.OrderRow:
        return read_row(orderNo=f"SE{number}", orderStatus=state)

    over, running, waiting = numbered(1, "USED"), numbered(2, "INUSE"), numbered(3, "NOTACTIVE")
    undone = numbered(4, "TERMINATION")
    assert wire.current([waiting, running, over]) == running
    assert wire.current([over, waiting, numbered(5, "NOTACTIVE")]) == waiting
    assert wire.current([over, numbered(0, "EXPIRED"), undone]) == over
    assert wire.current([undone]) is None


@pytest.mark.parametrize(
    ("told", "used", "total"),
    [
        ({"dataTotal": "3072", "dataUsage": "700"}, 700 * MB, 3072 * MB),
        ({"dataTotal": "3072.00", "dataUsage": "0.50"}, MB // 2, 3072 * MB),
        ({"usage": {"dataTotal": 3072, "dataUsage": 700}}, 700 * MB, 3072 * MB),
        ({"dataTotal": "unlimited", "dataUsage": "1"}, MB, None),
        ({"dataUsage": "1.0000001"}, MB, None),
        ({}, None, None),
    ],
)
def test_use_is_in_megabytes_of_1024_times_1024(
    told: dict[str, Any], used: int | None, total: int | None
) -> None:
    esim = SupplierEsim(iccid=ICCID)
    assert wire.read_usage(told, esim, read_row(), now=MOMENT) == SupplierUsage(
        esim=esim,
        as_of=MOMENT,
        used_bytes=used,
        total_bytes=total,
        ends_at=datetime(2026, 12, 29, 10, tzinfo=UTC),
        number="L-7Q4K92MX",
    )


def test_only_what_runs_has_an_end() -> None:
    usage = wire.read_usage({}, SupplierEsim(iccid=ICCID), read_row(orderStatus="USED"), now=MOMENT)
    assert usage.ends_at is None
    with pytest.raises(ProviderError):
        wire.read_usage({"dataUsage": -1}, usage.esim, read_row(), now=MOMENT)


@pytest.mark.parametrize(
    "content",
    [
        {"currency": "USD", "balance": "154.80"},
        {"currency": "USD", "balance": 154.8},
        {"currency": "USD", "balance": "154.809"},
        {
            "currency": "USD",
            "accountList": [
                {"type": "CREDIT", "balance": "9"},
                {"type": "BASIC", "balance": "154.80"},
            ],
        },
    ],
)
def test_the_balance_is_that_of_the_basic_account(content: dict[str, Any]) -> None:
    parsed = wire.read_answer(json.dumps({"code": "0000", "data": content}).encode()).content
    assert wire.read_balance(parsed).available == Money(15480, "USD")


@pytest.mark.parametrize("content", [{}, {"balance": "1"}, {"currency": "USD"}, {"currency": "X"}])
def test_a_balance_without_a_currency_is_not_understood(content: dict[str, Any]) -> None:
    with pytest.raises(ProviderError):
        wire.read_balance(content)


def test_a_product_has_the_price_that_we_expect_or_not() -> None:
    read = wire.read_product(product("x"))
    assert (read.card, read.is_dated) == ("M1", False)
    assert read.is_at(Money(110, "USD"))
    assert read.is_at(None)
    assert not read.is_at(Money(111, "USD"))
    assert not read.is_at(Money(110, "EUR"))
    assert wire.read_product(product("x", activeType="ACTIVATE_ON_ORDER")).is_dated
    for changed in ({"netPrice": None}, {"activeType": "SOMETHING_NEW"}):
        with pytest.raises(ProviderError):
            wire.read_product(product("x", **changed))


def test_what_is_added_to_a_card_is_named_by_the_operator() -> None:
    assert wire.purchase_type("topup:2") == 2
    assert [wire.purchase_type(code) for code in ("topup:", "topup:x", "C4-1GB")] == [None] * 3


def page(*rows: dict[str, Any], number: int = 1, total: int = 1) -> Any:
    return product_list.read_page({"total": total, "list": list(rows)}, number)


def test_a_product_is_said_in_our_units() -> None:
    (plan,) = page(product("A-002(A)")).plans
    assert (plan.code, plan.name) == ("A-002(A)", "【eSIM】Israel 3GB/30 Days (M1)")
    assert (plan.use, plan.is_renewable) == (PlanUse.EITHER, True)
    assert (plan.cost, plan.volume_bytes, plan.days) == (Money(110, "USD"), 3 * GB, 30)
    assert (plan.countries, plan.activation) == (("IL",), Activation.UNKNOWN)
    assert (plan.rules["validityPeriod"], plan.rules["periodType"]) == ("180", "0")


@pytest.mark.parametrize(
    ("changed", "data"),
    [
        ({"dataTotal": "500", "dataUnit": "MB"}, (500 * MB, None, None)),
        ({"dataTotal": None}, (None, None, None)),
        (
            {"productType": "DAILY_PACK", "dataTotal": 1, "limitSpeed": "128 kbps"},
            (None, GB, 128),
        ),
        ({"productType": "DAILY_PACK", "dataTotal": None}, (None, None, None)),
    ],
)
def test_a_daily_product_has_its_volume_each_day(
    changed: dict[str, Any], data: tuple[int | None, ...]
) -> None:
    (plan,) = page(product("x", **changed)).plans
    assert (plan.volume_bytes, plan.daily_bytes, plan.throttled_kbps) == data


def test_what_is_bought_for_new_cards_alone_or_begins_when_it_is_ordered_says_so() -> None:
    (plan,) = page(product("x", cardType="C4", activeType="ACTIVATE_ON_ORDER")).plans
    assert (plan.use, plan.is_renewable) == (PlanUse.NEW_ESIM, None)
    assert plan.activation is Activation.ORDER


@pytest.mark.parametrize(
    "changed",
    [
        {"netPrice": "1.105"},
        {"netPrice": "free"},
        {"netPrice": 0},
        {"dataUnit": "TB"},
        {"dataTotal": 0},
        {"productType": "SOMETHING_NEW"},
        {"countryCodeList": ["Israel"]},
        {"countryCodeList": None},
        {"usagePeriod": 0},
    ],
)
def test_a_product_that_can_not_be_said_in_our_units_is_left_out_and_named(
    changed: dict[str, Any],
) -> None:
    read = page(product("x", **changed), product("y"), total=2)
    assert [plan.code for plan in read.plans] == ["y"]
    assert list(read.left_out) == ["x"]


def test_pages_follow_until_all_are_there() -> None:
    assert page(product("x"), total=201).next_page == "2"
    assert page(product("x"), number=2, total=200).next_page == ""
    assert page(number=2, total=500).next_page == ""  # It has fewer than it says.


@pytest.mark.parametrize("name", ["tgt_vendor_example", "tgt_callback_object"])
def test_the_vectors_are_signed(name: str) -> None:
    vector = VECTORS[name]
    assert is_signed(vector["payload"], vector["md5"], secret=vector["secret"])
    assert is_signed(vector["payload"], vector["md5"].upper(), secret=vector["secret"])
    assert not is_signed(vector["payload"], vector["md5"], secret="other")


def test_an_array_may_be_signed_in_either_way() -> None:
    vector = VECTORS["tgt_callback_array_AMBIGUOUS"]
    for variant in ("variant_index", "variant_json"):
        assert is_signed(vector["payload"], vector[variant]["md5"], secret=vector["secret"])


def read(body: bytes) -> Any:
    return read_notification(body, secret=CALLBACK_SECRET)


ISSUED = callback_of({**ORDER, "orderStatus": None}, 1)
RENEWED = callback_of({**ORDER, "orderStatus": None}, 2)


@pytest.mark.parametrize("json_arrays", [True, False])
def test_an_issued_order_is_delivered_and_a_renewed_one_names_its_card(
    *, json_arrays: bool
) -> None:
    for payload, code in ((ISSUED, CODE), (RENEWED, "")):
        (news,) = read(signed(payload, json_arrays=json_arrays)).news
        assert (news.number, news.reference) == ("L-7Q4K92MX", "SE2026031500001234")
        assert news.answer == Delivered(
            reference="SE2026031500001234", profile=Profile(iccid=ICCID, activation_code=code)
        )


def test_the_kind_of_a_callback_may_stand_beside_its_data() -> None:
    payload = {"eventType": 1, "data": {"orderInfo": ISSUED["data"]["orderInfo"]}}
    (news,) = read(signed(payload, json_arrays=False)).news
    assert isinstance(news.answer, Delivered)


def test_a_callback_is_the_same_one_when_it_is_sent_again_later() -> None:
    later = {**ISSUED, "timestamp": "2026-11-29T12:00:10Z"}
    ids = {read(signed(one, json_arrays=False)).message_id for one in (ISSUED, later, RENEWED)}
    assert len(ids) == 2


def with_info(kind: int, **changed: Any) -> dict[str, Any]:
    return callback_of({**ORDER, "orderStatus": None}, kind, **changed)


@pytest.mark.parametrize(
    "payload",
    [
        with_info(1, qrCode=""),
        with_info(1, iccid=None),
        with_info(3),
        with_info(9),
        {**ISSUED, "code": "5000"},
        with_info(1, orderStatus="TERMINATION"),
    ],
)
def test_a_callback_that_delivers_nothing_only_makes_us_ask(payload: dict[str, Any]) -> None:
    (news,) = read(signed(payload, json_arrays=False)).news
    assert news.answer == Pending(reference="SE2026031500001234")


def test_anothers_number_is_not_ours() -> None:
    payload = with_info(1, channelOrderNo="order of another shop")
    (news,) = read(signed(payload, json_arrays=False)).news
    assert (news.number, news.reference) == ("", "SE2026031500001234")


@pytest.mark.parametrize(
    "parts",
    [
        'data.a1.50data.b[1.0,{"c":2e3}]data.dtrue',
        "data.a1.50data.b.01.0data.b.1.c2e3data.dtrue",
    ],
)
def test_numbers_are_signed_as_they_stand(parts: str) -> None:
    body = '{"data":{"a":1.50,"b":[1.0,{"c":2e3}],"d":true},"sign":"%s"}'
    digest = hashlib.md5(f"S{parts}S".encode(), usedforsecurity=False).hexdigest()
    with pytest.raises(CallbackUnreadableError):  # Signed, and no callback.
        read_notification((body % digest).encode(), secret="S")


@pytest.mark.parametrize(
    "body",
    [
        signed(ISSUED, json_arrays=False).replace(b"ACTIVATION-CODE", b"ACTIVATION-CODX"),
        signed(ISSUED, json_arrays=False, secret="another"),
        json.dumps(ISSUED).encode(),
        json.dumps({**ISSUED, "sign": ["x"]}).encode(),
        json.dumps({**ISSUED, "sign": "\ud800"}).encode(),
        json.dumps({**ISSUED, "more": "\ud800", "sign": "x"}).encode(),
        b'{"sign":"x","a":' + b"[" * 500 + b"]" * 500 + b"}",
        b'{"sign":"x","a":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"sign":"x","a":' + b"9" * 10_000 + b"}",
        signed({**ISSUED, "more": "x" * 64 * 1024}, json_arrays=False),
        b"",
        b"\xff",
    ],
)
def test_what_is_not_signed_is_refused(body: bytes) -> None:
    with pytest.raises(CallbackRefusedError):
        read(body)


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"data": {}},
        {"data": {"eventType": 1, "orderInfo": None}},
        {"data": {"eventType": 2, "orderInfo": ["x"]}},
        {"data": {"eventType": 1, "orderInfo": {"iccid": ICCID}}},
        {"data": {"eventType": "one", "orderInfo": {"orderNo": "SE1"}}},
    ],
)
def test_what_is_signed_and_no_callback_is_unreadable(payload: dict[str, Any]) -> None:
    with pytest.raises(CallbackUnreadableError):
        read(signed(payload, json_arrays=False))


READERS: list[Callable[[Any], object]] = [
    lambda value: [one.as_answer(is_renewal=False) for one in wire.read_orders(value)],
    wire.read_order_number,
    wire.read_top_up,
    wire.read_product,
    wire.read_balance,
    lambda value: wire.read_usage(value, SupplierEsim(iccid=ICCID), read_row(), now=MOMENT),
    lambda value: product_list.read_page(value, 1),
    lambda value: wire.read_token(wire.Answer("", "", value)),
    lambda value: wire.read_answer(json.dumps(value).encode()),
]
_USAGE = {"dataTotal": "3072", "dataUsage": "1", "dataResidual": "1"}


@given(value=ANY_JSON)
def test_any_json_is_an_answer_or_not_understood(value: object) -> None:
    for reader in READERS:
        with suppress(ProviderError):
            reader(value)
    with suppress(CallbackRefusedError):
        read(json.dumps(value).encode())


@given(data=st.data(), value=ANY_JSON)
def test_any_member_of_another_type_is_read_or_not_understood(
    data: st.DataObject, value: object
) -> None:
    """A row as documented, with one member that is anything."""
    sample: dict[str, Any] = data.draw(st.sampled_from([ORDER, product("x"), _USAGE]))
    row = {**sample, data.draw(st.sampled_from(sorted(sample))): value}
    for content in (row, {"list": [row], "total": 1}, {"list": value, "total": value}):
        for reader in READERS:
            with suppress(ProviderError):
                reader(content)
    info = {**ISSUED["data"]["orderInfo"]}
    info[data.draw(st.sampled_from(sorted(info)))] = value
    payload = {**ISSUED, "data": {**ISSUED["data"], "orderInfo": info}}
    with suppress(CallbackRefusedError):
        read(signed(payload, json_arrays=True))
