"""What a supplier says of its counter, from the question to the bundle and to its person."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django.fixtures import Settings

from limosa.domain.catalog.models import ValidFrom
from limosa.domain.charging.engine.reading import Reading, Verdict
from limosa.domain.charging.models import (
    CallAllowance,
    DailyUsage,
    UsageDeduction,
    UsageReading,
    UsageWatch,
)
from limosa.domain.charging.operations.apply_usage_reading import apply_usage_reading
from limosa.domain.charging.operations.ask_usage import ask_usage
from limosa.domain.charging.operations.take_call import take_call
from limosa.domain.charging.operations.take_usage_batch import LEASE, take_usage_batch
from limosa.domain.charging.operations.take_usages_told import take_usages_told
from limosa.domain.charging.operations.warn_of_low_data import warn_of_low_data
from limosa.domain.charging.operations.watch_open_bundles import watch_open_bundles
from limosa.domain.charging.operations.watch_usage import watch_usage
from limosa.domain.charging.queries import usage_drifts
from limosa.domain.connectivity.answers import SupplierEsim, SupplierUsage
from limosa.domain.connectivity.capabilities import RenewalStart
from limosa.domain.esims.models import Bundle, BundleState, Esim, EsimState
from limosa.domain.http.messages import TooManyCallsError
from limosa.domain.notifications.models import Notification
from limosa.foundation.volume import GB
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_plan, make_supplier
from tests.factories.charging import make_reading, make_watch
from tests.factories.connectivity import make_supply
from tests.factories.esims import make_bundle, make_esim
from tests.fakes.supplier import LOST_BEFORE, FakeSupplier
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def supplier(settings: Settings) -> Iterator[FakeSupplier]:
    with wholesale_in(settings) as fake:
        yield fake


def sold(**fields: object) -> Bundle:
    """Return a running bundle of 20 GB of the supplier, whose eSIM is watched."""
    if "esim" not in fields:
        fields["esim"] = make_esim(supplier=make_supplier("wholesale"), supplier_reference="esim-1")
    if "plan" not in fields:
        fields["plan"] = make_plan(supplier=make_supplier("wholesale"))
    bundle = make_bundle(**fields)
    if not UsageWatch.objects.filter(esim=bundle.esim).exists():
        make_watch(esim=bundle.esim)
    return bundle


def says(
    fake: FakeSupplier, esim: Esim, used_gb: float, *, at: datetime = MOMENT, total_gb: int = 20
) -> None:
    """Have the supplier count so much."""
    fake.usages[esim.iccid] = SupplierUsage(
        esim=SupplierEsim(iccid=esim.iccid),
        as_of=at,
        used_bytes=round(used_gb * GB),
        total_bytes=total_gb * GB,
    )


def ask(now: datetime = MOMENT) -> bool:
    UsageWatch.objects.update(next_at=now)
    return ask_usage(supplier_code="wholesale", now=now)


def read(bundle: Bundle) -> Bundle:
    assert usage_drifts() == []
    return Bundle.objects.get(pk=bundle.pk)


def told() -> list[tuple[str, int]]:
    rows = Notification.objects.filter(kind__startswith="usage_").order_by("id")
    return [(row.kind, row.parameters["percent"]) for row in rows]


def test_what_is_due_is_asked_for_and_moves_the_bundle(supplier: FakeSupplier) -> None:
    bundle = sold()
    says(supplier, bundle.esim, 5)
    assert ask()
    assert read(bundle).used_bytes == 5 * GB
    assert UsageDeduction.objects.get().reading == UsageReading.objects.get()
    watch = UsageWatch.objects.get()
    assert (watch.as_of, watch.used_bytes, watch.bundle) == (MOMENT, 5 * GB, bundle)
    assert watch.next_at is not None
    assert watch.next_at >= MOMENT + timedelta(hours=3)  # So old are its counts.
    assert not ask_usage(supplier_code="wholesale", now=MOMENT)


def test_as_many_are_asked_for_at_once_as_fit_into_a_question(supplier: FakeSupplier) -> None:
    supplier.capabilities = replace(supplier.capabilities, usage_batch=3)
    for _ in range(4):
        sold(esim=make_esim(supplier=make_supplier("wholesale")))
    assert ask_usage(supplier_code="wholesale", now=MOMENT)
    assert ask_usage(supplier_code="wholesale", now=MOMENT)
    asked = [len(iccids.split(",")) for (iccids,) in supplier._rows("SELECT number FROM called")]
    assert asked == [3, 1]


def test_the_supplier_is_told_its_own_key_and_the_order_that_the_esim_came_with(
    supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = sold(order_number="L-1")
    sold(esim=bundle.esim, order_number="L-2")
    make_supply(order_number="L-1", state="delivered", reference="R-1")
    make_supply(order_number="L-2", state="delivered", reference="R-2")
    seen: list[SupplierEsim] = []

    def nothing(esims: Sequence[SupplierEsim]) -> list[SupplierUsage]:
        seen.extend(esims)
        return []

    monkeypatch.setattr(supplier, "usage", nothing)
    ask()
    assert seen == [
        SupplierEsim(iccid=bundle.esim.iccid, reference="esim-1", order_reference="R-1")
    ]
    assert UsageWatch.objects.get().problem == "not_told"


def test_an_esim_that_stays_unknown_is_in_doubt_since_the_first_time(
    supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = sold()
    says(supplier, bundle.esim, 1, total_gb=500)
    ask()
    monkeypatch.setattr(supplier, "usage", lambda _: [])
    for hours in (1, 2):
        ask(MOMENT + hours * HOUR)
        watch = UsageWatch.objects.get()
        assert (watch.problem, watch.problem_at) == ("not_told", MOMENT + HOUR)


def test_the_same_again_is_kept_once_and_an_older_or_smaller_one_changes_nothing(
    supplier: FakeSupplier,
) -> None:
    bundle = sold()
    for hours, used, kept in [(4, 5, 1), (4, 5, 1), (5, 5, 1), (3, 4, 2), (6, 4.5, 3)]:
        says(supplier, bundle.esim, used, at=MOMENT + hours * HOUR)
        assert ask(MOMENT + 8 * HOUR)
        assert UsageReading.objects.count() == kept
        assert read(bundle).used_bytes == 5 * GB
    watch = UsageWatch.objects.get()
    assert (watch.as_of, watch.problem) == (MOMENT + 5 * HOUR, "smaller")


def test_what_contradicts_is_kept_once_and_said_until_it_is_over(supplier: FakeSupplier) -> None:
    bundle = sold()
    for hours in range(3):
        says(supplier, bundle.esim, 1, at=MOMENT + hours * HOUR, total_gb=500)
        ask(MOMENT + hours * HOUR)
    watch = UsageWatch.objects.get()
    assert (watch.problem, watch.problem_at) == ("total_differs", MOMENT)
    assert UsageReading.objects.count() == 1
    assert read(bundle).used_bytes == 0
    says(supplier, bundle.esim, 1, at=MOMENT + 4 * HOUR)
    ask(MOMENT + 4 * HOUR)
    assert UsageWatch.objects.get().problem == ""
    assert read(bundle).used_bytes == GB


def test_what_was_refused_at_first_counts_once_its_bundle_is_there(supplier: FakeSupplier) -> None:
    supplier.capabilities = replace(supplier.capabilities, renewal_start=RenewalStart.NOW_ADDED)
    bundle = sold()
    says(supplier, bundle.esim, 1, total_gb=40)
    ask()
    assert read(bundle).used_bytes == 0
    sold(esim=bundle.esim, state=BundleState.QUEUED)
    ask()
    assert read(bundle).used_bytes == GB
    assert UsageReading.objects.get().verdict == "total_differs"


def test_the_doubt_ends_with_what_was_counted(supplier: FakeSupplier) -> None:
    bundle = sold()
    says(supplier, bundle.esim, 1, total_gb=500)
    ask()
    assert UsageWatch.objects.get().problem == "total_differs"
    Bundle.objects.update(state=BundleState.EXPIRED, ended_at=MOMENT, ends_at=MOMENT)
    says(supplier, bundle.esim, 1, at=MOMENT + HOUR)
    ask(MOMENT + HOUR)
    watch = UsageWatch.objects.get()
    assert (watch.problem, watch.problem_at, watch.next_at) == ("", None, None)


@pytest.mark.parametrize(("counts", "problem"), [(1, ""), (0, "not_told")])
def test_an_esim_without_a_bundle_is_no_longer_asked_for(
    supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch, counts: int, problem: str
) -> None:
    bundle = sold()
    named = SupplierEsim(iccid=bundle.esim.iccid)
    told = [SupplierUsage(esim=named, as_of=MOMENT, used_bytes=None)] * counts
    monkeypatch.setattr(supplier, "usage", lambda _: told)
    ask()
    asked = UsageWatch.objects.get()
    assert asked.problem == problem
    assert asked.next_at is not None
    Bundle.objects.update(state=BundleState.EXPIRED, ended_at=MOMENT, ends_at=MOMENT)
    ask(MOMENT + HOUR)
    watch = UsageWatch.objects.get()
    assert (watch.problem, watch.problem_at, watch.next_at) == ("", None, None)


def test_an_overrun_is_recorded_and_the_bundle_used_up(supplier: FakeSupplier) -> None:
    bundle = sold()
    says(supplier, bundle.esim, 21)
    ask()
    assert (read(bundle).used_bytes, read(bundle).state) == (20 * GB, BundleState.EXHAUSTED)
    assert UsageReading.objects.get().overrun_bytes == GB
    assert UsageWatch.objects.get().next_at is None  # Nothing is open.
    assert told() == [("usage_threshold", 100)]


def test_a_reading_shows_an_esim_installed_and_begins_the_validity_of_first_use(
    supplier: FakeSupplier,
) -> None:
    plan = make_plan(supplier=make_supplier("wholesale"), valid_from=ValidFrom.FIRST_USE)
    esim = make_esim(supplier=make_supplier("wholesale"), state=EsimState.READY)
    bundle = sold(
        plan=plan,
        esim=esim,
        state=BundleState.QUEUED,
        first_use_before=MOMENT + timedelta(days=90),
    )
    says(supplier, esim, 0)
    ask()
    assert Esim.objects.get().state == EsimState.READY
    says(supplier, esim, 1, at=MOMENT + HOUR)
    ask(MOMENT + HOUR)
    assert (read(bundle).state, read(bundle).starts_at) == (BundleState.ACTIVE, MOMENT + HOUR)
    assert (Esim.objects.get().state, Esim.objects.get().usage_seen_at) == (
        EsimState.INSTALLED,
        MOMENT + HOUR,
    )


def test_use_between_two_counts_is_spread_over_its_days(supplier: FakeSupplier) -> None:
    bundle = sold()
    for hours, used in ((0, 2), (48, 8)):
        says(supplier, bundle.esim, used, at=MOMENT + hours * HOUR)
        ask(MOMENT + hours * HOUR)
    days = dict(DailyUsage.objects.order_by("-day").values_list("day", "used_bytes")[:2])
    assert days[date(2026, 11, 23)] == 3 * GB
    assert sum(DailyUsage.objects.values_list("used_bytes", flat=True)) == 8 * GB


def test_a_bundle_whose_money_went_back_is_not_used(supplier: FakeSupplier) -> None:
    bundle = sold(state=BundleState.REFUNDED)
    says(supplier, bundle.esim, 1)
    ask()
    assert read(bundle).used_bytes == 0
    assert UsageReading.objects.get().verdict == "ended"


@pytest.mark.parametrize("start", [RenewalStart.UNKNOWN, RenewalStart.AFTER_CURRENT])
def test_what_a_supplier_still_counts_of_a_refunded_bundle_is_not_the_next_ones(
    supplier: FakeSupplier, start: RenewalStart
) -> None:
    supplier.capabilities = replace(supplier.capabilities, renewal_start=start)
    kept, after = refunded_after(supplier, 5)
    says(supplier, kept.esim, 6, at=MOMENT + HOUR)
    ask(MOMENT + HOUR)
    assert (read(after).used_bytes, read(after).state) == (0, BundleState.QUEUED)
    assert UsageWatch.objects.get().problem == "unsure"
    says(supplier, kept.esim, 1, at=MOMENT + 2 * HOUR)  # Now it counts the next one.
    ask(MOMENT + 2 * HOUR)
    assert (read(after).used_bytes, read(kept).used_bytes) == (GB, 5 * GB)
    assert UsageWatch.objects.get().problem == ""


def test_after_a_refund_of_what_nobody_used_the_next_bundle_counts(supplier: FakeSupplier) -> None:
    kept, after = refunded_after(supplier, 0)
    says(supplier, kept.esim, 1, at=MOMENT + HOUR)
    ask(MOMENT + HOUR)
    assert read(after).used_bytes == GB


def refunded_after(supplier: FakeSupplier, used_gb: float) -> tuple[Bundle, Bundle]:
    """Return a bundle that was refunded after so much was counted, and one that waited for it."""
    kept = sold()
    after = sold(esim=kept.esim, state=BundleState.QUEUED)
    says(supplier, kept.esim, used_gb)
    ask()
    Bundle.objects.filter(pk=kept.pk).update(state=BundleState.REFUNDED, ended_at=MOMENT)
    return kept, after


def test_a_supplier_that_takes_no_more_calls_is_left_alone_as_long_as_it_says(
    supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> list[SupplierUsage]:
        raise TooManyCallsError(wait=7 * HOUR)

    sold()
    monkeypatch.setattr(supplier, "usage", refuse)
    assert not ask()
    allowance = CallAllowance.objects.get()
    assert (allowance.rests_until, allowance.failures) == (MOMENT + 7 * HOUR, 0)
    assert UsageWatch.objects.get().next_at == MOMENT + 7 * HOUR


def test_a_supplier_that_does_not_answer_rests_longer_each_time_and_nothing_is_lost(
    supplier: FakeSupplier,
) -> None:
    bundle, now, rests = sold(), MOMENT, []
    for _ in range(3):
        supplier.script(LOST_BEFORE)
        assert not ask_usage(supplier_code="wholesale", now=now)
        [until] = CallAllowance.objects.values_list("rests_until", flat=True)
        assert until is not None
        assert not ask_usage(supplier_code="wholesale", now=until - timedelta(seconds=1))
        rests.append((until - now).total_seconds())
        now = until
    assert rests == [30, 60, 120]
    says(supplier, bundle.esim, 1)
    assert ask_usage(supplier_code="wholesale", now=now)
    assert CallAllowance.objects.get().failures == 0
    assert read(bundle).used_bytes == GB


def test_a_worker_that_dies_leaves_the_esim_to_another_after_its_lease(
    supplier: FakeSupplier,
) -> None:
    sold()
    can = supplier.capabilities
    [taken] = take_usage_batch(supplier_code="wholesale", can=can, now=MOMENT)
    assert not take_usage_batch(supplier_code="wholesale", can=can, now=MOMENT + LEASE / 2)
    [again] = take_usage_batch(supplier_code="wholesale", can=can, now=MOMENT + LEASE)
    assert (taken.attempt, again.attempt) == (1, 2)
    assert (taken.planned_at, again.planned_at) == (MOMENT, MOMENT + LEASE)


def test_no_esim_is_taken_when_no_call_may_be_made(supplier: FakeSupplier) -> None:
    supplier.capabilities = replace(supplier.capabilities, calls_per_minute=1)
    sold()
    assert take_call(supplier_code="wholesale", calls_per_minute=1, now=MOMENT)
    assert not ask_usage(supplier_code="wholesale", now=MOMENT)
    assert UsageWatch.objects.get().attempts == 0
    assert ask_usage(supplier_code="wholesale", now=MOMENT + timedelta(minutes=1))


def test_an_answer_to_an_older_question_counts_and_plans_nothing(supplier: FakeSupplier) -> None:
    bundle = sold()
    UsageWatch.objects.update(attempts=2, next_at=MOMENT + LEASE)
    reading = Reading(as_of=MOMENT, used_bytes=GB, total_bytes=20 * GB)
    apply_usage_reading(esim_id=bundle.esim_id, reading=reading, attempt=1, now=MOMENT)
    assert read(bundle).used_bytes == GB
    assert UsageWatch.objects.get().next_at == MOMENT + LEASE


def test_esims_with_open_bundles_are_found_and_spread_over_an_hour(
    supplier: FakeSupplier,
) -> None:
    mine = make_supplier("wholesale")
    esims = [make_esim(supplier=mine) for _ in range(20)]
    for esim in esims:
        make_bundle(esim=esim)
    make_bundle(esim=make_esim(supplier=mine), state=BundleState.EXPIRED)
    make_bundle(esim=make_esim(supplier=mine, state=EsimState.DELETED))
    make_bundle()  # Our own network counts in our own tables.
    assert [watch_open_bundles(now=MOMENT), watch_open_bundles(now=MOMENT)] == [20, 0]
    times = [watch.next_at for watch in UsageWatch.objects.order_by("next_at")]
    assert {watch.esim for watch in UsageWatch.objects.all()} == set(esims)
    assert times[0] is not None
    assert times[-1] is not None
    assert MOMENT <= times[0] < MOMENT + HOUR / 4
    assert MOMENT + HOUR * 3 / 4 < times[-1] < MOMENT + HOUR
    UsageWatch.objects.filter(esim=esims[0]).update(next_at=None)
    assert watch_open_bundles(now=MOMENT) == 1


def test_a_renewal_has_a_closed_watch_opened_and_none_put_off(supplier: FakeSupplier) -> None:
    assert supplier.capabilities.usage_unit
    watch = make_watch(next_at=None)
    watch_usage(esim=watch.esim, now=MOMENT)
    assert UsageWatch.objects.get().next_at == MOMENT + HOUR / 4
    UsageWatch.objects.update(next_at=MOMENT)
    watch_usage(esim=watch.esim, now=MOMENT)
    assert UsageWatch.objects.get().next_at == MOMENT
    own = make_esim()
    watch_usage(esim=own, now=MOMENT)
    assert not UsageWatch.objects.filter(esim=own).exists()


def told_by_callback(bundle: Bundle, *, reference: str = "esim-1", used: int | None = GB) -> str:
    usage = SupplierUsage(
        esim=SupplierEsim(iccid=bundle.esim.iccid, reference=reference),
        as_of=MOMENT,
        used_bytes=used,
        total_bytes=20 * GB,
    )
    [(_, result)] = take_usages_told(
        supplier_code="wholesale", usages=[usage], is_believed=True, now=MOMENT
    )
    return result


def test_a_pushed_reading_is_applied_once_and_one_without_a_count_only_asks(
    supplier: FakeSupplier,
) -> None:
    bundle = sold()
    UsageWatch.objects.update(next_at=MOMENT + HOUR)
    assert [told_by_callback(bundle), told_by_callback(bundle)] == ["applied", "unchanged"]
    assert read(bundle).used_bytes == GB
    assert UsageWatch.objects.get().next_at == MOMENT + HOUR
    assert told_by_callback(bundle, used=None) == "asked"
    assert UsageWatch.objects.get().next_at == MOMENT


def test_what_a_worker_asks_for_just_now_is_not_asked_for_by_a_callback_too(
    supplier: FakeSupplier,
) -> None:
    bundle = sold()
    take_usage_batch(supplier_code="wholesale", can=supplier.capabilities, now=MOMENT)
    told_by_callback(bundle, used=None)
    assert UsageWatch.objects.get().next_at == MOMENT + LEASE


def test_a_callback_during_a_question_has_the_esim_asked_for_again_after_it(
    supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = sold()
    says(supplier, bundle.esim, 3)
    real = supplier.usage

    def usage(esims: Sequence[SupplierEsim]) -> list[SupplierUsage]:
        told_by_callback(bundle, used=None)
        return real(esims)

    monkeypatch.setattr(supplier, "usage", usage)
    ask()
    assert read(bundle).used_bytes == 3 * GB
    assert UsageWatch.objects.get().next_at == MOMENT + LEASE


def test_what_was_asked_for_a_moment_ago_is_asked_for_as_soon_as_it_may_be(
    supplier: FakeSupplier,
) -> None:
    bundle = sold()
    soon = MOMENT + timedelta(seconds=80)
    UsageWatch.objects.update(asked_at=MOMENT - timedelta(seconds=40), next_at=MOMENT + 9 * HOUR)
    for _ in range(2):
        assert told_by_callback(bundle, used=None) == "asked"
        assert UsageWatch.objects.get().next_at == soon
    UsageWatch.objects.update(next_at=soon - timedelta(seconds=1))
    told_by_callback(bundle, used=None)
    assert UsageWatch.objects.get().next_at == soon - timedelta(seconds=1)


def test_an_iccid_that_was_issued_again_is_told_apart_by_the_suppliers_key(
    supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = sold()
    assert told_by_callback(bundle, reference="esim-2") == "unknown_esim"
    assert told_by_callback(bundle, reference="") == "applied"
    says(supplier, bundle.esim, 3)
    other = SupplierEsim(iccid=bundle.esim.iccid, reference="esim-2")
    usage = replace(supplier.usages[bundle.esim.iccid], esim=other)
    monkeypatch.setattr(supplier, "usage", lambda _esims: [usage])
    ask()
    assert read(bundle).used_bytes == GB


def test_a_threshold_is_told_by_count_or_by_estimate_and_once(supplier: FakeSupplier) -> None:
    subscriber = make_subscriber(usage_thresholds=[50, 80, 100])
    bundle = sold(esim=make_esim(supplier=make_supplier("wholesale"), subscriber=subscriber))
    for hours, used in ((0, 1), (4, 5)):
        says(supplier, bundle.esim, used, at=MOMENT + hours * HOUR)
        ask(MOMENT + hours * HOUR)
    watch = UsageWatch.objects.get()
    # A gigabyte an hour, half as much again at worst: 5 more in 3 h 20 min.
    assert watch.warn_at == MOMENT + timedelta(hours=7, minutes=20) - timedelta(hours=3)
    assert warn_of_low_data(now=watch.warn_at - timedelta(seconds=1)) == 0
    assert warn_of_low_data(now=watch.warn_at) == 1
    assert warn_of_low_data(now=watch.warn_at) == 0
    assert told() == [("usage_estimated", 50)]
    [message] = Notification.objects.all()
    assert message.parameters["as_of"] == (MOMENT + 4 * HOUR).isoformat()
    says(supplier, bundle.esim, 11, at=MOMENT + 8 * HOUR)
    ask(MOMENT + 8 * HOUR)
    assert told() == [("usage_estimated", 50)]
    says(supplier, bundle.esim, 17, at=MOMENT + 12 * HOUR)
    ask(MOMENT + 12 * HOUR)
    assert told() == [("usage_estimated", 50), ("usage_threshold", 80)]


def test_an_older_count_warns_earlier(supplier: FakeSupplier) -> None:
    """One bears the time of our question, though it may be three hours old; the other its own."""
    times = []
    for late in (timedelta(0), timedelta(minutes=10)):
        bundle = sold(esim=make_esim(supplier=make_supplier("wholesale")))
        for hours, used in ((0, 1), (4, 5)):
            reading = Reading(
                as_of=MOMENT + hours * HOUR, used_bytes=used * GB, total_bytes=20 * GB
            )
            apply_usage_reading(esim_id=bundle.esim_id, reading=reading, now=reading.as_of + late)
        times.append(UsageWatch.objects.get(esim=bundle.esim).warn_at)
    assert None not in times
    assert times[0] < times[1]  # type: ignore[operator]


def test_nobody_is_warned_whose_next_bundle_waits(supplier: FakeSupplier) -> None:
    bundle = sold()
    sold(esim=bundle.esim, state=BundleState.QUEUED)
    says(supplier, bundle.esim, 17)
    ask()
    assert UsageWatch.objects.get().warn_at is None
    assert told() == []


@pytest.mark.parametrize(
    "change",
    [
        lambda: UsageReading.objects.update(used_bytes=1),
        lambda: UsageReading.objects.all().delete(),
    ],
    ids=["update", "delete"],
)
def test_a_reading_is_never_changed(change: Callable[[], object]) -> None:
    make_reading()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        change()


def test_a_deduction_has_a_record_or_a_reading() -> None:
    with pytest.raises(IntegrityError, match="usage_deduction_has_its_cause"), transaction.atomic():
        UsageDeduction.objects.create(bundle=make_bundle(), deducted_bytes=1)


def test_a_reading_of_the_future_is_refused(supplier: FakeSupplier) -> None:
    bundle = sold()
    says(supplier, bundle.esim, 1, at=MOMENT + HOUR)
    ask()
    assert UsageWatch.objects.get().problem == Verdict.AHEAD


def test_an_answer_that_can_not_be_stored_does_not_hold_up_the_others(
    supplier: FakeSupplier,
) -> None:
    first = sold(esim=make_esim(supplier=make_supplier("wholesale")))
    second = sold(esim=make_esim(supplier=make_supplier("wholesale")))
    for bundle in (first, second):
        says(supplier, bundle.esim, 5)
    stored = make_reading(esim=first.esim, used_bytes=5 * GB, total_bytes=20 * GB, verdict="late")
    UsageDeduction.objects.create(reading=stored, bundle=first, deducted_bytes=1)
    with pytest.raises(IntegrityError):
        ask()
    assert Bundle.objects.get(pk=second.pk).used_bytes == 5 * GB
    assert UsageWatch.objects.get(esim=first.esim).next_at == MOMENT + LEASE


@pytest.mark.parametrize("used", [None, 10**30])
def test_a_supplier_that_knows_an_esim_and_counts_nothing_is_asked_again_later(
    supplier: FakeSupplier, used: int | None
) -> None:
    bundle = sold()
    supplier.usages[bundle.esim.iccid] = SupplierUsage(
        esim=SupplierEsim(iccid=bundle.esim.iccid), as_of=MOMENT, used_bytes=used
    )
    assert ask()
    watch = UsageWatch.objects.get()
    assert watch.problem == ""
    # The spread brings it forward, by a tenth at most.
    assert watch.next_at is not None
    assert timedelta(hours=5.4) <= watch.next_at - MOMENT <= timedelta(hours=6)
