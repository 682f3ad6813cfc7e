"""Runs an action of the virtual phone as a command of `limosa`."""

import argparse
from importlib import import_module

from limosa.config.command import CommandFault


def run_phone(action: str, arguments: argparse.Namespace) -> int:
    """Print what the action says. Raises CommandFault.

    The phone is imported here: it needs cryptography, and `limosa --help` must not wait for it.
    """
    actions = import_module("limosa.simulators.virtual_phone.actions")
    try:
        lines = getattr(actions, action)(arguments)
    except actions.PhoneFault as fault:
        raise CommandFault(" ".join(str(fault).split())) from fault
    for line in lines:
        print(line)
    return 0
