"""Import a supplier's statement from a CSV file.

For suppliers whose statement can't be fetched. Every row is checked first. If any is wrong, each
error is reported with its line and field, and nothing changes. Otherwise each line is compared with
our books: what differs is on the console's page Suppliers, and this command counts it. Importing
the same file again changes nothing. The file's columns are described in
docs/reference/statements.md.
"""

import argparse
from pathlib import Path

from limosa.config.command import CommandFault, add_by, counted, set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", help="the supplier's code, as in the settings")
    parser.add_argument("file", type=Path, help="a .csv file")
    add_by(parser)


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.utils import timezone

    from limosa.config.staff import refusals_told, staff_member
    from limosa.config.suppliers_told import check_is_set_up
    from limosa.domain.catalog.engine.faults import CatalogFaultsError
    from limosa.domain.payables.queries import unresolved_of
    from limosa.domain.support.operations.import_supplier_statement import (
        import_supplier_statement,
    )

    check_is_set_up(arguments.code)
    actor = staff_member(arguments.by) if arguments.by else None
    try:
        with refusals_told():
            charges = import_supplier_statement(
                supplier_code=arguments.code,
                path=arguments.file,
                actor=actor,
                now=timezone.now(),
            )
    except CatalogFaultsError as error:
        raise CommandFault(error.report()) from error
    except OSError as error:
        raise CommandFault(f"{arguments.file} can't be read: {error.strerror}") from error
    open_ones = unresolved_of(arguments.code).count()
    print(f"{arguments.code}: {counted(len(charges), 'line')} compared")
    print(f"differences that are not resolved: {open_ones}")
    return 0
