"""A supplier that has to be called: a worker orders the new profile of a move, and retires the one
that is no longer needed, whatever breaks."""

from datetime import timedelta

import pytest

from limosa.domain.connectivity import moves
from limosa.domain.connectivity.answers import (
    CancelAnswer,
    Delivered,
    InstallTerms,
    Reinstall,
    UnderReview,
    UndoAnswer,
)
from limosa.domain.connectivity.capabilities import Capabilities, Idempotency, Moving
from limosa.domain.connectivity.operations import advance_next_move as advancing
from limosa.domain.connectivity.operations.advance_next_move import LEASE, advance_next_move
from limosa.domain.connectivity.registry import SupplierNotSetUpError
from limosa.domain.esims.engine.profile import Profile
from limosa.domain.esims.models import Esim, Move
from limosa.domain.esims.operations.give_up_move import give_up_move
from limosa.domain.esims.operations.keep_move_profile import keep_move_profile
from limosa.domain.esims.operations.take_move import take_move
from limosa.domain.esims.refusals import (
    MoveNotOfferedError,
)
from tests.database.connectivity.moving import LATER, begin, called_supplier, esim_on_a_phone, note
from tests.factories import MOMENT
from tests.factories.catalog import make_supplier
from tests.fakes.supplier import BUSY, LOST_AFTER, OUT_OF_STOCK, PENDING, FakeSupplier

pytestmark = pytest.mark.django_db


@pytest.fixture
def esim(db: None) -> Esim:
    return esim_on_a_phone()


@pytest.fixture
def supplier(monkeypatch: pytest.MonkeyPatch) -> FakeSupplier:
    return called_supplier(monkeypatch)


@pytest.mark.parametrize(
    "can",
    [
        Capabilities(),
        Capabilities(moving=Moving.SAME_CODE),
        Capabilities(
            moving=Moving.NEW_PROFILE, idempotency=Idempotency.LOOKED_UP, profile_reports=True
        ),
        Capabilities(moving=Moving.NEW_PROFILE, idempotency=Idempotency.SAME_ORDER),
    ],
)
def test_a_supplier_that_gives_no_profile_safely_is_not_asked(
    esim: Esim, supplier: FakeSupplier, can: Capabilities
) -> None:
    supplier.capabilities = can
    with pytest.raises(MoveNotOfferedError):
        begin(esim)


def test_a_worker_asks_a_supplier_that_has_to_be_called(esim: Esim, supplier: FakeSupplier) -> None:
    move = begin(esim)
    assert move.iccid == ""
    assert advance_next_move(now=MOMENT)
    move.refresh_from_db()
    assert move.iccid
    assert not advance_next_move(now=MOMENT + LEASE)
    note(move.iccid, "installed")
    esim.refresh_from_db()
    assert esim.iccid == move.iccid


@pytest.mark.parametrize("what", [BUSY, PENDING, LOST_AFTER])
def test_a_supplier_without_an_answer_is_asked_again_for_the_same(
    esim: Esim, supplier: FakeSupplier, what: str
) -> None:
    move = begin(esim)
    supplier.script(what)
    assert advance_next_move(now=MOMENT)
    supplier.deliver(move.number)
    assert not advance_next_move(now=MOMENT)
    assert advance_next_move(now=MOMENT + timedelta(minutes=1))
    move.refresh_from_db()
    assert move.iccid
    assert len(supplier.orders_of(move.number)) == 1


def test_a_supplier_that_refuses_ends_the_move(esim: Esim, supplier: FakeSupplier) -> None:
    move = begin(esim)
    supplier.script(OUT_OF_STOCK)
    assert advance_next_move(now=MOMENT)
    move.refresh_from_db()
    assert (move.state, move.problem, move.next_at) == ("given_up", OUT_OF_STOCK, None)


def test_a_worker_that_died_leaves_the_move_to_another(esim: Esim, supplier: FakeSupplier) -> None:
    move = begin(esim)
    move.next_at = MOMENT + LEASE
    move.attempts = 1
    move.save()
    assert not advance_next_move(now=MOMENT + LEASE - timedelta(seconds=1))
    assert advance_next_move(now=MOMENT + LEASE)


def test_the_profile_that_is_no_longer_needed_is_retired_once(
    esim: Esim, supplier: FakeSupplier
) -> None:
    old, move = esim.iccid, begin(esim)
    advance_next_move(now=MOMENT)
    move.refresh_from_db()
    note(move.iccid, "installed")
    assert supplier.calls(old) == []
    assert advance_next_move(now=LATER)
    assert supplier.calls(old) == ["retire"]
    assert not advance_next_move(now=LATER + timedelta(days=1))


