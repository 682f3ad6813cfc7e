"""Two admins who remove each other at the same moment: one stays."""

import threading
from functools import partial

import pytest
from django.db.models import QuerySet

from limosa.domain.accounts.models import StaffRole, Subscriber
from limosa.domain.accounts.origin import Origin
from limosa.domain.support import staffing
from limosa.domain.support.operations.remove_staff import remove_staff
from tests.concurrency.together import run_together
from tests.factories import MOMENT
from tests.factories.accounts import make_operator

pytestmark = pytest.mark.django_db(transaction=True)


def remove_each_other() -> int:
    """Return how many admins are left."""
    first, second = make_operator(), make_operator()
    run_together(
        [
            partial(remove_staff, person_id=other.pk, actor=by, origin=Origin(), now=MOMENT)
            for other, by in ((first, second), (second, first))
        ]
    )
    return Subscriber.objects.filter(staff_role=StaffRole.ADMIN).count()


def test_without_the_lock_nobody_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows: rows.all())
    # Both have read the staff before either changes it.
    both = threading.Barrier(2)
    read = staffing.locked_staff

    def read_and_wait() -> dict[int, Subscriber]:
        staff = read()
        both.wait(timeout=10)
        return staff

    monkeypatch.setattr("limosa.domain.support.operations.remove_staff.locked_staff", read_and_wait)
    assert remove_each_other() == 0


def test_with_the_lock_one_stays() -> None:
    assert remove_each_other() == 1
