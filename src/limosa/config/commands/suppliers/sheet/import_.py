"""Import a supplier's price list from a CSV file.

For suppliers whose list can't be fetched. Every row is checked first. If any is wrong, each error
is reported with its line and field, and nothing changes. Otherwise the file is compared with the
supplier's last list, and the command prints what changed and what it means, as `limosa suppliers
sync` does. What is no longer in the file is no longer listed. To take a file back, import the one
before it. The file's columns are described in docs/reference/price-lists.md#a-list-in-a-file.

If the list can be fetched, the command asks first; without a terminal it refuses, unless --yes is
given. The file then counts until the list is fetched again: the next night, or by `limosa suppliers
sync`, which takes the file back. A supplier that sells no plans, such as our own network, has no
list.
"""

import argparse
from pathlib import Path

from limosa.config.command import CommandFault, add_by, set_up_django
from limosa.config.consent import agrees


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", help="the supplier's code, as in the settings")
    parser.add_argument("file", type=Path, help="a .csv file")
    parser.add_argument(
        "--yes", action="store_true", help="do not ask, though the list can be fetched"
    )
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
    if not _is_meant(arguments):
        print("nothing was changed")
        return 1
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


def _is_meant(arguments: argparse.Namespace) -> bool:
    """Return whether to go on; a list that can't be fetched needs no answer. Raises
    CommandFault."""
    from limosa.domain.connectivity.registry import capabilities_of

    code = arguments.code
    if arguments.yes or not capabilities_of(code).lists_plans:
        return True
    print(
        f"warning: the list of {code} is fetched each night. Until then this file would count in "
        "its place, and what it doesn't hold be proposed to go off sale."
    )
    return agrees(
        "Take it in?",
        otherwise=f"the list of {code} is fetched, by `limosa suppliers sync {code}`; nothing was "
        "changed. If the file is meant, run it again with --yes.",
    )
