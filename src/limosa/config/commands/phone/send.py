"""Send the notifications of a virtual phone that still wait."""

import argparse

from limosa.config.phone_command import run_phone
from limosa.simulators.virtual_phone.options import add_phone_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_phone_options(parser)


def run(arguments: argparse.Namespace) -> int:
    return run_phone("send", arguments)
