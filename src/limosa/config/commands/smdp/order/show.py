"""Show a profile's newest order, with its activation code.

It also has the terms of downloading, and what the device reported: installed, switched on where
the type asks for that, deleted.
"""

import argparse

from limosa.config.command import set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("iccid", metavar="ICCID", help="the profile's")


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from limosa.config.smdp import newest_order_of
    from limosa.config.smdp_shown import print_order

    order = newest_order_of(arguments.iccid)
    print_order(order, has_code=order.code_digest is not None)
    return 0
