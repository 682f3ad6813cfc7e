"""A move whose new profile no device installs ends by itself: the eSIM keeps what it has, the new
profile is retired, and the person is told."""

from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from limosa.domain.connectivity.operations import advance_next_move as advancing
from limosa.domain.connectivity.operations import end_overdue_move as ending
from limosa.domain.connectivity.operations.advance_next_move import advance_next_move
from limosa.domain.connectivity.operations.end_overdue_move import end_overdue_move
from limosa.domain.connectivity.registry import SupplierNotSetUpError
from limosa.domain.esims.engine.move_life import NOT_INSTALLED, REPORT_GRACE
from limosa.domain.esims.models import Esim, Move
from limosa.domain.esims.refusals import MoveOverError
from limosa.domain.notifications.models import Notification
from limosa.domain.rsp.models import DownloadOrder
from limosa.domain.rsp.models import Profile as StoredProfile
from tests.database.connectivity.moving import begin, called_supplier, esim_on_a_phone, note
from tests.factories import MOMENT
from tests.fakes.supplier import PENDING, FakeSupplier

pytestmark = pytest.mark.django_db
END = MOMENT + timedelta(days=7)
SECOND = timedelta(seconds=1)
WEEK_MINUTES = 7 * 24 * 60


@pytest.fixture
def esim(db: None) -> Esim:
    return esim_on_a_phone()


@pytest.fixture
def supplier(monkeypatch: pytest.MonkeyPatch) -> FakeSupplier:
    return called_supplier(monkeypatch)


def test_it_ends_when_its_code_is_no_longer_valid_and_not_before(esim: Esim) -> None:
    before = (esim.iccid, esim.activation_code)
    move = begin(esim)
    assert move.expires_at == END
    assert not advance_next_move(now=END - SECOND)
    assert advance_next_move(now=END)
    move.refresh_from_db()
    esim.refresh_from_db()
    assert (move.state, move.problem, move.ended_at) == ("given_up", NOT_INSTALLED, END)
    assert (esim.iccid, esim.activation_code) == before
    assert DownloadOrder.objects.get(reference=move.number).state == "cancelled"
    assert StoredProfile.objects.get(iccid=move.iccid).state == "unavailable"
    assert not advance_next_move(now=END)
    note(move.iccid, "installed", minutes=WEEK_MINUTES + 1)
    esim.refresh_from_db()
    assert esim.iccid == before[0]


def test_the_person_is_told_once_and_may_move_it_again(esim: Esim) -> None:
    move = begin(esim)
    advance_next_move(now=END)
    letter = Notification.objects.get(subscriber=esim.subscriber, kind="esim_move_expired")
    assert letter.parameters["esim_id"] == esim.public_id
    with pytest.raises(MoveOverError):
        end_overdue_move(number=move.number, now=END)
    assert begin(esim).number != move.number


def test_the_time_is_a_setting_and_counts_from_the_beginning(
    esim: Esim, settings: Settings
) -> None:
    settings.MOVES_CODE_DAYS = 2
    move = begin(esim)
    settings.MOVES_CODE_DAYS = 30  # What was promised stays.
    assert advance_next_move(now=MOMENT + timedelta(days=2))
    move.refresh_from_db()
    assert move.state == "given_up"


def test_what_was_installed_in_time_has_moved(esim: Esim) -> None:
    move = begin(esim)
    note(move.iccid, "installed", minutes=WEEK_MINUTES)
    with pytest.raises(MoveOverError):
        end_overdue_move(number=move.number, now=END)
    while advance_next_move(now=END):
        pass
    move.refresh_from_db()
    esim.refresh_from_db()
    assert (move.state, esim.iccid) == ("done", move.iccid)
    assert not Notification.objects.filter(kind="esim_move_expired").exists()


def test_whoever_downloads_it_at_the_last_moment_has_an_hour_to_report(esim: Esim) -> None:
    move = begin(esim)
    note(move.iccid, "downloaded", minutes=WEEK_MINUTES - 1)
    until = END - timedelta(minutes=1) + REPORT_GRACE
    assert advance_next_move(now=END)
    move.refresh_from_db()
    assert (move.state, move.next_at) == ("waiting", until)
    assert not advance_next_move(now=until - SECOND)
    assert advance_next_move(now=until)
    move.refresh_from_db()
    assert move.state == "given_up"


@pytest.mark.parametrize("then", ["installed", "failed"])
def test_what_is_reported_in_that_hour_decides(esim: Esim, then: str) -> None:
    move = begin(esim)
    note(move.iccid, "downloaded", minutes=WEEK_MINUTES - 1)
    advance_next_move(now=END)
    note(move.iccid, then, minutes=WEEK_MINUTES + 1)
    while advance_next_move(now=END + timedelta(hours=2)):
        pass
    move.refresh_from_db()
    assert move.state == {"installed": "done", "failed": "given_up"}[then]


def test_at_a_supplier_that_is_called_the_new_profile_is_retired_and_the_old_one_never(
    esim: Esim, supplier: FakeSupplier
) -> None:
    move = begin(esim)
    advance_next_move(now=MOMENT)
    move.refresh_from_db()
    assert advance_next_move(now=END)
    assert supplier.calls(move.iccid) == []
    assert advance_next_move(now=END)
    assert supplier.calls(move.iccid) == ["retire"]
    assert supplier.calls(esim.iccid) == []
    assert not advance_next_move(now=END + timedelta(days=1))


def test_a_move_that_never_had_a_profile_ends_too(esim: Esim, supplier: FakeSupplier) -> None:
    move = begin(esim)
    supplier.script(PENDING)
    assert advance_next_move(now=MOMENT)
    assert advance_next_move(now=END)
    move.refresh_from_db()
    assert (move.state, move.problem) == ("given_up", NOT_INSTALLED)


def test_it_ends_even_where_its_supplier_is_not_set_up(
    esim: Esim, supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = begin(esim)

    def missing(code: str) -> FakeSupplier:
        raise SupplierNotSetUpError(code)

    monkeypatch.setattr(advancing, "adapter_for", missing)
    assert advance_next_move(now=END)
    move.refresh_from_db()
    assert move.state == "given_up"


def test_a_move_that_ended_before_the_worker_looked_is_left_alone(
    esim: Esim, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = begin(esim)
    seen = list(Move.objects.select_related("esim"))
    note(move.iccid, "installed", minutes=WEEK_MINUTES)
    monkeypatch.setattr(advancing, "due_moves", lambda **_named: seen)
    assert not advance_next_move(now=END)
    esim.refresh_from_db()
    assert esim.iccid == move.iccid


def test_nothing_has_ended_if_the_message_can_not_be_stored(
    esim: Esim, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = begin(esim)

    def broken(**_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(ending, "notify", broken)
    with pytest.raises(RuntimeError):
        advance_next_move(now=END)
    move.refresh_from_db()
    assert move.is_waiting
    assert StoredProfile.objects.get(iccid=move.iccid).state == "ordered"
