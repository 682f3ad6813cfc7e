"""Import a catalogue file, and record who did it and what it changed."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.engine.changes import CatalogChanges
from limosa.domain.catalog.operations.import_catalog import TakenIn, import_catalog
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry
from limosa.domain.support.operations.reprice_plans import reprice_plans
from limosa.domain.wholesale.holding import hold_proposals

# The entry contains what matters most; the file itself has the rest.
_LINES_MAX = 40


@staff_action(AuditAction.IMPORT_CATALOG)
@transaction.atomic
def import_catalog_on_record(
    *,
    path: Path,
    agreed: CatalogChanges | None = None,
    actor: Subscriber | None,
    now: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> TakenIn:
    """Import the file as import_catalog does; a file already in use is not recorded again.

    What suppliers' lists and the rules mean for the plans as they are then is found out in the same
    commit, as reprice_plans does: so one that sells for less than it costs does not go on sale.

    `actor`: None for the system. The entry's subject is the edition. Its detail has the numbers of
    plans added, changed and taken off sale, as "+1 ~2 -3", and a line for each startling change:
    "off sale: <plan>" or "price: <plan> <currency> <old> → <new>".
    Locks:  the table of proposals, then as import_catalog.
    Raises: RoleTooLowError, and as import_catalog; nothing changed.
    """
    hold_proposals()  # Before the table of imports, as each pass over prices does.
    taken = import_catalog(path=path, agreed=agreed, now=now, progress=progress)
    if taken.is_new:
        record_audit_entry(
            actor=actor,
            action=AuditAction.IMPORT_CATALOG,
            subject=taken.record.version,
            detail=_detail(taken.changes),
            now=now,
        )
        reprice_plans(now=now)
    return taken


def _detail(changes: CatalogChanges) -> str:
    changed = {*(price.plan for price in changes.prices), *changes.changed_plans}
    numbers = f"+{len(changes.added)} ~{len(changed)} -{len(changes.off_sale)}"
    far = changes.startling
    more = [f"… {len(far) - _LINES_MAX}"] if len(far) > _LINES_MAX else []
    return "\n".join([numbers, *far[:_LINES_MAX], *more])
