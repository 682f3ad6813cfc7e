"""A message is stored once by its key, with the job that mails it, or not at all."""

from typing import Any

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries

from limosa.domain.accounts.models import Subscriber
from limosa.domain.notifications.models import Notification
from limosa.domain.notifications.operations.notify import notify
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber

pytestmark = pytest.mark.django_db


def tell(person: Subscriber, key: str = "order_late:L-7Q4K92MX", **changes: Any) -> bool:
    arguments: dict[str, Any] = {
        "kind": "order_late",
        "parameters": {"order_number": "L-7Q4K92MX"},
        "path": "/orders/L-7Q4K92MX/",
    }
    return notify(subscriber_id=person.pk, key=key, now=MOMENT, **(arguments | changes))


def test_a_new_message_is_stored_with_its_job() -> None:
    person = make_subscriber()
    assert tell(person)
    notification = person.notifications.get()
    assert notification.parameters == {"order_number": "L-7Q4K92MX"}
    assert (notification.created_at, notification.read_at) == (MOMENT, None)
    job = ProcrastinateJob.objects.get()
    assert job.task_name == "notifications.send_mail"
    assert (job.queue_name, job.args) == ("mail", {"notification_id": notification.pk})


def test_a_known_key_stores_and_defers_nothing() -> None:
    person = make_subscriber()
    assert [tell(person), tell(person), tell(person)] == [True, False, False]
    assert Notification.objects.count() == 1
    assert ProcrastinateJob.objects.count() == 1


def test_a_new_message_takes_two_statements_and_a_known_one_takes_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    person = make_subscriber()
    with django_assert_num_queries(2):
        tell(person)
    with django_assert_num_queries(1):
        tell(person)


def test_what_the_caller_rolls_back_takes_message_and_job_with_it() -> None:
    person = make_subscriber()
    with transaction.atomic():
        tell(person)
        transaction.set_rollback(True)
    assert not Notification.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="weather"):
        tell(make_subscriber(), kind="weather")
    assert not Notification.objects.exists()


def test_a_missing_parameter_is_refused_before_anything_is_stored() -> None:
    with pytest.raises(ValueError, match="order_refunded needs amount_minor, currency"):
        tell(make_subscriber(), kind="order_refunded")
    assert not Notification.objects.exists()
