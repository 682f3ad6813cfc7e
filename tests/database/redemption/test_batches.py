"""What is done to batches, and that the books follow: what is outstanding is what is active."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from limosa.domain.ledger.models import Posting
from limosa.domain.ledger.queries import balance_of
from limosa.domain.redemption.code_keys import digester
from limosa.domain.redemption.models import ChangeKind, Code, CodeBatch, CodeChange
from limosa.domain.redemption.operations import continue_change as continuing
from limosa.domain.redemption.operations import redeem_code as redeeming
from limosa.domain.redemption.operations.change_codes import change_codes
from limosa.domain.redemption.operations.continue_change import continue_change
from limosa.domain.redemption.operations.continue_changes import continue_changes
from limosa.domain.redemption.operations.expire_batches import expire_batches
from limosa.domain.redemption.operations.export_codes import export_codes
from limosa.domain.redemption.operations.make_batch import Wanted, make_batch
from limosa.domain.redemption.operations.record_buyer_payment import record_buyer_payment
from limosa.domain.redemption.refusals import (
    BatchExpiredError,
    BatchExportedError,
    BatchNotExportedError,
    BatchNotMadeError,
    BatchTermsError,
    BuyerPaymentError,
    SerialsNotOfBatchError,
)
from limosa.foundation.money import Money
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.redemption import WORTH, finish, make_code_batch, make_codes

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SOLD: dict[str, Any] = {"price": Money(1800, "USD"), "buyer": "Kiosk"}


def booked(batch: CodeBatch, kind: str) -> int:
    owner = f"{batch.number}:" if kind in {"codes_outstanding", "receivable"} else ""
    return balance_of(code=f"{kind}:{owner}USD")


def check_outstanding() -> None:
    """By currency, what is outstanding is the worth of the active codes."""
    active = Code.objects.filter(state="active").values("batch__currency")
    worth = dict(active.annotate(Sum("batch__amount_minor")).values_list(*active_columns()))
    rows = Posting.objects.filter(account__kind="codes_outstanding").values("account__currency")
    sums = dict(rows.annotate(total=-Sum("amount_minor")).values_list("account__currency", "total"))
    assert {code: total for code, total in sums.items() if total} == worth


def active_columns() -> tuple[str, str]:
    return ("batch__currency", "batch__amount_minor__sum")


def test_a_batch_that_is_given_away_costs_when_it_is_activated() -> None:
    batch = make_codes().batch
    assert booked(batch, "codes_outstanding") == -6000
    assert booked(batch, "promotions") == 6000
    check_outstanding()


@pytest.mark.parametrize("place", ["bank", "receivable"])
def test_a_batch_that_is_sold_is_paid_or_owed(place: str) -> None:
    codes = make_codes(**SOLD, is_paid=place == "bank")
    assert booked(codes.batch, place) == 5400
    assert booked(codes.batch, "promotions") == 600
    assert booked(codes.batch, "codes_outstanding") == -6000
    codes.change("void", 0, 1)
    assert booked(codes.batch, "codes_outstanding") == -2000
    assert booked(codes.batch, "promotions") == 200
    assert booked(codes.batch, "receivable") == (-3600 if place == "bank" else 1800)
    check_outstanding()


def test_what_the_buyer_paid_is_booked_once_for_each_reference() -> None:
    batch = make_codes(**SOLD).batch
    for _ in range(2):
        record_buyer_payment(batch_id=batch.pk, amount_minor=5000, reference="T1", now=MOMENT)
    record_buyer_payment(batch_id=batch.pk, amount_minor=-100, reference="T2", now=MOMENT)
    assert booked(batch, "receivable") == 5400 - 5000 + 100
    assert booked(batch, "bank") == 4900
    given = make_codes().batch
    for batch_id, minor, reference in (
        (batch.pk, 4999, "T1"),
        (batch.pk, 0, "T3"),
        (batch.pk, 1, ""),
        (batch.pk, 1, "a\nb"),
        (given.pk, 1, "T4"),
    ):
        with pytest.raises(BuyerPaymentError):
            record_buyer_payment(
                batch_id=batch_id, amount_minor=minor, reference=reference, now=MOMENT
            )
    assert booked(batch, "bank") == 4900


@pytest.mark.parametrize(
    ("fields", "place", "left"),
    [
        ({}, "promotions", 0),
        (SOLD, "unclaimed", -6000),
        (SOLD | {"expired_is_income": True}, "breakage", -6000),
    ],
)
def test_what_expires_goes_where_the_batch_says(
    fields: dict[str, Any], place: str, left: int
) -> None:
    codes = make_codes(expires_at=MOMENT + DAY, **fields)
    assert expire_batches(now=MOMENT + DAY - timedelta(seconds=1)) == 0
    assert expire_batches(now=MOMENT + DAY) == 1
    assert expire_batches(now=MOMENT + DAY) == 0
    assert finish(CodeChange.objects.get(kind="expire"), now=MOMENT + DAY) == 3
    assert booked(codes.batch, "codes_outstanding") == 0
    assert booked(codes.batch, place) == left
    assert {code.state for code in Code.objects.all()} == {"expired"}


def test_codes_that_were_never_active_are_in_no_book() -> None:
    codes = make_codes(active=False, expires_at=MOMENT + DAY)
    assert codes.change("void", 0, 0) == 1
    continue_changes(clock=lambda: MOMENT + DAY, until=MOMENT + 2 * DAY)
    assert not Posting.objects.exists()
    assert sorted(Code.objects.values_list("state", flat=True)) == ["expired", "expired", "void"]


def test_a_range_is_activated_and_doing_it_twice_changes_nothing() -> None:
    codes = make_codes(active=False, count=5)
    assert codes.change("activate", 1, 2) == 2
    assert codes.change("activate", 0, 3) == 2
    assert booked(codes.batch, "codes_outstanding") == -8000
    assert codes.change("void") == 5
    assert booked(codes.batch, "codes_outstanding") == 0
    assert codes.change("activate") == 0
    check_outstanding()


def test_a_batch_is_exported_once_and_activated_after_that() -> None:
    batch = make_code_batch()
    with pytest.raises(BatchNotExportedError):
        activate(batch)
    seen: list[tuple[int, str]] = []

    def write(_batch: CodeBatch, codes: Iterator[tuple[int, str]]) -> None:
        seen.extend(codes)

    export_codes(batch_id=batch.pk, write=write, now=MOMENT)
    assert [serial for serial, _ in seen] == [10_000_001, 10_000_002, 10_000_003]
    with pytest.raises(BatchExportedError):
        export_codes(batch_id=batch.pk, write=write, now=MOMENT)
    batch.refresh_from_db()
    assert batch.seed is None
    activate(batch)


def test_an_export_that_fails_can_be_repeated() -> None:
    batch = make_code_batch()

    def fail(_batch: CodeBatch, _codes: Iterator[tuple[int, str]]) -> None:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        export_codes(batch_id=batch.pk, write=fail, now=MOMENT)
    export_codes(batch_id=batch.pk, write=lambda _batch, _codes: None, now=MOMENT)


def activate(
    batch: CodeBatch, *, now: datetime = MOMENT, first: int = 0, last: int = 0
) -> CodeChange:
    return change_codes(
        batch_id=batch.pk,
        kind=ChangeKind.ACTIVATE,
        first_serial=first or batch.first_serial,
        last_serial=last or batch.last_serial,
        actor=None,
        now=now,
    )


def test_serials_of_another_batch_are_refused() -> None:
    batch, other = make_codes(active=False).batch, make_codes(active=False).batch
    assert other.first_serial == batch.last_serial + 1
    for first, last in (
        (batch.first_serial, other.first_serial),
        (batch.first_serial - 1, batch.last_serial),
        (batch.last_serial, batch.first_serial),
    ):
        with pytest.raises(SerialsNotOfBatchError):
            activate(batch, first=first, last=last)


def test_nothing_is_done_to_what_is_still_made_or_has_expired() -> None:
    wanted = Wanted(label="x", count=1, amount=WORTH, expires_at=MOMENT + DAY)
    batch = make_batch(wanted=wanted, actor=None, now=MOMENT)
    with pytest.raises(BatchNotMadeError):
        activate(batch)
    with pytest.raises(BatchNotMadeError):
        export_codes(batch_id=batch.pk, write=lambda *_given: None, now=MOMENT)
    codes = make_codes(active=False, expires_at=MOMENT + DAY)
    with pytest.raises(BatchExpiredError):
        activate(codes.batch, now=MOMENT + DAY)
    begun = activate(codes.batch)
    assert finish(begun, now=MOMENT + DAY) == 0
    assert not Posting.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"count": 0},
        {"count": 10_000_001},
        {"amount": Money(0, "USD")},
        {"amount": Money(10**12, "USD"), "count": 1001},
        {"price": Money(2001, "USD")},
        {"price": Money(100, "EUR")},
        {"price": Money(0, "USD")},
        {"is_paid": True},
        {"buyer": "Kiosk"},
        {"expired_is_income": True},
        {"label": ""},
        {"label": "a\nb"},
        {"expires_at": MOMENT},
    ],
)
def test_what_is_no_batch_is_refused(fields: dict[str, Any]) -> None:
    given: dict[str, Any] = {"label": "x", "count": 1, "amount": WORTH, **fields}
    with pytest.raises(BatchTermsError):
        make_batch(wanted=Wanted(**given), actor=None, now=MOMENT)


def test_a_change_goes_on_where_a_dead_process_left_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(continuing, "PART", 2)
    codes = make_codes(active=False, count=5)
    change = activate(codes.batch)
    assert continue_change(change_id=change.pk, now=MOMENT).next_serial == change.first_serial + 2

    def die(**_given: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(continuing, "post_entry", die)
        with pytest.raises(RuntimeError):
            continue_change(change_id=change.pk, now=MOMENT)
    assert Code.objects.filter(state="active").count() == 2
    change.refresh_from_db()
    assert finish(change) == 5
    assert continue_change(change_id=change.pk, now=MOMENT).changed == 5
    assert booked(codes.batch, "codes_outstanding") == -10_000
    check_outstanding()


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["activate", "void", "redeem"]), st.integers(0, 4), st.integers(0, 4)
    ),
    max_size=12,
)


@settings(deadline=None)
@given(_STEPS, st.sampled_from([{}, SOLD, SOLD | {"is_paid": True}]))
def test_what_is_outstanding_is_what_is_active_whatever_is_done(
    steps: list[tuple[str, int, int]], fields: dict[str, Any]
) -> None:
    codes, person = make_codes(active=False, count=5, **fields), make_subscriber()
    for deed, one, other in steps:
        if deed == "redeem":
            redeem_quietly(codes.texts[one], person.pk)
        else:
            codes.change(deed, min(one, other), max(one, other))
        check_outstanding()
    active = Code.objects.filter(batch=codes.batch, state="active").count()
    assert booked(codes.batch, "codes_outstanding") == -2000 * active


def redeem_quietly(text: str, subscriber_id: int) -> None:
    """Redeem within the test's transaction, uncounted."""
    inner: Any = redeeming._redeem
    inner.__wrapped__(digester()(text.replace("-", "")), subscriber_id, MOMENT)
