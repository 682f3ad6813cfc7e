"""Make a private PKI for an SM-DP+ and the virtual phones.

It has certificate issuers on P-256 and brainpoolP256r1, card makers, and the certificates of one
server: for authentication, for binding profiles, and for TLS. A folder that is there is left alone.
"""

import argparse

from limosa.config.phone_command import run_phone
from limosa.simulators.virtual_phone.options import add_pki_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_pki_options(parser)


def run(arguments: argparse.Namespace) -> int:
    return run_phone("make_pki", arguments)
