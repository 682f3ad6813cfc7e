"""Start everything on this machine, with demo data.

An embedded PostgreSQL (or the one in DATABASE_URL), a payment gateway, four wholesalers of eSIMs, a
mailbox, a mobile network, virtual phones, the SM-DP+ that they download from, the web server and a
worker. Everything is kept
in one folder, and is still there at the next start. Ctrl-C stops it all.
"""

import argparse
from pathlib import Path

from limosa.config.command import CommandFault, port_number


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port",
        type=port_number,
        default=8000,
        metavar="N",
        help="the page's port; the others are N+1, N+3 to N+7, N+25, N+26 (default: %(default)s)",
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="the folder for all data; as root, if other users can't reach it, one below "
        "/var/lib/limosa, which is printed at startup (default: .limosa/demo)",
    )
    parser.add_argument("--reset", action="store_true", help="delete the demo's data first")


def run(arguments: argparse.Namespace) -> int:
    from limosa.config.demo_run import run_demo
    from limosa.servers.demo import DemoFault

    try:
        run_demo(arguments.data, first_port=arguments.port, reset=arguments.reset)
    except DemoFault as fault:
        raise CommandFault(str(fault)) from fault
    return 0
