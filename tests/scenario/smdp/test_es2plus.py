"""ES2+ over real mutual TLS: operators, their orders, and whatever else arrives at their port."""

import json
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from limosa.simulators.virtual_phone.command import main as run_phone
from tests.scenario.smdp.operators import Authority, Operator, client_context, codes_of
from tests.scenario.smdp.servers import NAME, OrderingSmdp, ordering_smdp

pytestmark = pytest.mark.enable_socket
EID = "89049032123451234512345678901235"
OTHER_EID = "89049032123451234512345678901267"
CONFIRM = {"releaseFlag": True}
UNAVAILABLE = {"finalProfileStatusIndicator": "Unavailable"}
AVAILABLE = {"finalProfileStatusIndicator": "Available"}


@pytest.fixture(scope="module")
def smdp() -> Iterator[OrderingSmdp]:
    limits = "limited=half Our%20lab="
    with ordering_smdp("es2plus", LIMOSA_SMDP_ES2PLUS_TYPES=limits) as running:
        yield running


@pytest.fixture(scope="module")
def operator(smdp: OrderingSmdp) -> Operator:
    return smdp.operator()


@pytest.fixture(scope="module")
def stock(smdp: OrderingSmdp) -> Iterator[str]:
    return iter(smdp.stock(60))


def test_a_profile_is_ordered_by_its_type_confirmed_and_downloaded(
    smdp: OrderingSmdp, operator: Operator
) -> None:
    (iccid,) = smdp.stock(kind="downloaded")
    ordered = operator.call("downloadOrder", profileType="downloaded")
    assert ordered["iccid"] == iccid
    asked = {"iccid": iccid + "F", "matchingId": "AB-CD-1", **CONFIRM}
    confirmed = operator.call("confirmOrder", "first", **asked)
    assert confirmed["matchingId"] == "AB-CD-1"
    assert confirmed["smdpAddress"] == f"{NAME}:{smdp.port}"
    where = ["--phones", str(smdp.folder / "phones"), "--pki", str(smdp.folder / "pki")]
    run_phone(["install", f"LPA:1${NAME}$AB-CD-1", "--connect", f"127.0.0.1:{smdp.port}", *where])
    assert operator.call("confirmOrder", "first", **asked) == confirmed
    assert operator.said("cancelOrder", iccid=iccid, **AVAILABLE) == "8.2.1/3.3"


def test_an_order_by_iccid_without_a_matching_id_gets_one(operator: Operator, stock: Any) -> None:
    iccid = next(stock)
    ordered = operator.call("downloadOrder", iccid=f"{iccid}F", eid=EID)
    assert ordered["iccid"] == f"{iccid}F"  # As the operator writes it.
    confirmed = operator.call("confirmOrder", iccid=iccid, **CONFIRM)
    assert len(confirmed["matchingId"]) >= 10
    assert confirmed["eid"] == EID


def test_what_is_confirmed_unreleased_is_released_once(operator: Operator, stock: Any) -> None:
    iccid = next(stock)
    operator.call("downloadOrder", iccid=iccid)
    assert operator.said("releaseProfile", iccid=iccid) == "8.2.1/3.5"
    operator.call("confirmOrder", iccid=iccid, releaseFlag=False)
    assert operator.said("releaseProfile", iccid=iccid) == "done"
    assert operator.said("releaseProfile", iccid=iccid) == "8.2.1/3.5"


def test_a_cancelled_profile_is_available_again_or_never(operator: Operator, stock: Any) -> None:
    iccid = next(stock)
    operator.call("downloadOrder", iccid=iccid)
    assert operator.said("cancelOrder", iccid=iccid, **AVAILABLE) == "done"
    assert operator.said("downloadOrder", iccid=iccid) == "done"
    assert operator.said("cancelOrder", iccid=iccid, **UNAVAILABLE) == "done"
    assert operator.said("downloadOrder", iccid=iccid) == "8.2.1/3.5"


