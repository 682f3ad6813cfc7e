"""No day is compared before it is over, and one that changed since is compared again by itself."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from limosa.config.cli import main
from limosa.domain.ordering.operations.reconcile import reconcile
from limosa.domain.ordering.operations.reconcile_due import reconcile_due
from limosa.domain.ordering.tasks import reconcile_day
from limosa.domain.payments.day_mark import day_mark
from limosa.domain.payments.models import (
    Difference,
    DifferenceState,
    Payment,
    SettledLine,
    Settlement,
    SettlementState,
)
from limosa.domain.payments.refusals import DayNotOverError
from limosa.domain.payments.status_reports import SettlementLine
from limosa.domain.support.operations.ask_for_settlement import ask_for_settlement
from limosa.domain.support.operations.resolve_difference import resolve_difference
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.factories.accounts import make_operator
from tests.factories.settlements import make_difference, make_settlement

DAY = date(2026, 11, 23)  # MOMENT's day in Beijing: two in the morning.
NIGHT = MOMENT + timedelta(days=1)
HOUR = timedelta(hours=1)
ZONES = ["Asia/Shanghai", "UTC", "America/Los_Angeles"]


def found() -> list[tuple[str, str]]:
    rows = Difference.objects.filter(state=DifferenceState.OPEN).order_by("kind", "subject")
    return [(row.kind, row.subject) for row in rows]


def line_of(shop: Shop, payment: Payment) -> SettlementLine:
    return next(line for line in shop.provider.lines() if line.payment_number == payment.number)


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_that_is_not_over_in_the_providers_zone_is_refused_everywhere(
    zone: str, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop.provider, "settlement_zone", zone, raising=False)
    midnight = datetime(2026, 11, 24, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    early = midnight - timedelta(seconds=1)
    actor = make_operator()
    for file in (None, io.BytesIO(b"")):
        with pytest.raises(DayNotOverError):
            reconcile(provider_code="fake", day=DAY, now=early, file=file)
    with pytest.raises(DayNotOverError):
        ask_for_settlement(provider_code="fake", day=DAY, actor=actor, now=early)
    assert not Settlement.objects.exists()
    reconcile_due(now=early)
    assert not Settlement.objects.filter(day__gte=DAY).exists()
    reconcile_due(now=midnight)
    assert Settlement.objects.get(day=DAY).state == SettlementState.DONE


def test_a_day_that_is_not_over_is_refused_by_the_command_and_the_workers_task(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reconcile", "fake", "2999-01-01"]) == 1
    said = capsys.readouterr().err
    assert "2999-01-01 is not over for fake, whose days are those of Asia/Shanghai" in said
    reconcile_day(provider="fake", day="2999-01-01")
    assert not Settlement.objects.exists()


def test_a_day_that_was_compared_too_early_is_compared_again_by_itself(shop: Shop) -> None:
    early = shop.pay(shop.place())
    run_at = MOMENT + HOUR
    reconcile(provider_code="fake", day=DAY, now=NIGHT)
    # As a release before this one left it: done in the middle of the day, with half a file.
    Settlement.objects.update(taken_at=run_at, asked_at=run_at, compared_at=run_at)
    later = MOMENT + 5 * HOUR
    late = shop.pay(shop.place(now=later), now=later)
    shop.provider.left_out = {early.transaction_id}
    reconcile_due(now=NIGHT)
    assert found() == [("missing_there", f"payment:{early.number}")]
    assert SettledLine.objects.get().payment == late


def test_a_payment_that_comes_to_be_known_after_its_day_was_compared_is_found(shop: Shop) -> None:
    reconcile_due(now=NIGHT)
    payment = shop.pay(shop.place())
    shop.provider.left_out = {payment.transaction_id}
    reconcile_due(now=NIGHT + HOUR)
    assert found() == [("missing_there", f"payment:{payment.number}")]


def test_a_file_that_the_provider_corrects_later_is_fetched_and_compared_again(shop: Shop) -> None:
    payment = shop.pay(shop.place())
    reconcile_due(now=NIGHT)
    corrected = line_of(shop, payment)
    shop.provider.left_out = {payment.transaction_id}
    shop.provider.made_up_lines = [
        replace(corrected, reference="theirs", amount_minor=corrected.amount_minor - 1)
    ]
    reconcile_due(now=NIGHT + HOUR)  # Not each hour: a day's file is big.
    assert found() == []
    reconcile_due(now=NIGHT + 25 * HOUR)
    assert found() == [("amount", f"payment:{payment.number}")]


def test_a_booking_that_is_added_later_is_found(shop: Shop) -> None:
    payment = shop.pay(shop.place())
    reconcile_due(now=NIGHT)
    Settlement.objects.get().totals.update(booked_minor=payment.received_minor - 1)
    reconcile_due(now=NIGHT + HOUR)
    assert Settlement.objects.get().totals.get().booked_minor == payment.received_minor


def test_a_day_that_stays_as_it_is_is_compared_once(shop: Shop) -> None:
    for _ in range(3):
        shop.pay(shop.place())
    reconcile_due(now=NIGHT)
    reconcile_due(now=NIGHT + HOUR)
    reconcile_due(now=NIGHT + 25 * HOUR)
    compared = Settlement.objects.get(day=DAY).compared_at
    assert compared == NIGHT


@pytest.mark.parametrize("days", [32, 120])
def test_an_older_day_that_was_touched_is_compared_again(shop: Shop, days: int) -> None:
    """A bank decides after months; and what is known late may be of a day long ago."""
    reconcile_due(now=NIGHT)
    late = NIGHT + timedelta(days=days)
    payment = shop.pay(shop.place())
    shop.provider.left_out = {payment.transaction_id}
    reconcile_due(now=late)
    assert found() == [("missing_there", f"payment:{payment.number}")]
    made_up = replace(line_of(shop, payment), reference="theirs")
    SettledLine.objects.create(
        settlement=Settlement.objects.get(day=DAY),
        provider="fake",
        kind=made_up.kind.value,
        reference=made_up.reference,
        amount_minor=made_up.amount_minor,
        currency=made_up.currency,
        at=made_up.at,
        payment=payment,
    )
    reconcile_due(now=late + HOUR)
    assert found() == []


def test_older_days_come_round_in_turn_and_those_that_differ_in_one_of_their_own(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limosa.domain.ordering.operations.reconcile_due.OLDER_AT_ONCE", 2)
    days = [
        make_settlement(provider="fake", day=DAY - timedelta(days=50 + back), compared_at=MOMENT)
        for back in range(5)
    ]
    for row in days:
        Settlement.objects.filter(pk=row.pk).update(compared_mark=day_mark(row))
    differing = days[0]
    make_difference(settlement=differing)
    looks: list[set[date]] = []
    for hour in range(3):
        now = NIGHT + hour * HOUR
        reconcile_due(now=now)
        looks.append({row.day for row in Settlement.objects.filter(looked_at=now)})
    assert all(differing.day in look for look in looks)
    assert set.union(*looks) == {row.day for row in days}
    assert [len(look) for look in looks] == [3, 3, 3]


def test_the_files_of_the_month_are_fetched_again_each_week(shop: Shop) -> None:
    reconcile_due(now=NIGHT)
    payment = shop.pay(shop.place())
    shop.provider.left_out = {payment.transaction_id}
    later = NIGHT + timedelta(days=20)
    reconcile_due(now=later)
    assert found() == [("missing_there", f"payment:{payment.number}")]
    shop.provider.left_out = set()
    reconcile_due(now=later + timedelta(days=6))
    assert found() == [("missing_there", f"payment:{payment.number}")]
    reconcile_due(now=later + timedelta(days=7))
    assert found() == []


def test_what_the_staff_resolved_opens_again_only_when_a_side_has_changed(shop: Shop) -> None:
    payment = shop.pay(shop.place())
    line = line_of(shop, payment)
    shop.provider.left_out = {payment.transaction_id}
    shop.provider.made_up_lines = [
        replace(line, reference="theirs", amount_minor=line.amount_minor - 1)
    ]
    reconcile_due(now=NIGHT)
    (difference,) = Difference.objects.all()
    actor = make_operator()
    resolve_difference(difference_id=difference.pk, detail="A fen", actor=actor, now=NIGHT)
    reconcile(provider_code="fake", day=DAY, now=NIGHT + HOUR)
    assert found() == []
    shop.provider.made_up_lines = [
        replace(line, reference="theirs", amount_minor=line.amount_minor - 500)
    ]
    reconcile_due(now=NIGHT + 26 * HOUR)
    assert found() == [("amount", f"payment:{payment.number}")]
    difference.refresh_from_db()
    assert difference.resolved_by is None


def test_a_difference_that_was_resolved_and_is_gone_explains_nothing_any_more(shop: Shop) -> None:
    payment = shop.pay(shop.place())
    shop.provider.left_out = {payment.transaction_id}
    reconcile_due(now=NIGHT)
    (difference,) = Difference.objects.all()
    actor = make_operator()
    resolve_difference(difference_id=difference.pk, detail="Known", actor=actor, now=NIGHT)
    shop.provider.left_out = set()
    reconcile_due(now=NIGHT + 26 * HOUR)
    assert found() == []
    assert Settlement.objects.get(day=DAY).totals.get().unexplained_minor == 0


def test_every_change_that_a_comparison_can_see_makes_another_mark(shop: Shop) -> None:
    payment = shop.pay(shop.place())
    settlement = reconcile(provider_code="fake", day=DAY, now=NIGHT)
    marks = {day_mark(settlement)}
    assert marks == {settlement.compared_mark}
    # Another time of the same day, and of the same line, is no change.
    Payment.objects.filter(pk=payment.pk).update(paid_at=MOMENT + HOUR)
    assert day_mark(settlement) in marks
    SettledLine.objects.update(fee_minor=1)
    marks.add(day_mark(settlement))
    SettledLine.objects.all().delete()
    marks.add(day_mark(settlement))
    Payment.objects.filter(pk=payment.pk).update(paid_at=MOMENT + timedelta(days=9))
    marks.add(day_mark(settlement))
    assert len(marks) == 4


def test_looking_whether_a_day_has_changed_takes_few_statements(
    shop: Shop, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    shop.pay(shop.place())
    reconcile_due(now=NIGHT)
    with django_assert_max_num_queries(10):
        reconcile_due(now=NIGHT + HOUR)
