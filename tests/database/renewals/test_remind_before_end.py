"""People are told that a bundle ends soon: once per mark that they chose, and only who need it."""

from datetime import timedelta

import pytest

from limosa.domain.catalog.models import PlanKind
from limosa.domain.esims.models import BundleState
from limosa.domain.notifications.kinds import page_path
from limosa.domain.notifications.models import Notification
from limosa.domain.renewals.operations.remind_before_end import remind_before_end
from limosa.foundation.volume import GB
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_plan
from tests.factories.esims import make_bundle
from tests.factories.ordering import make_order, make_plan_change

pytestmark = pytest.mark.django_db
END = MOMENT + timedelta(days=10)


def remind(days_left: float) -> list[int]:
    """Return the day-marks that somebody is told now."""
    known = set(Notification.objects.values_list("pk", flat=True))
    told = remind_before_end(now=END - timedelta(days=days_left))
    rows = Notification.objects.exclude(pk__in=known)
    assert {row.kind for row in rows} <= {"ending_soon"}
    assert rows.count() == told
    return sorted(row.parameters["days"] for row in rows)


def test_each_mark_is_told_once_as_it_passes() -> None:
    make_bundle(ends_at=END)
    told = [remind(left) for left in (8, 3.01, 3, 2.99, 1.5, 1, 0.5, 0.01, 0, -1)]
    assert told == [[], [], [3], [], [], [1], [], [], [], []]


def test_who_bought_late_or_was_not_reached_is_told_the_nearest_mark_only() -> None:
    make_bundle(ends_at=END)
    assert [remind(left) for left in (0.5, 0.4)] == [[1], []]


@pytest.mark.parametrize(("marks", "told"), [([7, 2], [7]), ([], []), ([1], [])])
def test_people_choose_their_marks(marks: list[int], told: list[int]) -> None:
    make_bundle(subscriber=make_subscriber(days_before_end=marks), ends_at=END)
    assert remind(6) == told


def test_each_bundle_has_its_own() -> None:
    for _ in range(2):
        make_bundle(ends_at=END)
    assert remind(3) == [3, 3]


def test_who_has_changed_the_plan_needs_no_word() -> None:
    running = make_bundle(ends_at=END)
    replaced = make_order(esim=running.esim, number=running.order_number, state="fulfilled")
    make_plan_change(replaced=replaced, state="counted")
    assert remind(1) == []


def test_who_has_the_next_one_in_the_queue_needs_no_word() -> None:
    running = make_bundle(ends_at=END)
    make_bundle(esim=running.esim, state=BundleState.QUEUED, starts_at=END)
    assert remind(1) == []


@pytest.mark.parametrize(
    "state", [BundleState.EXHAUSTED, BundleState.EXPIRED, BundleState.REFUNDED]
)
def test_what_is_over_needs_no_word(state: BundleState) -> None:
    make_bundle(state=state, ends_at=END)
    assert remind(1) == []


def test_a_top_up_ends_with_another_one_which_is_told() -> None:
    running = make_bundle(ends_at=END)
    top_up = make_plan(kind=PlanKind.TOP_UP, volume_bytes=5 * GB)
    make_bundle(esim=running.esim, plan=top_up, ends_at=END)
    assert remind(1) == [1]


def test_the_message_leads_to_the_renewal() -> None:
    bundle = make_bundle(ends_at=END)
    remind(1)
    message = Notification.objects.get()
    assert page_path(message).startswith("/r/")
    assert message.parameters["ends_at"] == END.isoformat()
    assert message.parameters["iccid_tail"] == bundle.esim.iccid[-4:]
