"""Reports of one card that arrive at once: none of them is lost, and the latest counts."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db.models import QuerySet

from limosa.domain.esims.engine.installation_life import (
    InstallationState,
    ProfileReport,
    Standing,
    after_report,
)
from limosa.domain.esims.models import Device, Esim, EsimState
from limosa.domain.esims.operations import note_profile_report as noting
from limosa.domain.esims.operations.note_profile_report import note_profile_report
from limosa.domain.esims.queries import installation_of
from tests.concurrency.together import run_together
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.esims import make_device, make_esim, make_installation

pytestmark = pytest.mark.django_db(transaction=True)
EID = "89049032" + "1" * 24
STATES = ("enabled", "disabled", "deleted")


def notes(esim: Esim, state: str, sequence: int) -> Callable[[], str]:
    report = ProfileReport(
        state=InstallationState(state), happened_at=MOMENT, sequence=sequence, download=1
    )
    return lambda: note_profile_report(
        iccid=esim.iccid, eid=EID, report=report, now=MOMENT + timedelta(seconds=1)
    )


def all_at_once(monkeypatch: pytest.MonkeyPatch, esim: Esim, *, is_locked: bool) -> list[str]:
    """Have each report read what is known before any of them stores what it makes of it."""
    all_have_read = Barrier(len(STATES))

    def wait_and_judge(known: Standing | None, report: ProfileReport) -> Standing:
        if not is_locked:
            all_have_read.wait(timeout=20)
        return after_report(known, report)

    def unlocked(rows: QuerySet[Any], **_: Any) -> QuerySet[Any]:
        return rows.all()

    with monkeypatch.context() as patch:
        patch.setattr(noting, "after_report", wait_and_judge)
        if not is_locked:
            patch.setattr(QuerySet, "select_for_update", unlocked)
        return run_together([notes(esim, state, n) for n, state in enumerate(STATES, start=2)])


def an_installed_esim() -> Esim:
    esim = make_esim()
    device = make_device(subscriber=esim.subscriber, eid=EID)
    make_installation(esim=esim, device=device, sequence=1)
    return esim


def times(esim: Esim) -> list[bool]:
    found = installation_of(esim)
    assert found is not None
    return [getattr(found, f"{state}_at") is not None for state in STATES]


def test_without_the_lock_all_but_one_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    esim = an_installed_esim()
    all_at_once(monkeypatch, esim, is_locked=False)
    assert times(esim).count(True) == 1


def test_with_the_lock_none_is_lost_and_the_latest_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    esim = an_installed_esim()
    assert all_at_once(monkeypatch, esim, is_locked=True) == ["changed"] * len(STATES)
    found = installation_of(esim)
    assert found is not None
    assert (found.state, found.sequence) == ("deleted", 4)
    assert times(esim) == [True] * len(STATES)


def test_two_esims_on_one_new_card_make_one_device() -> None:
    person = make_subscriber()
    esims = [make_esim(subscriber=person, state=EsimState.READY) for _ in range(6)]
    said = run_together([notes(esim, "enabled", 1) for esim in esims])
    assert said == ["changed"] * len(esims)
    assert Device.objects.count() == 1
