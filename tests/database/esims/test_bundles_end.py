"""A bundle is suspended and resumed, taken back unused, and withdrawn; what has ended stays so."""

from datetime import timedelta

import pytest

from limosa.domain.esims.engine.lifecycle import BundlePeriod
from limosa.domain.esims.models import Bundle, BundleState, Esim
from limosa.domain.esims.operations.note_esim_seen import note_esim_seen
from limosa.domain.esims.operations.resume_bundle import resume_bundle
from limosa.domain.esims.operations.suspend_bundle import suspend_bundle
from limosa.domain.esims.operations.take_back_bundle import take_back_bundle
from limosa.domain.esims.operations.use_bundle import use_bundle
from limosa.domain.esims.operations.withdraw_bundle import withdraw_bundle
from limosa.foundation.state_machine import TransitionRefusedError
from tests.factories import MOMENT
from tests.factories.esims import make_bundle

pytestmark = pytest.mark.django_db
LATER = MOMENT + timedelta(hours=1)


def test_it_is_suspended_since_the_first_dispute_until_it_is_resumed() -> None:
    bundle = make_bundle()
    suspend_bundle(order_number=bundle.order_number, now=MOMENT)
    suspend_bundle(order_number=bundle.order_number, now=LATER)
    bundle.refresh_from_db()
    assert bundle.suspended_at == MOMENT
    resume_bundle(order_number=bundle.order_number)
    bundle.refresh_from_db()
    assert bundle.suspended_at is None


def test_an_unused_one_is_taken_back() -> None:
    bundle = make_bundle(ends_at=LATER)
    assert take_back_bundle(order_number=bundle.order_number, now=MOMENT)
    bundle.refresh_from_db()
    assert (bundle.state, bundle.ended_at) == (BundleState.REFUNDED, MOMENT)


def test_an_order_without_a_bundle_has_nothing_to_take_back() -> None:
    assert take_back_bundle(order_number="L-NONE", now=MOMENT)


def test_a_used_one_is_not_taken_back_and_is_withdrawn_all_the_same() -> None:
    bundle = make_bundle(used_bytes=1)
    assert not take_back_bundle(order_number=bundle.order_number, now=MOMENT)
    bundle.refresh_from_db()
    assert bundle.state == BundleState.ACTIVE
    withdraw_bundle(order_number=bundle.order_number, now=LATER)
    bundle.refresh_from_db()
    assert (bundle.state, bundle.ended_at) == (BundleState.REFUNDED, LATER)


def test_one_whose_time_is_over_is_not_taken_back_although_nobody_has_written_so() -> None:
    bundle = make_bundle(ends_at=LATER)
    assert not take_back_bundle(order_number=bundle.order_number, now=LATER)


def test_what_has_ended_is_not_withdrawn() -> None:
    bundle = make_bundle(state=BundleState.EXPIRED, ended_at=MOMENT)
    assert not take_back_bundle(order_number=bundle.order_number, now=MOMENT)
    withdraw_bundle(order_number=bundle.order_number, now=LATER)
    bundle.refresh_from_db()
    assert (bundle.state, bundle.ended_at) == (BundleState.EXPIRED, MOMENT)


def test_a_report_of_use_can_not_bring_back_what_was_paid_back() -> None:
    bundle = make_bundle(state=BundleState.REFUNDED, ended_at=MOMENT)
    period = BundlePeriod(starts_at=bundle.starts_at, ends_at=bundle.ends_at)
    with pytest.raises(TransitionRefusedError):
        use_bundle(bundle=bundle, state="active", used_bytes=5, period=period, now=LATER)
    kept = Bundle.objects.get(pk=bundle.pk)
    assert (kept.state, kept.used_bytes) == (BundleState.REFUNDED, 0)


def test_an_esim_is_installed_since_it_was_first_seen() -> None:
    esim = make_bundle().esim
    esim.state, esim.installed_at = "ready", None
    for moment in (MOMENT, LATER):
        note_esim_seen(esim=esim, now=moment)
    kept = Esim.objects.get(pk=esim.pk)
    assert (kept.state, kept.installed_at, kept.usage_seen_at) == ("installed", MOMENT, LATER)
