"""One number of a requester's own has one profile, however many ask at once."""

from threading import Barrier

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model

from limosa.domain.rows import insert_row, insert_row_once
from limosa.domain.rsp.models import DownloadOrder, Profile, ProfileType
from limosa.domain.rsp.operations import provide_profile as providing
from limosa.domain.rsp.operations.provide_profile import provide_profile
from tests.concurrency.together import run_together
from tests.factories import MOMENT
from tests.factories.rsp import make_download_order, make_profile, make_profile_type

pytestmark = pytest.mark.django_db(transaction=True)
TOGETHER = 6


@transaction.atomic
def provide(kind: ProfileType, *, is_made: bool) -> str:
    found = provide_profile(
        requester="own", reference="L-1", profile_type=kind, is_made=is_made, now=MOMENT
    )
    return found.matching_id


def all_at_once(monkeypatch: pytest.MonkeyPatch, *, is_made: bool, is_unguarded: bool) -> list[str]:
    """Have all look first, and only then store an order."""
    kind = make_profile_type()
    all_have_looked = Barrier(TOGETHER, timeout=20)

    def wait_and_insert(row: Model) -> bool:
        all_have_looked.wait()
        if is_unguarded:
            row.reference += str(id(row))  # type: ignore[attr-defined]
            insert_row(row)
            return True
        return insert_row_once(row)

    monkeypatch.setattr(providing, "insert_row_once", wait_and_insert)
    return run_together([lambda: provide(kind, is_made=is_made)] * TOGETHER)


@pytest.mark.parametrize("is_made", [True, False])
def test_without_the_constraint_each_gets_a_profile_of_its_own(
    monkeypatch: pytest.MonkeyPatch, *, is_made: bool
) -> None:
    """The control: their numbers are told apart, so the constraint does not see that it is one."""
    for _ in range(0 if is_made else TOGETHER):
        make_profile()
    got = all_at_once(monkeypatch, is_made=is_made, is_unguarded=True)
    assert len(set(got)) == TOGETHER
    assert Profile.objects.filter(state="ordered").count() == TOGETHER


@pytest.mark.parametrize("is_made", [True, False])
def test_all_get_the_same_profile_and_no_other_is_left_over(
    monkeypatch: pytest.MonkeyPatch, *, is_made: bool
) -> None:
    for _ in range(0 if is_made else TOGETHER):
        make_profile()
    got = all_at_once(monkeypatch, is_made=is_made, is_unguarded=False)
    assert len(set(got)) == 1
    assert got == [DownloadOrder.objects.get().matching_id] * TOGETHER
    assert Profile.objects.filter(state="ordered").count() == 1
    assert Profile.objects.count() == (1 if is_made else TOGETHER)


def test_the_database_has_a_number_once() -> None:
    make_download_order(requester="own", reference="L-1", state="cancelled")
    with pytest.raises(IntegrityError, match="download_order_reference_once"):
        make_download_order(requester="own", reference="L-1")
    make_download_order(requester="other", reference="L-1")
    for _ in range(2):
        make_download_order(requester="own")
