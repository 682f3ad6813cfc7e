"""What the example of docs/howto/add-a-supplier.md makes of an answer: all that it may say, and
what it may not."""

from contextlib import suppress
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
    Refused,
)
from limosa.foundation.errors import ProviderError
from limosa.foundation.money import Money
from tests.contract.suppliers.skylark import wire
from tests.contract.suppliers.skylark.notification import FRESH, read_notification
from tests.contract.suppliers.skylark.sandbox import CALLBACK_SECRET, callback
from tests.factories import MOMENT

ORDER = {
    "id": "S-1",
    "number": "L-1",
    "state": "made",
    "esim": {"iccid": "8910300000000000001", "code": "LPA:1$rsp.skylark.example$CODE-1"},
    "price": "1.80",
    "currency": "USD",
}
AT_SECONDS = int(MOMENT.timestamp())


def told(order: Any, *, at_seconds: int = AT_SECONDS) -> Any:
    headers, body = callback(order, at_seconds=at_seconds)
    return read_notification(headers=headers, body=body, secret=CALLBACK_SECRET, now=MOMENT)


@pytest.mark.parametrize(
    ("state", "kind"),
    [("making", Pending), ("made", Delivered), ("failed", Refused), ("cancelled", Refused)],
)
def test_every_state_of_an_order_has_a_meaning(state: str, kind: type) -> None:
    assert isinstance(wire.read_order(ORDER | {"state": state}), kind)


def test_an_order_says_what_it_cost() -> None:
    answer = wire.read_order(ORDER)
    assert isinstance(answer, Delivered)
    assert answer.cost == Money(180, "USD")


@pytest.mark.parametrize(
    ("word", "failure"),
    [
        ("busy", Failure.AGAIN),
        ("out_of_stock", Failure.ANOTHER),
        ("no_such_plan", Failure.ANOTHER),
        ("price_changed", Failure.ANOTHER),
        ("no_credit", Failure.ANOTHER),
        ("maintenance", Failure.ANOTHER),
        ("not_renewable", Failure.NEVER),
    ],
)
def test_a_refusal_says_what_to_do(word: str, failure: Failure) -> None:
    assert wire.refusal(word) == Refused(failure=failure, reason=word)


@pytest.mark.parametrize("state", ["sold", "", None, 7])
def test_a_state_that_is_not_known_is_not_guessed_at(state: object) -> None:
    with pytest.raises(ProviderError):
        wire.read_order(ORDER | {"state": state})


def test_a_refusal_that_is_not_known_is_none() -> None:
    with pytest.raises(ProviderError):
        wire.refusal("teapot")


@pytest.mark.parametrize(
    ("status", "body"),
    [(404, b"<html>"), (404, b"{}"), (500, b"{}"), (302, b""), (401, b""), (200, b"[]")],
)
def test_what_is_not_its_own_word_is_no_answer(status: int, body: bytes) -> None:
    with pytest.raises(ProviderError):
        wire.read_answer(status, body)


@given(st.binary(max_size=80))
def test_whatever_is_answered_is_read_or_not_understood(body: bytes) -> None:
    with suppress(ProviderError):
        wire.read_order(wire.read_answer(200, body).granted())


@pytest.mark.parametrize("late_seconds", [301, -301, -AT_SECONDS])
def test_a_callback_that_is_not_fresh_is_refused(late_seconds: int) -> None:
    with pytest.raises(CallbackRefusedError, match="not_fresh"):
        told(ORDER, at_seconds=AT_SECONDS + late_seconds)


def test_a_callback_may_be_some_minutes_old() -> None:
    limit = int(FRESH.total_seconds())
    for at_seconds in (AT_SECONDS - limit, AT_SECONDS + limit):
        [news] = told(ORDER, at_seconds=at_seconds).news
        assert (news.number, news.answer) == ("L-1", wire.read_order(ORDER))


def test_a_callback_with_another_body_is_refused() -> None:
    headers, body = callback(ORDER, at_seconds=AT_SECONDS)
    with pytest.raises(CallbackRefusedError, match="signature_wrong"):
        read_notification(
            headers=headers,
            body=body.replace(b"S-1", b"S-2"),
            secret=CALLBACK_SECRET,
            now=MOMENT,
        )


def test_a_signed_callback_that_is_not_understood_says_so() -> None:
    with pytest.raises(CallbackUnreadableError):
        told(ORDER | {"state": "sold"})
