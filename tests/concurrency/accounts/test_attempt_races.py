"""Twenty attempts at the same moment: at most as many as the limit allows are made."""

from datetime import datetime
from threading import Barrier

import pytest
from django.db import transaction

from limosa.domain.accounts.attempt_counts import stored_name
from limosa.domain.accounts.engine.attempt_rules import AttemptKind, Claimant, Counted
from limosa.domain.accounts.models import AttemptCount
from limosa.domain.accounts.operations.count_attempt import count_attempt
from tests.concurrency.together import run_together
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db(transaction=True)

TOGETHER = 20
TRIER = Claimant(account="ann@example.com", address="192.0.2.7")


def try_once() -> str:
    count_attempt(kind=AttemptKind.SIGN_IN, claimant=TRIER, now=MOMENT)
    return "made"


def try_together() -> int:
    """Return how many attempts of many at once were let through."""
    said = run_together([try_once] * TOGETHER)
    assert set(said) <= {"made", "TriedTooOftenError"}
    return said.count("made")


def test_read_first_and_written_after_every_try_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    everybody_has_read = Barrier(TOGETHER)

    def read_then_write(counted: Counted, *, now: datetime) -> datetime | None:
        name, over_at = stored_name(counted.name), now + counted.rate.within
        kept = AttemptCount.objects.filter(name=name).first()
        everybody_has_read.wait(timeout=10)
        if kept is not None and kept.attempts >= counted.rate.attempts:
            return kept.over_at
        attempts = kept.attempts + 1 if kept else 1
        row = AttemptCount(name=name, attempts=attempts, over_at=over_at)
        AttemptCount.objects.bulk_create(
            [row],
            update_conflicts=True,
            update_fields=["attempts", "over_at"],
            unique_fields=["name"],
        )
        return None

    monkeypatch.setattr(
        "limosa.domain.accounts.operations.count_attempt.add_to_count", read_then_write
    )
    assert try_together() == TOGETHER


def test_counted_by_the_database_five_of_them_are() -> None:
    assert try_together() == 5


def test_a_count_stays_when_what_follows_is_rolled_back() -> None:
    for _ in range(5):
        try_once()
        with transaction.atomic():
            transaction.set_rollback(True)
    assert run_together([try_once]) == ["TriedTooOftenError"]


def test_nothing_is_counted_where_a_rollback_could_undo_it() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        try_once()
