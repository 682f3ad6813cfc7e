"""Pages wait only so long for a provider, and only so many wait."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from limosa.domain.payments.calling import CALLS, ProviderBusyError, ProviderSlowError
from limosa.domain.payments.port import PayerIdentity, Provider
from limosa.foundation.errors import ProviderError
from limosa.servers.request_number import begin_request, request_number
from limosa.web.provider_calls import OF_PERSON_MAX, ProviderCalls

CALLS_MAX = 4


class Frozen:
    """A provider that answers when it is let go."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.go = threading.Event()

    def ask(self) -> str:
        self.asked.release()
        self.go.wait(30)
        return "late"


@pytest.fixture
def frozen() -> Iterator[Frozen]:
    one = Frozen()
    yield one
    one.go.set()


def impatient() -> ProviderCalls:
    return ProviderCalls(calls_max=CALLS_MAX, wait_seconds_max=0.02)


def patient() -> ProviderCalls:
    return ProviderCalls(calls_max=CALLS_MAX, wait_seconds_max=30)


def leave_waiting(
    calls: ProviderCalls, frozen: Frozen, *, person: int, provider: str = "a"
) -> None:
    with pytest.raises(ProviderSlowError):
        calls.caller(subscriber_id=person, order_number=f"L-{person}")(provider, frozen.ask)
    frozen.asked.acquire()


def test_a_call_bears_the_number_of_the_request_that_it_is_made_for() -> None:
    caller = patient().caller(subscriber_id=1)
    for _ in range(CALLS_MAX + 1):  # The threads are used again.
        number = begin_request()
        assert caller("a", request_number) == number


def test_an_answer_or_an_error_in_time_is_the_pages() -> None:
    caller = patient().caller(subscriber_id=1, order_number="L-1")
    assert caller("a", lambda: "answer") == "answer"
    assert caller("a", lambda: "another") == "another"

    def refuse() -> str:
        raise ProviderError("no", retryable=False)

    with pytest.raises(ProviderError, match="no"):
        caller("a", refuse)


def test_a_late_answer_is_kept_by_whoever_asked_for_it(frozen: Frozen) -> None:
    kept: list[str] = []
    is_kept = threading.Event()

    def keep(answer: str) -> None:
        kept.append(answer)
        is_kept.set()

    with pytest.raises(ProviderSlowError):
        impatient().caller(subscriber_id=1)("a", frozen.ask, late=keep)
    frozen.go.set()
    assert is_kept.wait(30)
    assert kept == ["late"]


def test_an_answer_in_time_is_not_late() -> None:
    def refuse(_: str) -> None:
        raise AssertionError

    assert patient().caller(subscriber_id=1)("a", lambda: "quick", late=refuse) == "quick"


def test_the_time_is_for_all_calls_of_a_page(frozen: Frozen) -> None:
    caller = impatient().caller(subscriber_id=1)
    with pytest.raises(ProviderSlowError):
        caller("a", frozen.ask)
    with pytest.raises(ProviderSlowError):
        caller("b", never)


def test_a_frozen_provider_leaves_a_place_for_another_and_gives_its_own_back(
    frozen: Frozen,
) -> None:
    calls = impatient()
    for person in range(CALLS_MAX - 1):
        leave_waiting(calls, frozen, person=person)
    with pytest.raises(ProviderBusyError):
        calls.caller(subscriber_id=100)("a", never)
    assert eventually(lambda: calls.caller(subscriber_id=101)("b", lambda: "well")) == "well"
    frozen.go.set()
    assert eventually(lambda: calls.caller(subscriber_id=100)("a", lambda: "again")) == "again"


def test_an_order_is_asked_for_once_at_a_time(frozen: Frozen) -> None:
    calls = impatient()
    leave_waiting(calls, frozen, person=1)
    with pytest.raises(ProviderSlowError):
        calls.caller(subscriber_id=2, order_number="L-1")("b", never)


def test_a_person_has_few_calls_under_way(frozen: Frozen) -> None:
    calls = ProviderCalls(calls_max=20, wait_seconds_max=0.02)
    for number in range(OF_PERSON_MAX):
        with pytest.raises(ProviderSlowError):
            calls.caller(subscriber_id=1, order_number=f"L-{number}")("a", frozen.ask)
    with pytest.raises(ProviderBusyError):
        calls.caller(subscriber_id=1, order_number="L-other")("a", never)


def test_calls_about_strangers_orders_leave_the_owners_own_alone(frozen: Frozen) -> None:
    calls = ProviderCalls(calls_max=20, wait_seconds_max=0.02)
    for number in range(OF_PERSON_MAX):
        with pytest.raises(ProviderSlowError):
            calls.caller(subscriber_id=1, order_number=f"L-{number}", link="x")("a", frozen.ask)
    with pytest.raises(ProviderBusyError):
        calls.caller(subscriber_id=1, order_number="L-other", link="x")("a", never)
    own = calls.caller(subscriber_id=1, order_number="L-own")
    with pytest.raises(ProviderSlowError):
        own("a", frozen.ask)  # It was begun, not refused.


def test_what_of_the_port_calls_out_is_known() -> None:
    quiet = {"verify_webhook", "acknowledge", "read_settlement", "identify_url"}
    methods = {
        name
        for port in (Provider, PayerIdentity)
        for name, value in vars(port).items()
        if callable(value) and not name.startswith("_")
    }
    assert methods == CALLS | quiet


def never() -> str:
    raise AssertionError("it must not be asked")


def eventually(call: Callable[[], str]) -> str:
    """Return what a call returns once places are free again."""
    for _ in range(1000):
        with suppress(ProviderBusyError, ProviderSlowError):
            return call()
        threading.Event().wait(0.01)
    raise AssertionError("never")
