from datetime import date, datetime
from typing import BinaryIO

from limosa.domain.ordering.operations.compare_settlement import compare_settlement
from limosa.domain.payments.models import Settlement
from limosa.domain.payments.operations.import_settlement import import_settlement
from limosa.domain.payments.settlement_files import Report, silent


def reconcile(
    *,
    provider_code: str,
    day: date,
    now: datetime,
    file: BinaryIO | None = None,
    report: Report = silent,
) -> Settlement:
    """Fetch a provider's settlement of a day (or read it from `file`) and compare it.

    May be repeated at will: nothing is stored or booked twice, and what staff resolved stays
    resolved. No transaction is open during calls to the provider.
    Locks:  the Settlement row, for each step; what compare_settlement locks.
    Raises: DayNotOverError: a day ends by the provider's own clock; nothing changed.
            ProviderError, RemoteProtocolError: there is nothing to compare; the row says why,
            unless `file` was refused: then nothing is changed.
    """
    settlement = import_settlement(
        provider_code=provider_code, day=day, now=now, file=file, report=report
    )
    return compare_settlement(settlement_id=settlement.pk, now=now, report=report)
