"""Import coverage by county of the United States.

The file is the FCC's summary of its Broadband Data Collection by provider and geography, as it is
published (.csv). Its name tells its edition. Only the providers that are named are taken in, with
the names that people know them by. Every row is checked first; if any is wrong, each error is
reported, and nothing changes. Otherwise the file replaces the one before. How to get the file, and
the numbers of providers, is described in docs/howto/keep-coverage.md.
"""

import argparse
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from limosa.config.command import CommandFault, counted, set_up_django

if TYPE_CHECKING:
    from limosa.domain.coverage.operations.import_counties import CountyFile


def provider(text: str) -> tuple[str, str]:
    """Parse an option such as 130077=AT&T. Raises ArgumentTypeError."""
    number, _, name = text.partition("=")
    if not (number.isascii() and number.isdecimal() and name.strip()) or len(name.strip()) > 60:
        raise argparse.ArgumentTypeError(f"{text!r} is not like 123456=NAME")
    return number, name.strip()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="a .csv file")
    parser.add_argument(
        "--provider",
        type=provider,
        action="append",
        required=True,
        metavar="ID=NAME",
        help="the FCC's number of a provider, and its name for people; may be given again",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="count what would change, and change nothing"
    )


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.utils import timezone

    from limosa.domain.catalog.engine.editions import EditionRefusedError
    from limosa.domain.catalog.engine.faults import CatalogFaultsError
    from limosa.domain.coverage.operations.import_counties import import_counties

    try:
        file = _read(arguments.file, dict(arguments.provider))
        told = import_counties(file=file, now=timezone.now(), is_dry_run=arguments.dry_run)
    except CatalogFaultsError as error:
        raise CommandFault(error.report()) from error
    except EditionRefusedError as error:
        raise CommandFault(str(error)) from error
    name = f"counties {file.version}"
    if not told:
        print(f"{name}: this very file is in use already; nothing changed")
    elif arguments.dry_run:
        print(f"{name}: {told}; this was a dry run; nothing was changed")
    else:
        print(f"{name}: {told}; {counted(len(file.rows), 'row')} in use")
    return 0


def _read(path: Path, operators: dict[str, str]) -> "CountyFile":
    from limosa.domain.coverage.engine.county_file import edition_of_name, read_counties
    from limosa.domain.coverage.operations.import_counties import CountyFile

    version = edition_of_name(path.name)
    if not version:
        raise CommandFault(
            f"{path.name}: the name must end as the FCC's does, as in _D25_15sep2026.csv; "
            "it tells the edition. Nothing was changed."
        )
    digest = sha256(repr(sorted(operators.items())).encode())
    with path.open("rb") as raw:
        for block in iter(lambda: raw.read(1 << 20), b""):
            digest.update(block)
    with path.open(encoding="utf-8", newline="") as lines:
        rows = read_counties(lines, file=path.name, operators=operators)
    return CountyFile(file_name=path.name, version=version, sha256=digest.hexdigest(), rows=rows)
