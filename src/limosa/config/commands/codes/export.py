"""Write the codes of a batch to a file, once.

The file is new and only its owner may read it. Afterwards the codes can't be exported again: what
they were computed from is deleted. If writing fails, nothing is deleted.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from limosa.config.command import add_by, counted, set_up_django

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limosa.domain.redemption.models import CodeBatch


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("batch", help="the batch's number, such as B-17")
    parser.add_argument("file", type=Path, help="the file to write; there must be none yet")
    parser.add_argument(
        "--sheet", action="store_true", help="cards to print, as a page of HTML (default: CSV)"
    )
    add_by(parser)


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.conf import settings
    from django.urls import reverse
    from django.utils import timezone

    from limosa.config.code_batches import batch_called, kept_file
    from limosa.config.staff import refusals_told, staff_member
    from limosa.domain.support.operations.hand_out_codes import hand_out_codes
    from limosa.web.console.code_files import write_sheet, write_table

    batch = batch_called(arguments.batch)
    actor = staff_member(arguments.by) if arguments.by else None

    def write(batch: "CodeBatch", codes: "Iterator[tuple[int, str]]") -> None:
        with kept_file(arguments.file) as file:
            if arguments.sheet:
                address = f"{settings.BASE_URL}{reverse('redeem')}"
                write_sheet(file, batch, codes, address=address)
            else:
                write_table(file, batch, codes)

    with refusals_told():
        hand_out_codes(batch_id=batch.pk, write=write, actor=actor, now=timezone.now())
    print(f"{counted(batch.count, 'code')} written to {arguments.file}")
    print("They can't be exported again.")
    print(f"Next: limosa codes activate {batch.number}")
    return 0
