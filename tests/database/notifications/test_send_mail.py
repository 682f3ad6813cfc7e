"""A stored message goes out by real SMTP once, in the person's language; refused, it stays."""

from collections.abc import Iterator
from datetime import timedelta
from smtplib import SMTPDataError

import pytest
import time_machine
from django.test import override_settings
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from limosa.domain.notifications.operations.send_mail import send_mail
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.notifications import make_notification
from tests.postbox import Postbox, open_postbox, part_of

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]
LATER = MOMENT + timedelta(seconds=5)


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with open_postbox() as opened:
        yield opened


def test_the_mail_has_both_forms_and_the_absolute_link(postbox: Postbox) -> None:
    person = make_subscriber(email="li@example.com")
    notification = make_notification(subscriber=person, path="/orders/L-7Q4K92MX/")
    with override_settings(BASE_URL="https://limosa.example"):
        assert send_mail(notification_id=notification.pk, now=LATER)
    (message,) = postbox.messages
    assert postbox.recipients == ["li@example.com"]
    assert message["Subject"] == "Order L-7Q4K92MX takes longer than usual"
    assert message["Message-ID"] == f"<notification-{notification.pk}@limosa.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    for subtype in ("plain", "html"):
        assert "https://limosa.example/orders/L-7Q4K92MX/" in part_of(message, subtype)
    notification.refresh_from_db()
    assert notification.mailed_at == LATER


def test_the_mail_is_in_the_persons_language_and_not_in_the_workers(postbox: Postbox) -> None:
    person = make_subscriber(language="zh-hant")
    send_mail(notification_id=make_notification(subscriber=person).pk, now=LATER)
    assert '<html lang="zh-hant">' in part_of(postbox.messages[0], "html")


def test_a_chinese_label_arrives_whole(postbox: Postbox) -> None:
    notification = make_notification(
        kind="usage_threshold",
        parameters={"esim_label": "旧金山 · 手机", "percent": 80, "remaining_bytes": 3_600_000_000},
    )
    send_mail(notification_id=notification.pk, now=LATER)
    (message,) = postbox.messages
    assert message["Subject"] == "旧金山 · 手机: 3.6 GB left"
    assert "旧金山 · 手机" in part_of(message, "plain")


def test_a_second_run_of_the_job_sends_nothing(postbox: Postbox) -> None:
    notification = make_notification()
    assert send_mail(notification_id=notification.pk, now=LATER)
    assert not send_mail(notification_id=notification.pk, now=LATER)
    assert len(postbox.messages) == 1


def test_a_deleted_message_is_no_fault(postbox: Postbox) -> None:
    assert not send_mail(notification_id=1_000_000, now=LATER)
    assert postbox.messages == []


def test_a_refused_mail_stays_unsent_and_goes_out_the_next_time(postbox: Postbox) -> None:
    postbox.refuse_next = 1
    notification = make_notification()
    with pytest.raises(SMTPDataError):
        send_mail(notification_id=notification.pk, now=LATER)
    notification.refresh_from_db()
    assert notification.mailed_at is None
    assert send_mail(notification_id=notification.pk, now=LATER)
    assert len(postbox.messages) == 1


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 4), (1, 16), (6, 16384), (7, None)])
def test_a_mail_server_that_fails_is_tried_again_with_growing_patience(
    attempts: int, seconds: int | None
) -> None:
    task = app.tasks["notifications.send_mail"]
    job = Job(
        id=1,
        queue="mail",
        lock=None,
        queueing_lock=None,
        task_name=task.name,
        task_kwargs={},
        attempts=attempts,
    )
    with time_machine.travel(LATER, tick=False):
        retry = task.get_retry_exception(exception=ConnectionRefusedError(), job=job)
    if seconds is None:
        assert retry is None
    else:
        assert retry is not None
        assert retry.retry_decision.retry_at == LATER + timedelta(seconds=seconds)


def test_a_fault_of_ours_is_not_tried_again() -> None:
    task = app.tasks["notifications.send_mail"]
    job = Job(
        id=1, queue="mail", lock=None, queueing_lock=None, task_name=task.name, task_kwargs={}
    )
    assert task.get_retry_exception(exception=KeyError("kind"), job=job) is None
