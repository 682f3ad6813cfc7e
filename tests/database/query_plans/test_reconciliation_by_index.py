"""Comparing one day reads that day's rows, by index, and none of the other days'."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from limosa.domain.payments import candidates, day_mark, line_links
from limosa.domain.payments.models import Payment, SettledLine, Settlement
from tests.database.query_plans.reading import Read, check_by_index, explain, reads_of
from tests.factories.accounts import make_subscriber, sign_in_staff
from tests.factories.payments import make_payment
from tests.factories.settlements import make_settlement

BIG = {"payments_payment", "payments_settledline"}
PROVIDER = "wechatpay"
DAYS, PAYMENTS_A_DAY = 400, 100
FIRST = datetime(2025, 8, 1, tzinfo=UTC)
_PAYMENTS = """
INSERT INTO payments_payment (
    number, order_number, subscriber_id, provider, method, amount_minor, currency, state, pay_url,
    transaction_id, received_minor, received_currency, refunded_minor, pays_order, problem,
    created_at, expires_at, paid_at, applied_at, reference, save_wanted, is_automatic, in_wallet,
    decline, captures_refused)
SELECT 'LMI' || i, 'L-I' || i, %(subscriber)s, %(provider)s, 'native', 500, 'CNY', 'succeeded',
       '', 'T' || i, 500, 'CNY', 0, true, '', at, at, at, at, '', false, false, false, '', 0
  FROM generate_series(0, %(days)s::bigint * %(a_day)s::bigint - 1) AS i,
       LATERAL (SELECT %(first)s::timestamptz + make_interval(secs => i * 86400 / %(a_day)s))
               AS moment (at)
"""
_LINES = """
WITH settlement AS (
    INSERT INTO payments_settlement (provider, day, state, problem, lines, matched, asked_at,
                                     taken_at, compared_at, compared_mark)
    SELECT DISTINCT %(provider)s, (paid_at AT TIME ZONE 'UTC')::date, 'done', '', 0, 0,
           %(first)s::timestamptz, %(first)s::timestamptz,
           %(first)s::timestamptz, ''
      FROM payments_payment RETURNING id, day
)
INSERT INTO payments_settledline (settlement_id, provider, kind, reference, nth, amount_minor,
    currency, fee_minor, at, payment_number, refund_number, transaction_id, payment_id)
SELECT settlement.id, %(provider)s, 'payment', transaction_id, 1, 500, 'CNY', 0, paid_at, number,
       '', transaction_id, paid.id
  FROM payments_payment AS paid JOIN settlement
    ON settlement.day = (paid.paid_at AT TIME ZONE 'UTC')::date
"""

pytestmark = pytest.mark.django_db


@pytest.fixture
def settlement() -> Settlement:
    """A day from the middle of four hundred."""
    values: dict[str, int | str | datetime] = {
        "subscriber": make_subscriber().pk,
        "provider": PROVIDER,
        "days": DAYS,
        "a_day": PAYMENTS_A_DAY,
        "first": FIRST,
    }
    with connection.cursor() as cursor:
        for statement in (_PAYMENTS, _LINES):
            cursor.execute(statement, values)
        for table in ("payment", "settledline", "settlement"):
            cursor.execute(f"ANALYZE payments_{table}")
        # A range of blocks that held other tests' rolled-back rows goes on spanning their days.
        cursor.execute("REINDEX INDEX payment_by_paid_at")
    return Settlement.objects.get(day=(FIRST + timedelta(days=DAYS // 2)).date())


def check(reads: list[Read], *, rows_max: int) -> None:
    check_by_index(reads, tables=BIG, rows_max=rows_max)


def test_the_lines_of_a_day_and_their_payments_are_found_by_index(settlement: Settlement) -> None:
    lines = SettledLine.objects.filter(settlement=settlement).count()
    assert 0 < lines < SettledLine.objects.count() / 100
    reads = explain(candidates._CANDIDATES, {"settlement": settlement.pk})
    # Each kind of line reads the day's lines once; a payment or an earlier line, once for each.
    check(reads, rows_max=2 * lines)


def test_what_no_file_lists_is_looked_for_on_its_day_alone(settlement: Settlement) -> None:
    since = FIRST + timedelta(days=DAYS // 2)
    reads = explain(
        candidates._UNLISTED,
        {"provider": PROVIDER, "since": since, "until": since + timedelta(days=1)},
    )
    # Blocks of the BRIN index hold some thousand rows about as old.
    check(reads, rows_max=Payment.objects.count() // 2)


def test_whether_a_day_has_changed_is_seen_in_its_own_rows(settlement: Settlement) -> None:
    since = FIRST + timedelta(days=DAYS // 2)
    values = {"settlement": settlement.pk, "provider": PROVIDER}
    span = {"since": since, "until": since + timedelta(days=1)}
    check(
        explain(day_mark._DIGEST, {**values, **span}),
        # Blocks of the BRIN index hold some thousand rows about as old.
        rows_max=Payment.objects.count() // 2,
    )


def test_lines_that_are_about_nothing_we_know_are_found_by_their_own_index(
    settlement: Settlement,
) -> None:
    for statement in line_links.LINKS:
        reads = explain(statement, {"provider": PROVIDER})
        check_by_index(reads, tables={"payments_settledline"}, rows_max=10)


@pytest.mark.parametrize("page", ["", "?show=days", "?show=all", "{provider}/{day}/"])
def test_the_pages_of_settlements_read_by_index(
    page: str, client: Client, settlement: Settlement
) -> None:
    sign_in_staff(client)
    address = page.format(provider=settlement.provider, day=settlement.day)
    reads = reads_of(lambda: client.get(f"/console/money/settlements/{address}"))
    assert reads
    if big := [read for read in reads if read.table in BIG]:  # A page of days may need none.
        check(big, rows_max=100)


def test_a_payments_lines_are_read_by_index(client: Client, settlement: Settlement) -> None:
    sign_in_staff(client)
    payment = make_payment(state="succeeded", paid_at=FIRST)
    SettledLine.objects.create(
        settlement=make_settlement(),
        provider=PROVIDER,
        kind="payment",
        reference="one",
        amount_minor=1,
        currency="CNY",
        at=FIRST,
        payment=payment,
    )
    reads = reads_of(lambda: client.get(f"/console/orders/{payment.order_number}/"))
    assert [read for read in reads if read.table == "payments_settledline"]
    check(reads, rows_max=100)
