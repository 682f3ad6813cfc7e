"""An eSIM on a phone that is moved to another, for tests of moves."""

from datetime import timedelta

import pytest

from limosa.domain.accounts.origin import Origin
from limosa.domain.connectivity import moves
from limosa.domain.connectivity.capabilities import Capabilities, Idempotency, Moving
from limosa.domain.connectivity.operations import advance_next_move as advancing
from limosa.domain.connectivity.operations import retire_at_once as retiring
from limosa.domain.connectivity.operations import start_move as starting
from limosa.domain.connectivity.operations.start_move import start_move
from limosa.domain.esims.engine.installation_life import InstallationState, ProfileReport
from limosa.domain.esims.models import DeviceKind, Esim, Move
from limosa.domain.esims.operations.begin_move import MoveTarget
from limosa.domain.esims.operations.note_profile_report import ReportNoted, note_profile_report
from tests.factories import MOMENT
from tests.factories.esims import make_bundle, make_esim
from tests.fakes.supplier import FakeSupplier

ORIGIN = Origin(address="203.0.113.7", device="Mozilla/5.0 (iPhone)")
TO_PHONE = MoveTarget(kind=DeviceKind.PHONE, name="Pixel")
OLD_EID, NEW_EID = f"89049032{1:024}", f"89049032{2:024}"
LATER = MOMENT + timedelta(minutes=5)
BY_CALLS = Capabilities(
    idempotency=Idempotency.SAME_ORDER, moving=Moving.NEW_PROFILE, profile_reports=True
)


def esim_on_a_phone() -> Esim:
    """Return an eSIM of our own network with a bundle, on a phone."""
    found = make_esim()
    make_bundle(esim=found)
    note(found.iccid, "enabled", eid=OLD_EID, minutes=-60)
    return Esim.objects.get(pk=found.pk)


def begin(esim: Esim, target: MoveTarget = TO_PHONE) -> Move:
    return start_move(esim_id=esim.pk, target=target, origin=ORIGIN, now=MOMENT)


def note(iccid: str, state: str, *, eid: str = NEW_EID, minutes: float = 5) -> ReportNoted:
    """Note a report that arrives at once."""
    now = MOMENT + timedelta(minutes=minutes)
    found = InstallationState(state)
    failure = "5/10" if found is InstallationState.FAILED else ""
    report = ProfileReport(state=found, happened_at=now, failure=failure)
    return note_profile_report(iccid=iccid, eid=eid, report=report, now=now)


def called_supplier(monkeypatch: pytest.MonkeyPatch) -> FakeSupplier:
    """Return a supplier that has to be called, in place of our own network."""
    fake = FakeSupplier(BY_CALLS)
    monkeypatch.setattr(advancing, "adapter_for", lambda _code: fake)
    for user in (starting, moves, retiring):
        monkeypatch.setattr(user, "capabilities_of", lambda _code: fake.capabilities)
    return fake
