"""A renewal is announced, charged in time and told; once, and never otherwise."""

from datetime import timedelta
from typing import Any

import pytest

from limosa.domain.autorenewal.models import Attempt, AutoRenewal, Cycle, EndReason, Notice
from limosa.domain.autorenewal.operations.skip_renewal import skip_renewal
from limosa.domain.autorenewal.operations.stop_auto_renewal import stop_auto_renewal
from limosa.domain.autorenewal.operations.undo_renewal import undo_renewal
from limosa.domain.autorenewal.operations.wake_for_changed_plans import wake_for_changed_plans
from limosa.domain.autorenewal.refusals import (
    AutoRenewalNotOfferedError,
    AutoRenewalOffError,
    NothingToSkipError,
)
from limosa.domain.catalog.models import Plan, Price
from limosa.domain.esims.models import Bundle, EsimState
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import OrderState
from limosa.domain.payments.calling import call_directly
from limosa.domain.support.models import Finding, GuardKind
from limosa.domain.support.operations.run_guards import run_guards
from tests.database.autorenewal.played import DAY, Played
from tests.factories import MOMENT
from tests.factories.ordering import make_order, make_plan_change

pytestmark = pytest.mark.django_db


def test_a_month_from_the_wallet(played: Played) -> None:
    played.fill_wallet()
    end = played.end
    played.agree()
    played.go_to(end - 11 * DAY - timedelta(minutes=1))
    assert played.told == ["on"]
    played.go_to(end - 11 * DAY + timedelta(minutes=1))
    assert (played.told, played.cycle.state) == (["on", "notice"], "noticed")
    notice = Notification.objects.get(kind="auto_renewal_notice")
    assert notice.parameters["charged_at"] == (end - 4 * DAY).isoformat()
    assert notice.parameters["amount_minor"] == 2500
    played.go_to(end - 4 * DAY - timedelta(minutes=1))
    assert (played.told, played.wallet_minor) == (["on", "notice", "notice"], 5000)
    played.go_to(end - 4 * DAY)
    assert played.told == ["on", "notice", "notice", "done"]
    assert played.wallet_minor == 2500
    (order,) = played.orders
    assert (order.state, order.agreed_at) == (OrderState.FULFILLED, MOMENT)
    assert (played.cycle.state, played.cycle.order_number) == ("renewed", order.number)
    following = Bundle.objects.get(order_number=order.number)
    assert following.starts_at == end
    played.shop.check_books()


def test_the_next_end_is_renewed_as_well_and_nobody_looks_more_often_than_needed(
    played: Played,
) -> None:
    played.fill_wallet(10_000)
    played.agree()
    played.go_by(90 * DAY)
    assert len(played.orders) == 3
    assert {order.state for order in played.orders} == {OrderState.FULFILLED}
    assert played.looks < 40


@pytest.mark.parametrize("count", [1, 3, 7, 365])
def test_plans_of_other_lengths_are_told_and_charged_before_the_gap(
    played: Played, count: int
) -> None:
    Plan.objects.update(validity_count=count, validity_unit="day")
    start = MOMENT
    Bundle.objects.update(
        created_at=start,
        starts_at=start,
        ends_at=start + count * DAY,
        validity_count=count,
        validity_unit="day",
    )
    played.fill_wallet()
    played.agree()
    played.go_to(start + count * DAY - timedelta(minutes=1))
    (order,) = played.orders
    attempt = Attempt.objects.get()
    assert order.placed_at < start + count * DAY
    assert attempt.begun_at - attempt.delivered_at >= min(15 * DAY, count * DAY / 3)


def test_without_a_delivered_notice_nothing_is_charged(played: Played) -> None:
    played.fill_wallet()
    played.mail_works = False
    played.agree()
    played.go_to(played.end + DAY)
    assert (played.orders, played.wallet_minor) == ([], 5000)
    assert (played.cycle.state, played.cycle.unable) == ("failed", "not_told")
    assert played.told[-1] == "not"


def test_a_mail_that_arrives_late_delays_the_charge(played: Played) -> None:
    played.fill_wallet()
    played.mail_works = False
    played.agree()
    played.go_to(played.end - 5 * DAY)
    played.mail_works = True
    played.go_to(played.end - 2 * DAY - timedelta(hours=2))
    assert played.orders == []
    played.go_to(played.end - timedelta(hours=1))
    (attempt,) = Attempt.objects.all()
    assert attempt.begun_at - attempt.delivered_at >= 3 * DAY


