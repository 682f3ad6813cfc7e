"""Orders by ES2+ from an SM-DP+ that is not ours, and is slow, deaf, or of another opinion."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from limosa.domain.connectivity.answers import (
    CallbackRefusedError,
    CancelAnswer,
    Delivered,
    Failure,
    Refused,
    SupplierEsim,
    SupplyAnswer,
    SupplyHandle,
    SupplyRequest,
)
from limosa.domain.connectivity.capabilities import CallbackAuth, Idempotency
from limosa.domain.connectivity.suppliers.es2plus.adapter import Es2PlusSupplier
from limosa.domain.connectivity.suppliers.es2plus.wire import Order
from limosa.domain.esims.engine.installation_life import InstallationState, ProfileReport
from limosa.foundation.errors import ProviderError
from limosa.protocols.sgp22.es2plus import Execution, Header, Progress, ProgressPoint
from tests.factories import MOMENT
from tests.fakes.es2plus import es2plus_at
from tests.fakes.other_smdp import (
    ADDRESS,
    BUSY,
    GARBAGE,
    LOST_AFTER,
    LOST_BEFORE,
    SLOW,
    OtherSmdp,
    running,
)

pytestmark = pytest.mark.enable_socket
NUMBER = "L-7Q4K92MX"
KEY = "a long random text for these tests"
EID = "89049032123451234512345678901235"
ICCID = "8901000000000000001"


@pytest.fixture
def smdp() -> Iterator[OtherSmdp]:
    with running(OtherSmdp(recognizes=False)) as other:
        yield other


def order(supplier: Es2PlusSupplier, number: str = NUMBER) -> SupplyAnswer:
    return supplier.order(SupplyRequest(number=number, plan_code="travel"))


def delivered(answer: SupplyAnswer, smdp: OtherSmdp) -> bool:
    """Whether it is the one profile that was ordered there, ready to be downloaded."""
    (made,) = smdp.orders
    assert isinstance(answer, Delivered)
    assert answer.profile
    assert made.state == "released"
    code = f"LPA:1${ADDRESS}${made.matching_id}"
    return (answer.reference, answer.profile.activation_code) == (made.iccid, code)


def test_an_order_is_a_profile_with_an_activation_code(smdp: OtherSmdp) -> None:
    assert delivered(order(es2plus_at(smdp.url)), smdp)
    assert smdp.heard == ["downloadOrder", "confirmOrder"]


def test_a_renewal_calls_nobody(smdp: OtherSmdp) -> None:
    request = SupplyRequest(number=NUMBER, plan_code="travel", renewed=SupplierEsim(iccid=ICCID))
    assert es2plus_at(smdp.url).order(request) == Delivered()
    assert smdp.heard == []


def test_what_an_answer_leaves_out_is_known_here(smdp: OtherSmdp) -> None:
    smdp.tells_address = smdp.tells_matching_id = False
    answer = order(es2plus_at(smdp.url, smdp_address="x.example:8443"))
    assert isinstance(answer, Delivered)
    assert answer.profile
    code = f"LPA:1$x.example:8443${smdp.orders[0].matching_id}"
    assert answer.profile.activation_code == code


@pytest.mark.parametrize(
    ("codes", "failure"),
    [
        (("8.2.1", "3.9"), Failure.ANOTHER),
        (("8.2.5", "3.9"), Failure.ANOTHER),
        (("8.2.5", "3.7"), Failure.ANOTHER),
        (("1.2", "3.7"), Failure.AGAIN),
        (("1.1", "1.2"), Failure.AGAIN),
        (("1.3.1", "2.1"), Failure.NEVER),
        (("9.9", "9.9"), Failure.NEVER),
    ],
)
def test_a_refusal_says_what_to_do_next(
    smdp: OtherSmdp, codes: tuple[str, str], failure: Failure
) -> None:
    smdp.codes["downloadOrder"] = codes
    assert order(es2plus_at(smdp.url)) == Refused(failure=failure, reason="/".join(codes))


@pytest.mark.parametrize("what", [LOST_BEFORE, LOST_AFTER, GARBAGE, BUSY])
def test_an_order_without_a_clear_answer_may_have_been_made(smdp: OtherSmdp, what: str) -> None:
    smdp.script["downloadOrder"] = [what]
    with pytest.raises(ProviderError):
        order(es2plus_at(smdp.url))
    assert smdp.heard == ["downloadOrder"]


def test_if_nobody_listens_nothing_was_ordered() -> None:
    answer = order(es2plus_at("http://127.0.0.1:1"))
    assert answer == Refused(failure=Failure.AGAIN, reason="not_reached")


@pytest.mark.parametrize("what", [LOST_BEFORE, LOST_AFTER, GARBAGE, BUSY, SLOW])
@pytest.mark.parametrize("recognizes", [True, False])
def test_a_lost_answer_to_the_confirmation_loses_no_profile(
    smdp: OtherSmdp, what: str, *, recognizes: bool
) -> None:
    smdp.recognizes = recognizes
    smdp.script["confirmOrder"] = [what]
    assert delivered(order(es2plus_at(smdp.url)), smdp)


def test_if_all_answers_to_the_confirmation_are_lost_the_order_is_found_when_it_is_repeated(
    smdp: OtherSmdp,
) -> None:
    smdp.recognizes = True
    smdp.script["confirmOrder"] = [LOST_AFTER, LOST_AFTER]
    supplier = es2plus_at(smdp.url, repeats_safely=True)
    with pytest.raises(ProviderError):
        order(supplier)
    assert delivered(order(es2plus_at(smdp.url, repeats_safely=True)), smdp)


def test_what_can_not_be_confirmed_is_given_back(smdp: OtherSmdp) -> None:
    smdp.codes["confirmOrder"] = ("8.2.6", "3.3")
    answer = order(es2plus_at(smdp.url))
    assert answer == Refused(failure=Failure.NEVER, reason="8.2.6/3.3")
    assert [one.state for one in smdp.orders] == ["available"]


@pytest.mark.parametrize("how", ["refused", "silent"])
def test_what_can_not_even_be_given_back_is_for_people(smdp: OtherSmdp, how: str) -> None:
    smdp.codes["confirmOrder"] = ("8.2.6", "3.3")
    if how == "refused":
        smdp.codes["cancelOrder"] = ("1.2", "3.7")
    else:
        smdp.script["cancelOrder"] = [LOST_BEFORE]
    with pytest.raises(ProviderError):
        order(es2plus_at(smdp.url))


def test_what_is_cancelled_is_given_to_nobody_else(smdp: OtherSmdp) -> None:
    supplier = es2plus_at(smdp.url)
    answer = order(supplier)
    assert isinstance(answer, Delivered)
    handle = SupplyHandle(number=NUMBER, reference=answer.reference)
    assert supplier.cancel(handle) is CancelAnswer.DONE
    assert smdp.orders[0].state == "unavailable"
    assert supplier.cancel(handle) is CancelAnswer.REFUSED  # It does not recognize repetitions.
    assert supplier.cancel(SupplyHandle(number=NUMBER)) is CancelAnswer.REFUSED
    smdp.codes["cancelOrder"] = ("1.2", "3.7")
    with pytest.raises(ProviderError):
        supplier.cancel(handle)


def test_what_it_can_do_goes_by_the_settings() -> None:
    able = es2plus_at("http://127.0.0.1:1", repeats_safely=True, callback_key=KEY).capabilities
    unable = es2plus_at("http://127.0.0.1:1").capabilities
    assert (able.idempotency, able.callback_auth) == (Idempotency.SENT_AGAIN, CallbackAuth.SIGNED)
    assert (unable.idempotency, unable.callback_auth) == (Idempotency.NONE, CallbackAuth.NONE)


def test_a_matching_id_is_the_orders_own_and_nobody_guesses_it() -> None:
    ids = {Order("r", number, key).matching_id for number in ("a", "b") for key in (b"1", b"2")}
    assert len(ids) == 4
    assert Order("r", "a", b"1").matching_id in ids
    assert all(len(one) == 23 for one in ids)


def told(**changed: Any) -> bytes:
    values: dict[str, Any] = {
        "header": Header("9.9", "progress-1"),
        "iccid": ICCID,
        "profile_type": "travel",
        "at": MOMENT,
        "point": ProgressPoint.INSTALLED,
        "execution": Execution(),
        "eid": EID,
    }
    return Progress(**values | changed).body()


def password(key: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(f'es2plus:{key}'.encode()).decode()}"}


def read(body: bytes, *, key: str = KEY) -> list[tuple[str, str, ProfileReport]]:
    supplier = es2plus_at("http://127.0.0.1:1", callback_key=KEY)
    callback = supplier.read_callback(headers=password(key), body=body, now=MOMENT)
    assert len(callback.message_id) <= 80
    return [(one.reference, one.eid, one.report) for one in callback.reports]


def test_progress_is_a_report_of_the_profile() -> None:
    for point, state in (
        (ProgressPoint.DOWNLOADED, InstallationState.DOWNLOADED),
        (ProgressPoint.INSTALLED, InstallationState.INSTALLED),
    ):
        report = ProfileReport(state=state, happened_at=MOMENT)
        assert read(told(point=point)) == [(ICCID, EID, report)]
    failed = Execution("Failed", "8.1", "4.8", "full")
    report = ProfileReport(state=InstallationState.FAILED, happened_at=MOMENT, failure="8.1/4.8")
    assert read(told(execution=failed)) == [(ICCID, EID, report)]
    assert read(told(point=ProgressPoint.ELIGIBILITY_CHECKED)) == []
    assert read(told(eid=None))[0][1] == ""


@pytest.mark.parametrize("key", ["", "wrong", KEY + "x", "续航"])
def test_progress_from_somebody_else_is_refused(key: str) -> None:
    with pytest.raises(CallbackRefusedError, match="password_wrong"):
        read(told(), key=key)


def test_progress_is_refused_where_none_is_expected() -> None:
    supplier = es2plus_at("http://127.0.0.1:1")
    with pytest.raises(CallbackRefusedError, match="password_wrong"):
        supplier.read_callback(headers=password(""), body=told(), now=MOMENT)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", told()[:-2]])
def test_what_is_no_progress_is_refused(body: bytes) -> None:
    with pytest.raises(CallbackRefusedError, match="malformed"):
        read(body)
