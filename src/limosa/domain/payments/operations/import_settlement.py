import tempfile
from datetime import date, datetime
from typing import BinaryIO

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from limosa.domain.payments.engine.settlement_life import (
    SETTLEMENT_LIFE,
    SettlementEvent,
)
from limosa.domain.payments.models import Settlement
from limosa.domain.payments.operations.request_settlement import request_settlement
from limosa.domain.payments.registry import check_day_is_over, provider_for
from limosa.domain.payments.settlement_files import (
    COLUMNS,
    Report,
    rows,
    settlement_of,
    silent,
)
from limosa.foundation.errors import ProviderError, RemoteProtocolError

_TAKEN = """
CREATE TEMPORARY TABLE settlement_taken (
    position integer, kind text, reference text, amount_minor bigint, currency text,
    fee_minor bigint, at timestamptz, payment_number text, refund_number text, transaction_id text,
    nth integer
)
"""
_NUMBER = """
UPDATE settlement_taken AS taken SET nth = numbered.nth
  FROM (SELECT position, row_number() OVER (PARTITION BY kind, reference ORDER BY position) AS nth
          FROM settlement_taken) AS numbered
 WHERE numbered.position = taken.position AND numbered.nth > 1
"""
# An existing line stays, in whichever day's file it came first; only the provider's corrections are
# written.
_KEEP = """
INSERT INTO payments_settledline AS kept (
    settlement_id, provider, kind, reference, nth, amount_minor, currency, fee_minor, at,
    payment_number, refund_number, transaction_id)
SELECT %(settlement)s, %(provider)s, kind, reference, coalesce(nth, 1), amount_minor, currency,
       fee_minor, at, payment_number, refund_number, transaction_id
  FROM settlement_taken ORDER BY position
ON CONFLICT (provider, kind, reference, nth) DO UPDATE
   SET amount_minor = excluded.amount_minor, currency = excluded.currency,
       fee_minor = excluded.fee_minor, at = excluded.at
 WHERE (kept.amount_minor, kept.currency, kept.fee_minor, kept.at)
       IS DISTINCT FROM
       (excluded.amount_minor, excluded.currency, excluded.fee_minor, excluded.at)
"""
# Lines that the provider removed from its file are deleted. A line in two files is stored with the
# first, so one that is missing from this file alone is gone.
_DROP = """
DELETE FROM payments_settledline AS kept
 WHERE settlement_id = %(settlement)s
   AND NOT EXISTS (SELECT FROM settlement_taken AS taken
                    WHERE taken.kind = kept.kind AND taken.reference = kept.reference
                      AND coalesce(taken.nth, 1) = kept.nth)
"""


def import_settlement(
    *,
    provider_code: str,
    day: date,
    now: datetime,
    file: BinaryIO | None = None,
    report: Report = silent,
) -> Settlement:
    """Fetch a provider's settlement of a day (or read `file`) and store each of its lines once.

    Importing the same file again changes nothing; a corrected file only changes what was corrected.
    No transaction is open during the download, which goes to a temporary file.
    Locks:  the Settlement row, while the lines are stored.
    Raises: DayNotOverError; nothing changed. ProviderError (retryable while the provider has not
            issued it), RemoteProtocolError (it can't be parsed); the lines are unchanged, and the
            row says why, unless `file` was refused: then nothing is changed.
    """
    check_day_is_over(provider_code=provider_code, day=day, at=now)
    if file is not None:
        with transaction.atomic():
            request_settlement(provider_code=provider_code, day=day, now=now)
            return _keep(provider_code, day, file, report, now)
    settlement = request_settlement(provider_code=provider_code, day=day, now=now)
    try:
        with tempfile.TemporaryFile() as fetched:
            report("fetching the settlement", "files", 0, 1)
            provider_for(provider_code).fetch_settlement(day, fetched)
            report("fetching the settlement", "files", 1, 1)
            return _keep(provider_code, day, fetched, report, now)
    except (ProviderError, RemoteProtocolError) as error:
        _tell(settlement, error)
        raise


@transaction.atomic
def _keep(
    provider_code: str, day: date, file: BinaryIO, report: Report, now: datetime
) -> Settlement:
    settlement = settlement_of(provider=provider_code, day=day)
    values: dict[str, int | str] = {"settlement": settlement.pk, "provider": provider_code}
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN)
        _copy(cursor, provider_code, file, report)
        cursor.execute("ANALYZE settlement_taken")
        for done, statement in enumerate((_NUMBER, _DROP, _KEEP)):
            report("keeping the lines", "steps", done, 3)
            cursor.execute(statement, values)
        cursor.execute("DROP TABLE settlement_taken")
        report("keeping the lines", "steps", 3, 3)
    settlement.taken_at = now
    settlement.problem = ""
    settlement.save(update_fields=["taken_at", "problem"])
    return settlement


def _copy(cursor: CursorWrapper, provider_code: str, file: BinaryIO, report: Report) -> None:
    file.seek(0)
    lines = provider_for(provider_code).read_settlement(file)
    with cursor.copy(f"COPY settlement_taken ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for row in rows(lines, file, report):
            copy.write_row(row)


def _tell(settlement: Settlement, error: ProviderError | RemoteProtocolError) -> None:
    """Record in the row why there are no lines; a day that was done before stays done."""
    waits = isinstance(error, ProviderError) and error.retryable
    event = SettlementEvent.WAIT if waits else SettlementEvent.REFUSE
    before = SETTLEMENT_LIFE.states_before(event)
    Settlement.objects.filter(pk=settlement.pk, state__in=before).update(
        state=SETTLEMENT_LIFE.after(before[0], event), problem=str(error)[:200]
    )
