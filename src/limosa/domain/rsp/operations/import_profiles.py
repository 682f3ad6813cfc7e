"""Import profile packages from files into the stock."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from limosa.domain.rows import insert_row_once
from limosa.domain.rsp.engine.profile_package import (
    PACKAGE_BYTES_MAX,
    PackageFault,
    PackageRefused,
    read_iccid,
)
from limosa.domain.rsp.models import Profile, ProfileType

FILES_PER_TRANSACTION = 200
# Called with (done, total).
Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that was not imported, and why: a PackageFault, `duplicate` or `unreadable`."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the files."""

    count: int
    refused: list[RefusedFile]


def _silent(_done: int, _total: int) -> None:
    """Report nothing."""


def import_profiles(
    *,
    paths: Sequence[Path],
    profile_type: ProfileType,
    now: datetime,
    report: Report = _silent,
) -> Imported:
    """Store the profile packages (SAIP, DER) in files as available profiles of a type.

    A file that is no package, or whose ICCID is in stock already, is left out and named in the
    result. Committed in batches: run it again if it was interrupted, and what is there is refused
    as a duplicate. One row a file.
    """
    count, refused = 0, []
    for start in range(0, len(paths), FILES_PER_TRANSACTION):
        batch = paths[start : start + FILES_PER_TRANSACTION]
        with transaction.atomic():
            found = list(_import_batch(batch, profile_type, now))
        refused += found
        count += len(batch) - len(found)
        report(start + len(batch), len(paths))
    return Imported(count, refused)


def _import_batch(
    paths: Sequence[Path], profile_type: ProfileType, now: datetime
) -> Iterator[RefusedFile]:
    """Store profiles; yield what is refused."""
    for path in paths:
        try:
            package = _read(path)
            profile = Profile(
                iccid=read_iccid(package),
                profile_type=profile_type,
                package=package,
                package_bytes=len(package),
                imported_at=now,
            )
        except PackageRefused as refusal:
            yield RefusedFile(path, refusal.fault.value)
        except OSError:
            yield RefusedFile(path, "unreadable")
        else:
            if not insert_row_once(profile):
                yield RefusedFile(path, "duplicate")


def _read(path: Path) -> bytes:
    """Return a file's bytes. Raises PackageRefused, OSError."""
    if path.stat().st_size > PACKAGE_BYTES_MAX:
        raise PackageRefused(PackageFault.TOO_LARGE)
    return path.read_bytes()
