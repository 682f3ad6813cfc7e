"""A move is given up, or ends by itself, at the moment at which a device reports it: it is one or
the other, never an eSIM with a profile that is then retired."""

from collections.abc import Callable
from threading import Event
from typing import Any

import pytest

from limosa.domain.accounts.origin import Origin
from limosa.domain.connectivity.operations.end_overdue_move import end_overdue_move
from limosa.domain.connectivity.operations.start_move import start_move
from limosa.domain.esims.engine.installation_life import InstallationState, ProfileReport
from limosa.domain.esims.models import DeviceKind, Esim, Move
from limosa.domain.esims.operations.begin_move import MoveTarget
from limosa.domain.esims.operations.give_up_move import give_up_move
from limosa.domain.esims.operations.note_profile_report import note_profile_report
from tests.concurrency.together import run_together
from tests.concurrency.unlocked import without_row_locks
from tests.factories import MOMENT
from tests.factories.esims import make_bundle, make_esim, make_move

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_SECONDS = 1.0


@pytest.fixture
def move(db: None) -> Move:
    """Return a waiting move."""
    return make_move()


def give_up(move: Move) -> None:
    give_up_move(number=move.number, now=MOMENT)


def let_it_end(move: Move) -> None:
    end_overdue_move(number=move.number, now=move.expires_at)


ways_to_end = pytest.mark.parametrize("end", [give_up, let_it_end])


def end_while_it_is_reported(
    move: Move, monkeypatch: pytest.MonkeyPatch, end: Callable[[Move], None]
) -> list[str]:
    """Whoever ends it has read it before a device reports, and writes afterwards, as far as
    locks let them."""
    has_read, is_reported = Event(), Event()
    save: Callable[..., None] = Move.save

    def save_late(row: Move, *arguments: Any, **named: Any) -> None:
        if row.state == "given_up":
            has_read.set()
            is_reported.wait(PATIENCE_SECONDS)
        save(row, *arguments, **named)

    def report() -> object:
        has_read.wait(PATIENCE_SECONDS)
        told = ProfileReport(state=InstallationState.INSTALLED, happened_at=MOMENT)
        said = note_profile_report(iccid=move.iccid, eid="", report=told, now=MOMENT)
        is_reported.set()
        return said

    monkeypatch.setattr(Move, "save", save_late)
    return run_together([lambda: end(move), report])


def outcome(move: Move) -> tuple[str, bool]:
    """Return where the move stands, and whether the eSIM has its profile."""
    move.refresh_from_db()
    return move.state, Esim.objects.get(pk=move.esim_id).iccid == move.iccid


@ways_to_end
def test_without_the_lock_the_esim_has_a_profile_that_was_given_up(
    move: Move, monkeypatch: pytest.MonkeyPatch, end: Callable[[Move], None]
) -> None:
    with without_row_locks(monkeypatch):
        end_while_it_is_reported(move, monkeypatch, end)
    assert outcome(move) == ("given_up", True)


@ways_to_end
def test_with_the_lock_it_is_one_or_the_other(
    move: Move, monkeypatch: pytest.MonkeyPatch, end: Callable[[Move], None]
) -> None:
    end_while_it_is_reported(move, monkeypatch, end)
    assert outcome(move) in [("given_up", False), ("done", True)]


def begin_twice() -> list[str]:
    esim = make_esim()
    make_bundle(esim=esim)

    def begin() -> str:
        target = MoveTarget(kind=DeviceKind.PHONE)
        start_move(esim_id=esim.pk, target=target, origin=Origin(), now=MOMENT)
        return "begun"

    return sorted(run_together([begin, begin]))


def test_two_presses_begin_one_move() -> None:
    assert begin_twice() == ["MoveWaitingError", "begun"]


def test_without_the_lock_the_database_refuses_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control, and the fourth of the guards: the constraint."""
    with without_row_locks(monkeypatch):
        said = begin_twice()
    assert said[-1] == "begun"
    assert Move.objects.count() == 1
