"""Import exchange rates of the European Central Bank.

The file is a table with the columns date, currency and per_eur (units of the currency for one
euro). Every row is checked first; if any is wrong, each error is reported, and nothing changes. See
docs/reference/catalogue-file.md#exchange-rates.
"""

import argparse
from pathlib import Path

from limosa.config.command import CommandFault, set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a .csv file")


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from limosa.domain.catalog.engine.faults import CatalogFaultsError
    from limosa.domain.catalog.operations.import_rates import import_rates

    try:
        count = import_rates(path=arguments.file)
    except CatalogFaultsError as error:
        raise CommandFault(error.report()) from error
    print(f"exchange rates: {count} taken in")
    return 0
