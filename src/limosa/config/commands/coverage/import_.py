"""Import networks and facts of plans.

Lists of regions come the same way. Each file is a table (.csv) of one kind; which kind is told by
its columns. Every row is checked first. If any is wrong in any file, each error is reported with
its file, line and field, and nothing changes. A file replaces what the file of its kind said
before; what suppliers' lists and staff say of plans stays. An edition older than the one in use is
refused. The formats are described in docs/reference/coverage-files.md.
"""

import argparse
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from limosa.config.command import CommandFault, add_by, counted, set_up_django

if TYPE_CHECKING:
    from limosa.domain.coverage.incoming import IncomingFile

LINES_MAX = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", type=Path, nargs="+", metavar="file", help="a .csv file")
    parser.add_argument(
        "--dry-run", action="store_true", help="list what would change, and change nothing"
    )
    add_by(parser)


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.utils import timezone

    from limosa.config.staff import refusals_told, staff_member
    from limosa.domain.catalog.engine.editions import EditionRefusedError
    from limosa.domain.catalog.engine.faults import CatalogFaultsError
    from limosa.domain.coverage.incoming import read_incoming
    from limosa.domain.support.duties import check_may
    from limosa.domain.support.models import AuditAction
    from limosa.domain.support.operations.import_coverage_on_record import (
        import_coverage_on_record,
    )

    actor = staff_member(arguments.by) if arguments.by else None
    with refusals_told():
        check_may(actor, AuditAction.IMPORT_COVERAGE)
    try:
        if arguments.dry_run:
            files = read_incoming(paths=arguments.files, now=timezone.now())
        else:
            files = import_coverage_on_record(
                paths=arguments.files, actor=actor, now=timezone.now()
            )
    except CatalogFaultsError as error:
        raise CommandFault(error.report()) from error
    except EditionRefusedError as error:
        raise CommandFault(str(error)) from error
    for file in files:
        _tell(file, is_dry_run=arguments.dry_run)
    return 0


def _tell(file: "IncomingFile", *, is_dry_run: bool) -> None:
    name = f"{file.kind} {file.version}"
    if file.in_use is not None:
        print(f"{name}: this very file is in use already; nothing changed")
        return
    for line in islice(file.lines, LINES_MAX):
        print(line)
    if (more := len(file.lines) - LINES_MAX) > 0:
        print(f"… and {more} more")
    if is_dry_run:
        print(f"{name}: this was a dry run; nothing was changed")
    else:
        print(f"{name}: {counted(file.row_count, 'row')} in use")
