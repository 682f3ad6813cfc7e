"""Two workers with the same message make one mail; without the row lock they make two."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.mail import get_connection
from django.db import IntegrityError, connections
from django.db.models import QuerySet

from limosa.domain.accounts.models import Subscriber
from limosa.domain.notifications.models import Notification
from limosa.domain.notifications.operations import notify as notify_module
from limosa.domain.notifications.operations.notify import notify
from limosa.domain.notifications.operations.send_due_mail import send_due_mail
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.notifications import make_notification
from tests.postbox import Postbox, open_postbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]


@pytest.fixture
def slow_postbox() -> Iterator[Postbox]:
    with open_postbox(seconds_per_message=0.5) as opened:
        yield opened


def run_together(*works: Callable[[], bool]) -> list[bool]:
    """Run work in threads that start at once, each with its own connection."""
    barrier = Barrier(len(works))

    def one(work: Callable[[], bool]) -> bool:
        try:
            barrier.wait(timeout=10)
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return sorted(future.result() for future in [pool.submit(one, work) for work in works])


def send_one(now: datetime) -> bool:
    with closing(get_connection()) as outbox:
        return send_due_mail(outbox=outbox, now=now)


def send_while_it_is_being_sent(postbox: Postbox) -> list[bool]:
    """Have a second worker look for due mail when the server has the first one's in hand.

    By then its next try would be due.
    """

    def second() -> bool:
        assert postbox.has_one_in_hand.wait(timeout=10)
        return send_one(MOMENT + timedelta(seconds=5))

    return run_together(lambda: send_one(MOMENT), second)


def test_without_the_row_lock_both_workers_send(
    slow_postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_lock(rows: QuerySet[Any], **_: Any) -> QuerySet[Any]:
        return rows.all()

    monkeypatch.setattr(QuerySet, "select_for_update", without_lock)
    make_notification()
    assert send_while_it_is_being_sent(slow_postbox) == [True, True]
    assert len(slow_postbox.messages) == 2


def test_with_the_row_lock_one_worker_sends(slow_postbox: Postbox) -> None:
    make_notification()
    assert send_while_it_is_being_sent(slow_postbox) == [False, True]
    assert len(slow_postbox.messages) == 1


def test_two_workers_at_the_same_moment_send_one_mail(slow_postbox: Postbox) -> None:
    make_notification()
    assert run_together(*[lambda: send_one(MOMENT)] * 2) == [False, True]
    assert len(slow_postbox.messages) == 1


def test_a_second_worker_takes_the_next_mail_and_does_not_wait(slow_postbox: Postbox) -> None:
    people = {make_notification().subscriber.email for _ in range(2)}
    assert send_while_it_is_being_sent(slow_postbox) == [True, True]
    assert set(slow_postbox.recipients) == people


def tell(person: Subscriber) -> bool:
    return notify(
        subscriber_id=person.pk,
        key="order_late:L-7Q4K92MX",
        kind="order_late",
        parameters={"order_number": "L-7Q4K92MX"},
        now=MOMENT,
    )


def test_without_the_conflict_rule_the_losers_of_the_race_fail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def bare(row: Notification) -> bool:
        row.save(force_insert=True)
        return True

    monkeypatch.setattr(notify_module, "insert_row_once", bare)
    person = make_subscriber()
    with pytest.raises(IntegrityError):
        run_together(*[lambda: tell(person)] * 8)


def test_the_same_key_from_eight_transactions_is_stored_once() -> None:
    person = make_subscriber()
    assert run_together(*[lambda: tell(person)] * 8) == [False] * 7 + [True]
    assert Notification.objects.count() == 1
