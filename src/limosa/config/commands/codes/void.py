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
    from limosa.config.code_batches import change_range
    from limosa.domain.support.operations.void_codes import void_codes

    return change_range(arguments, void_codes, "voided")
