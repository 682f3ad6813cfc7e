"""Activate codes of a batch: from then on they can be redeemed.

All of them, or a range of serials; both ends are included. What they are worth is booked as
outstanding. Doing it again is harmless.
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
    from limosa.domain.support.operations.activate_codes import activate_codes

    return change_range(arguments, activate_codes, "activated")
