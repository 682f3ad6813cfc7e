"""A due message goes out by real SMTP once, in the person's language; refused, it comes again."""

import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import OperationalError, connection
from django.test import override_settings

from limosa.domain.notifications import tasks
from limosa.domain.notifications.models import MailState
from limosa.domain.notifications.operations.send_due_mail import send_due_mail
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.notifications import make_notification
from tests.postbox import Postbox, open_postbox, part_of

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
LATER = MOMENT + timedelta(seconds=5)
PAUSES_SECONDS = [4, 16, 64, 256, 1024, 4096, 16384]


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with open_postbox() as opened:
        yield opened


@pytest.fixture
def outbox(postbox: Postbox) -> Iterator[BaseEmailBackend]:
    with closing(get_connection()) as opened:
        yield opened


@pytest.fixture
def no_server() -> Iterator[None]:
    """Nobody listens where mail goes."""
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=1,
    ):
        yield


def run_round(now: datetime = LATER) -> None:
    """Do what the worker does every few seconds, at a time that stands still."""
    with time_machine.travel(now, tick=False):
        tasks.send(0)


def test_the_mail_has_both_forms_and_the_absolute_link(
    postbox: Postbox, outbox: BaseEmailBackend
) -> None:
    person = make_subscriber(email="li@example.com")
    notification = make_notification(subscriber=person)
    with override_settings(BASE_URL="https://limosa.example"):
        assert send_due_mail(outbox=outbox, now=LATER)
    (message,) = postbox.messages
    assert postbox.recipients == ["li@example.com"]
    assert message["Subject"] == "Order L-7Q4K92MX is taking longer than usual"
    assert message["Message-ID"] == f"<notification-{notification.pk}@limosa.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    for subtype in ("plain", "html"):
        assert "https://limosa.example/orders/L-7Q4K92MX/" in part_of(message, subtype)
    notification.refresh_from_db()
    assert (notification.mailed_at, notification.next_mail_at) == (LATER, None)
    assert (notification.mail_state, notification.mail_attempts) == (MailState.MAILED, 1)


def test_the_mail_is_in_the_persons_language_and_not_in_the_workers(
    postbox: Postbox, outbox: BaseEmailBackend
) -> None:
    make_notification(subscriber=make_subscriber(language="zh-hant"))
    send_due_mail(outbox=outbox, now=LATER)
    assert '<html lang="zh-hant">' in part_of(postbox.messages[0], "html")


def test_a_chinese_label_arrives_whole(postbox: Postbox, outbox: BaseEmailBackend) -> None:
    make_notification(
        kind="usage_threshold",
        parameters={
            "esim_label": "旧金山 · 手机",
            "percent": 80,
            "remaining_bytes": 3_600_000_000,
            "renew_token": "token",
        },
    )
    send_due_mail(outbox=outbox, now=LATER)
    (message,) = postbox.messages
    assert message["Subject"] == "旧金山 · 手机: 3.6 GB left"
    assert "旧金山 · 手机" in part_of(message, "plain")


def test_what_is_mailed_or_not_yet_due_is_left_alone(
    postbox: Postbox, outbox: BaseEmailBackend
) -> None:
    make_notification()
    make_notification(next_mail_at=LATER + timedelta(seconds=1))
    assert send_due_mail(outbox=outbox, now=LATER)
    assert not send_due_mail(outbox=outbox, now=LATER)
    assert len(postbox.messages) == 1


def test_a_round_sends_all_that_is_due_oldest_first_over_one_connection(
    postbox: Postbox,
) -> None:
    people = [make_subscriber() for _ in range(3)]
    for age, person in zip((2, 3, 1), people, strict=True):
        make_notification(subscriber=person, created_at=LATER - timedelta(minutes=age))
    run_round()
    assert postbox.recipients == [people[1].email, people[0].email, people[2].email]
    assert postbox.connections == 1


def test_a_round_with_nothing_to_send_asks_nothing_of_the_mail_server(postbox: Postbox) -> None:
    run_round()
    assert postbox.connections == 0


def test_a_refused_mail_comes_again_and_those_behind_it_go_out(
    postbox: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    postbox.refuse_next = 1
    refused = make_notification(created_at=MOMENT - timedelta(minutes=1))
    make_notification()
    run_round()
    assert len(postbox.messages) == 1
    refused.refresh_from_db()
    assert (refused.mail_state, refused.mail_attempts) == (MailState.WAITING, 1)
    assert refused.next_mail_at == LATER + timedelta(seconds=4)
    assert "451" in caplog.text
    run_round(LATER + timedelta(seconds=3))
    assert len(postbox.messages) == 1
    run_round(LATER + timedelta(seconds=4))
    assert len(postbox.messages) == 2


@pytest.mark.usefixtures("no_server")
def test_a_server_that_does_not_answer_is_asked_once_a_round() -> None:
    notifications = [make_notification() for _ in range(3)]
    run_round()
    for notification in notifications:
        notification.refresh_from_db()
    assert sorted(notification.mail_attempts for notification in notifications) == [0, 0, 1]


@pytest.mark.usefixtures("no_server")
def test_a_mail_is_tried_with_growing_patience_and_then_given_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    notification, now = make_notification(), LATER
    with closing(get_connection()) as outbox:
        for pause_seconds in PAUSES_SECONDS:
            send_due_mail(outbox=outbox, now=now)
            notification.refresh_from_db()
            assert notification.next_mail_at == now + timedelta(seconds=pause_seconds)
            now = notification.next_mail_at
        send_due_mail(outbox=outbox, now=now)
    notification.refresh_from_db()
    assert (notification.mail_state, notification.mail_attempts) == (MailState.GIVEN_UP, 8)
    levels = [record.levelno for record in caplog.records if "The mail of" in record.message]
    assert levels == [logging.WARNING] * 7 + [logging.ERROR]


def test_a_mail_that_cannot_be_made_waits_longer_and_those_behind_it_go_out(
    postbox: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    broken = make_notification(kind="weather", created_at=MOMENT - timedelta(minutes=1))
    whole = make_notification()
    run_round()
    assert postbox.recipients == [whole.subscriber.email]
    broken.refresh_from_db()
    assert (broken.mail_state, broken.mail_attempts) == (MailState.WAITING, 1)
    assert broken.next_mail_at == LATER + timedelta(seconds=4)
    assert "Traceback" in caplog.text


def test_a_fault_of_the_database_ends_the_round(postbox: Postbox) -> None:
    make_notification()

    def fail(*_: object) -> None:
        raise OperationalError

    with connection.execute_wrapper(fail), pytest.raises(OperationalError):
        run_round()


def test_a_round_ends_in_time_for_other_work(
    postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_ROUND", timedelta(0))
    make_notification()
    run_round()
    assert postbox.messages == []


def test_a_deleted_message_is_no_fault(postbox: Postbox, outbox: BaseEmailBackend) -> None:
    make_notification().subscriber.delete()
    assert not send_due_mail(outbox=outbox, now=LATER)
    assert postbox.messages == []
