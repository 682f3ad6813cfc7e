"""Write what is on sale now into a catalogue file.

The file has today's prices, also those that were approved or changed by rule, the plans that were
put on sale on the console, and the costs by the suppliers' lists. Importing it as it is changes
nothing. Begin a change of the catalogue with it: a file from before takes back what was decided
since. Plans that are off sale are left out, as is what nobody sees of a plan. Its version follows
the one in use. An existing file is not overwritten.
"""

import argparse
from pathlib import Path

from limosa.config.command import counted, set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the .yaml file to write")


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.utils import timezone

    from limosa.domain.catalog.engine.written import written
    from limosa.domain.catalog.incoming import catalog_in_use

    catalog = catalog_in_use(now=timezone.now())
    with arguments.file.open("x", encoding="utf-8") as file:
        file.write(written(catalog))
    print(f"catalogue {catalog.version}: {counted(len(catalog.plans), 'plan')} written")
    return 0
