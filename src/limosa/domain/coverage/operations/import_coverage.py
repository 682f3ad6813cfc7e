"""Import coverage files: networks and facts of plans, and lists of regions."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction

from limosa.domain.coverage.engine.places import Region
from limosa.domain.coverage.engine.table import Kind
from limosa.domain.coverage.imports import hold_imports
from limosa.domain.coverage.incoming import IncomingFile, read_incoming
from limosa.domain.coverage.models import CoverageImport, RegionList
from limosa.domain.coverage.stating import store_facts, store_networks


@transaction.atomic
def import_coverage(*, paths: Sequence[Path], now: datetime) -> list[IncomingFile]:
    """Make what files state match these, each of its kind, and return what they changed.

    What a file of the same kind stated before and this one does not is gone; what suppliers' lists
    and staff say stays, and a kind of which there is no file stays as it is. The file of a kind
    imported last is not imported again.

    Locks:  the table of imports until the end, against other imports. Readers are not blocked.
    Raises: CatalogFaultsError with every error in all files; EditionRefusedError. Nothing changed.
            OSError.
    """
    hold_imports()
    files = read_incoming(paths=paths, now=now)
    for file in files:
        if file.in_use is None:
            _store(file, now)
    return files


def _store(file: IncomingFile, now: datetime) -> None:
    match file.kind:
        case Kind.NETWORKS:
            store_networks(file.networks, now=now)
        case Kind.FACTS:
            store_facts(file.facts, now=now)
        case Kind.REGIONS:
            _store_regions(file.regions)
    CoverageImport.objects.create(
        kind=file.kind,
        file_name=file.file_name,
        version=file.version,
        sha256=file.sha256,
        row_count=file.row_count,
        imported_at=now,
    )


def _store_regions(regions: Sequence[Region]) -> None:
    RegionList.objects.all().delete()
    RegionList.objects.bulk_create(
        RegionList(
            code=region.code,
            names=dict(region.names),
            countries=list(region.countries),
            position=position,
        )
        for position, region in enumerate(regions)
    )
