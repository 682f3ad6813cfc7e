"""Looking at messages marks one's own as read."""

import pytest

from limosa.domain.notifications.models import Notification
from limosa.domain.notifications.operations.mark_read import mark_read
from tests.factories import MOMENT
from tests.factories.notifications import make_notification

pytestmark = pytest.mark.django_db


def test_only_one_s_own_messages_are_marked() -> None:
    mine, other = make_notification(read_at=None), make_notification(read_at=None)
    mark_read(subscriber_id=mine.subscriber_id, notification_ids=[mine.pk, other.pk], now=MOMENT)
    read = dict(Notification.objects.values_list("pk", "read_at"))
    assert read == {mine.pk: MOMENT, other.pk: None}
