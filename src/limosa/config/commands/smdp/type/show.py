"""Show a profile type and the terms of its orders."""

import argparse

from limosa.config.command import set_up_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE", help="the type's")


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from limosa.config.smdp import profile_type_of
    from limosa.config.smdp_shown import print_type

    print_type(profile_type_of(arguments.code))
    return 0
