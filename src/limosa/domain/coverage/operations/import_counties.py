"""Import how much of each county of the United States is covered by whom."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from limosa.domain.coverage.engine.county_file import CountyNetwork
from limosa.domain.coverage.imports import hold_imports, import_in_use
from limosa.domain.coverage.models import CountyCoverage, CoverageImport
from limosa.domain.coverage.stating import batches

KIND = "counties"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyFile:
    """A file that was read: its name, its edition, a digest of its content and of the names that
    were given to providers, and its rows."""

    file_name: str
    version: str
    sha256: str
    rows: Sequence[CountyNetwork]


@transaction.atomic
def import_counties(*, file: CountyFile, now: datetime, is_dry_run: bool = False) -> str:
    """Make the counties match the file; return how many rows come, change and go, as "+3 ~1 -0".

    What the file does not have is gone. Empty: this very file is in use, and nothing changed.
    `is_dry_run`: nothing is changed in any case.
    Locks:  the table of imports until the end, against other imports. Readers are not blocked.
    Raises: EditionRefusedError; nothing changed.
    """
    hold_imports()
    if import_in_use(kind=KIND, version=file.version, sha256=file.sha256, now=now):
        return ""
    told = _difference(file.rows)
    if is_dry_run:
        return told
    CountyCoverage.objects.all().delete()
    for some in batches(CountyCoverage(state=row.county[:2], **asdict(row)) for row in file.rows):
        CountyCoverage.objects.bulk_create(some)
    CoverageImport.objects.create(
        kind=KIND,
        file_name=file.file_name[-255:],
        version=file.version,
        sha256=file.sha256,
        row_count=len(file.rows),
        imported_at=now,
    )
    return told


def _difference(rows: Sequence[CountyNetwork]) -> str:
    names = CountyNetwork.__slots__
    old: Mapping[tuple[str, str], CountyNetwork] = {
        (row.county, row.operator): row
        for row in (CountyNetwork(*one) for one in CountyCoverage.objects.values_list(*names))
    }
    new = {(row.county, row.operator): row for row in rows}
    changed = sum(1 for key in {*old} & {*new} if old[key] != new[key])
    return f"+{len({*new} - {*old})} ~{changed} -{len({*old} - {*new})}"
