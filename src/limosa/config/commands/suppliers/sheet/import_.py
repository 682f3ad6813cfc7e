"""Import a supplier's price list from a CSV file.

For suppliers whose list can't be fetched. Every row is checked first. If any is wrong, each error
is reported with its line and field, and nothing changes. Otherwise the file is compared with the
supplier's last list, and the command prints what changed and what it means, as `limosa suppliers
sync` does. What is no longer in the file is no longer listed. The file's columns are described in
docs/reference/price-lists.md#a-list-in-a-file.
"""

import argparse
from pathlib import Path

from limosa.config.command import CommandFault, add_by, set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", help="the supplier's code, as in the settings")
    parser.add_argument("file", type=Path, help="a .csv file")
    add_by(parser)


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.utils import timezone

    from limosa.config.price_lists import told
    from limosa.config.staff import refusals_told, staff_member
    from limosa.config.suppliers_told import check_is_set_up
    from limosa.domain.catalog.engine.faults import CatalogFaultsError
    from limosa.domain.support.operations.import_price_list import import_price_list

    check_is_set_up(arguments.code)
    actor = staff_member(arguments.by) if arguments.by else None
    try:
        with refusals_told():
            synced = import_price_list(
                supplier_code=arguments.code,
                path=arguments.file,
                actor=actor,
                now=timezone.now(),
            )
    except CatalogFaultsError as error:
        raise CommandFault(error.report()) from error
    for line in told(synced):
        print(line)
    return 0
