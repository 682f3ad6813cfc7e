"""The world without row locks, for the controls of races."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.models import QuerySet

from limosa.domain.ordering import locking


@contextmanager
def without_row_locks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have nobody lock a row: neither by the ORM nor by the statements of holding.py."""

    def unlocked(rows: QuerySet[Any], **_: Any) -> QuerySet[Any]:
        return rows.all()

    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "select_for_update", unlocked)
        for name in ("LOCK_PAYMENT", "LOCK_ORDER", "LOCK_ESIM"):
            statement, lock, _ = getattr(locking, name).partition("FOR UPDATE")
            assert lock
            patch.setattr(locking, name, statement)
        yield