def test_a_mail_that_no_server_takes_is_sent_again_the_day_after(played: Played) -> None:
    played.fill_wallet()
    played.agree()
    played.mail_works = False
    played.go_to(played.end - 11 * DAY)
    Notification.objects.update(next_mail_at=None, mail_attempts=8)
    played.go_by(DAY - timedelta(minutes=1))
    assert played.told == ["on", "notice"]
    played.mail_works = True
    played.go_by(timedelta(hours=2))
    assert played.told == ["on", "notice", "notice"]
    played.go_to(played.end)
    assert len(played.orders) == 1


def test_a_price_above_the_cap_is_told_once_and_waited_for(played: Played) -> None:
    played.fill_wallet()
    played.agree(cap_minor=2400)
    played.go_to(played.end - 6 * DAY)
    assert (played.told, played.cycle.unable) == (["on", "not"], "above_cap")
    Price.objects.filter(currency="USD").update(amount_minor=2300)
    played.go_to(played.end)
    assert [order.quote.total_minor for order in played.orders] == [2300]


def test_a_price_that_stays_above_the_cap_is_never_charged(played: Played) -> None:
    played.fill_wallet()
    played.agree(cap_minor=2400)
    played.go_by(40 * DAY)
    assert (played.orders, played.told) == ([], ["on", "not"])
    assert played.cycle.state == "failed"
    assert played.auto.is_on


def test_a_price_that_rises_within_the_cap_is_announced_anew(played: Played) -> None:
    played.fill_wallet()
    played.agree()
    played.go_to(played.end - 5 * DAY)
    Price.objects.filter(currency="USD").update(amount_minor=2900)
    played.go_to(played.end)
    (order,) = played.orders
    assert order.quote.total_minor == 2900
    named = Notice.objects.filter(is_reminder=False).values_list("at_most_minor", flat=True)
    assert list(named) == [2500, 2900]
    attempt = Attempt.objects.get()
    assert attempt.begun_at - attempt.delivered_at >= 3 * DAY


def test_a_plan_that_is_no_longer_sold_is_told_and_not_charged(played: Played) -> None:
    played.fill_wallet()
    played.agree()
    played.go_to(played.end - 5 * DAY)
    Plan.objects.update(on_sale=False)
    played.go_to(played.end)
    assert (played.orders, played.told[-1]) == ([], "not")
    assert played.cycle.unable == "plan_gone"


def test_who_renews_by_hand_is_not_charged_again(played: Played) -> None:
    played.fill_wallet(10_000)
    played.agree()
    played.go_to(played.end - 5 * DAY)
    played.shop.pay_from_wallet(played.shop.place(now=played.now), now=played.now)
    first_end = played.end
    played.go_to(first_end + DAY)
    assert played.orders == []
    played.go_to(first_end + 30 * DAY)
    assert len(played.orders) == 1


def test_a_skipped_renewal_is_left_out_and_the_next_is_not(played: Played) -> None:
    played.fill_wallet(10_000)
    auto = played.agree()
    played.go_to(played.end - 6 * DAY)
    skip_renewal(auto_id=auto.pk, now=played.now)
    with pytest.raises(NothingToSkipError):
        skip_renewal(auto_id=auto.pk, now=played.now)
    played.go_to(played.end + DAY)
    assert (played.orders, played.cycle.state) == ([], "skipped")
    played.shop.pay_from_wallet(played.shop.place(now=played.now), now=played.now)
    played.go_by(33 * DAY)
    assert len(played.orders) == 1


def test_after_a_stop_nothing_is_charged_and_the_withdrawal_is_a_row(played: Played) -> None:
    played.fill_wallet()
    auto = played.agree()
    played.go_to(played.end - 4 * DAY - timedelta(seconds=1))
    stop_auto_renewal(auto_id=auto.pk, now=played.now, by_link=True)
    played.go_by(60 * DAY)
    assert (played.orders, played.wallet_minor) == ([], 5000)
    given, withdrawn = played.consents()
    assert (withdrawn.withdraws, withdrawn.by_link) == (given, True)
    assert (played.cycle.state, played.told[-1]) == ("ended", "ended")
    with pytest.raises(AutoRenewalOffError):
        stop_auto_renewal(auto_id=auto.pk, now=played.now)
    with pytest.raises(AutoRenewalOffError):
        skip_renewal(auto_id=auto.pk, now=played.now)


