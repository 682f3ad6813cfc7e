"""Take in a catalogue file: plans and their prices.

Every row is checked first. When one is wrong, each fault is told with its line and field, and
nothing changes. Plans that are no longer in the file are taken off sale. The form of the file,
YAML or CSV, is described in docs/reference/catalogue-file.md.
"""

import argparse
import sys
from pathlib import Path

from limosa.config.command import CommandFault, set_up_django
from limosa.foundation.volume import MB

# A file of this size takes seconds to read, before the first plan can be stored.
LARGE_BYTES = MB


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a .yaml or .csv file")


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.utils import timezone

    from limosa.config.progress import ProgressBar
    from limosa.domain.catalog.engine.faults import CatalogFaultsError
    from limosa.domain.catalog.operations.import_catalog import import_catalog

    size_bytes = arguments.file.stat().st_size
    if size_bytes >= LARGE_BYTES:
        print(f"reading {size_bytes / MB:.1f} MB …", file=sys.stderr, flush=True)
    bar = ProgressBar("catalogue", unit="plans")
    now = timezone.now()
    try:
        taken = import_catalog(path=arguments.file, now=now, progress=bar.show)
    except CatalogFaultsError as error:
        raise CommandFault(error.report()) from error
    bar.finish()
    if taken.imported_at == now:
        print(f"catalogue {taken.version}: {taken.plan_count} plans are on sale")
    else:
        print(f"catalogue {taken.version}: this very file is in use already; nothing changed")
    return 0
