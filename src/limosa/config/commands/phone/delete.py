"""Delete an eSIM from a virtual phone.

It is switched off first. The notification lets the SM-DP+ give the profile out again, if the plan
allows for that.
"""

import argparse

from limosa.config.phone_command import run_phone
from limosa.simulators.virtual_phone.options import add_iccid, add_phone_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_iccid(parser)
    add_phone_options(parser)


def run(arguments: argparse.Namespace) -> int:
    return run_phone("delete", arguments)
