"""Import coverage files, and record who did it and how much they changed."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.coverage.incoming import IncomingFile
from limosa.domain.coverage.operations.import_coverage import import_coverage
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.IMPORT_COVERAGE)
@transaction.atomic
def import_coverage_on_record(
    *, paths: Sequence[Path], actor: Subscriber | None, now: datetime
) -> list[IncomingFile]:
    """Import the files as import_coverage does; one already in use is not recorded again.

    `actor`: None for the system. The entry's subject is the kind and the edition, its detail how
    many lines the file changes, as "~3".
    Locks:  as import_coverage.
    Raises: RoleTooLowError, and as import_coverage; nothing changed.
    """
    files = import_coverage(paths=paths, now=now)
    for file in files:
        if file.in_use is None:
            record_audit_entry(
                actor=actor,
                action=AuditAction.IMPORT_COVERAGE,
                subject=f"{file.kind} {file.version}",
                detail=f"~{len(file.lines)}",
                now=now,
            )
    return files
