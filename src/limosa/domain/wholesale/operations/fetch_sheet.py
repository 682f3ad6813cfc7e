"""Fetch a supplier's price list."""

from collections.abc import Callable
from datetime import datetime
from time import sleep

from django.db import transaction

from limosa.domain.connectivity.answers import PlanPage
from limosa.domain.connectivity.registry import adapter_for, capabilities_of
from limosa.domain.wholesale.engine.gathering import Gathering
from limosa.domain.wholesale.engine.sheet_life import SheetFailure, SheetFaultError, SheetState
from limosa.domain.wholesale.models import PriceSheet
from limosa.domain.wholesale.storing import store_list
from limosa.foundation.errors import ProviderError

_PAUSES_SECONDS = (2.0, 5.0, 15.0)
_MINUTE_SECONDS = 60.0


def fetch_sheet(
    *,
    sheet_id: int,
    clock: Callable[[], datetime],
    progress: Callable[[int, int | None], None] | None = None,
    pause: Callable[[float], None] = sleep,
) -> PriceSheet:
    """Fetch all pages of a list, then store it as a whole sheet; return the sheet, whole or failed.

    No transaction is open during a call. After a page without an answer the same page is asked for
    again, three times. What fails changes nothing but the sheet, which says why. A sheet that is
    no longer being fetched is returned as it is. `progress` is called with (plans so far, plans in
    all, if that is known); `pause` with seconds to wait, so that the supplier is not asked more
    often than it takes.

    Locks:  the sheet's row, at the end.
    """
    sheet = PriceSheet.objects.get(pk=sheet_id)
    if sheet.state != SheetState.FETCHING:
        return sheet
    gathering = Gathering()
    try:
        while not gathering.is_whole:
            gathering.take(_page(sheet.supplier, gathering.page, pause))
            _note_progress(sheet, gathering, now=clock())
            if progress:
                progress(len(gathering.plans), gathering.total)
            if not gathering.is_whole:
                pause(_MINUTE_SECONDS / capabilities_of(sheet.supplier).calls_per_minute)
        return _stored(sheet, gathering, now=clock())
    except SheetFaultError as fault:
        return _failed(sheet, fault.failure, fault.subject, now=clock())
    except ProviderError:
        return _failed(sheet, SheetFailure.NO_ANSWER, "", now=clock())


def _page(supplier_code: str, page: str, pause: Callable[[float], None]) -> PlanPage:
    adapter = adapter_for(supplier_code)
    for seconds in _PAUSES_SECONDS:
        try:
            return adapter.list_plans(page=page)
        except ProviderError as error:
            if not error.retryable:
                raise
            pause(seconds)
    return adapter.list_plans(page=page)


def _note_progress(sheet: PriceSheet, gathering: Gathering, *, now: datetime) -> None:
    PriceSheet.objects.filter(pk=sheet.pk, state=SheetState.FETCHING).update(
        plans=len(gathering.plans), total=gathering.total, touched_at=now
    )


@transaction.atomic
def _stored(sheet: PriceSheet, gathering: Gathering, *, now: datetime) -> PriceSheet:
    held = PriceSheet.objects.select_for_update().get(pk=sheet.pk)
    if held.state != SheetState.FETCHING:
        return held
    held.left_out = gathering.left_out
    return store_list(held, gathering.plans, now=now)


def _failed(sheet: PriceSheet, failure: SheetFailure, subject: str, *, now: datetime) -> PriceSheet:
    PriceSheet.objects.filter(pk=sheet.pk, state=SheetState.FETCHING).update(
        state=SheetState.FAILED, failure=failure, failed_plan=subject, done_at=now
    )
    return PriceSheet.objects.get(pk=sheet.pk)
