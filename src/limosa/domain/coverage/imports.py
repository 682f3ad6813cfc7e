"""Which coverage file of each kind is in use. One import at a time changes that."""

from datetime import datetime

from django.db import connection

from limosa.domain.catalog.engine.editions import check_follows
from limosa.domain.coverage.models import CoverageImport


def hold_imports() -> None:
    """Keep other imports from starting, until the transaction ends. Readers are not blocked."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE coverage_coverageimport IN SHARE ROW EXCLUSIVE MODE")


def import_in_use(*, kind: str, version: str, sha256: str, now: datetime) -> CoverageImport | None:
    """Return the import of this very content, if it is the latest of its kind.

    Raises EditionRefusedError: other content is in use, which this version can't follow.
    """
    newest = CoverageImport.objects.filter(kind=kind).order_by("-id").first()
    if newest is not None and newest.sha256 == sha256:
        return newest
    check_follows(version, in_use=newest.version if newest else None, today=now.date())
    return None
