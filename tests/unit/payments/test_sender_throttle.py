"""Who is heard: whoever can prove it. Wrong ones are counted and nothing else."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django.fixtures import Settings

from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.sender_throttle import COUNT_EVERY, SenderThrottle
from limosa.domain.payments.status_reports import (
    NotificationRefusedError,
    PaymentStatusReport,
    ProviderState,
)
from tests.fakes.provider import FakeProvider, Message

NOW = datetime(2026, 11, 22, 16, tzinfo=UTC)
FORGED = Message({"fake-signature": "forged"}, b"{}")


@pytest.fixture
def genuine(settings: Settings) -> Iterator[Message]:
    settings.PAYMENT_PROVIDERS = {"fake": f"{FakeProvider.__module__}.{FakeProvider.__qualname__}"}
    provider_for.cache_clear()
    report = PaymentStatusReport(payment_number="LM1", state=ProviderState.PENDING)
    yield FakeProvider().message(report)
    provider_for.cache_clear()


def admit(admission: SenderThrottle, message: Message) -> None:
    admission.admit("fake", headers=message.headers, body=message.body, now=NOW)


def send_wrong(admission: SenderThrottle, times: int) -> None:
    for _ in range(times):
        with pytest.raises(NotificationRefusedError):
            admit(admission, FORGED)


def test_a_genuine_one_is_heard_after_any_number_of_wrong_ones(genuine: Message) -> None:
    admission = SenderThrottle()
    for _ in range(5):
        send_wrong(admission, 1000)
        admit(admission, genuine)


def test_what_was_refused_is_counted_by_reason_and_handed_over_once(genuine: Message) -> None:
    admission = SenderThrottle()
    send_wrong(admission, 22)
    assert admission.take_counts(now=NOW) == {}
    later = NOW + COUNT_EVERY
    assert admission.take_counts(now=later) == {("fake", "signature_wrong", NOW.date()): 22}
    assert admission.take_counts(now=later + timedelta(days=1)) == {}


def test_a_flood_takes_no_more_memory_than_one_wrong_notification(genuine: Message) -> None:
    admission = SenderThrottle()
    send_wrong(admission, 5000)
    assert len(admission.take_all_counts(now=NOW)) == 1
