"""Whoever was of the staff in an earlier release can do everything after the upgrade."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from limosa.domain.accounts.models import Subscriber
from tests.factories.accounts import make_subscriber

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("accounts", "0004_security_event")]


@pytest.fixture
def newest() -> Iterator[list[tuple[str, str]]]:
    """Return the newest migrations, to which the database goes back in the end."""
    found = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield found
    MigrationExecutor(connection).migrate(found)


def test_staff_becomes_admin_and_subscribers_stay_what_they_are(
    newest: list[tuple[str, str]],
) -> None:
    make_subscriber(email="staff@example.com", is_staff=True)
    make_subscriber(email="super@example.com", is_superuser=True)
    make_subscriber(email="person@example.com")
    MigrationExecutor(connection).migrate(BEFORE)
    MigrationExecutor(connection).migrate(newest)
    assert dict(Subscriber.objects.values_list("email", "staff_role")) == {
        "staff@example.com": "admin",
        "super@example.com": "admin",
        "person@example.com": "",
    }
