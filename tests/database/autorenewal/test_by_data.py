"""Where a person agreed to it, a plan is renewed once its data runs low: told of first, within what
they agreed to for thirty days."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from limosa.domain.autorenewal.models import Attempt, Cycle
from limosa.domain.autorenewal.operations.skip_renewal import skip_renewal
from limosa.domain.autorenewal.operations.stop_auto_renewal import stop_auto_renewal
from limosa.domain.autorenewal.operations.wake_for_low_data import wake_for_low_data
from limosa.domain.esims.models import Bundle
from limosa.domain.notifications.models import Notification
from tests.database.autorenewal.played import DAY, Played

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def by_data(played: Played) -> Played:
    """A bundle that has used little, in the middle of its month."""
    played.fill_wallet(20_000)
    played.agree(month_cap_minor=9000)
    played.work()
    return played


def test_it_is_told_at_eighty_percent_and_charged_at_ninety_five(by_data: Played) -> None:
    by_data.use(79)
    assert by_data.told == ["on"]
    by_data.use(80)
    assert by_data.told == ["on", "notice"]
    notice = Notification.objects.get(kind="auto_renewal_notice")
    assert notice.parameters["percent"] == 95
    by_data.go_by(DAY)
    assert by_data.orders == []
    by_data.use(95)
    (order,) = by_data.orders
    assert by_data.told == ["on", "notice", "done"]
    bought = Bundle.objects.get(order_number=order.number)
    assert (bought.state, by_data.cycle.state) == ("queued", "renewed")
    by_data.shop.check_books()


def test_what_was_bought_is_renewed_by_its_own_data(by_data: Played) -> None:
    by_data.use(80)
    by_data.go_by(MINUTE * 20)
    by_data.use(100)
    first = Bundle.objects.latest("id")
    by_data.go_by(DAY)
    by_data.use(96, bundle=first)
    assert len(by_data.orders) == 1
    by_data.go_by(MINUTE * 12)
    assert len(by_data.orders) == 2


def test_use_that_is_faster_than_the_mail_is_charged_ten_minutes_after_it(by_data: Played) -> None:
    by_data.mail_works = False
    by_data.use(100)
    by_data.go_by(3 * DAY)
    assert (by_data.told, by_data.orders) == (["on", "notice"], [])
    by_data.mail_works = True
    by_data.go_by(MINUTE * 9)
    by_data.go_by(timedelta(hours=2))
    (attempt,) = Attempt.objects.all()
    assert attempt.begun_at - attempt.delivered_at >= 10 * MINUTE
    assert attempt.least_lead == 10 * MINUTE


def test_without_a_delivered_notice_nothing_is_charged(by_data: Played) -> None:
    by_data.mail_works = False
    by_data.use(95)
    by_data.go_by(10 * DAY)
    assert by_data.orders == []


def test_no_more_is_charged_in_thirty_days_than_was_agreed_to(played: Played) -> None:
    played.fill_wallet(20_000)
    played.agree(month_cap_minor=4900)
    played.work()
    played.use(80)
    played.go_by(MINUTE * 20)
    played.use(95)
    (first,) = [Bundle.objects.get(order_number=order.number) for order in played.orders]
    played.use(100)
    played.go_by(DAY)
    played.use(95, bundle=first)
    played.go_by(DAY)
    assert (len(played.orders), played.told[-1]) == (1, "not")
    assert Cycle.objects.get(bundle=first).unable == "month_cap"
    played.go_by(30 * DAY)
    assert len(played.orders) == 2


def test_one_that_is_by_its_end_alone_is_called_for_by_no_use(played: Played) -> None:
    played.fill_wallet()
    played.agree()
    played.work()
    played.use(96)
    assert played.told == ["on"]
    assert not Bundle.objects.filter(call_at_bytes__isnull=False).exists()


def test_one_that_is_left_out_is_left_out_by_data_too(by_data: Played) -> None:
    by_data.use(80)
    skip_renewal(auto_id=by_data.auto.pk, now=by_data.now)
    by_data.use(97)
    by_data.go_by(DAY)
    assert by_data.orders == []


def test_after_a_stop_a_call_is_answered_and_nothing_is_charged(by_data: Played) -> None:
    by_data.use(80)
    stop_auto_renewal(auto_id=by_data.auto.pk, now=by_data.now, address="", by_link=False)
    by_data.use(97)
    assert by_data.orders == []
    assert wake_for_low_data(now=by_data.now) == 0


def test_a_call_made_while_another_was_heard_is_not_lost(by_data: Played) -> None:
    """The worker hears of eighty percent while the use goes on to ninety-five."""
    by_data.use(80)
    by_data.go_by(MINUTE * 20)
    asked = Bundle.objects.get(pk=by_data.bundle.pk)
    assert asked.volume_bytes is not None
    assert (asked.call_at_bytes, asked.called_at) == (asked.volume_bytes * 95 // 100, None)


def test_a_consent_by_data_names_what_thirty_days_may_cost(played: Played) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        played.agree(month_cap_minor=2999)
