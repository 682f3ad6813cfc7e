"""Import profile packages from a file or a folder.

A file is one profile package in DER (SAIP). In a folder, each file that ends in .der is one. What
is no package, or has an ICCID that is in stock, is left out and reported with its reason; the exit
code is then 1. If the command was interrupted, run it again.
"""

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from limosa.config.command import CommandFault, counted, printable, set_up_django

if TYPE_CHECKING:
    from limosa.domain.rsp.operations.import_profiles import RefusedFile

SUFFIX = ".der"
NAMED_MAX = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, metavar="PATH", help="a file, or a folder of files")
    parser.add_argument(
        "--type", required=True, dest="kind", metavar="TYPE", help="the type of all these profiles"
    )


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.utils import timezone

    from limosa.config.progress import ProgressBar
    from limosa.config.smdp import profile_type_of
    from limosa.domain.rsp.operations.import_profiles import import_profiles

    kind = profile_type_of(arguments.kind)
    bar = ProgressBar("profiles", unit="files")
    imported = import_profiles(
        paths=_paths(arguments.path), profile_type=kind, now=timezone.now(), report=bar.show
    )
    bar.finish()
    _print_refused(imported.refused)
    print(f"imported {counted(imported.count, 'profile')} of type {kind.code}")
    return 1 if imported.refused else 0


def _paths(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise CommandFault(f"{printable(path)} is neither a file nor a folder.")
    paths = sorted(found for found in path.rglob("*") if found.suffix.lower() == SUFFIX)
    if not paths:
        raise CommandFault(f"{printable(path)} has no file that ends in {SUFFIX}.")
    return paths


def _print_refused(refused: "list[RefusedFile]") -> None:
    for file in refused[:NAMED_MAX]:
        print(f"left out: {printable(file.path)} ({file.reason})")
    if len(refused) > NAMED_MAX:
        print(f"… and {len(refused) - NAMED_MAX:,} more")
    for reason, count in Counter(file.reason for file in refused).most_common():
        print(f"left out because of {reason}: {count:,}")
