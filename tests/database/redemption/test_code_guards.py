"""The guards of codes find what is planted, and nothing where all is well."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from limosa.domain.redemption.models import Code, GuessHour
from limosa.domain.support.code_sums import GUESSES_MAX
from limosa.domain.support.models import Finding, GuardKind
from limosa.domain.support.operations.run_guards import run_guards
from tests.factories import MOMENT
from tests.factories.redemption import Codes, make_codes

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def found(kind: GuardKind, *, whole: bool = True) -> list[tuple[str, int | None, int | None]]:
    run_guards(now=MOMENT, whole=whole, kinds=[kind])
    rows = Finding.objects.filter(gone_at=None).order_by("id")
    return [(row.subject, row.has, row.due) for row in rows]


def make_active_by_hand(codes: Codes) -> None:
    Code.objects.filter(serial=codes.batch.first_serial).update(state="active")


def post_by_hand(codes: Codes) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_posting DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE ledger_posting SET amount_minor = amount_minor - 1 WHERE account_id ="
            " (SELECT id FROM ledger_account WHERE code = %s)",
            [f"codes_outstanding:{codes.batch.number}:USD"],
        )
        cursor.execute("ALTER TABLE ledger_posting ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    ("plant", "has", "due"), [(make_active_by_hand, 4000, 6000), (post_by_hand, 4002, 4000)]
)
def test_a_planted_difference_is_found_and_goes(
    plant: Callable[[Codes], None], has: int, due: int
) -> None:
    other, codes = make_codes(), make_codes()
    codes.change("void", 0, 0)
    assert found(GuardKind.CODES) == []
    plant(codes)
    assert found(GuardKind.CODES) == [(codes.batch.number, has, due)]
    other.change("void")
    Code.objects.filter(serial=codes.batch.first_serial).update(state="void")
    if plant is make_active_by_hand:
        assert found(GuardKind.CODES) == []


def test_what_was_booked_since_is_looked_at_without_going_through_all() -> None:
    codes = make_codes()
    for _ in range(3):
        assert found(GuardKind.CODES, whole=False) == []
    Code.objects.filter(serial=codes.batch.last_serial).update(state="void")
    codes.change("void", 0, 0)
    assert found(GuardKind.CODES, whole=False) == [(codes.batch.number, 4000, 2000)]


def test_many_guesses_in_an_hour_are_told_for_a_day() -> None:
    GuessHour.objects.create(hour=MOMENT - 24 * HOUR, guesses=9000)
    GuessHour.objects.create(hour=MOMENT - 2 * HOUR, guesses=GUESSES_MAX)
    assert found(GuardKind.GUESSES) == []
    GuessHour.objects.filter(hour=MOMENT - 2 * HOUR).update(guesses=GUESSES_MAX + 1)
    assert found(GuardKind.GUESSES) == [("2026-11-22 16:00 UTC", GUESSES_MAX + 1, GUESSES_MAX)]
