"""Fetch a supplier's price list, and find out what it means for the plans on sale."""

from collections.abc import Callable
from datetime import datetime
from time import sleep

from limosa.domain.support.operations.reprice_plans import reprice_plans
from limosa.domain.support.repricing import Synced
from limosa.domain.wholesale.engine.sheet_life import SheetState
from limosa.domain.wholesale.operations.fetch_sheet import fetch_sheet


def sync_price_list(
    *,
    sheet_id: int,
    clock: Callable[[], datetime],
    progress: Callable[[int, int | None], None] | None = None,
    pause: Callable[[float], None] = sleep,
) -> Synced:
    """Fetch the sheet as fetch_sheet does; if it becomes whole, reprice as reprice_plans does.

    Repeating it after the sheet is whole only reprices, which then changes nothing.
    Locks:  none during a call; then as fetch_sheet, and as reprice_plans, one after the other.
    """
    sheet = fetch_sheet(sheet_id=sheet_id, clock=clock, progress=progress, pause=pause)
    is_whole = sheet.state == SheetState.WHOLE
    return Synced(sheet, reprice_plans(sheet=sheet, now=clock()) if is_whole else None)
