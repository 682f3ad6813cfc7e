"""Buyers are asked once, in the product's list, and by mail if they want such mail."""

from datetime import timedelta

import pytest

from limosa.domain.catalog.models import PlanKind
from limosa.domain.notifications.kinds import page_path
from limosa.domain.notifications.models import MailState, Notification
from limosa.domain.ratings.models import Invitation
from limosa.domain.ratings.operations.ask_for_ratings import ask_for_ratings
from limosa.domain.ratings.operations.plan_invitations import plan_invitations
from limosa.domain.ratings.queries import open_invitation
from limosa.foundation.volume import GB
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_plan
from tests.factories.esims import make_bundle
from tests.factories.ratings import make_rating

pytestmark = pytest.mark.django_db


def ask(days: float) -> int:
    now = MOMENT + timedelta(days=days)
    plan_invitations(now=now)
    ask_for_ratings(now=now)
    return Notification.objects.filter(kind="rating_asked").count()


def test_a_buyer_is_asked_once_when_half_the_time_is_over() -> None:
    bundle = make_bundle(created_at=MOMENT, used_bytes=GB)
    assert [ask(day) for day in (0, 14.9, 15, 15.1, 30)] == [0, 0, 1, 1, 1]
    message = Notification.objects.get()
    assert page_path(message) == f"/orders/{bundle.order_number}/rating/"
    assert message.mail_state == MailState.NOT_MAILED


def test_who_wants_such_mail_gets_it() -> None:
    make_bundle(created_at=MOMENT, used_bytes=GB, subscriber=make_subscriber(rating_mail=True))
    ask(16)
    assert Notification.objects.get().mail_state == MailState.WAITING


def test_who_moved_no_data_is_not_asked_and_late_counts_are_waited_for() -> None:
    bundle = make_bundle(created_at=MOMENT)
    assert ask(16) == 0
    bundle.used_bytes = GB
    bundle.save()
    assert ask(17) == 1


def test_refunded_bundles_and_top_ups_are_left_alone() -> None:
    make_bundle(created_at=MOMENT, used_bytes=GB, state="refunded")
    make_bundle(created_at=MOMENT, used_bytes=GB, plan=make_plan(kind=PlanKind.TOP_UP))
    assert ask(16) == 0
    assert [row.state for row in Invitation.objects.all()] == ["left"]


def test_what_ended_long_ago_is_not_asked_about() -> None:
    make_bundle(created_at=MOMENT - timedelta(days=200), used_bytes=GB, state="expired")
    assert ask(0) == 0
    assert Invitation.objects.get().state == "left"


def test_the_first_page_asks_until_it_was_rated() -> None:
    bundle = make_bundle(created_at=MOMENT, used_bytes=GB)
    now = MOMENT + timedelta(days=16)
    ask(16)
    found = open_invitation(subscriber_id=bundle.subscriber_id, now=now)
    assert found is not None
    assert found.bundle == bundle
    make_rating(bundle=bundle)
    assert open_invitation(subscriber_id=bundle.subscriber_id, now=now) is None