def test_unknown_and_used_up_profiles_and_types(smdp: OrderingSmdp, operator: Operator) -> None:
    (iccid,) = smdp.stock(kind="last")
    unknown = "8901999999999999998"
    assert operator.said("downloadOrder", iccid=unknown) == "8.2.1/3.9"
    assert operator.said("confirmOrder", iccid=unknown, **CONFIRM) == "8.2.1/3.9"
    assert operator.said("cancelOrder", iccid=unknown, **AVAILABLE) == "8.2.1/3.9"
    assert operator.said("releaseProfile", iccid=unknown) == "8.2.1/3.9"
    assert operator.said("downloadOrder", profileType="unknown") == "8.2.5/3.9"
    assert operator.said("downloadOrder", iccid=iccid, profileType="travel") == "8.2.5/3.8"
    assert operator.said("downloadOrder", profileType="last") == "done"
    assert operator.said("downloadOrder", profileType="last") == "8.2.5/3.7"
    assert operator.said("downloadOrder", iccid=iccid) == "8.2.1/3.3"


def test_states_that_forbid_a_call(operator: Operator, stock: Any) -> None:
    iccid = next(stock)
    for function, fields in (
        ("confirmOrder", CONFIRM), ("cancelOrder", AVAILABLE), ("releaseProfile", {}),
    ):  # fmt: skip
        assert operator.said(function, iccid=iccid, **fields) == "8.2.1/3.5"
    operator.call("downloadOrder", iccid=iccid)
    operator.call("confirmOrder", iccid=iccid, **CONFIRM)
    assert operator.said("confirmOrder", iccid=iccid, **CONFIRM) == "8.2.1/3.5"


def test_matching_ids_and_eids_are_the_orders(operator: Operator, stock: Any) -> None:
    first, second = next(stock), next(stock)
    operator.call("downloadOrder", iccid=first, eid=EID)
    operator.call("downloadOrder", iccid=second)
    other = {"iccid": first, "eid": OTHER_EID}
    assert operator.said("confirmOrder", **other, **CONFIRM) == "8.1.1/3.10"
    mine = {"iccid": first, "matchingId": "MATCHED-0001"}
    assert operator.said("confirmOrder", **mine, **CONFIRM) == "done"
    taken = {"iccid": second, "matchingId": "MATCHED-0001"}
    assert operator.said("confirmOrder", **taken, **CONFIRM) == "8.2.6/3.3"
    assert operator.said("confirmOrder", iccid=second, matchingId="", **CONFIRM) == "8.1.1/2.2"
    assert operator.said("cancelOrder", iccid=first, **AVAILABLE) == "8.1.1/2.2"
    assert operator.said("cancelOrder", **other, **AVAILABLE) == "8.1.1/3.10"
    wrong = {"iccid": first, "eid": EID, "matchingId": "MATCHED-0002"}
    assert operator.said("cancelOrder", **wrong, **AVAILABLE) == "8.2.6/3.10"
    assert operator.said("cancelOrder", **mine, eid=EID, **AVAILABLE) == "done"


@pytest.mark.parametrize("who", ["the same operator", "another operator"])
def test_the_matching_id_of_a_cancelled_order_is_nobody_s_again(
    smdp: OrderingSmdp, operator: Operator, stock: Any, who: str
) -> None:
    iccid, matching_id = next(stock), f"GIVEN-OUT-{len(who)}"
    operator.call("downloadOrder", iccid=iccid)
    operator.call("confirmOrder", iccid=iccid, matchingId=matching_id, **CONFIRM)
    assert operator.said("cancelOrder", iccid=iccid, **AVAILABLE) == "done"
    later = operator if who == "the same operator" else smdp.operator("second")
    for again in (iccid, next(stock)):
        later.call("downloadOrder", iccid=again)
        asked = {"iccid": again, **CONFIRM}
        assert later.said("confirmOrder", matchingId=matching_id, **asked) == "8.2.6/3.3"
        assert later.said("confirmOrder", matchingId=f"OTHER-{again}", **asked) == "done"


