"""A message is stored once by its key, due to be mailed, or not at all."""

from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from limosa.domain.accounts.models import Subscriber
from limosa.domain.notifications.models import MailState, Notification
from limosa.domain.notifications.operations.notify import notify
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber

pytestmark = pytest.mark.django_db


def tell(person: Subscriber, key: str = "order_late:L-7Q4K92MX", **changes: Any) -> bool:
    arguments: dict[str, Any] = {
        "kind": "order_late",
        "parameters": {"order_number": "L-7Q4K92MX"},
    }
    return notify(subscriber_id=person.pk, key=key, now=MOMENT, **(arguments | changes))


def test_a_new_message_is_stored_and_due_to_be_mailed_at_once() -> None:
    person = make_subscriber()
    assert tell(person)
    notification = person.notifications.get()
    assert notification.parameters == {"order_number": "L-7Q4K92MX"}
    assert (notification.created_at, notification.read_at) == (MOMENT, None)
    assert (notification.next_mail_at, notification.mail_attempts) == (MOMENT, 0)
    assert notification.mail_state == MailState.WAITING


def test_a_known_key_stores_nothing_and_makes_nothing_due() -> None:
    person = make_subscriber()
    assert tell(person)
    Notification.objects.update(mailed_at=MOMENT, next_mail_at=None)
    assert [tell(person), tell(person)] == [False, False]
    assert Notification.objects.get().mail_state == MailState.MAILED


def test_a_message_takes_one_statement_be_it_new_or_known(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    person = make_subscriber()
    for _ in ("new", "known"):
        with django_assert_num_queries(1):
            tell(person)


def test_what_the_caller_rolls_back_takes_the_message_with_it() -> None:
    person = make_subscriber()
    with transaction.atomic():
        tell(person)
        transaction.set_rollback(True)
    assert not Notification.objects.exists()


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="weather"):
        tell(make_subscriber(), kind="weather")
    assert not Notification.objects.exists()


def test_a_missing_parameter_is_refused_before_anything_is_stored() -> None:
    with pytest.raises(ValueError, match="order_refunded needs amount_minor, currency"):
        tell(make_subscriber(), kind="order_refunded")
    assert not Notification.objects.exists()
