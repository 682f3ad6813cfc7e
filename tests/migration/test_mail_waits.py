"""What an earlier release had not mailed yet is mailed after the upgrade, unless it is old news."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from limosa.domain.notifications.models import Notification
from tests.factories.notifications import make_notification

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("notifications", "0001_initial")]


@pytest.fixture
def newest() -> Iterator[list[tuple[str, str]]]:
    """Return the newest migrations, to which the database goes back in the end."""
    found = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield found
    MigrationExecutor(connection).migrate(found)


def test_young_messages_are_due_and_old_or_mailed_ones_are_not(
    newest: list[tuple[str, str]],
) -> None:
    now = timezone.now()
    young, old = now - timedelta(hours=23), now - timedelta(hours=25)
    make_notification(key="young", created_at=young)
    make_notification(key="old", created_at=old)
    make_notification(key="mailed", created_at=young, mailed_at=now)
    MigrationExecutor(connection).migrate(BEFORE)
    MigrationExecutor(connection).migrate(newest)
    due = Notification.objects.filter(next_mail_at__isnull=False)
    assert list(due.values_list("key", "next_mail_at")) == [("young", young)]