def test_a_repeated_call_is_answered_as_before(smdp: OrderingSmdp, operator: Operator) -> None:
    smdp.stock(3, kind="repeated")

    def order(call: str) -> str:
        return str(operator.call("downloadOrder", call, profileType="repeated")["iccid"])

    with ThreadPoolExecutor(4) as threads:
        (iccid,) = set(threads.map(order, ["order-1"] * 4))
    assert order("order-2") != iccid
    said = [operator.call("confirmOrder", "confirm-1", iccid=iccid, **CONFIRM) for _ in range(2)]
    assert said[0] == said[1]
    assert order("order-1") == iccid
    for _ in range(2):
        assert operator.said("cancelOrder", "cancel-1", iccid=iccid, **AVAILABLE) == "done"


def test_a_cancellation_that_comes_again_leaves_a_later_order_alone(
    operator: Operator, stock: Any
) -> None:
    iccid = next(stock)
    cancel = {"iccid": iccid, **AVAILABLE}
    operator.call("downloadOrder", iccid=iccid)
    first = operator.call("confirmOrder", "confirm-late", iccid=iccid, **CONFIRM)
    assert operator.said("cancelOrder", "cancel-late", **cancel) == "done"
    operator.call("downloadOrder", iccid=iccid)
    later = operator.call("confirmOrder", "confirm-2", iccid=iccid, releaseFlag=False)
    assert operator.said("cancelOrder", "cancel-late", **cancel) == "done"
    assert operator.call("confirmOrder", "confirm-late", iccid=iccid, **CONFIRM) == first
    assert operator.said("releaseProfile", "release-late", iccid=iccid) == "done"
    again = operator.call("confirmOrder", "confirm-2", iccid=iccid, releaseFlag=False)
    assert again == later  # Also after its release.
    assert operator.said("cancelOrder", "cancel-3", **cancel) == "done"


def test_who_names_all_calls_alike_cancels_each_order(operator: Operator, stock: Any) -> None:
    iccid, matching_ids = next(stock), set()
    for _ in range(3):
        assert operator.said("downloadOrder", "TX-568", iccid=iccid) == "done"
        confirmed = operator.call("confirmOrder", "TX-568", iccid=iccid, **CONFIRM)
        matching_ids.add(confirmed["matchingId"])
        assert operator.said("cancelOrder", "TX-568", iccid=iccid, **AVAILABLE) == "done"
    assert len(matching_ids) == 3


def test_an_empty_eid_is_none(operator: Operator, stock: Any) -> None:
    iccid = next(stock)
    assert operator.said("downloadOrder", iccid=iccid, eid="") == "done"
    confirmed = operator.call("confirmOrder", iccid=iccid, eid="", **CONFIRM)
    assert "eid" not in confirmed
    assert operator.said("cancelOrder", iccid=iccid, eid="", **AVAILABLE) == "done"


def test_who_names_all_calls_alike_gets_another_profile_after_each_confirmation(
    smdp: OrderingSmdp, operator: Operator
) -> None:
    smdp.stock(2, kind="alike")
    found = set()
    for _ in range(2):
        iccid = operator.call("downloadOrder", "TX-567", profileType="alike")["iccid"]
        assert operator.said("confirmOrder", "TX-567", iccid=iccid, **CONFIRM) == "done"
        found.add(iccid)
    assert len(found) == 2


@pytest.mark.parametrize("differs_by", ["certificate", "requester"])
def test_an_operator_reaches_no_order_of_another(
    smdp: OrderingSmdp, operator: Operator, stock: Any, differs_by: str
) -> None:
    other = (
        smdp.operator("second") if differs_by == "certificate" else smdp.operator(requester="9.9")
    )
    iccid = next(stock)
    operator.call("downloadOrder", "one", iccid=iccid)
    for function, fields in (
        ("confirmOrder", CONFIRM), ("cancelOrder", AVAILABLE), ("releaseProfile", {}),
    ):  # fmt: skip
        assert other.said(function, iccid=iccid, **fields) == "8.2.1/1.2"
    assert other.said("downloadOrder", "one", iccid=iccid) == "8.2.1/3.3"
    assert operator.said("cancelOrder", iccid=iccid, **AVAILABLE) == "done"
    assert other.said("cancelOrder", iccid=iccid, **AVAILABLE) == "8.2.1/3.5"
    assert other.said("downloadOrder", iccid=iccid) == "done"
    assert operator.said("confirmOrder", iccid=iccid, **CONFIRM) == "8.2.1/1.2"


