"""Import promotions from a file.

Promotions are discounts or bonus data, by date. Every row is checked first. If any is wrong, each
error is reported with its line and field, and nothing changes. A promotion that is not in the file
stays as it is; to end one early, change its last day. The file's format is described in
docs/reference/catalogue-file.md#promotions.
"""

import argparse
from pathlib import Path

from limosa.config.command import CommandFault, set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a .yaml file")


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from limosa.domain.catalog.engine.faults import CatalogFaultsError
    from limosa.domain.promotions.operations.import_promotions import import_promotions

    try:
        count = import_promotions(path=arguments.file)
    except CatalogFaultsError as error:
        raise CommandFault(error.report()) from error
    print(f"promotions: {count} taken in")
    return 0
