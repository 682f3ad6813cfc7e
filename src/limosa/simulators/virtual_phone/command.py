"""The command line: `python -m limosa.simulators.virtual_phone install CODE …`."""

import argparse
import sys
from collections.abc import Callable, Sequence

from limosa.simulators.virtual_phone import actions
from limosa.simulators.virtual_phone.options import (
    add_iccid,
    add_install_options,
    add_phone_options,
    add_pki_options,
)

_FAULT = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0, or 1 with one line on stderr."""
    options = _parser().parse_args(arguments)
    action: Callable[[argparse.Namespace], list[str]] = options.action
    try:
        lines = action(options)
    except actions.PhoneFault as fault:
        sys.stderr.write(f"virtual_phone: {' '.join(str(fault).split())}\n")
        return _FAULT
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="virtual_phone", description="A phone with a software eUICC, for tests and the demo."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    made = commands.add_parser("pki", help="write a private PKI")
    made.set_defaults(action=actions.make_pki)
    add_pki_options(made)
    for name, action, add_arguments in (
        ("install", actions.install, add_install_options),
        ("enable", actions.enable, add_iccid),
        ("disable", actions.disable, add_iccid),
        ("delete", actions.delete, add_iccid),
        ("send", actions.send, None),
        ("list", actions.list_profiles, None),
    ):
        one = commands.add_parser(name, help=(action.__doc__ or "").strip().rstrip("."))
        one.set_defaults(action=action)
        if add_arguments:
            add_arguments(one)
        add_phone_options(one, phone=None if name == "list" else "phone")
    return parser