def test_an_operator_orders_the_types_that_it_may_and_no_other(
    smdp: OrderingSmdp, stock: Any
) -> None:
    smdp.stock(2, kind="half")
    travel = next(stock)
    for name in ("limited", "Our lab"):
        for requester in ("1.2.3", "limited", "free"):  # Its own choice: nothing depends on it.
            operator = smdp.operator(name, requester=requester)
            assert operator.said("downloadOrder", profileType="travel") == "8.2.5/1.2"
            assert operator.said("downloadOrder", profileType="nothing") == "8.2.5/1.2"
            assert operator.said("downloadOrder", iccid=travel) == "8.2.1/1.2"
    assert smdp.operator("Our lab").said("downloadOrder", profileType="half") == "8.2.5/1.2"
    limited = smdp.operator("limited")
    iccid = limited.call("downloadOrder", profileType="half")["iccid"]
    assert limited.said("confirmOrder", iccid=iccid, **CONFIRM) == "done"
    free = smdp.operator("free", requester="limited")
    assert free.said("downloadOrder", iccid=travel) == "done"
    assert free.said("downloadOrder", profileType="half") == "done"


def test_calls_of_two_operators_under_one_name_are_two_calls(
    smdp: OrderingSmdp, operator: Operator
) -> None:
    smdp.stock(2, kind="shared")
    other = smdp.operator("second")
    ordered = [one.call("downloadOrder", "same", profileType="shared") for one in (operator, other)]
    assert ordered[0]["iccid"] != ordered[1]["iccid"]