def test_a_change_takes_the_old_consents_place_and_is_announced_anew(played: Played) -> None:
    played.fill_wallet()
    first = played.agree()
    played.go_to(played.end - 5 * DAY)
    played.agree(cap_minor=2600)
    first.refresh_from_db()
    assert first.end_reason == EndReason.CHANGED
    assert played.told == ["on", "notice", "notice", "on"]
    played.go_to(played.end)
    (attempt,) = Attempt.objects.all()
    assert (attempt.cap_minor, attempt.cycle.auto_renewal) == (2600, played.auto)
    assert attempt.delivered_at > first.started_at


def test_it_ends_by_itself_on_its_day_and_says_so(played: Played) -> None:
    played.fill_wallet()
    played.agree(until=played.end - 4 * DAY)
    played.go_to(played.end)
    assert (played.orders, played.auto.end_reason) == ([], EndReason.UNTIL)
    assert played.told[-1] == "ended"


def test_it_ends_with_its_esim(played: Played) -> None:
    played.agree()
    played.bundle.esim.state = EsimState.DELETED
    played.bundle.esim.save()
    played.go_to(played.end)
    assert (played.orders, played.auto.end_reason) == ([], EndReason.ESIM_GONE)


def change_its_plan(played: Played) -> None:
    """Have its plan counted towards one on another eSIM, a day before its end."""
    replaced = make_order(esim=played.bundle.esim, state=OrderState.FULFILLED)
    make_plan_change(replaced=replaced, state="counted", counted_at=played.end - DAY)


def test_nothing_is_renewed_whose_plan_was_changed(played: Played) -> None:
    played.fill_wallet()
    played.agree()
    change_its_plan(played)
    played.go_to(played.end)
    assert (played.orders, played.auto.end_reason) == ([], EndReason.REPLACED)
    assert played.told[-1] == "ended"


def test_a_changed_plan_wakes_it_at_once(played: Played) -> None:
    played.agree()
    change_its_plan(played)
    AutoRenewal.objects.update(next_at=played.end)
    assert wake_for_changed_plans(now=played.end - DAY) == 1
    assert wake_for_changed_plans(now=played.end - DAY) == 0
    assert AutoRenewal.objects.get().next_at == played.end - DAY


def test_a_bundle_bought_for_an_idle_esim_is_noticed_at_once(played: Played) -> None:
    played.fill_wallet(10_000)
    Bundle.objects.update(state="expired", ended_at=MOMENT, ends_at=MOMENT)
    played.agree()
    played.work()
    assert played.auto.next_at == MOMENT + DAY
    played.shop.pay_from_wallet(played.shop.place(now=played.now), now=played.now)
    played.work()
    assert Cycle.objects.get().ends_at > MOMENT + 29 * DAY


@pytest.mark.parametrize(
    "changes",
    [{"plan_code": "nothing"}, {"until": MOMENT}],
)
def test_what_can_not_be_done_is_not_agreed_to(played: Played, changes: dict[str, Any]) -> None:
    with pytest.raises(AutoRenewalNotOfferedError):
        played.agree(**changes)
    with pytest.raises(AutoRenewalNotOfferedError):
        played.agree(("fake", "nobodys"))
    assert played.consents() == []


def test_who_undid_a_renewal_and_agrees_anew_is_renewed(played: Played) -> None:
    played.fill_wallet(10_000)
    played.agree()
    played.go_to(played.end - 4 * DAY)
    undo_renewal(cycle_id=played.cycle.pk, caller=call_directly, now=played.now)
    played.go_by(timedelta(hours=2))
    assert played.cycle.state == "undone"
    played.agree()
    played.go_to(played.end)
    assert [order.state for order in played.orders] == [OrderState.REFUNDED, OrderState.FULFILLED]
    played.shop.check_books()
    run_guards(now=played.now, whole=True, kinds=[GuardKind.AUTOMATIC])
    assert not Finding.objects.filter(gone_at=None).exists()
