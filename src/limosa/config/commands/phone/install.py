"""Install an eSIM on a virtual phone by its activation code.

The phone is software: an eUICC that checks everything a real one checks, and a small assistant that
fetches the profile from an SM-DP+ over TLS. It is kept in a folder, with its profiles. A phone of a
new name is made. `limosa phone pki` makes what a first phone needs.
"""

import argparse

from limosa.config.phone_command import run_phone
from limosa.simulators.virtual_phone.options import add_install_options, add_phone_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_install_options(parser)
    add_phone_options(parser)


def run(arguments: argparse.Namespace) -> int:
    return run_phone("install", arguments)