def test_a_move_given_up_while_its_profile_was_asked_for_retires_it(
    esim: Esim, supplier: FakeSupplier
) -> None:
    move = begin(esim)
    supplier.script(LOST_AFTER)
    advance_next_move(now=MOMENT)
    give_up_move(number=move.number, now=MOMENT)
    assert advance_next_move(now=LATER)
    move.refresh_from_db()
    assert advance_next_move(now=LATER)
    assert supplier.calls(move.iccid) == ["retire"]
    esim.refresh_from_db()
    assert esim.iccid != move.iccid


def test_a_move_given_up_before_it_was_asked_for_needs_nothing(
    esim: Esim, supplier: FakeSupplier
) -> None:
    move = begin(esim)
    give_up_move(number=move.number, now=MOMENT)
    assert not advance_next_move(now=LATER)
    assert supplier.calls(move.number) == []


def test_a_supplier_that_is_not_set_up_is_asked_once_it_is(
    esim: Esim, supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = begin(esim)

    def missing(code: str) -> FakeSupplier:
        raise SupplierNotSetUpError(code)

    with monkeypatch.context() as patch:
        patch.setattr(advancing, "adapter_for", missing)
        assert not advance_next_move(now=MOMENT)
    assert advance_next_move(now=MOMENT + timedelta(minutes=1))
    move.refresh_from_db()
    assert move.iccid


def test_two_workers_take_a_move_once(esim: Esim, supplier: FakeSupplier) -> None:
    move = begin(esim)
    same = Move.objects.get(pk=move.pk)
    assert take_move(move=move, until=LATER)
    assert not take_move(move=same, until=LATER)


def test_a_profile_that_nobody_can_install_ends_the_move(
    esim: Esim, supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = begin(esim)
    broken = Delivered(profile=Profile(iccid="8901", activation_code="LPA:nothing"))
    monkeypatch.setattr(supplier, "replace", lambda _request: broken)
    assert advance_next_move(now=MOMENT)
    move.refresh_from_db()
    assert (move.state, move.problem, move.iccid) == ("given_up", "iccid_malformed", "")


def test_a_delivery_without_its_profile_is_asked_for_again(
    esim: Esim, supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = begin(esim)
    with monkeypatch.context() as patch:
        patch.setattr(supplier, "replace", lambda _request: Delivered())
        assert advance_next_move(now=MOMENT)
    move.refresh_from_db()
    assert (move.state, move.problem) == ("waiting", "pending")
    assert advance_next_move(now=MOMENT + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("answer", "problem", "is_over"),
    [
        (CancelAnswer.DONE, "", True),
        (CancelAnswer.REFUSED, "not_retired", True),
        (UnderReview(), "", False),
    ],
)
def test_whether_a_profile_was_retired_is_kept(
    esim: Esim,
    supplier: FakeSupplier,
    monkeypatch: pytest.MonkeyPatch,
    answer: UndoAnswer,
    problem: str,
    is_over: bool,  # noqa: FBT001 -- of the table
) -> None:
    move = begin(esim)
    advance_next_move(now=MOMENT)
    move.refresh_from_db()
    note(move.iccid, "installed")

    def retire(*, iccid: str) -> UndoAnswer:
        assert iccid == move.old_iccid
        return answer

    monkeypatch.setattr(supplier, "retire", retire)
    assert advance_next_move(now=LATER)
    move.refresh_from_db()
    assert (move.problem, move.next_at is None) == (problem, is_over)


def test_an_answer_after_the_lease_changes_no_profile(esim: Esim, supplier: FakeSupplier) -> None:
    move = begin(esim)
    advance_next_move(now=MOMENT)
    move.refresh_from_db()
    first = move.iccid
    late = Profile(iccid="8999000000000000019", activation_code="LPA:1$smdp.example.com$LATE")
    keep_move_profile(move=move, profile=late, now=LATER)
    move.refresh_from_db()
    assert move.iccid == first


def test_a_move_that_another_worker_took_is_left_to_it(
    esim: Esim, supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = begin(esim)
    monkeypatch.setattr(advancing, "take_move", lambda **_: False)
    assert not advance_next_move(now=MOMENT)
    assert supplier.calls(move.number) == []


def test_of_a_supplier_that_is_not_set_up_nothing_is_known(esim: Esim) -> None:
    esim.supplier = make_supplier("gone")
    esim.save()
    assert moves.install_terms(esim) == InstallTerms(reinstall=Reinstall.UNKNOWN)
    assert not moves.may_get_new_profile(esim)
