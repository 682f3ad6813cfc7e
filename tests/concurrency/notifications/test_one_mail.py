"""Two workers with the same message make one mail; without the row lock they make two."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connections
from django.db.models import QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob

from limosa.domain.accounts.models import Subscriber
from limosa.domain.notifications.models import Notification
from limosa.domain.notifications.operations import notify as notify_module
from limosa.domain.notifications.operations.notify import notify
from limosa.domain.notifications.operations.send_mail import send_mail
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.notifications import make_notification
from tests.postbox import Postbox, open_postbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]


@pytest.fixture
def slow_postbox() -> Iterator[Postbox]:
    with open_postbox(seconds_per_message=0.5) as opened:
        yield opened


def run_together(work: Callable[[], bool], workers: int) -> list[bool]:
    """Run the same work in threads that start at once, each with its own connection."""
    barrier = Barrier(workers)

    def one() -> bool:
        try:
            barrier.wait(timeout=10)
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(workers) as pool:
        return sorted(future.result() for future in [pool.submit(one) for _ in range(workers)])


def send_by_two_workers() -> list[bool]:
    notification = make_notification()
    return run_together(
        lambda: send_mail(notification_id=notification.pk, now=MOMENT + timedelta(seconds=5)), 2
    )


def test_without_the_row_lock_both_workers_send(
    slow_postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_lock(rows: QuerySet[Any], **_: Any) -> QuerySet[Any]:
        return rows.all()

    monkeypatch.setattr(QuerySet, "select_for_update", without_lock)
    assert send_by_two_workers() == [True, True]
    assert len(slow_postbox.messages) == 2


def test_with_the_row_lock_one_worker_sends(slow_postbox: Postbox) -> None:
    assert send_by_two_workers() == [False, True]
    assert len(slow_postbox.messages) == 1


def tell(person: Subscriber) -> bool:
    return notify(
        subscriber_id=person.pk,
        key="order_late:L-7Q4K92MX",
        kind="order_late",
        parameters={"order_number": "L-7Q4K92MX"},
        path="/orders/L-7Q4K92MX/",
        now=MOMENT,
    )


def test_without_the_conflict_rule_the_losers_of_the_race_fail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bare = notify_module._INSERT.replace("ON CONFLICT (key) DO NOTHING", "")
    monkeypatch.setattr(notify_module, "_INSERT", bare)
    person = make_subscriber()
    with pytest.raises(IntegrityError):
        run_together(lambda: tell(person), 8)


def test_the_same_key_from_eight_transactions_is_stored_and_deferred_once() -> None:
    person = make_subscriber()
    assert run_together(lambda: tell(person), 8) == [False] * 7 + [True]
    notification = Notification.objects.get()
    # Of this message alone: the jobs of committed tests stay in procrastinate's table.
    jobs = ProcrastinateJob.objects.filter(args={"notification_id": notification.pk})
    assert jobs.count() == 1
