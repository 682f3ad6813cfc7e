"""Coverage files next to what is in use: their content, and what they would change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from limosa.domain.catalog.engine.faults import CatalogFaultsError, Fault, FaultList
from limosa.domain.catalog.models import Carrier, Plan
from limosa.domain.coverage.engine.differences import of_facts, of_networks, of_regions
from limosa.domain.coverage.engine.facts import Networks, PlanFacts
from limosa.domain.coverage.engine.places import Region
from limosa.domain.coverage.engine.region_rows import read_region_rows
from limosa.domain.coverage.engine.stated_rows import (
    KnownSubjects,
    Subject,
    read_stated_facts,
    read_stated_networks,
)
from limosa.domain.coverage.engine.table import Kind, read_table
from limosa.domain.coverage.imports import import_in_use
from limosa.domain.coverage.models import CoverageImport
from limosa.domain.coverage.queries import regions
from limosa.domain.coverage.stating import stored_facts, stored_networks


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingFile:
    """A file without errors. `in_use`: the import of this very file, if it is the latest of its
    kind; `lines`: what it would change."""

    file_name: str
    kind: Kind
    version: str
    sha256: str
    row_count: int
    in_use: CoverageImport | None = None
    lines: tuple[str, ...] = ()
    networks: dict[Subject, Networks] = field(default_factory=dict)
    facts: dict[Subject, PlanFacts] = field(default_factory=dict)
    regions: list[Region] = field(default_factory=list)


def read_incoming(*, paths: Sequence[Path], now: datetime) -> list[IncomingFile]:
    """Return the content of files and what they would change now; nothing is changed.

    A file already in use is not compared: it changes nothing.
    Raises: CatalogFaultsError with every error in all files, two of the same kind being one;
            EditionRefusedError for an older edition, or different content under the version in
            use. OSError.
    """
    known = KnownSubjects(
        plans=dict(Plan.objects.values_list("code", "countries")),
        carriers=frozenset(Carrier.objects.values_list("code", flat=True)),
    )
    found: list[IncomingFile] = []
    wrong: list[Fault] = []
    for path in paths:
        try:
            one = _read(path, known)
        except CatalogFaultsError as error:
            wrong += error.faults
            continue
        twin = next((other for other in found if other.kind == one.kind), None)
        if twin:
            wrong.append(
                Fault(path.name, 1, "", f"holds {one.kind}, as {twin.file_name} does; join them")
            )
        found.append(one)
    if wrong:
        raise CatalogFaultsError(wrong)
    return [_compared(one, now) for one in found]


def _read(path: Path, known: KnownSubjects) -> IncomingFile:
    raw = path.read_bytes()
    faults = FaultList(path.name)
    table = read_table(raw, faults=faults)
    one = IncomingFile(
        file_name=path.name[-255:],
        kind=table.kind,
        version=table.version,
        sha256=sha256(raw).hexdigest(),
        row_count=len(table.rows),
    )
    match table.kind:
        case Kind.NETWORKS:
            one = replace(one, networks=read_stated_networks(table, known=known, faults=faults))
        case Kind.FACTS:
            one = replace(one, facts=read_stated_facts(table, known=known, faults=faults))
        case Kind.REGIONS:
            one = replace(one, regions=read_region_rows(table, faults=faults))
    faults.check()
    return one


def _compared(one: IncomingFile, now: datetime) -> IncomingFile:
    in_use = import_in_use(kind=one.kind, version=one.version, sha256=one.sha256, now=now)
    if in_use is not None:
        return replace(one, in_use=in_use)
    return replace(one, lines=tuple(_lines(one)))


def _lines(one: IncomingFile) -> Iterator[str]:
    match one.kind:
        case Kind.NETWORKS:
            yield from of_networks(stored_networks(), one.networks)
        case Kind.FACTS:
            yield from of_facts(stored_facts(), one.facts)
        case Kind.REGIONS:
            yield from of_regions(regions(), one.regions)
