"""The command line: `python -m limosa.simulators.virtual_phone install CODE …`, or `… page`."""

import argparse
import sys
from collections.abc import Callable, Sequence

from limosa.simulators.clock import wall_clock
from limosa.simulators.loopback_http import LoopbackServer, Routes
from limosa.simulators.process import run_until_told
from limosa.simulators.virtual_phone import actions
from limosa.simulators.virtual_phone.lpa.es9plus import Connecting
from limosa.simulators.virtual_phone.network_link import NetworkLink
from limosa.simulators.virtual_phone.options import (
    add_iccid,
    add_install_options,
    add_page_options,
    add_phone_options,
    add_pki_options,
)
from limosa.simulators.virtual_phone.phone_pages import PhonePages
from limosa.simulators.virtual_phone.phones import Household, Phones
from limosa.simulators.virtual_phone.pki.folder import CI_BUNDLE, NoPki, read_trust

_FAULT = 1


class PhoneServer:
    """The phones' pages. Port 0 takes any free one: see `server.url`.

    Raises OSError from the constructor if the port is in use.
    """

    def __init__(self, household: Household, *, port: int = 0) -> None:
        routes = Routes()
        self.phones = Phones(household)
        PhonePages(self.phones, household.network).add_to(routes)
        self.server = LoopbackServer(routes, port=port)

    def start(self) -> None:
        self.server.start()

    def stop(self) -> None:
        self.server.stop()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0, or 1 with one line on stderr."""
    options = _parser().parse_args(arguments)
    if options.action is None:
        return _serve(options)
    action: Callable[[argparse.Namespace], list[str]] = options.action
    try:
        lines = action(options)
    except actions.PhoneFault as fault:
        sys.stderr.write(f"virtual_phone: {' '.join(str(fault).split())}\n")
        return _FAULT
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _serve(options: argparse.Namespace) -> int:
    """Serve the pages until SIGTERM; returns the exit status."""
    try:
        list(read_trust(options.pki))
    except NoPki as error:
        sys.stderr.write(f"virtual_phone: {error}\n")
        return _FAULT
    household = Household(
        phones=options.phones,
        pki=options.pki,
        connecting=Connecting(options.ca or options.pki / CI_BUNDLE),
        way=options.connect,
        clock=wall_clock,
        network=NetworkLink(options.network) if options.network else None,
    )
    running: list[PhoneServer] = []

    def start() -> str:
        server = PhoneServer(household, port=options.port)
        for name in options.phone:
            server.phones.add(name)
        server.start()
        running.append(server)
        return f"virtual phones on {server.server.url}"

    def stop() -> None:
        for server in running:
            server.stop()

    return run_until_told(start=start, stop=stop)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="virtual_phone", description="A phone with a software eUICC, for tests and the demo."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    made = commands.add_parser("pki", help="write a private PKI")
    made.set_defaults(action=actions.make_pki)
    add_pki_options(made)
    shown = commands.add_parser("page", help="serve the phones' pages until SIGTERM")
    shown.set_defaults(action=None)
    add_page_options(shown)
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
