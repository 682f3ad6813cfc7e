"""Who is heard: wrong ones are counted and nothing else; many of them pause their address."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django.fixtures import Settings

from limosa.domain.payments.admission import (
    ADDRESSES_MAX,
    COUNT_EVERY,
    PAUSED,
    TRUST_AFTER_GENUINE,
    WINDOW,
    WRONG_MAX,
    AddressPausedError,
    Admission,
)
from limosa.domain.payments.facts import NotificationRefusedError, PaymentFact, ProviderState
from limosa.domain.payments.registry import provider_for
from tests.fakes.provider import FakeProvider, Message

NOW = datetime(2026, 11, 22, 16, tzinfo=UTC)
FORGED = Message({"fake-signature": "forged"}, b"{}")
HERE, THERE = "203.0.113.7", "203.0.113.8"


@pytest.fixture
def genuine(settings: Settings) -> Iterator[Message]:
    settings.PAYMENT_PROVIDERS = {"fake": f"{FakeProvider.__module__}.{FakeProvider.__qualname__}"}
    provider_for.cache_clear()
    fact = PaymentFact(payment_number="LM1", state=ProviderState.PENDING)
    yield FakeProvider().message(fact)
    provider_for.cache_clear()


def admit(admission: Admission, message: Message, address: str, now: datetime = NOW) -> None:
    admission.admit("fake", address, headers=message.headers, body=message.body, now=now)


def send_wrong(admission: Admission, times: int, address: str = HERE, now: datetime = NOW) -> None:
    for _ in range(times):
        with pytest.raises(NotificationRefusedError):
            admit(admission, FORGED, address, now)


def test_a_genuine_one_is_heard(genuine: Message) -> None:
    admit(Admission(), genuine, HERE)


def test_many_wrong_ones_pause_their_address_and_no_other(genuine: Message) -> None:
    admission = Admission()
    send_wrong(admission, WRONG_MAX)
    with pytest.raises(AddressPausedError):
        admit(admission, genuine, HERE)
    admit(admission, genuine, THERE)
    admit(admission, genuine, HERE, NOW + WINDOW)


def test_fewer_do_not(genuine: Message) -> None:
    admission = Admission()
    send_wrong(admission, WRONG_MAX - 1)
    admit(admission, genuine, HERE)


def test_who_sent_a_genuine_one_lately_is_verified_on(genuine: Message) -> None:
    admission = Admission()
    admit(admission, genuine, HERE)
    send_wrong(admission, WRONG_MAX + 5)
    admit(admission, genuine, HERE)
    later = NOW + TRUST_AFTER_GENUINE
    send_wrong(admission, WRONG_MAX, now=later)
    with pytest.raises(AddressPausedError):
        admit(admission, genuine, HERE, later)


def test_what_was_refused_is_counted_by_reason_and_handed_over_once(genuine: Message) -> None:
    admission = Admission()
    send_wrong(admission, WRONG_MAX)
    for _ in range(2):
        with pytest.raises(AddressPausedError):
            admit(admission, FORGED, HERE)
    assert admission.take_counts(now=NOW) == {}
    later = NOW + COUNT_EVERY
    assert admission.take_counts(now=later) == {
        ("fake", "signature_wrong", NOW.date()): WRONG_MAX,
        ("fake", PAUSED, NOW.date()): 2,
    }
    assert admission.take_counts(now=later + timedelta(days=1)) == {}


def test_memory_has_a_limit(genuine: Message) -> None:
    admission = Admission()
    for number in range(ADDRESSES_MAX + 10):
        send_wrong(admission, 1, f"address-{number}")
    assert len(admission._senders) == ADDRESSES_MAX