HEADER = {"functionRequesterIdentifier": "1.2.3", "functionCallIdentifier": "c"}
ICCID = "8901999999999999998"
MALFORMED: dict[str, tuple[str, Any, str]] = {
    "nothing": ("downloadOrder", "", "1.3.1/2.1"),
    "no JSON": ("downloadOrder", "<order/>", "1.3.1/2.1"),
    "not UTF-8": ("downloadOrder", b"\xff\xfe", "1.3.1/2.1"),
    "no object": ("downloadOrder", [HEADER], "1.3.1/2.1"),
    "deep": ("downloadOrder", "[" * 60_000, "1.3.1/2.1"),
    "a name twice": ("downloadOrder", '{"iccid": "1", "iccid": "2"}', "1.3.1/2.1"),
    "no header": ("downloadOrder", {"iccid": ICCID}, "1.3.1/2.2"),
    "a header that is text": ("downloadOrder", {"header": "h", "iccid": ICCID}, "1.3.1/2.1"),
    "no call identifier": (
        "releaseProfile", {"header": {"functionRequesterIdentifier": "x"}, "iccid": ICCID},
        "1.3.1/2.2",
    ),
    "a long requester": (
        "releaseProfile",
        {"header": {**HEADER, "functionRequesterIdentifier": "9" * 91}, "iccid": ICCID},
        "1.3.1/2.1",
    ),
    "a NUL": (
        "releaseProfile",
        {"header": {**HEADER, "functionCallIdentifier": "a\0b"}, "iccid": ICCID},
        "1.3.1/2.1",
    ),
    "half a character": (
        "downloadOrder", {"header": HEADER, "profileType": "\ud800"}, "1.3.1/2.1"
    ),
    "neither ICCID nor type": ("downloadOrder", {"header": HEADER}, "1.3.1/2.2"),
    "a short ICCID": ("releaseProfile", {"header": HEADER, "iccid": "8901"}, "1.3.1/2.1"),
    "an ICCID that is a number": ("releaseProfile", {"header": HEADER, "iccid": 1}, "1.3.1/2.1"),
    "an EID of letters": (
        "downloadOrder", {"header": HEADER, "iccid": ICCID, "eid": "E" * 32}, "1.3.1/2.1"
    ),
    "no release flag": ("confirmOrder", {"header": HEADER, "iccid": ICCID}, "1.3.1/2.2"),
    "a release flag that is text": (
        "confirmOrder", {"header": HEADER, "iccid": ICCID, "releaseFlag": "true"}, "1.3.1/2.1"
    ),
    "a matching id with a blank": (
        "confirmOrder", {"header": HEADER, "iccid": ICCID, "matchingId": "A B", **CONFIRM},
        "1.3.1/2.1",
    ),
    "an empty confirmation code": (
        "confirmOrder", {"header": HEADER, "iccid": ICCID, "confirmationCode": "", **CONFIRM},
        "1.3.1/2.1",
    ),
    "no final status": ("cancelOrder", {"header": HEADER, "iccid": ICCID}, "1.3.1/2.2"),
    "another final status": (
        "cancelOrder", {"header": HEADER, "iccid": ICCID, "finalProfileStatusIndicator": "Sold"},
        "1.3.1/2.1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", MALFORMED)
def test_what_is_malformed_is_answered_in_json_by_its_status(
    operator: Operator, fault: str
) -> None:
    function, sent, codes = MALFORMED[fault]
    body = sent if isinstance(sent, bytes) else (
        sent.encode() if isinstance(sent, str) else json.dumps(sent).encode()
    )  # fmt: skip
    status, content_type, answer = operator.send(function, body)
    assert (status, codes_of(answer)) == (200, codes)
    assert content_type.startswith("application/json")


def test_members_that_no_version_knows_are_left_out(operator: Operator, stock: Any) -> None:
    extra = {"vendorSpecific": {"a": [1]}, "eid": None}
    assert operator.said("downloadOrder", iccid=next(stock), **extra) == "done"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({"method": "GET"}, 405),
        ({"method": "PUT"}, 405),
        ({"method": "BREW"}, 405),
        ({"method": "OPTIONS"}, 405),
        ({"content_type": "text/xml"}, 415),
        ({"content_type": "application/x-www-form-urlencoded"}, 415),
        ({"body": b" " * (64 * 1024 + 1)}, 413),
        ({"function": "noFunction"}, 404),
        ({"function": "downloadOrder/"}, 404),
        ({"function": "../es9plus/initiateAuthentication"}, 404),
        ({"function": "..%2fes9plus/initiateAuthentication"}, 404),
        ({"function": "%2Fhealthz"}, 404),
    ],
)
def test_what_never_reaches_a_function_is_answered_in_json_too(
    operator: Operator, words: dict[str, Any], status: int
) -> None:
    asked = {"function": "downloadOrder", "body": b"{}", **words}
    found, content_type, answer = operator.send(**asked)
    assert found == status
    assert content_type.startswith("application/json")
    assert codes_of(answer) == "1.3.1/2.1"


def test_without_a_certificate_of_the_operators_there_is_no_connection(
    smdp: OrderingSmdp,
) -> None:
    ci = smdp.folder / "pki" / "ci.pem"
    strange = Authority.made("strangers").issue("first", smdp.folder)
    for shown in (None, strange):
        stranger = Operator(smdp.es2plus_port, "1.2.3", client_context(ci, shown))
        with pytest.raises((ssl.SSLError, ConnectionError)):
            stranger.call("downloadOrder", iccid=ICCID)


def test_phones_do_not_reach_the_functions_of_operators(smdp: OrderingSmdp) -> None:
    context = client_context(smdp.folder / "pki" / "ci.pem", None)
    status, _, answer = Operator(smdp.port, "1.2.3", context).send("downloadOrder", b"{}")
    assert (status, codes_of(answer)) == (404, "1.3.1/2.1")
