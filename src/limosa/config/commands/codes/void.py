"""Void codes of a batch.

All of them, or a range of serials; both ends are included. Codes that were redeemed stay so. What
the others were worth is booked back.
"""

import argparse

from limosa.config.code_range import add_range
from limosa.config.command import add_by, set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_range(parser)
    add_by(parser)


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.utils import timezone

    from limosa.config.code_batches import batch_called, finish_change
    from limosa.config.staff import refusals_told, staff_member
    from limosa.domain.support.operations.void_codes import void_codes

    batch = batch_called(arguments.batch)
    actor = staff_member(arguments.by) if arguments.by else None
    with refusals_told():
        change = void_codes(
            batch_id=batch.pk,
            first_serial=arguments.first or batch.first_serial,
            last_serial=arguments.last or batch.last_serial,
            actor=actor,
            now=timezone.now(),
        )
    print(f"{batch.number}: {finish_change(change, label=batch.number)} voided")
    return 0
